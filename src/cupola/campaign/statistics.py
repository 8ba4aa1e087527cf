"""Interval estimates over the runs of a campaign.

Runs are independent; the objects of one run are not: they meet the same satellites, the same spent magazine and the
same common-mode failure. So the run is the sampling unit everywhere. Two estimators cover what a campaign reports:

* shares of objects (the leak fraction) use Wilson's score interval on the *effective* number of objects, which is the
  number that gives the observed scatter between runs (Kish's design effect with the linearised ratio variance; Korn
  and Graubard, Survey Methodology 24, 1998, who also give the Student correction for few clusters). Unlike a bootstrap
  it has a width when every run agrees: with nothing (or everything) leaked, objects of a run are taken to share one
  fate, which is what a common-mode failure does, so that the bound is Wilson's for an event never seen in N runs.
* means and ratios of counts use the bootstrap over runs with Hesterberg's expanded percentiles (The American
  Statistician 69, 2015, section 5.3), which correct the percentile interval's narrowness in small samples.

No interval is narrower than the campaign can resolve: ``z^2/N`` objects, the Wilson bound on a change of one object in
a run that never occurred in N runs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtrit

Z95 = float(ndtri(0.975))
RESAMPLES = 4000
_BLOCK_ENTRIES = 2_000_000

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate with its 95 % confidence limits; a limit that the sample cannot give is NaN."""

    mean: float
    low: float
    high: float

    def scaled(self, factor: float) -> "Interval":
        """Return the interval of ``factor`` times the quantity (factor not negative)."""
        return Interval(mean=self.mean * factor, low=self.low * factor, high=self.high * factor)


def wilson(successes: float, trials: float, *, z: float = Z95) -> Interval:
    """Return Wilson's score interval of a proportion (Wilson 1927); counts may be effective, not whole.

    Raises ``ValueError`` unless ``0 <= successes <= trials`` and ``trials > 0``.
    """
    if not (trials > 0.0 and 0.0 <= successes <= trials):
        raise ValueError(f"got {successes} successes in {trials} trials")
    share = successes / trials
    centre = (share + z * z / (2.0 * trials)) / (1.0 + z * z / trials)
    half = z / (1.0 + z * z / trials) * np.sqrt(share * (1.0 - share) / trials + z * z / (4.0 * trials * trials))
    low = 0.0 if share == 0.0 else max(0.0, float(centre - half))
    high = 1.0 if share == 1.0 else min(1.0, float(centre + half))
    return Interval(mean=share, low=min(low, share), high=max(high, share))


def clustered_proportion(hits: ArrayLike, trials: ArrayLike) -> Interval:
    """Return the interval of ``sum(hits) / sum(trials)`` when each entry is one run (shapes (n,)).

    See the module text for the choice of interval. Raises ``ValueError`` when there are no trials.
    """
    h = np.asarray(hits, dtype=np.float64)
    m = np.asarray(trials, dtype=np.float64)
    n, total = h.size, float(m.sum())
    if n == 0 or total <= 0.0:
        raise ValueError("got no trials: a proportion needs at least one")
    share = float(h.sum()) / total
    if n == 1 or share in (0.0, 1.0):
        return wilson(share * n, n)
    residual = h - share * m
    variance = n / (n - 1.0) * float(residual @ residual) / total**2
    variance = max(variance, (Z95 / total) ** 2)
    effective = share * (1.0 - share) / variance * (Z95 / _student(n)) ** 2
    return wilson(share * effective, effective)


def mean_interval(
    values: ArrayLike,
    generator: np.random.Generator,
    *,
    lower: float = 0.0,
    upper: float = np.inf,
    resolution: float = 1.0,
) -> Interval:
    """Return the mean of one number per run (shape (n,)) with its bootstrap interval.

    ``lower`` and ``upper`` are what the quantity cannot pass; ``resolution`` its smallest step (1 for counts).
    """
    x = np.asarray(values, dtype=np.float64)
    mean = float(x.mean())
    if x.size == 1:
        return Interval(mean=mean, low=lower, high=upper if np.isfinite(upper) else np.nan)
    distinct, weight = np.unique(x, return_counts=True)
    if distinct.size == 1:
        low = high = mean
    else:
        means = _resample(distinct[:, None], weight, generator)[:, 0]
        low, high = (float(q) for q in np.quantile(means, _expanded_percentiles(x.size)))
    floor = Z95**2 / x.size * resolution
    return Interval(mean=mean, low=max(lower, min(low, mean - floor)), high=min(upper, max(high, mean + floor)))


@dataclass(frozen=True, kw_only=True)
class Paired:
    """What changes from one campaign to another whose runs share their random numbers.

    ``gain`` is how many times the runs unpaired campaigns would need for an interval as narrow (the sum of both
    variances over the variance of the differences; below 1 pairing costs); NaN when nothing varies.
    """

    difference: Interval
    gain: float


def paired_difference(
    before: ArrayLike, after: ArrayLike, generator: np.random.Generator, *, resolution: float = 1.0
) -> Paired:
    """Return the mean of ``after - before``, run by run (shapes (n,)), with its bootstrap interval over the pairs.

    ``resolution`` is the smallest step of the quantity. Raises ``ValueError`` when the numbers of runs differ.
    """
    a, b = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"got {a.size} and {b.size} runs, accepted are pairs of runs")
    difference = mean_interval(b - a, generator, lower=-np.inf, resolution=resolution)
    if a.size == 1:
        return Paired(difference=Interval(mean=difference.mean, low=np.nan, high=np.nan), gain=np.nan)
    spread = float(np.var(b - a))
    apart = float(np.var(a) + np.var(b))
    return Paired(difference=difference, gain=apart / spread if spread > 0.0 else np.inf if apart > 0.0 else np.nan)


def ratio_interval(numerators: ArrayLike, denominators: ArrayLike, generator: np.random.Generator) -> Interval | None:
    """Return ``sum(numerators) / sum(denominators)`` over runs (shapes (n,)) with its bootstrap interval.

    ``None`` when the denominators sum to zero: there is no ratio (shots per kill without a kill). The upper limit is
    NaN when more than 2.5 % of the resamples have no denominator.
    """
    pairs = np.column_stack([np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)])
    sums = pairs.sum(axis=0)
    if sums[1] <= 0.0:
        return None
    ratio = float(sums[0] / sums[1])
    if len(pairs) == 1:
        return Interval(mean=ratio, low=np.nan, high=np.nan)
    distinct, weight = np.unique(pairs, axis=0, return_counts=True)
    means = _resample(distinct, weight, generator)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(means[:, 1] > 0.0, means[:, 0] / means[:, 1], np.inf)
    # Nearest-rank quantiles: interpolating towards an infinite ratio would give NaN where a finite limit exists.
    low, high = (float(q) for q in np.quantile(ratios, _expanded_percentiles(len(pairs)), method="nearest"))
    return Interval(mean=ratio, low=min(low, ratio), high=max(high, ratio) if np.isfinite(high) else np.nan)


def _resample(rows: FloatArray, weight: NDArray[np.int64], generator: np.random.Generator) -> FloatArray:
    """Return the means (RESAMPLES, k) of bootstrap samples of ``rows`` (d, k), each present ``weight`` (d,) times.

    Drawing how often each distinct row occurs (multinomial) is the same bootstrap as drawing the runs one by one, and
    costs the number of distinct values instead of the number of runs.
    """
    total = int(weight.sum())
    share = weight / total
    block = max(1, _BLOCK_ENTRIES // len(rows))
    parts = []
    for start in range(0, RESAMPLES, block):
        counts = generator.multinomial(total, share, size=min(block, RESAMPLES - start))
        parts.append(counts @ rows / total)
    return np.concatenate(parts)


def _expanded_percentiles(n: int) -> tuple[float, float]:
    tail = float(ndtr(-np.sqrt(n / (n - 1.0)) * _student(n)))
    return tail, 1.0 - tail


def _student(n: int) -> float:
    return float(stdtrit(n - 1.0, 0.975))
