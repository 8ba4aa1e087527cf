"""How small a tracking error can be at all: the posterior Cramér-Rao bound.

Tichavský, Muravchik and Nehorai (1998), IEEE Trans. Signal Processing 46(5), eqs. 21 to 25 and, for additive normal
noise, 34 to 36. No filter of any kind has a smaller mean square error, however it is built: the mean is over the truths
that the model draws, noise and starting states included.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What the recursion needs of one instant: s truth samples, n states, m measured quantities."""

    transition: Vector
    """(s, n, n) derivatives of the motion from the instant before, at the samples of that instant."""
    noise: Vector
    """(n, n) covariance of the motion's noise, positive definite."""
    slopes: Vector
    """(s, m, n) derivatives of the measurement at this instant's samples; m may be zero."""
    sigma: Vector
    """(m,) standard deviations of the measured quantities."""

    def __post_init__(self) -> None:
        n = self.noise.shape[0]
        m = len(self.sigma)
        if self.transition.shape[1:] != (n, n) or self.slopes.shape[1:] != (m, n) or self.noise.shape != (n, n):
            raise ValueError(
                f"got transition {self.transition.shape}, noise {self.noise.shape}, slopes {self.slopes.shape}, sigma "
                f"{self.sigma.shape}, accepted are (s, n, n), (n, n), (s, m, n) and (m,)"
            )


def _inverse(matrix: Vector, what: str) -> Vector:
    """Return the inverse of a positive definite matrix, scaled first: states have units many decades apart."""
    scale = np.sqrt(np.diag(matrix))
    if not (np.all(np.isfinite(scale)) and np.all(scale > 0.0)):
        raise ValueError(f"got {what} with a diagonal that is not positive; accepted is a positive definite matrix")
    try:
        factor = np.linalg.cholesky(matrix / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        raise ValueError(
            f"got {what} that is not positive definite; hint: every state needs some noise of its own"
        ) from None
    half = np.linalg.solve(factor, np.diag(1.0 / scale))
    return np.asarray(half.T @ half)


def measured(information: Vector, slopes: Vector, sigma: Vector) -> Vector:
    """Return the information (n, n) after a measurement: J + E[H^T R^-1 H], slopes (s, m, n), sigma (m,)."""
    weighted = slopes / sigma[:, None]
    gained = np.einsum("smi,smj->ij", weighted, weighted) / len(slopes)
    return np.asarray(information + gained)


def advanced(information: Vector, moment: Moment) -> Vector:
    """Return the information (n, n) at the next instant: D22 - D21 (J + D11)^-1 D12, eq. 21.

    D11 = E[F^T Q^-1 F], D12 = -E[F^T] Q^-1 and D22 = Q^-1 + E[H^T R^-1 H]. Raises ``ValueError`` for noise that leaves
    a state without any: the form needs its inverse.
    """
    weight = _inverse(moment.noise, "motion noise")
    f = moment.transition
    d11 = np.einsum("ski,kl,slj->ij", f, weight, f, optimize=True) / len(f)
    d12 = -f.mean(axis=0).T @ weight
    d22 = measured(weight, moment.slopes, moment.sigma)
    out = d22 - d12.T @ _inverse(information + d11, "information") @ d12
    return np.asarray(0.5 * (out + out.T))


def posterior_bounds(covariance: Vector, moments: Iterator[Moment]) -> Vector:
    """Return the bounds (k, n, n) on the covariance of any estimate after each of k moments.

    ``covariance`` (n, n) is that of the starting state about its known mean.
    """
    information = _inverse(covariance, "starting covariance")
    bounds = []
    for moment in moments:
        information = advanced(information, moment)
        bounds.append(_inverse(information, "information"))
    return np.array(bounds)
