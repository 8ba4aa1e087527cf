"""Unpowered flight with re-entry (J2, drag, 1976 atmosphere): our kernel beside SciPy's DOP853 on the same compiled
forces.
"""

import math
import time

import numpy as np
from scipy.integrate import solve_ivp

from cupola.core.earth import ROTATION_RATE, Vector, geodetic_to_ecef
from cupola.core.integrate import fall_acceleration, free_flight
from cupola.core.rocket import COAST_STEP, FINE_STEP
from cupola.core.trajectory import interpolate

FLIGHTS = 100
BETA = 9_765.0
REPEATS = 20


def main() -> None:
    starts = _starts()
    nodes, ends = _ours(starts)
    truth = [_scipy(start, end, 1e-12, 1e-6, dense=True) for start, end in zip(starts, ends, strict=True)]
    print(f"{FLIGHTS} flights of {ends.min():.0f} to {ends.max():.0f} s to the ground, {BETA:.0f} kg/m2")
    print("worst position error of a flight, at and between nodes, against DOP853 at rtol 1e-12 (m)")
    print(f"{'':28}{'median':>10}{'95 %':>10}{'worst':>10}")
    checks = [np.linspace(0.0, end, 101) for end in ends]
    ours = [_error(_read(n, at), exact.sol(at)[:3].T) for n, at, exact in zip(nodes, checks, truth, strict=True)]
    _row("cupola RK4 in phases", ours)
    theirs = []
    for start, end, at, exact in zip(starts, ends, checks, truth, strict=True):
        theirs.append(_error(_scipy(start, end, 1e-9, 1e-3, dense=True).sol(at)[:3].T, exact.sol(at)[:3].T))
    _row("SciPy DOP853 rtol 1e-9", theirs)

    begin = time.perf_counter()
    for _ in range(REPEATS):
        _ours(starts)
    ours_rate = REPEATS * FLIGHTS / (time.perf_counter() - begin)
    begin = time.perf_counter()
    for start, end in zip(starts, ends, strict=True):
        _scipy(start, end, 1e-9, 1e-3, dense=False)
    scipy_rate = FLIGHTS / (time.perf_counter() - begin)
    print(f"\n{'':28}{'flights/s':>12}{'ratio':>8}   (one thread; ours keeps every node, SciPy's dense output is off)")
    print(f"{'cupola RK4 in phases':28}{ours_rate:12,.0f}{ours_rate / scipy_rate:8.0f}")
    print(f"{'SciPy DOP853 rtol 1e-9':28}{scipy_rate:12,.0f}{1:8}")


def _starts() -> Vector:
    rng = np.random.default_rng(2026)
    out = np.empty((FLIGHTS, 6))
    for i in range(FLIGHTS):
        r = np.array(geodetic_to_ecef(math.asin(rng.uniform(-1, 1)), rng.uniform(-3.1, 3.1), rng.uniform(150e3, 300e3)))
        up = r / np.linalg.norm(r)
        level = np.cross(up, rng.normal(size=3))
        climb = math.radians(rng.uniform(15.0, 45.0))
        out[i, :3] = r
        out[i, 3:] = rng.uniform(5e3, 7e3) * (math.sin(climb) * up + math.cos(climb) * level / np.linalg.norm(level))
    return out


def _ours(starts: Vector) -> tuple[list[Vector], Vector]:
    flights = []
    for start in starts:
        nodes = np.empty((2048, 10))
        n, _ = free_flight(start, 0.0, 20_000.0, 0.0, 1.0 / BETA, ROTATION_RATE, COAST_STEP, FINE_STEP, nodes)
        flights.append(nodes[:n])
    return flights, np.array([nodes[-1, 0] for nodes in flights])


def _scipy(start: Vector, end: float, rtol: float, atol: float, *, dense: bool):  # type: ignore[no-untyped-def]
    out = np.empty(3)
    rate_of = np.empty(6)

    def rate(_: float, y: Vector) -> Vector:
        fall_acceleration(y, 1.0 / BETA, ROTATION_RATE, out)
        rate_of[:3] = y[3:]
        rate_of[3:] = out
        return rate_of.copy()

    # Without a cap an adaptive step may leap over the atmosphere; events would be the slower remedy.
    return solve_ivp(rate, (0.0, end), start, method="DOP853", rtol=rtol, atol=atol, dense_output=dense, max_step=30.0)


def _read(nodes: Vector, times: Vector) -> Vector:
    out = np.empty((len(times), 9))
    interpolate(nodes[:, 0], nodes[:, 1:4], nodes[:, 4:7], nodes[:, 7:10], times, out)
    return out[:, :3]


def _error(one: Vector, other: Vector) -> float:
    return float(np.max(np.linalg.norm(one - other, axis=1)))


def _row(name: str, errors: list[float]) -> None:
    median, high, worst = np.percentile(errors, [50, 95, 100])
    print(f"{name:28}{median:10.3f}{high:10.3f}{worst:10.3f}")


if __name__ == "__main__":
    main()
