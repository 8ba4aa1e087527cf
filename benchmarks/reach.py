"""Reach of 10,000 satellites at 1,000 instants: the kernel against plain NumPy, same answers first, then time.

The question: a missile climbs, looked at 1,000 times; from release at time 0, which satellites can meet it, first and
cheapest? Satellite states at release are given to both sides. Run: ``python benchmarks/reach.py``.
"""

import math
import time
from collections.abc import Callable

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, FLATTENING, J2, MU, Vector
from cupola.interceptors.space_based import reach
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits import constellation
from cupola.orbits.spec import WalkerSpec

SATELLITES, INSTANTS = 10_000, 1_000


def interceptor() -> SpaceInterceptorSpec:
    return SpaceInterceptorSpec.model_validate(
        {
            "title": "benchmark",
            "layer": "boost",
            "engages": ["boost"],
            "acceleration": "15 g_0",
            "speed": "6 km/s",
            "minimum_altitude": "110 km",
            "maximum_flight_time": "300 s",
            "reliability": 1.0,
            "kill_vehicle": {
                "mass": "72 kg",
                "divert": "2.5 km/s",
                "divert_acceleration": "10 g_0",
                "seeker_range": "200 km",
                "seeker_field": "30 km",
                "kill_probability": 0.8,
            },
        }
    )


def _height(r: Vector) -> Vector:
    r2 = np.einsum("...i,...i->...", r, r)
    return np.asarray(np.sqrt(r2) - EQUATORIAL_RADIUS * (1.0 - FLATTENING * r[..., 2] ** 2 / r2))


def _circular(r: Vector, v: Vector, t: float) -> tuple[Vector, Vector]:
    """Two-body motion by the universal Kepler equation with a fixed number of Newton steps, all satellites at once."""
    r0 = np.linalg.norm(r, axis=1)
    alpha = 2.0 / r0 - np.einsum("ij,ij->i", v, v) / MU
    sigma = np.einsum("ij,ij->i", r, v) / math.sqrt(MU)
    chi = math.sqrt(MU) * t * alpha
    for _ in range(4):
        psi = alpha * chi**2
        root = np.sqrt(psi)
        c2, c3 = (1.0 - np.cos(root)) / psi, (root - np.sin(root)) / (psi * root)
        f = sigma * chi**2 * c2 + (1.0 - alpha * r0) * chi**3 * c3 + r0 * chi - math.sqrt(MU) * t
        chi = chi - f / (chi**2 * c2 + sigma * chi * (1.0 - psi * c3) + r0 * (1.0 - psi * c2))
    psi = alpha * chi**2
    root = np.sqrt(psi)
    c2, c3 = (1.0 - np.cos(root)) / psi, (root - np.sin(root)) / (psi * root)
    size = chi**2 * c2 + sigma * chi * (1.0 - psi * c3) + r0 * (1.0 - psi * c2)
    f, g = 1.0 - chi**2 * c2 / r0, t - chi**3 * c3 / math.sqrt(MU)
    fd, gd = math.sqrt(MU) / (size * r0) * chi * (psi * c3 - 1.0), 1.0 - chi**2 * c2 / size
    return f[:, None] * r + g[:, None] * v, fd[:, None] * r + gd[:, None] * v


def _tide(r: Vector, d: Vector) -> Vector:
    p = r + d
    here, there = np.linalg.norm(r, axis=1)[:, None] ** 3, np.linalg.norm(p, axis=1)[:, None] ** 3
    return np.asarray(MU * (r / here - p / there))


def numpy_reach(
    spec: SpaceInterceptorSpec, r: Vector, v: Vector, times: Vector, target: Vector
) -> tuple[Vector, Vector, Vector]:
    """The same law written plainly with arrays over the satellites, one instant after another, near ones only."""
    a = spec.acceleration
    first, best, least = np.full(len(r), -1), np.full(len(r), -1), np.full(len(r), np.inf)
    r0 = np.linalg.norm(r, axis=1)[:, None]
    z2 = 5.0 * (r[:, 2:] / r0) ** 2
    j2 = -1.5 * J2 * MU * EQUATORIAL_RADIUS**2 / r0**5 * r * np.hstack([1.0 - z2, 1.0 - z2, 3.0 - z2])
    for k, t in enumerate(times):
        if not 0.0 < t <= spec.maximum_flight_time or _height(target[k]) < spec.minimum_altitude:
            continue
        far = spec.speed * (t - 0.5 * spec.speed / a) if t > spec.speed / a else 0.5 * a * t * t
        near = np.flatnonzero(np.linalg.norm(r + t * v - target[k], axis=1) < 1.2 * far + 5.0 * t * t)
        if not len(near):
            continue
        rn, vn = r[near], v[near]
        f, w = _circular(rn, vn, t)
        f, w = f + 0.5 * t * t * j2[near], w + t * j2[near]
        p1 = (20.0 * rn + 7.0 * f) / 27.0 + t * 2.0 / 27.0 * (2.0 * vn - w)
        p2 = (7.0 * rn + 20.0 * f) / 27.0 + t * 2.0 / 27.0 * (vn - 2.0 * w)
        g1 = g2 = d1 = d2 = np.zeros_like(rn)
        dv = np.zeros(len(near))
        for _ in range(2):
            s = target[k] - f - t * t * (0.25 * g1 + 0.125 * g2)
            size = np.linalg.norm(s, axis=1)
            rest = t * t - 2.0 * size / a
            dv = np.where(rest >= 0.0, 2.0 * size / (t + np.sqrt(np.maximum(rest, 0.0))), np.inf)
            burn = np.where(np.isfinite(dv), dv, 0.0) / a

            def pushed(at: float, burn: Vector = burn) -> Vector:
                return np.asarray(np.where(at < burn, 0.5 * a * at * at, a * burn * (at - 0.5 * burn))[:, None])

            u = s / size[:, None]
            d1 = pushed(t / 3.0) * u + t * t * (6.0 * g1 - g2) / 216.0
            d2 = pushed(2.0 * t / 3.0) * u + t * t * g1 * 4.0 / 27.0
            g1, g2 = _tide(p1, d1), _tide(p2, d2)
        h0, h1, h2, h3 = _height(rn), _height(p1 + d1), _height(p2 + d2), float(_height(target[k]))
        low = np.minimum(np.minimum(h1, h2), h3)
        low = np.minimum(low, (9.0 * (h1 + h2) - h0 - h3) / 16.0)
        low = np.minimum(low, (h0 - 5.0 * h1 + 15.0 * h2 + 5.0 * h3) / 16.0)
        good = near[(dv <= spec.speed) & (low >= spec.minimum_altitude)]
        need = dv[(dv <= spec.speed) & (low >= spec.minimum_altitude)]
        first[good] = np.where(first[good] < 0, k, first[good])
        better = need < least[good]
        best[good[better]], least[good[better]] = k, need[better]
    return first, best, least


def main() -> None:
    shell = constellation.of(
        WalkerSpec.model_validate(
            {"total": SATELLITES, "planes": 100, "phasing": 1, "altitude": "400 km", "inclination": "50 deg"}
        )
    )
    r, v = constellation.positions(shell, 0.0)
    times = np.linspace(40.0, 300.0, INSTANTS)
    share = np.linspace(0.0, 1.0, INSTANTS)
    radius, lon = 6_371e3 + 60e3 + 240e3 * share, 2.2 + 0.15 * share
    target = np.stack(
        [radius * math.cos(0.7) * np.cos(lon), radius * math.cos(0.7) * np.sin(lon), radius * math.sin(0.7)], axis=1
    )
    speed = np.gradient(target, times, axis=0)
    spec, ready = interceptor(), np.ones(SATELLITES, dtype=bool)

    began = time.perf_counter()
    ours = reach(spec, r, v, ready, 0.0, times, target, speed)
    first_call = time.perf_counter() - began
    plain = numpy_reach(spec, r, v, times, target)
    if not (np.array_equal(ours.first, plain[0]) and np.array_equal(ours.best, plain[1])):
        raise SystemExit("the two answers differ")
    gap = np.nanmax(np.abs(ours.delta_v - np.where(plain[1] >= 0, plain[2], np.nan)))

    def clock(action: Callable[[], object], rounds: int) -> float:
        marks = []
        for _ in range(rounds):
            began = time.perf_counter()
            action()
            marks.append(time.perf_counter() - began)
        return min(marks)

    kernel = clock(lambda: reach(spec, r, v, ready, 0.0, times, target, speed), 5)
    arrays = clock(lambda: numpy_reach(spec, r, v, times, target), 2)
    orbit = clock(lambda: constellation.positions(shell, 100.0, out=(r.copy(), v.copy())), 20)
    print(f"{SATELLITES:,} satellites x {INSTANTS:,} instants: {int((ours.first >= 0).sum())} satellites in reach;")
    print(f"same first and best instants, velocity need equal within {gap:.1e} m/s")
    print(f"{'':24}{'ms':>10}{'ratio':>8}")
    print(f"{'NumPy':24}{arrays * 1e3:>10.1f}{1.0:>8.1f}")
    print(f"{'Cupola':24}{kernel * 1e3:>10.1f}{arrays / kernel:>8.1f}")
    print(f"first call with compilation or cache load {first_call:.2f} s; one propagation {orbit * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
