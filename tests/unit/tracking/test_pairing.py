"""Stereo initiation without labels: ten missiles in a region of 100 km, seen by two and by three satellites."""

from typing import Any

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, Vector
from cupola.core.sight import tangent_basis
from cupola.tracking.pairing import Fixes, PairingRules, pair_sight_lines

SATELLITES = EQUATORIAL_RADIUS * np.array([[1.157, 0.0, 0.0], [1.157, 0.0, 0.0], [1.157, 0.0, 0.0]]) + np.array(
    [[0.0, -9e5, 4e5], [0.0, 9e5, 3e5], [1e5, 1e5, -1.1e6]]
)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def raid(g: np.random.Generator, count: int = 10) -> Vector:
    """Return positions within 100 km of each other and 40 km to 140 km high, m."""
    return np.array([EQUATORIAL_RADIUS + 90e3, 0.0, 0.0]) + g.uniform(-50e3, 50e3, (count, 3))


def sight_lines(
    g: np.random.Generator, truth: Vector, satellites: Vector, sigma: float, velocity: Vector | None = None
) -> tuple[dict[str, Any], Vector]:
    """Return the shuffled lines of all satellites, 2 s after one another, and the object of each."""
    n, s = len(truth), len(satellites)
    sensor, target = np.repeat(np.arange(s), n), np.tile(np.arange(n), s)
    time_s = 2.0 * sensor
    moved = truth[target] + (0.0 if velocity is None else velocity[target] * (time_s - time_s.max())[:, None])
    u = moved - satellites[sensor]
    u /= np.linalg.norm(u, axis=1)[:, None]
    for i in range(len(u)):
        axes = np.reshape(tangent_basis(*u[i], *satellites[sensor[i]]), (2, 3))
        u[i] += sigma * g.normal(size=2) @ axes
    u /= np.linalg.norm(u, axis=1)[:, None]
    order = g.permutation(len(u))
    lines = {
        "sensor": sensor[order],
        "time_s": time_s[order] if velocity is not None else np.zeros(len(u)),
        "r_sensor": satellites[sensor[order]],
        "u": u[order],
        "sigma_angle": np.full((len(u), 2), sigma),
        "burning": np.ones(len(u), np.bool_),
    }
    return lines, target[order]


def found_and_ghosts(got: Fixes, target: Vector) -> tuple[int, int]:
    """Return how many objects have a fix of their own lines alone, and how many fixes mix lines of several."""
    pure, ghosts = set(), 0
    for row in got.lines:
        objects = set(target[row[row >= 0]].tolist())
        if len(objects) == 1:
            pure |= objects
        else:
            ghosts += 1
    return len(pure), ghosts


@pytest.mark.parametrize(
    ("satellites", "sigma", "recall", "ghosts"),
    [(2, 3e-5, 0.97, 0.2), (2, 1e-4, 0.90, 1.0), (3, 3e-5, 0.99, 0.05), (3, 1e-4, 0.99, 0.05)],
)
def test_a_raid_is_found_without_labels(satellites: int, sigma: float, recall: float, ghosts: float) -> None:
    """The mean of forty raids: share of the missiles found, and ghosts a raid."""
    g = rng(satellites)
    found, false = 0, 0
    for _ in range(40):
        lines, target = sight_lines(g, raid(g), SATELLITES[:satellites], sigma)
        pure, mixed = found_and_ghosts(pair_sight_lines(**lines), target)
        found, false = found + pure, false + mixed
    assert found / 400 > recall
    assert false / 40 < ghosts


def test_points_are_where_the_objects_are_within_their_stated_errors() -> None:
    """The mean normalised error squared of a fix is its dimension, 3, to within 0.57 at four sigma of 300 fixes."""
    g = rng(20)
    errors = []
    for _ in range(40):
        truth = raid(g)
        lines, target = sight_lines(g, truth, SATELLITES, 3e-5)
        got = pair_sight_lines(**lines)
        for row, point, covariance, sigma in zip(got.lines, got.point, got.covariance, got.sigma_m, strict=True):
            objects = set(target[row[row >= 0]].tolist())
            assert len(objects) == 1
            error = point - truth[objects.pop()]
            errors.append(error @ np.linalg.solve(covariance, error))
            assert sigma == pytest.approx(np.sqrt(np.trace(covariance)), rel=1e-12)
    assert len(errors) > 300
    assert np.mean(errors) == pytest.approx(3.0, abs=0.57)


def test_two_lines_are_triangulated_as_the_closed_form_says() -> None:
    """Two sensors at right angles, without noise: the crossing itself, each line fixing two axes to range x sigma."""
    point = np.array([EQUATORIAL_RADIUS + 1e5, 0.0, 0.0])
    satellites = point + 1e6 * np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    lines, _ = sight_lines(rng(21), point[None], satellites, 0.0)
    lines["sigma_angle"] = np.full((2, 2), 1e-5)
    got = pair_sight_lines(**lines)
    np.testing.assert_allclose(got.point, point[None], atol=1e-6)
    np.testing.assert_allclose(got.covariance[0], np.diag([50.0, 100.0, 100.0]), rtol=1e-6, atol=1e-6)
    assert got.chi_square[0] == pytest.approx(0.0, abs=1e-9)


def test_no_line_is_used_twice_nor_two_lines_of_one_sensor_together() -> None:
    g = rng(22)
    lines, _ = sight_lines(g, raid(g, 40), SATELLITES, 3e-4)
    got = pair_sight_lines(**lines)
    used = got.lines[got.lines >= 0]
    assert len(got.lines) > 20
    assert len(set(used.tolist())) == len(used)
    for row in got.lines:
        sensors = lines["sensor"][row[row >= 0]]
        assert len(set(sensors.tolist())) == len(sensors)


def test_lines_of_different_times_meet_within_what_the_object_may_have_moved() -> None:
    """Ten missiles that climb at 1 km/s, each satellite looking 2 s after the last: lines miss by kilometres, and are
    of one object only if the motion is allowed for.
    """
    g = rng(23)
    truth = raid(g) * 1.0
    velocity = np.broadcast_to([1_000.0, 0.0, 0.0], truth.shape)
    lines, target = sight_lines(g, truth, SATELLITES, 3e-5, velocity)
    pure, ghosts = found_and_ghosts(pair_sight_lines(**lines), target)
    assert pure >= 9
    assert ghosts <= 1
    still = pair_sight_lines(**lines, rules=PairingRules(burning_speed=1.0))
    assert found_and_ghosts(still, target)[0] < 3
    assert len(pair_sight_lines(**lines, rules=PairingRules(window_s=1.0)).lines) == 0


def test_ranged_lines_fix_objects_alone_and_together() -> None:
    """A radar's report alone; with a satellite's line of the same object it makes one fix, and the better one."""
    g = rng(24)
    truth = raid(g, 5)
    lines, target = sight_lines(g, truth, SATELLITES[:1], 1e-4)
    distance = np.linalg.norm(truth[target] - lines["r_sensor"], axis=1)
    alone = pair_sight_lines(**lines, range_m=distance, sigma_range=np.full(5, 20.0))
    assert sorted(alone.lines[:, 0].tolist()) == [0, 1, 2, 3, 4]
    assert np.all(alone.lines[:, 1:] == -1)
    error = np.linalg.norm(alone.point - truth[target[alone.lines[:, 0]]], axis=1)
    assert np.all(error < 4.0 * alone.sigma_m)
    both, owner = sight_lines(g, truth, SATELLITES[:2], 1e-4)
    ranged = both["sensor"] == 0
    distance = np.where(ranged, np.linalg.norm(truth[owner] - both["r_sensor"], axis=1), np.nan)
    joined = pair_sight_lines(**both, range_m=distance, sigma_range=np.where(ranged, 20.0, np.nan))
    assert found_and_ghosts(joined, owner) == (5, 0)
    assert len(joined.lines) == 5
    assert joined.sigma_m.max() < alone.sigma_m.min()


def test_crossings_outside_the_altitudes_are_ghosts() -> None:
    g = rng(25)
    lines, _ = sight_lines(g, raid(g), SATELLITES[:2], 3e-5)
    assert len(pair_sight_lines(**lines, rules=PairingRules(altitudes=(200e3, 8e6))).lines) == 0


def test_nothing_to_pair() -> None:
    g = rng(26)
    lines, _ = sight_lines(g, raid(g), SATELLITES[:1], 3e-5)
    assert len(pair_sight_lines(**lines).lines) == 0
    none = {name: values[:0] for name, values in lines.items()}
    assert pair_sight_lines(**none).point.shape == (0, 3)


def test_rules_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="got a probability of"):
        PairingRules(probability=1.0)
    with pytest.raises(ValueError, match=r"line_density: got 0\.0"):
        PairingRules(line_density=0.0)
