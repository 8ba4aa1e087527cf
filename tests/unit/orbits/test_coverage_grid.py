"""Coverage of a grid: access rings against sight lines, the sweep against plain arrays, figures known beforehand."""

import math
from itertools import combinations

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, MU
from cupola.core.sight import limb_geometry, lowest_altitude
from cupola.orbits.coverage import Grid, Tally, middles, sweep
from cupola.orbits.coverage_access import look_down, ring, rules

R = EQUATORIAL_RADIUS


def seen_by_lines(radius, shell, angle, *, floor=0.0, limb=None, reach, elevation=None):
    """Access written out with vectors in the equatorial plane, where the ellipsoid of the sight lines is a circle."""
    s, t = np.array([radius, 0.0, 0.0]), shell * np.array([math.cos(angle), math.sin(angle), 0.0])
    line = t - s
    if np.linalg.norm(line) > reach or lowest_altitude(*s, *t, False) < floor:
        return False
    if limb is not None and lowest_altitude(*s, *t, True) < limb:
        return False
    rise = math.asin(np.clip(-(line @ t) / np.linalg.norm(line) / shell, -1.0, 1.0))
    return elevation is None or rise >= elevation


@pytest.mark.parametrize(
    "case",
    [
        (1_000e3, 200e3, {"limb": 60e3, "reach": 6_500e3}, True),
        (1_000e3, 200e3, {"limb": 60e3, "reach": 3_000e3}, True),
        (1_000e3, 1_400e3, {"limb": 60e3, "reach": 4_000e3}, True),
        (1_000e3, 40e3, {"limb": None, "floor": 7e3, "reach": 6_500e3}, True),
        (1_000e3, 40e3, {"limb": 60e3, "reach": 6_500e3}, False),
        (1_000e3, 5e3, {"limb": None, "floor": 7e3, "reach": 6_500e3}, False),
        (35_786e3, 20e3, {"limb": None, "floor": 7e3, "reach": 45_000e3, "elevation": 0.2}, True),
        (1_000e3, 200e3, {"limb": None, "reach": 600e3}, False),
        (1_000e3, 1_000e3, {"limb": 80e3, "reach": 5_000e3}, True),
        (1_000e3, 3_000e3, {"limb": None, "reach": 9_000e3, "elevation": 0.3}, False),
    ],
)
def test_a_ring_holds_what_sight_lines_reach(case):
    sensor, target, words, any_seen = case
    inner, outer = ring(R + sensor, R + target, rules(**words))
    angles = np.linspace(1e-4, math.pi, 4001)
    by_lines = np.array([seen_by_lines(R + sensor, R + target, a, **words) for a in angles])
    by_ring = (angles >= inner) & (angles <= outer)
    assert (by_lines != by_ring).sum() <= 2  # the two edges, if an angle falls within a rounding of one
    assert bool(by_ring.any()) is any_seen


def test_the_limb_row_is_the_outer_edge():
    inner, outer = ring(R + 1_000e3, R + 200e3, rules(limb=50e3, reach=1e8))
    angle, slant = limb_geometry(1_000e3, 200e3, 50e3)
    assert outer == pytest.approx(angle, abs=1e-12)
    assert math.degrees(outer) == pytest.approx(41.66, abs=0.005)
    assert ring(R + 1_000e3, R + 200e3, rules(limb=50e3, reach=slant - 1e3))[1] < outer
    assert inner == pytest.approx(math.acos((R + 50e3) / (R + 1_000e3)) - math.acos((R + 50e3) / (R + 200e3)))
    with pytest.raises(ValueError, match="reach: got 0 m"):
        rules(limb=None, reach=0.0)


def orbits(seed, count, radius):
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((count, 3))
    first = np.cross(normal, rng.standard_normal((count, 3)))
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(normal / np.linalg.norm(normal, axis=1)[:, None], first)
    rate = math.sqrt(MU / radius**3)

    def at(times):
        u = rate * times[:, None, None]
        return radius * (np.cos(u) * first + np.sin(u) * second)

    return at


def swept(grid, r, times, shell, rule, crossing=0.0, standing=None, pieces=1):
    tally = Tally.empty(grid, len(times))
    none = np.zeros((0, *grid.weight.shape), dtype=np.bool_), np.zeros((0, 3))
    for part in np.array_split(np.arange(len(times)), pieces):
        views = np.empty((len(part), r.shape[1], 6))
        look_down(np.ascontiguousarray(r[part]), times[part], shell, rule, views)
        sweep(grid, tally, int(part[0]), views, shell, standing or none, crossing)
    return tally


def plainly(grid, r, times, shell, words, crossing, standing=None):
    """Every cell at every instant by itself: the sensors in view, and all pairs of them."""
    rows, columns = grid.weight.shape
    lat, lon = np.meshgrid(grid.latitude, grid.longitude, indexing="ij")
    cells = shell * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    seen, places = standing or (np.zeros((0, rows, columns), dtype=bool), np.zeros((0, 3)))
    count, stereo = np.zeros((len(times), rows, columns), int), np.zeros((len(times), rows, columns), bool)
    for k, time in enumerate(times):
        turn = 7.292115e-5 * time
        spin = np.array(
            [[math.cos(turn), math.sin(turn), 0.0], [-math.sin(turn), math.cos(turn), 0.0], [0.0, 0.0, 1.0]]
        )
        sensors = np.concatenate([r[k] @ spin.T, places])
        for i in range(rows):
            for j in range(columns):
                lines = sensors - cells[i, j]
                view = np.zeros(len(sensors), bool)
                view[len(r[k]) :] = seen[:, i, j]
                for n in range(len(r[k])):
                    cosine = sensors[n] @ cells[i, j] / np.linalg.norm(sensors[n]) / shell
                    view[n] = seen_by_lines(
                        np.linalg.norm(sensors[n]), shell, math.acos(np.clip(cosine, -1.0, 1.0)), **words
                    )
                count[k, i, j] = view.sum()
                units = lines[view] / np.linalg.norm(lines[view], axis=1)[:, None]
                stereo[k, i, j] = any(abs(a @ b) <= math.cos(crossing) for a, b in combinations(units, 2))
    return count, stereo


def runs(row):
    """Lengths of the runs of instants without anybody."""
    text = "".join("x" if seen else "." for seen in row)
    return [len(part) for part in text.split("x") if part]


@pytest.mark.parametrize(
    ("words", "crossing"),
    [
        ({"limb": 60e3, "reach": 5_200e3}, 0.3),
        ({"limb": None, "floor": 7e3, "reach": 6_500e3}, 0.9),
        ({"limb": None, "reach": 4_000e3, "elevation": 0.15}, 0.0),
    ],
)
def test_the_sweep_equals_plain_arrays(words, crossing):
    step, shell, times = math.radians(15.0), R + 200e3, np.arange(17) * 313.0
    r = orbits(4, 9, R + 1_050e3)(times)
    rng = np.random.default_rng(8)
    inside = rng.random((12, 24)) < 0.6
    grid = Grid.of(step, inside)
    standing = np.zeros((2, 12, 24), dtype=np.bool_), R * np.array([[0.6, 0.0, 0.8], [0.0, -1.0, 0.0]])
    standing[0][0, 9:11, 10:15] = standing[0][1, 5:8, 4:9] = True
    count, stereo = plainly(grid, r, times, shell, words, crossing, standing)
    tally = swept(grid, r, times, shell, rules(**words), crossing, standing, pieces=3)
    assert 0.1 < (count[:, inside] > 0).mean() < 0.99
    assert stereo[:, inside].any()
    np.testing.assert_array_equal(tally.covered[inside], (count > 0).sum(axis=0)[inside])
    np.testing.assert_array_equal(tally.visible[inside], count.sum(axis=0)[inside])
    np.testing.assert_array_equal(tally.stereo[inside], stereo.sum(axis=0)[inside])
    assert not tally.covered[~inside].any()
    for i, j in zip(*np.nonzero(inside), strict=True):
        gaps = runs(count[:, i, j] > 0)
        assert tally.gaps[i, j] == len(gaps)
        assert tally.longest[i, j] == max(gaps, default=0)
        assert tally.waited[i, j] == sum(n * (n + 1) / 2 for n in gaps)
    share = [(grid.weight * (now > 0)).sum() for now in count]
    np.testing.assert_allclose(tally.share, share, atol=1e-12)
    for i in range(12):
        if inside[i].any():
            assert tally.least[i] == count[:, i, inside[i]].min()


def test_one_satellite_covers_the_share_of_its_cap():
    """Standing over the equator of a still Earth: the cells' area is the cap's, (1 - cos theta) / 2, to the grid."""
    grid = Grid.of(math.radians(1.0))
    r = np.array([[[R + 1_000e3, 0.0, 0.0]]])
    rule = rules(limb=None, reach=1e8)
    tally = swept(grid, r, np.zeros(1), R, rule)
    outer = math.acos(R / (R + 1_000e3))
    assert float((grid.weight * tally.covered).sum()) == pytest.approx(0.5 * (1.0 - math.cos(outer)), rel=2e-3)
    # A ring is the cap less its middle.
    inner, outer = ring(R + 1_000e3, R + 200e3, rules(limb=50e3, reach=1e8))
    tally = swept(grid, r, np.zeros(1), R + 200e3, rules(limb=50e3, reach=1e8))
    assert float((grid.weight * tally.covered).sum()) == pytest.approx(
        0.5 * (math.cos(inner) - math.cos(outer)), rel=4e-3
    )


def test_low_orbits_never_see_the_poles():
    times = np.arange(0.0, 86_400.0, 120.0)
    radius, tilt = R + 600e3, math.radians(40.0)
    u = math.sqrt(MU / radius**3) * times
    r = radius * np.stack([np.cos(u), math.cos(tilt) * np.sin(u), math.sin(tilt) * np.sin(u)], axis=1)[:, None, :]
    grid = Grid.of(math.radians(2.0))
    tally = swept(grid, r, times, R, rules(limb=None, reach=1e8))
    highest = tilt + math.acos(R / radius)
    bare = np.abs(grid.latitude) > highest
    assert not tally.covered[bare].any()
    assert tally.longest[bare].min() == len(times)
    below = np.abs(grid.latitude) < highest - math.radians(2.0)
    assert (tally.covered[below] > 0).all()
    # What one satellite covers is its cap's share of the globe, wherever it flies.
    share = 0.5 * (1.0 - R / radius)
    assert float((grid.weight * tally.covered).sum()) / len(times) == pytest.approx(share, rel=5e-3)


def test_the_pole_waits_for_a_polar_satellite_as_long_as_it_takes_round():
    """Next to the pole: in view for 2 theta of every revolution of 2 pi, out of view for the rest."""
    radius, step = R + 1_000e3, 10.0
    rate = math.sqrt(MU / radius**3)
    times = np.arange(0.0, 6 * math.tau / rate, step)
    u = rate * times
    r = radius * np.stack([np.cos(u), np.zeros_like(u), np.sin(u)], axis=1)[:, None, :]
    grid = Grid.of(math.radians(0.5), np.repeat([[False]] * 359 + [[True]], 720, axis=1))
    tally = swept(grid, r, times, R, rules(limb=None, reach=1e8))
    theta = math.acos(R / radius)
    gap = (math.tau - 2.0 * theta) / rate
    inside = grid.weight > 0.0
    assert tally.longest[inside].max() * step == pytest.approx(gap, abs=2 * step + math.radians(0.5) / rate)
    assert (tally.gaps[inside] == 7).all()  # six in all, the first and the last cut by the ends of the time


def test_a_footprint_crosses_the_date_line():
    grid = Grid.of(math.radians(5.0))
    at_zero = swept(grid, np.array([[[R + 800e3, 0.0, 0.0]]]), np.zeros(1), R, rules(limb=None, reach=1e8))
    at_date_line = swept(grid, np.array([[[-R - 800e3, 0.0, 0.0]]]), np.zeros(1), R, rules(limb=None, reach=1e8))
    np.testing.assert_array_equal(at_date_line.covered, np.roll(at_zero.covered, 36, axis=1))


@pytest.mark.parametrize("step_deg", [0.0, -1.0, 7.0, 120.0])
def test_a_grid_that_does_not_fit_is_refused(step_deg):
    with pytest.raises(ValueError, match=r"accepted is a part of 180 deg"):
        middles(math.radians(step_deg))
    with pytest.raises(ValueError, match="holds the middle of no cell"):
        Grid.of(math.radians(90.0), np.zeros((2, 4), dtype=np.bool_))
