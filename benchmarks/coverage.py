"""Coverage of the globe by 72 satellites, 1-degree cells, a day at 60 s: the sweep against plain NumPy, and the verb.

NumPy counts who is in view of every cell and keeps the gaps; it leaves out stereo, which ours finds as well. It is
given a part of the day, with the same answers, and its time for the day follows.
Run: ``python benchmarks/coverage.py``.
"""

import math
import tempfile
import time
from pathlib import Path

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, Vector
from cupola.orbits import constellation
from cupola.orbits.coverage import Grid, Tally, sweep
from cupola.orbits.coverage_access import look_down, ring, rules
from cupola.orbits.spec import WalkerSpec
from cupola.studies.coverage import coverage

INSTANTS, PART, STEP = 1_440, 30, 60.0
SHELL = EQUATORIAL_RADIUS + 200e3
RULE = rules(limb=60e3, reach=6_500e3)
SPEC = """\
cupola: 1
kind: coverage
name: benchmark
sensors: [{constellation: tracking-layer-t3}]
shells: [{altitude: 200 km}]
duration: 24 h
step: 60 s
grid: 1 deg
"""


def ours(grid: Grid, r: Vector, times: Vector) -> Tally:
    tally = Tally.empty(grid, len(times))
    nobody = np.zeros((0, *grid.weight.shape), dtype=np.bool_), np.zeros((0, 3))
    for part in np.array_split(np.arange(len(times)), max(1, len(times) // 240)):
        views = np.empty((len(part), r.shape[1], 6))
        look_down(np.ascontiguousarray(r[part]), times[part], SHELL, RULE, views)
        sweep(grid, tally, int(part[0]), views, SHELL, nobody, math.radians(10.0))
    return tally


def plain(grid: Grid, r: Vector, times: Vector) -> tuple[Vector, Vector, Vector]:
    lat, lon = np.meshgrid(grid.latitude, grid.longitude, indexing="ij")
    cells = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1).reshape(-1, 3)
    inner, outer = ring(float(np.linalg.norm(r[0, 0])), SHELL, RULE)
    covered, visible = np.zeros(len(cells), int), np.zeros(len(cells), int)
    longest, last = np.zeros(len(cells), int), np.full(len(cells), -1)
    for k, now in enumerate(times):
        turn = 7.292115e-5 * now
        spin = np.array([[math.cos(turn), math.sin(turn), 0], [-math.sin(turn), math.cos(turn), 0], [0, 0, 1.0]])
        cosine = cells @ (r[k] / np.linalg.norm(r[k], axis=1)[:, None] @ spin.T).T
        count = ((cosine >= math.cos(outer)) & (cosine <= math.cos(inner))).sum(axis=1)
        seen = count > 0
        covered, visible = covered + seen, visible + count
        longest = np.where(seen, np.maximum(longest, k - last - 1), longest)
        last = np.where(seen, k, last)
    longest = np.maximum(longest, len(times) - 1 - last)
    shape = grid.weight.shape
    return covered.reshape(shape), visible.reshape(shape), longest.reshape(shape)


def main() -> None:
    layer = constellation.of(
        WalkerSpec.model_validate(
            {"total": 72, "planes": 4, "phasing": 1, "altitude": "1000 km", "inclination": "82 deg"}
        )
    )
    grid, times = Grid.of(math.radians(1.0)), np.arange(INSTANTS) * STEP
    r = np.stack([constellation.positions(layer, float(t))[0] for t in times])
    began = time.perf_counter()
    short = ours(grid, r[:PART], times[:PART])
    first_call = time.perf_counter() - began
    began = time.perf_counter()
    covered, visible, longest = plain(grid, r[:PART], times[:PART])
    arrays = (time.perf_counter() - began) * INSTANTS / PART
    differ = int((short.covered != covered).sum() + (short.visible != visible).sum() + (short.longest != longest).sum())
    if differ > 3:  # a cell's middle within a rounding of an edge
        raise SystemExit(f"the two answers differ in {differ} cells")
    began = time.perf_counter()
    ours(grid, r, times)
    kernel = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.yaml"
        path.write_text(SPEC, encoding="utf-8")
        marks = []
        for _ in range(2):
            began = time.perf_counter()
            found = coverage(path)
            marks.append(time.perf_counter() - began)
    print(
        f"72 satellites, {grid.weight.size:,} cells, {INSTANTS:,} instants: "
        f"{found.document['fraction_covered']:.3%} covered"
    )
    print(
        f"same counts and gaps over {PART} instants ({differ} of {3 * grid.weight.size:,} figures differ by rounding)"
    )
    print(f"{'':36}{'s':>8}{'ratio':>8}")
    print(f"{'NumPy, without stereo, from a part':36}{arrays:>8.2f}{1.0:>8.1f}")
    print(f"{'Cupola sweep, with stereo':36}{kernel:>8.2f}{arrays / kernel:>8.1f}")
    print(f"{'cupola.coverage, file to answer':36}{min(marks):>8.2f}{arrays / min(marks):>8.1f}")
    print(f"first call with compilation or cache load {first_call:.2f} s")


if __name__ == "__main__":
    main()
