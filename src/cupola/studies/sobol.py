"""Sobol's indices by SALib: which factors the variance of a result comes from.

Points are Saltelli's: two matrices of a scrambled Sobol sequence and their crossings (Saltelli 2002, Computer Physics
Communications 145; Owen's scrambling), in shares of what each factor can be. First-order and total indices by the
estimators of Saltelli and others (2010, Computer Physics Communications 181), intervals by bootstrap over the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cupola.campaign.statistics import Interval
from cupola.core.chance import stream

Array = NDArray[np.float64]
RESAMPLES = 1000
_SEEDS = 2**31


@dataclass(frozen=True, kw_only=True)
class Indices:
    """Shares of the variance: of each factor alone, of each with all that it does together with others, of pairs."""

    first: tuple[Interval, ...]
    total: tuple[Interval, ...]
    second: dict[tuple[int, int], Interval]


def saltelli_points(factors: int, samples: int, *, second_order: bool, seed: int) -> Array:
    """Return the points, shares of 0 to 1, shape (samples (factors + 2), factors), or (2 factors + 2) with pairs.

    Raises ``ValueError`` unless ``samples`` is a power of two: only whole blocks of the sequence fill space evenly.
    """
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"samples: got {samples}, accepted is a power of two, e.g. 64 or 128")
    from SALib.sample import sobol

    chosen: Array = sobol.sample(_problem(factors), samples, calc_second_order=second_order, seed=_seed(seed, "points"))
    return chosen


def sobol_indices(values: Sequence[float] | Array, factors: int, *, second_order: bool, seed: int) -> Indices | None:
    """Return the indices of one result (one value per point, in order), or ``None`` when it never varies."""
    y = np.asarray(values, dtype=np.float64)
    if float(np.ptp(y)) == 0.0:
        return None
    from SALib.analyze import sobol

    # A resample without variance has no index; SALib divides by it and leaves it out of the spread.
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Any = sobol.analyze(
            _problem(factors),
            y,
            calc_second_order=second_order,
            num_resamples=RESAMPLES,
            conf_level=0.95,
            seed=_seed(seed, "bootstrap"),
        )
    pairs = {}
    if second_order:
        for i in range(factors):
            for j in range(i + 1, factors):
                pairs[i, j] = _interval(found["S2"][i, j], found["S2_conf"][i, j])
    return Indices(
        first=tuple(_interval(s, c) for s, c in zip(found["S1"], found["S1_conf"], strict=True)),
        total=tuple(_interval(s, c) for s, c in zip(found["ST"], found["ST_conf"], strict=True)),
        second=pairs,
    )


def _problem(factors: int) -> dict[str, Any]:
    names = [f"x{index}" for index in range(factors)]
    return {"num_vars": factors, "names": names, "bounds": [[0.0, 1.0]] * factors}


def _seed(seed: int, name: str) -> int:
    return int(stream(seed, 0, "sobol", name).integers(_SEEDS))


def _interval(value: float, half: float) -> Interval:
    return Interval(mean=float(value), low=float(value - half), high=float(value + half))
