"""8,000 satellites, 20 missiles, 500 phases: who is in reach, against plain NumPy and the engine's own search.

NumPy asks every satellite at every phase, with arrays over the satellites; it is given a few phases of a few missiles,
with the same answers, and its time for all of them follows. So does the engine's kernel, which also asks everybody.
Run: ``python benchmarks/sizing.py``.
"""

import importlib
import math
import tempfile
import time
from pathlib import Path

import numpy as np

from cupola.core.earth import Vector
from cupola.interceptors.orbit_count import count, maps_of, mean_count, planes_of
from cupola.interceptors.orbit_reach import target_of
from cupola.interceptors.space_based import reach
from cupola.orbits import constellation
from cupola.orbits.spec import WalkerSpec
from cupola.studies.orbital import size_orbital
from cupola.studies.orbital_count import phases_of
from cupola.studies.orbital_spec import PhasesSpec

SATELLITES, MISSILES, PHASES, RELEASE_S, BURNOUT_S = 8_000, 20, 500, 60.0, 170.0
PART_MISSILES, PART_PHASES, KERNEL_PHASES = 3, 10, 100
WALKER = {"total": SATELLITES, "planes": 80, "phasing": 1, "altitude": "400 km", "inclination": "50 deg"}
SPEC = """\
cupola: 1
kind: orbital
name: benchmark
threats:
  - threat: icbm-solid-notional
    from: {region: north-korea}
    points: 5
    to: [{city: Washington}, {city: Seattle}, {city: Los Angeles}, {city: Chicago}]
interceptor: sbi-notional
timeline: {detection: 60 s}
shells:
  - walker: {total: 8000, planes: 80, phasing: 1, altitude: 400 km, inclination: 50 deg}
phases: {count: 500}
"""


def climb(number: int) -> tuple[Vector, Vector]:
    """Instants 2 s apart and places of a missile that climbs to 240 km, from one of several places."""
    times = np.arange(BURNOUT_S, RELEASE_S, -2.0)[::-1].copy()
    share = (times / BURNOUT_S) ** 2
    lat, lon = 0.68 + 0.002 * number + 0.05 * share, 2.2 + 0.05 * share * math.cos(number)
    radius = 6_371e3 + 240e3 * share
    return times, radius[:, None] * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], 1)


def main() -> None:
    # The plain law over arrays is that of the benchmark of one search: one way to write it.
    plain = importlib.import_module("benchmarks.reach" if __package__ else "reach")
    spec = plain.interceptor()
    shell = constellation.of(WalkerSpec.model_validate(WALKER))
    planes, everyone = planes_of(shell), np.ones(SATELLITES, dtype=bool)
    phases = phases_of(PhasesSpec(count=PHASES), 1)
    flights = [climb(number) for number in range(MISSILES)]

    def counted() -> tuple[Vector, float]:
        rows, means = [], []
        for times, r in flights:
            maps = maps_of(spec, target_of(spec, RELEASE_S, times, r), planes)
            rows.append(count(spec, maps, planes, phases.turns, phases.slides))
            means.append(mean_count(maps, planes))
        return np.array(rows), float(np.mean(means))

    began = time.perf_counter()
    ours, exact = counted()
    first_call = time.perf_counter() - began

    def asked(numbers: int, part: int, search: str) -> tuple[Vector, float]:
        found = np.zeros((numbers, part), dtype=int)
        began = time.perf_counter()
        for i, (times, r) in enumerate(flights[:numbers]):
            for f in range(part):
                at = constellation.positions(shell, RELEASE_S, turn_rad=phases.turns[f], slide_rad=phases.slides[f])
                if search == "numpy":
                    first = plain.numpy_reach(spec, *at, times - RELEASE_S, r)[0]
                else:
                    first = reach(spec, *at, everyone, RELEASE_S, times, r, np.zeros_like(r)).first
                found[i, f] = int((first >= 0).sum())
        return found, (time.perf_counter() - began) * MISSILES * PHASES / (numbers * part)

    arrays, arrays_s = asked(PART_MISSILES, PART_PHASES, "numpy")
    asked(1, 1, "kernel")
    kernel, kernel_s = asked(MISSILES, KERNEL_PHASES, "kernel")
    if not np.array_equal(arrays, ours[:PART_MISSILES, :PART_PHASES]):
        raise SystemExit("NumPy and the count differ")
    if not np.array_equal(kernel, ours[:, :KERNEL_PHASES]):
        raise SystemExit("the engine's search and the count differ")
    marks = []
    for _ in range(3):
        began = time.perf_counter()
        counted()
        marks.append(time.perf_counter() - began)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.yaml"
        path.write_text(SPEC, encoding="utf-8")
        verb = []
        for _ in range(2):
            began = time.perf_counter()
            size_orbital(path)
            verb.append(time.perf_counter() - began)
    print(
        f"{SATELLITES:,} satellites, {MISSILES} missiles, {PHASES} phases: {ours.mean():.3f} in reach, mean of "
        f"the phases, {exact:.3f} of all there are"
    )
    print(
        f"same counts as NumPy in {arrays.size} cases and as the engine's search in {kernel.size:,}; "
        f"both times for all {MISSILES * PHASES:,} follow"
    )
    print(f"{'':40}{'s':>9}{'ratio':>9}")
    print(f"{'NumPy, every satellite':40}{arrays_s:>9.1f}{1.0:>9.1f}")
    print(f"{'engine search, every satellite':40}{kernel_s:>9.2f}{arrays_s / kernel_s:>9.1f}")
    print(f"{'Cupola count by maps':40}{min(marks):>9.3f}{arrays_s / min(marks):>9.1f}")
    print(f"{'cupola.size_orbital, file to answer':40}{min(verb):>9.2f}{arrays_s / min(verb):>9.1f}")
    print(f"first call with compilation or cache load {first_call:.2f} s")


if __name__ == "__main__":
    main()
