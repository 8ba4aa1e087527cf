"""OSPA and GOSPA against Stone Soup, trying every assignment, and cases by hand; purity, swaps and breaks."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cupola.core.earth import Vector
from cupola.tracking.metrics import (
    continuity,
    gospa,
    gospa_over_time,
    ospa,
    ospa_over_time,
    purity,
    time_average,
)

AUTHORITY = Path(__file__).parents[3] / "validation" / "metrics" / "stonesoup.json"


def stone_soup() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(AUTHORITY.read_text())["cases"]
    for case in cases:
        case["truth"] = np.reshape(case["truth"], (-1, 3))
        case["tracks"] = np.reshape(case["tracks"], (-1, 3))
    return cases


def ospa_by_trial(truth: Vector, tracks: Vector, cutoff: float, order: float) -> float:
    """Return the definition's minimum over every assignment of the smaller set to the larger."""
    few, many = sorted((truth, tracks), key=len)
    distance = np.minimum(np.linalg.norm(few[:, None] - many[None], axis=2), cutoff)
    least = min(
        sum(distance[i, j] ** order for i, j in enumerate(chosen))
        for chosen in permutations(range(len(many)), len(few))
    )
    return float(((least + cutoff**order * (len(many) - len(few))) / len(many)) ** (1.0 / order))


def test_gospa_and_its_parts_are_stone_soups() -> None:
    cases = stone_soup()
    assert len(cases) > 100
    for case in cases:
        got = gospa(case["truth"], case["tracks"], cutoff=case["cutoff"], order=case["order"])
        expected = case["gospa"]
        np.testing.assert_allclose(
            [got.distance, got.localisation, got.missed, got.false],
            [expected["distance"], expected["localisation"], expected["missed"], expected["false"]],
            rtol=1e-12,
            atol=1e-12,
        )


def test_ospa_is_stone_soups_and_the_minimum_over_all_assignments() -> None:
    for case in stone_soup():
        arguments = case["truth"], case["tracks"]
        got = ospa(*arguments, cutoff=case["cutoff"], order=case["order"]).distance
        assert got == pytest.approx(case["ospa"], rel=1e-12)
        assert got == pytest.approx(ospa_by_trial(*arguments, case["cutoff"], case["order"]), rel=1e-12)


def test_ospa_assigns_by_the_power_of_the_distance() -> None:
    """One object on the other's track: to pair those two leaves 8 for the rest, 0.1 + 8.0 in sum and 64 in squares;
    to shift both by one is 4 + 4, of about the same sum, and 32 in squares.
    """
    truth, tracks = np.array([[0.0, 0.0], [4.0, 0.0]]), np.array([[4.0, 0.1], [8.0, 0.0]])
    got = ospa(truth, tracks, cutoff=100.0, order=2.0)
    assert got.distance == pytest.approx(ospa_by_trial(truth, tracks, 100.0, 2.0), rel=1e-12)
    assert got.distance < np.sqrt((0.1**2 + 8.0**2) / 2.0) - 1.0


def test_the_worked_example() -> None:
    """Truth {0, 100} against {1}, cut-off 10, order 2: sqrt((1 + 100) / 2) and sqrt(1 + 50)."""
    truth, tracks = np.array([[0.0], [100.0]]), np.array([[1.0]])
    distance = ospa(truth, tracks, cutoff=10.0, order=2.0)
    assert distance.distance == pytest.approx(7.106, abs=5e-4)
    assert distance.localisation**2 == pytest.approx(0.5, rel=1e-12)
    assert distance.cardinality**2 == pytest.approx(50.0, rel=1e-12)
    general = gospa(truth, tracks, cutoff=10.0, order=2.0)
    assert general.distance == pytest.approx(7.141, abs=5e-4)
    assert (general.localisation, general.missed, general.false) == pytest.approx((1.0, 50.0, 0.0), rel=1e-12)
    assert (general.missed_count, general.false_count, general.track.tolist()) == (1, 0, [0, -1])


def test_empty_sets() -> None:
    none, one = np.zeros((0, 3)), np.zeros((1, 3))
    assert ospa(none, none, cutoff=5.0).distance == 0.0
    assert ospa(none, one, cutoff=5.0).distance == 5.0
    assert gospa(none, none, cutoff=5.0).distance == 0.0
    assert gospa(one, none, cutoff=5.0)[2:6] == (12.5, 0.0, 1, 0)
    assert gospa(none, one, cutoff=5.0)[2:6] == (0.0, 12.5, 0, 1)


def test_a_pair_beyond_the_cutoff_is_a_missed_object_and_a_false_track() -> None:
    got = gospa(np.zeros((1, 1)), np.full((1, 1), 10.0), cutoff=10.0)
    assert (got.missed_count, got.false_count, got.track.tolist()) == (1, 1, [-1])


def test_over_time_objects_and_tracks_come_and_go() -> None:
    truth = np.zeros((3, 2, 1)) + np.array([0.0, 100.0])[:, None]
    tracks = np.array([[[1.0], [99.0], [0.0]]] * 3)
    exists = np.array([[True, False], [True, True], [True, True]])
    tracked = np.array([[True, False, False], [False, True, True], [True, False, False]])
    general = gospa_over_time(truth, exists, tracks, tracked, cutoff=10.0)
    assert [part.track.tolist() for part in general] == [[0, -1], [2, 1], [0, -1]]
    assert [part.distance for part in general] == pytest.approx([1.0, 1.0, np.sqrt(51.0)], rel=1e-12)
    plain = ospa_over_time(truth, exists, tracks, tracked, cutoff=10.0)
    assert [part.distance for part in plain] == pytest.approx([1.0, np.sqrt(0.5), np.sqrt(50.5)], rel=1e-12)


def test_time_averages_weigh_by_time() -> None:
    assert time_average(np.array([0.0, 1.0, 11.0]), np.array([0.0, 2.0, 4.0])) == pytest.approx(31.0 / 11.0, rel=1e-12)
    assert time_average(np.array([5.0]), np.array([3.0])) == 3.0
    with pytest.raises(ValueError, match="times rising"):
        time_average(np.array([0.0, 0.0]), np.array([1.0, 1.0]))


def test_purity_is_the_share_of_the_main_object() -> None:
    got = purity(np.array([0, 0, 1, 1, 1, -1, 2]), np.array([4, 4, 4, 2, 2, 2, -1]))
    assert got.track.tolist() == [2, 4]
    assert got.object.tolist() == [1, 0]
    np.testing.assert_allclose(got.share, [2 / 3, 2 / 3])
    assert got.overall == pytest.approx(4 / 6)
    assert np.isnan(purity(np.array([0]), np.array([-1])).overall)


def test_swaps_and_breaks_are_counted_per_object() -> None:
    track = np.array([[0, 1, -1], [0, 1, -1], [1, 0, -1], [1, -1, -1], [1, 0, -1]])
    exists = np.array([[True, True, False]] * 5)
    got = continuity(track, exists)
    assert got.swaps.tolist() == [1, 1, 0]
    assert got.breaks.tolist() == [0, 1, 0]
    np.testing.assert_allclose(got.held, [1.0, 0.8, np.nan])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cutoff": 0.0}, "got a cut-off of 0"),
        ({"order": 0.5}, "an order of 0.5"),
        ({"tracks": np.zeros((1, 2))}, r"got truth \(1, 3\) and tracks \(1, 2\)"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], message: str) -> None:
    sound = {"truth": np.zeros((1, 3)), "tracks": np.zeros((1, 3)), "cutoff": 1.0}
    for metric in (ospa, gospa):
        with pytest.raises(ValueError, match=message):
            metric(**{**sound, **change})
