"""Seven-state re-entry before a radar, 200 updates a run: Cupola beside Stone Soup, filterpy and plain NumPy.

All follow the same measurements of the same truths with the same model (cupola.studies.tracking_cases.radar_reentry,
written a second time in benchmarks.reentry_rivals). Accuracy and consistency come first, then speed: processor time of
one thread. Each ratio is to Stone Soup with its own derivatives or with ours, whichever is faster.
"""

import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

import numpy as np
from benchmarks.reentry_rivals import Problem, filterpy_filter, numpy_extended, stonesoup_filter

from cupola.core.earth import Vector
from cupola.studies.tracking_cases import Played, TrackingCase, draw, radar_reentry
from cupola.tracking.consistency import average_band, normalised_squares
from cupola.tracking.reentry_filter import follow
from cupola.tracking.reentry_lanes import follow_many
from cupola.tracking.unscented import Spread

COMPARED, BATCH, SCALAR = 10, 4_000, 400
Filter = Callable[[Vector], tuple[Vector, Vector]]


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} missing"


def _rivals(case: TrackingCase) -> dict[str, Filter]:
    plan, x, p = case.plan, case.mean, case.covariance
    problem = Problem(case.model.constants, plan.site[0], plan.axes[0], plan.interval_s[0], plan.sigma[0] ** 2)
    out: dict[str, Filter] = {"EKF NumPy": lambda z: numpy_extended(problem, x, p, z)}
    if find_spec("filterpy"):
        out["EKF filterpy"] = lambda z: filterpy_filter(problem, x, p, z, unscented=False)
        out["UKF filterpy"] = lambda z: filterpy_filter(problem, x, p, z, unscented=True)
    if find_spec("stonesoup"):
        out["EKF Stone Soup"] = lambda z: stonesoup_filter(problem, x, p, z, unscented=False)
        out["EKF Stone Soup, own slopes"] = lambda z: stonesoup_filter(
            problem, x, p, z, unscented=False, own_slopes=True
        )
        out["UKF Stone Soup"] = lambda z: stonesoup_filter(problem, x, p, z, unscented=True)
    return out


def _ours(case: TrackingCase) -> dict[str, Filter]:
    def single(z: Vector, spread: Spread | None) -> tuple[Vector, Vector]:
        one = follow(case.model, case.plan, case.mean, case.covariance, z, unscented=spread)
        return one.x, one.p

    def lanes(z: Vector) -> tuple[Vector, Vector]:
        x, _, p = _batch(case, z[None], covariances=True)
        return x[0], p[0]

    return {
        "EKF cupola, many at once": lanes,
        "EKF cupola, one at a time": lambda z: single(z, None),
        "UKF cupola, one at a time": lambda z: single(z, Spread()),
    }


def _batch(case: TrackingCase, z: Vector, *, covariances: bool = False) -> tuple[Vector, Vector, Vector]:
    plan = case.plan
    x = np.tile(case.mean, (len(z), 1))
    return follow_many(
        case.model, plan.site[0], plan.axes[0], plan.interval_s[0], plan.sigma[0], x, case.covariance, z,
        covariances=covariances,
    )  # fmt: skip


def _accuracy(name: str, function: Filter, played: Played, reference: dict[str, Vector]) -> float:
    """Print error, consistency and difference from ours; return processor seconds a run."""
    errors, squares, apart, spent = [], [], 0.0, 0.0
    for run in range(COMPARED):
        begin = time.process_time()
        x, p = function(played.z[run])
        spent += time.process_time() - begin
        errors.append(x - played.truth[run])
        squares.append(normalised_squares(errors[-1], p).mean())
        apart = max(apart, float(np.abs(x - reference[name[:3]][run])[:, :3].max()))
    rmse = float(np.sqrt((np.array(errors)[:, :, :3] ** 2).sum(axis=2).mean()))
    print(f"{name:32}{rmse:12.4f}{np.mean(squares):10.3f}{apart:16.1e}")
    return spent / COMPARED


def main() -> None:
    case = radar_reentry()
    played = draw(case, BATCH, seed=1)
    ours, rivals = _ours(case), _rivals(case)
    for function in ours.values():
        function(played.z[0])
    reference = {
        name: np.array([ours[f"{name} cupola, one at a time"](z)[0] for z in played.z[:COMPARED]])
        for name in ("EKF", "UKF")
    }
    print(", ".join(_version(name) for name in ("stonesoup", "filterpy", "numpy", "numba")))
    low, high = average_band(COMPARED, 7)
    print(f"{COMPARED} runs of {len(case.plan)} updates; NEES 95 % band at one instant [{low:.2f}, {high:.2f}]")
    print(f"{'':32}{'RMSE m':>12}{'NEES':>10}{'from ours m':>16}")
    seconds = {name: _accuracy(name, function, played, reference) for name, function in (ours | rivals).items()}

    rates = {name: 1.0 / spent for name, spent in seconds.items()}
    rates["EKF cupola, many at once"] = BATCH / _best(lambda: _batch(case, played.z), 5)
    for name in ("EKF cupola, one at a time", "UKF cupola, one at a time"):
        rates[name] = SCALAR / _best(lambda name=name: [ours[name](z) for z in played.z[:SCALAR]], 3)  # type: ignore[misc]
    print(f"\n{'processor time, one thread':32}{'runs/s':>12}{'updates/s':>14}{'to Stone Soup':>16}")
    for name, rate in rates.items():
        peers = [r for other, r in rates.items() if other.startswith(f"{name[:3]} Stone Soup")]
        beside = f"{rate / max(peers):16.1f}" if peers else f"{'missing':>16}"
        print(f"{name:32}{rate:12,.1f}{rate * len(case.plan):14,.0f}{beside}")


def _best(function: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        begin = time.process_time()
        function()
        found.append(time.process_time() - begin)
    return min(found)


if __name__ == "__main__":
    main()
