"""Is a filter's covariance honest? Averages of normalised errors and innovations beside their chi-square bands.

Bar-Shalom, Li and Kirubarajan (2001), Estimation with Applications to Tracking and Navigation, sec. 5.4.2: over N
independent runs, N times the average of a normalised square of dimension d is chi-square with N d degrees of freedom.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector


@dataclass(frozen=True, kw_only=True)
class Consistency:
    """The verdict on one average of normalised squares."""

    mean: float
    low: float
    high: float
    runs: int
    dimension: float
    confidence: float

    @property
    def consistent(self) -> bool:
        """Whether the mean lies in its band."""
        return self.low <= self.mean <= self.high

    def __str__(self) -> str:
        side = "in" if self.consistent else "below" if self.mean < self.low else "above"
        word = {"in": "consistent", "below": "the covariance is too large", "above": "the covariance is too small"}
        return (
            f"{self.mean:.3f} over {self.runs} runs, {self.confidence:.0%} band of dimension {self.dimension:g}: "
            f"[{self.low:.3f}, {self.high:.3f}]: {word[side]}"
        )


def average_band(runs: int, dimension: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided band in which the average of ``runs`` independent normalised squares lies."""
    from scipy.stats import chi2

    if runs < 1 or not dimension > 0.0 or not 0.0 < confidence < 1.0:
        raise ValueError(
            f"got {runs} runs, dimension {dimension}, confidence {confidence}, accepted are runs from 1, a dimension "
            "above 0 and a confidence between 0 and 1"
        )
    tail = 0.5 * (1.0 - confidence)
    low, high = chi2.ppf([tail, 1.0 - tail], runs * dimension) / runs
    return float(low), float(high)


def normalised_squares(errors: Vector, covariances: Vector) -> Vector:
    """Return (...) e^T P^-1 e of errors (..., d) under covariances (..., d, d)."""
    weighted = np.linalg.solve(covariances, errors[..., None])[..., 0]
    return np.asarray((errors * weighted).sum(axis=-1))


def judge(squares: Vector, dimension: float, *, confidence: float = 0.95) -> Consistency:
    """Return the verdict on normalised squares (runs,), one of each independent run.

    Squares of one run at different times are not independent: judge each time by itself, or average innovations only,
    which are white. Raises ``ValueError`` for squares that are not finite: a filter that broke is not consistent.
    """
    if squares.ndim != 1 or not np.all(np.isfinite(squares)):
        raise ValueError(f"got squares of shape {squares.shape}, accepted are finite ones of shape (runs,)")
    low, high = average_band(len(squares), dimension, confidence)
    return Consistency(
        mean=math.fsum(squares) / len(squares),
        low=low,
        high=high,
        runs=len(squares),
        dimension=dimension,
        confidence=confidence,
    )
