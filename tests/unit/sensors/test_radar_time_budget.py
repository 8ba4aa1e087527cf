"""Fence and tracks share one face's time: arithmetic, overload in turn, and what is found when."""

import math

import numpy as np
import pytest
from radar_targets import looked, over, reasons

from cupola.core.earth import great_circle_point
from cupola.sensors.detection import NonDetection, RadarSites, Watch
from cupola.sensors.spec import RadarSpec
from cupola.sensors.time_budget import MOST_SEARCH, fence_positions, time_budget

FIELDS = {
    "title": "test",
    "band": "uhf",
    "frequency": "435 MHz",
    "average_power": "150 kW",
    "aperture": "274 m^2",
    "gain": "38.6 dB",
    "system_temperature": "500 K",
    "losses": "8 dB",
    "dwell": "50 ms",
    "bandwidth": "5 MHz",
    "beamwidth": "2 deg",
    "threshold_snr": "13 dB",
    "fluctuation": "steady",
    "azimuth_width": "120 deg",
    "minimum_elevation": "3 deg",
    "maximum_elevation": "85 deg",
    "maximum_range": "5500 km",
    "revisit": "10 s",
    "fence_beams": 2,
    "fence_dwell": "25 ms",
    "search_frame": "20 s",
}
HERE = (60.0, 20.0, 0.0)


def site(spec: RadarSpec, boresights: tuple[float, ...] = (0.0,)) -> RadarSites:
    return RadarSites.at([(math.radians(HERE[0]), math.radians(HERE[1]), 0.0)], [boresights], spec.antenna_height)


def test_the_arithmetic_of_a_fence() -> None:
    spec = RadarSpec(**FIELDS)
    budget = time_budget(spec)
    assert fence_positions(spec) == 60 * 2
    assert budget.search_share == pytest.approx(120 * 0.025 / 20.0)
    # 85 % of 10 s at 50 ms each.
    assert budget.tracks == 170
    assert budget.load(170) == pytest.approx(1.0)
    assert budget.load(171) > 1.0


def test_a_fence_that_asks_for_too_much_is_slowed() -> None:
    spec = RadarSpec(**{**FIELDS, "fence_beams": 10, "search_frame": "10 s"})
    budget = time_budget(spec)
    assert budget.search_share == pytest.approx(MOST_SEARCH)
    assert budget.frame_s == pytest.approx(600 * 0.025 / MOST_SEARCH)
    assert budget.tracks == 20


def test_more_search_never_leaves_more_tracks() -> None:
    left = [time_budget(RadarSpec(**{**FIELDS, "fence_beams": rows})).tracks for rows in range(12)]
    assert left == sorted(left, reverse=True)
    assert left[0] == 200


def test_a_turning_radar_has_no_budget_to_overrun() -> None:
    turning = {**FIELDS, "rotation": "10 s", "azimuth_width": "360 deg", "fence_beams": 0}
    assert time_budget(RadarSpec(**turning)).load(10_000) == pytest.approx(1.0)
    for wrong, message in (
        ({"revisit": "5 s"}, "equal to the rotation"),
        ({"dwell": "60 ms"}, "turn across"),
        ({"fence_beams": 1}, "accepted is 0"),
    ):
        with pytest.raises(ValueError, match=message):
            RadarSpec(**{**turning, **wrong})
    with pytest.raises(ValueError, match="search_frame above 0"):
        RadarSpec(**{**FIELDS, "search_frame": "0 s"})


def test_as_many_tracks_as_there_is_time_for_and_beyond_that_every_track_waits_its_turn() -> None:
    spec = RadarSpec(**{**FIELDS, "dwell": "1 s", "fence_beams": 0})
    capacity = time_budget(spec).tracks
    assert capacity == 10
    for count in (10, 14):
        targets = over([(66.0, 18.0 + 0.3 * i, 500e3) for i in range(count)])
        held = np.ones((1, count), np.bool_)
        scans = [looked(spec, site(spec), targets, 10.0 * k, held=held).hit[0] for k in range(70)]
        assert {int(hits.sum()) for hits in scans} == {10}
        assert np.ptp(np.sum(scans, axis=0)) <= (0 if count == 10 else 1)
    waiting = looked(spec, site(spec), targets, 0.0, held=held)
    assert set(reasons(waiting)) == {NonDetection.NONE, NonDetection.OVERLOADED}


def test_an_object_in_the_fence_is_met_once_per_frame_and_one_above_it_never() -> None:
    spec = RadarSpec(**FIELDS)
    # 1,100 km away over five azimuths and 5 deg up: 1,100 x (tan 5 deg + 1,100 / (2 x 6,371)) = 191 km.
    around = [
        great_circle_point(math.radians(60.0), math.radians(20.0), a, 1.1 / 6.371) for a in (-1, -0.4, 0.05, 0.3, 0.9)
    ]
    places = [(math.degrees(lat), math.degrees(lon), 191e3) for lat, lon in around]
    targets, high = over(places), over([(66.0, 20.0, 500e3)])
    free = np.zeros((1, len(places)), np.bool_)
    for start in (0.0, 10.0, 20.0):
        met = np.zeros(len(places), int)
        for k in range(2):
            looks = looked(spec, site(spec), over(places, time_s=start + 10.0 * k), start + 10.0 * k, held=free)
            met += looks.hit[0]
        assert (met == 1).all()
    assert reasons(looked(spec, site(spec), high, held=np.zeros((1, 1), np.bool_))) == [NonDetection.NOT_SEARCHED]
    assert reasons(looked(spec, site(spec), high, held=np.ones((1, 1), np.bool_))) == [NonDetection.NONE]
    # Without a word on tracks everything in the field is looked at.
    assert reasons(looked(spec, site(spec), high)) == [NonDetection.NONE]
    assert looked(spec, site(spec), targets).hit.all()


def test_what_lies_in_the_beam_of_a_track_is_found_with_it() -> None:
    spec = RadarSpec(**FIELDS)
    targets = over([(66.0, 20.0, 500e3), (66.05, 20.0, 505e3), (66.0, 24.0, 500e3)])
    looks = looked(spec, site(spec), targets, held=np.array([[True, False, False]]))
    assert reasons(looks) == [NonDetection.NONE, NonDetection.NONE, NonDetection.NOT_SEARCHED]


def test_the_faces_of_one_site_have_time_of_their_own() -> None:
    spec = RadarSpec(**{**FIELDS, "dwell": "5 s", "fence_beams": 0})
    north, south = [(66.0, 19.0 + i, 500e3) for i in range(3)], [(54.0, 19.0 + i, 500e3) for i in range(3)]
    held = np.ones((1, 6), np.bool_)
    looks = looked(spec, site(spec, (0.0, math.pi)), over(north + south), held=held)
    assert looks.hit[0, :3].sum() == looks.hit[0, 3:].sum() == 2


def test_one_hit_earns_further_looks_until_n_looks_are_lost() -> None:
    watch = Watch(1, 1, hits=2, looks=3)
    assert not watch.held.any()
    watch.update(np.array([[True]]))
    assert watch.held.all()
    for _ in range(2):
        watch.update(np.array([[False]]))
        assert watch.held.all()
    watch.update(np.array([[False]]))
    assert not watch.held.any()
