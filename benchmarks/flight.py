"""Many flights to 30 minutes or the ground: Cupola beside SciPy's DOP853 and heyoka's Taylor method in batch mode.

The same forces and constants for all (central gravity, J2, drag in air that turns with the Earth) and the same
flights: a solid-fuelled missile launched all over the Earth with its kick, azimuth and cut-off varied. Errors come
first, against DOP853 at a relative tolerance of 1e-12, then speed at that accuracy. Speeds are processor time of one
thread, so that what else the machine does counts little.

heyoka has no table of the 1976 atmosphere, so the comparison with it is flown in exponential air by all. It and SciPy
are told when each flight meets the air and the ground; we find both ourselves.
"""

import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numba import njit
from scipy.integrate import solve_ivp

from cupola.core import atmosphere
from cupola.core.earth import ECCENTRICITY_SQUARED, EQUATORIAL_RADIUS, FLATTENING, J2, MU, ROTATION_RATE, Vector

FLIGHTS, CHECKED, HEYOKA_FLIGHTS = 10_000, 100, 2_000
END = 1_800.0  # s
BETA = 9_765.0  # kg/m2
SURFACE_DENSITY, SCALE_HEIGHT = 1.4, 7_000.0  # of the exponential air: kg/m3, m
AIR_BEGINS = 130e3  # m, where the rivals change from one phase to the other
# Tolerances; those of the rivals are the loosest powers of ten, or thirds of one, whose worst error is below 10 m.
SCIPY, HEYOKA, EXACT = (3e-9, 3e-3), 1e-6, (1e-12, 1e-6)


def main() -> None:
    print("-- the 1976 atmosphere --", flush=True)
    _compare(exponential=False)
    print("\n-- exponential air --", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # Tables are frozen into compiled kernels: another atmosphere needs a process, and kernels, of its own.
        settings = {**os.environ, "NUMBA_CACHE_DIR": folder}
        subprocess.run([sys.executable, "-m", "benchmarks.flight", "exponential"], check=True, env=settings)


def _compare(*, exponential: bool) -> None:
    if exponential:
        _make_air_exponential()
    from cupola.core.batch import ascend_many, fall_many  # after the table has been changed

    launch = _launches()
    boosts = ascend_many(**launch)
    states, starts = boosts.states, boosts.times_s
    ours = fall_many(states, starts, 1.0 / BETA, END)
    exact = [_exactly(states[i], starts[i]) for i in range(CHECKED)]
    rows = {"cupola batch": [_miss(ours.states[i], exact[i]) for i in range(CHECKED)]}
    rows["cupola scalar"] = [_miss(_scalar(states[i], starts[i]), exact[i]) for i in range(CHECKED)]
    rows["SciPy DOP853"] = [_miss(_scipy(states[i], starts[i], exact[i], SCIPY), exact[i]) for i in range(CHECKED)]
    taylor = _Taylor.build() if exponential else None
    if taylor:
        ends = taylor.fly(states[:CHECKED], starts[:CHECKED], exact)
        rows["heyoka batch"] = [_miss(end, case) for end, case in zip(ends, exact, strict=True)]
    if not exponential:
        whole = [_whole_exactly(launch, i) for i in range(CHECKED // 5)]
        rows["cupola batch, lift-off to end"] = [_miss(ours.states[i], case) for i, case in enumerate(whole)]
    print(f"{FLIGHTS:,} flights, {int(ours.landed.sum()):,} down before {END:.0f} s; {BETA:.0f} kg/m2; {_versions()}")
    print("position error at the end, at the exact end's time (m); below 10 m is asked")
    print(f"{'':32}{'median':>10}{'95 %':>10}{'worst':>10}")
    for name, errors in rows.items():
        print(f"{name:32}" + "".join(f"{e:10.3f}" for e in np.percentile(errors, [50, 95, 100])))

    rates = {"cupola batch": FLIGHTS / _seconds(lambda: fall_many(states, starts, 1.0 / BETA, END), 7)}
    rates["cupola scalar"] = CHECKED / _seconds(lambda: [_scalar(states[i], starts[i]) for i in range(CHECKED)], 3)
    rates["SciPy DOP853"] = CHECKED / _seconds(
        lambda: [_scipy(states[i], starts[i], exact[i], SCIPY) for i in range(CHECKED)], 2
    )
    if taylor:
        many = np.arange(HEYOKA_FLIGHTS) % CHECKED
        cases = [exact[i] for i in many]
        rates["heyoka batch"] = HEYOKA_FLIGHTS / _seconds(lambda: taylor.fly(states[many], starts[many], cases), 3)
    slowest = rates["SciPy DOP853"]
    print(f"\n{'from burnout, one thread':32}{'flights/s':>12}{'to SciPy':>10}{'to heyoka':>10}")
    for name, rate in rates.items():
        beside = f"{rate / rates['heyoka batch']:10.1f}" if taylor else f"{'-':>10}"
        print(f"{name:32}{rate:12,.0f}{rate / slowest:10.1f}{beside}")
    if not exponential:
        boost = FLIGHTS / _seconds(lambda: ascend_many(**launch), 3)
        print(f"{'cupola batch, ascent alone':32}{boost:12,.0f}")
        print(f"{'cupola batch, lift-off to end':32}{1.0 / (1.0 / boost + 1.0 / rates['cupola batch']):12,.0f}")
    print(f"{'cupola batch, 2 threads, by clock':32}{_threaded(states, starts):12,.0f}")
    roof = _roof(states, starts)
    print(f"{'roof of this method, see source':32}{roof:12,.0f}   reached {rates['cupola batch'] / roof:.0%}")


def _launches() -> dict[str, object]:
    from cupola.scenario.catalogue import entry
    from cupola.threats.ballistic import vehicle_for

    spec = entry("threats", "icbm-solid-notional").spec
    vehicle = vehicle_for(spec)
    rng = np.random.default_rng(2026)
    latitude, longitude = np.arcsin(rng.uniform(-1, 1, FLIGHTS)), rng.uniform(-math.pi, math.pi, FLIGHTS)
    return {
        "vehicle": vehicle,
        "sites": np.stack([latitude, longitude, rng.uniform(0.0, 500.0, FLIGHTS)], axis=1),
        "azimuths": rng.uniform(0.0, math.tau, FLIGHTS),
        "kicks": np.radians(rng.uniform(3.0, 9.0, FLIGHTS)),
        "vertical_rise_s": spec.vertical_rise_time,
        "pitch_over_s": spec.pitch_over_time,
        "cutoffs_s": vehicle.burnout_s - rng.uniform(14.0, 45.0, FLIGHTS),
    }


def _make_air_exponential() -> None:
    """Write exponential air into the table the kernels read, before any of them is compiled."""
    low = atmosphere.LOW_START + atmosphere.LOW_CELL * np.arange(atmosphere.LOW_CELLS + 1)
    low = atmosphere.GEOPOTENTIAL_RADIUS * low / (atmosphere.GEOPOTENTIAL_RADIUS - low)
    cells = atmosphere.CELLS - atmosphere.LOW_CELLS
    high = atmosphere.LAYERED_TOP + atmosphere.HIGH_CELL * np.arange(cells + 1)
    for first, at in ((0, low), (atmosphere.LOW_CELLS, high)):
        density = SURFACE_DENSITY * np.exp(-at / SCALE_HEIGHT)
        wide = at[1:] - at[:-1]
        # The geopotential bends the cell by a share of 1e-5 at most, which the slopes at both ends take up.
        stretch = 1.0 + (at / atmosphere.GEOPOTENTIAL_RADIUS if first == 0 else 0.0 * at)
        slope = -density / SCALE_HEIGHT * stretch**2
        width = atmosphere.LOW_CELL if first == 0 else wide
        atmosphere.DENSITY[first : first + len(wide)] = atmosphere.cubics(
            density[:-1], density[1:], width * slope[:-1], width * slope[1:]
        )


def _exactly(state: Vector, start: float) -> tuple[float, float, Vector]:
    """Return when a flight meets the air, when it ends, and its state then, by DOP853 at 1e-12 with capped steps."""
    from cupola.core.atmosphere import height

    def meets(_: float, y: Vector, floor: float = AIR_BEGINS) -> float:
        return float(height(y[0], y[1], y[2]) - floor)

    def lands(t: float, y: Vector) -> float:
        return meets(t, y, 0.0)

    for event in (meets, lands):
        event.terminal, event.direction = True, -1.0  # type: ignore[attr-defined]
    rate = _rate()
    settings = {"method": "DOP853", "rtol": EXACT[0], "atol": EXACT[1]}
    middle = start
    if meets(start, state) > 0.0 or state[:3] @ state[3:] > 0.0:
        first = solve_ivp(rate, (start, END), state, events=meets, max_step=20.0, **settings)
        middle, state = float(first.t[-1]), first.y[:, -1]
        if middle >= END:
            return END, END, state
    second = solve_ivp(rate, (middle, END), state, events=lands, max_step=0.5, **settings)
    return middle, float(second.t[-1]), second.y[:, -1]


def _whole_exactly(launch: dict[str, object], i: int) -> tuple[float, float, Vector]:
    """Return the same for a flight from lift-off, its powered part by DOP853 at 1e-12 too."""
    from cupola.core.integrate import END as LAST
    from cupola.core.integrate import START, powered_acceleration
    from cupola.core.rocket import launch_state, segments_of

    vehicle, cutoff = launch["vehicle"], float(launch["cutoffs_s"][i])  # type: ignore[index]
    state, aim = launch_state(*launch["sites"][i], launch["azimuths"][i], launch["kicks"][i], ROTATION_RATE)  # type: ignore[index]
    out = np.empty(3)
    for segment in segments_of(vehicle, launch["vertical_rise_s"], launch["pitch_over_s"], cutoff):  # type: ignore[arg-type]

        def rate(t: float, y: Vector, segment: Vector = segment) -> Vector:
            powered_acceleration(t, y, segment, aim, vehicle.drag, ROTATION_RATE, out)  # type: ignore[attr-defined]
            return np.concatenate([y[3:], out])

        span = (segment[START], segment[LAST])
        state = solve_ivp(rate, span, state, method="DOP853", rtol=EXACT[0], atol=EXACT[1], max_step=1.0).y[:, -1]
    return _exactly(state, cutoff)


def _rate():  # type: ignore[no-untyped-def]
    from cupola.core.integrate import fall_acceleration

    @njit(error_model="numpy")
    def rate(_, y):  # type: ignore[no-untyped-def]
        out = np.empty(6)
        out[:3] = y[3:]
        fall_acceleration(y, 1.0 / BETA, ROTATION_RATE, out[3:])
        return out

    global _compiled
    _compiled = _compiled or rate
    return _compiled


_compiled = None


def _scipy(state: Vector, start: float, case: tuple[float, float, Vector], tolerance: tuple[float, float]) -> Vector:
    middle, end, _ = case
    for t0, t1 in ((start, middle), (middle, end)):
        if t1 > t0:
            state = solve_ivp(
                _rate(), (t0, t1), state, method="DOP853", rtol=tolerance[0], atol=tolerance[1], t_eval=[t1]
            ).y[:, -1]
    return state


_nodes = np.empty((4096, 10))


def _scalar(state: Vector, start: float) -> Vector:
    from cupola.core.integrate import free_flight
    from cupola.core.rocket import COAST_STEP, FINE_STEP

    n, _ = free_flight(state, start, END, 0.0, 1.0 / BETA, ROTATION_RATE, COAST_STEP, FINE_STEP, _nodes)
    return _nodes[n - 1, 1:7].copy()


def _miss(end: Vector, case: tuple[float, float, Vector]) -> float:
    return float(np.linalg.norm(end[:3] - case[2][:3]))


class _Taylor:
    """heyoka in batches: one integrator without air, one with; both know when to stop."""

    def __init__(self, hy) -> None:  # type: ignore[no-untyped-def]
        self.lanes = hy.recommended_simd_size()
        x, y, z, u, v, w = hy.make_vars("x", "y", "z", "u", "v", "w")
        r2 = x * x + y * y + z * z
        r = hy.sqrt(r2)
        k = 1.5 * J2 * EQUATORIAL_RADIUS**2 / r2
        level = -MU / (r2 * r) * (1.0 + k * (1.0 - 5.0 * z * z / r2))
        pull = [level * x, level * y, (level - 2.0 * MU / (r2 * r) * k) * z]
        cos2 = (x * x + y * y) / r2
        surface = EQUATORIAL_RADIUS * hy.sqrt((1.0 - ECCENTRICITY_SQUARED) / (1.0 - ECCENTRICITY_SQUARED * cos2))
        tilt = 2.0 * FLATTENING**2 * EQUATORIAL_RADIUS / r * cos2 * (1.0 - cos2)
        density = SURFACE_DENSITY * hy.exp((surface - r) * (1.0 - tilt) / SCALE_HEIGHT)
        wind = [u + ROTATION_RATE * y, v - ROTATION_RATE * x, w]
        retard = 0.5 / BETA * density * hy.sqrt(wind[0] ** 2 + wind[1] ** 2 + wind[2] ** 2)
        paths = [(x, u), (y, v), (z, w)]
        free = [*paths, *zip((u, v, w), pull, strict=True)]
        drag = [*paths, *((c, p - retard * q) for c, p, q in zip((u, v, w), pull, wind, strict=True))]
        blank = np.zeros((6, self.lanes)) + 7e6
        self.phases = [hy.taylor_adaptive_batch(system, blank.copy(), tol=HEYOKA) for system in (free, drag)]

    @classmethod
    def build(cls) -> "_Taylor | None":
        try:
            import heyoka
        except ImportError:
            print("heyoka is not installed (`uv pip install --group rivals`): its rows are left out")
            return None
        return cls(heyoka)

    def fly(self, states: Vector, starts: Vector, cases: list[tuple[float, float, Vector]]) -> Vector:
        out = np.empty((len(states), 6))
        for first in range(0, len(states), self.lanes):
            rows = np.minimum(np.arange(first, first + self.lanes), len(states) - 1)
            now, state = starts[rows], states[rows].T
            for phase, ends in zip(self.phases, np.array([cases[i][:2] for i in rows]).T, strict=True):
                phase.set_time(now)
                phase.state[:] = state
                # Without a cap the Taylor steps jump over the air.
                cap = math.inf if phase is self.phases[0] else 10.0
                phase.propagate_until(ends, max_delta_t=cap)
                now, state = ends, phase.state
            out[rows] = state.T
        return out


def _seconds(work, repeats: int) -> float:  # type: ignore[no-untyped-def]
    """Return the least processor time of this thread over some runs, the first of which warms up."""
    work()
    best = math.inf
    for _ in range(repeats):
        begin = time.thread_time()
        work()
        best = min(best, time.thread_time() - begin)
    return best


def _threaded(states: Vector, starts: Vector) -> float:
    from cupola.core.batch import fall_many

    half = len(states) // 2
    best = math.inf
    for _ in range(7):
        parts = [slice(0, half), slice(half, None)]
        threads = [threading.Thread(target=fall_many, args=(states[p], starts[p], 1.0 / BETA, END)) for p in parts]
        begin = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        best = min(best, time.perf_counter() - begin)
    return len(states) / best


def _roof(states: Vector, starts: Vector) -> float:
    """Return the flights/s at which the units for roots and divisions, or those for products and sums, are full.

    Counted by hand from the source of ``lanes``: a step above the air takes 5 evaluations of a root and a division, and
    4 roots and 3 divisions to choose its length; a step in the air 4 of 2 roots and a division, and 4 roots and 3
    divisions; together with about 230 and 480 products and sums. What this machine does of each is measured.
    """
    from cupola.core.batch import fall_many_densely

    flights = fall_many_densely(states[:300], starts[:300], 1.0 / BETA, END)
    high = low = 0
    for flight in flights:
        far = np.linalg.norm(flight.r, axis=1) - EQUATORIAL_RADIUS > AIR_BEGINS
        high, low = high + int(far.sum()), low + int((~far).sum())
    high, low = high / len(flights), low / len(flights)
    root, division, product = _speed_of_units()
    divider = (high * 9 + low * 12) * root + (high * 8 + low * 7) * division
    arithmetic = (high * 230 + low * 480) * product
    print(f"{'':32}{high:.1f} steps above and {low:.1f} below {AIR_BEGINS / 1e3:.0f} km a flight")
    return 1.0 / max(divider, arithmetic)


def _speed_of_units() -> tuple[float, float, float]:
    """Return the seconds a root, a division, and a product or a sum take in full vector loops."""
    x = np.linspace(1.0, 2.0, 512)
    out = np.empty((3, 512))
    repeats = 20_000
    results = []
    for kernel, count in ((_roots, 1), (_divisions, 1), (_products, 64)):
        results.append(_seconds(lambda k=kernel: k(x, out[0], repeats), 5) / (repeats * 512 * count))
    return results[0], results[1], results[2]


@njit(error_model="numpy", fastmath={"contract"})
def _roots(x, out, repeats):  # type: ignore[no-untyped-def]
    for k in range(repeats):
        for i in range(x.shape[0]):
            out[i] = math.sqrt(x[i] + k)


@njit(error_model="numpy", fastmath={"contract"})
def _divisions(x, out, repeats):  # type: ignore[no-untyped-def]
    for k in range(repeats):
        for i in range(x.shape[0]):
            out[i] = (x[i] + k) / x[i]


@njit(error_model="numpy", fastmath={"contract"})
def _products(x, out, repeats):  # type: ignore[no-untyped-def]
    for k in range(repeats):
        for i in range(x.shape[0]):
            a = b = c = d = x[i] + k
            for _ in range(8):
                a, b, c, d = a * x[i] + 1.0, b * x[i] + 2.0, c * x[i] + 3.0, d * x[i] + 4.0
            out[i] = a + b + c + d


def _versions() -> str:
    names = []
    for name in ("scipy", "heyoka"):
        try:
            names.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            names.append(f"no {name}")
    return ", ".join(names)


if __name__ == "__main__":
    if sys.argv[1:] == ["exponential"]:
        _compare(exponential=True)
    else:
        sys.path.insert(0, str(Path(__file__).parents[1]))
        main()
