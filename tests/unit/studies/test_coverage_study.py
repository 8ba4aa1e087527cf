"""Coverage studies: areas, losses, access by signal, radars, custody against plain arithmetic, and the examples."""

import functools
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cupola.core.earth import ROTATION_RATE, rotate_z
from cupola.core.radiation import band_radiance
from cupola.core.sight import lowest_altitude, radio_horizon
from cupola.orbits.constellation import positions
from cupola.scenario.catalogue import entry, names
from cupola.studies.coverage import coverage
from cupola.studies.coverage_area import grid_of
from cupola.studies.coverage_custody import Sightings, described, judged
from cupola.studies.coverage_spec import AreaSpec, CoverageSpec, Shell, ask, read_question
from cupola.studies.coverage_stations import after_losses, order_of_loss, rule_of, stations_of

EXAMPLES = Path(__file__).parents[3] / "examples" / "coverage"
WALKER = {"total": 12, "planes": 3, "phasing": 1, "altitude": "1000 km", "inclination": "80 deg"}


def spec(**changes):
    data = {
        "cupola": 1,
        "kind": "coverage",
        "name": "test",
        "sensors": [{"constellation": "tracking-layer-t3", "walker": WALKER}],
        "shells": [{"altitude": "200 km"}],
        "duration": "2 h",
        "step": "120 s",
        "grid": "10 deg",
    }
    return CoverageSpec.model_validate(data | changes)


def weight(step_deg, **area):
    """Shares of the whole globe, cell by cell."""
    grid = grid_of(math.radians(step_deg), AreaSpec.model_validate(area))
    globe = grid_of(math.radians(step_deg), AreaSpec())
    return np.where(grid.weight > 0.0, globe.weight, 0.0)


def test_areas_hold_their_share_of_the_globe():
    assert weight(1.0).sum() == pytest.approx(1.0)
    band = weight(1.0, latitudes=("30 deg", "60 deg")).sum()
    assert band == pytest.approx(0.5 * (math.sin(math.radians(60)) - math.sin(math.radians(30))))
    box = weight(1.0, box=("-10 deg", "20 deg", "150 deg", "-170 deg"))
    assert box.sum() == pytest.approx(
        40 / 360 * 0.5 * (math.sin(math.radians(20)) + math.sin(math.radians(10))), rel=1e-9
    )
    corners = [("-10 deg", "150 deg"), ("20 deg", "150 deg"), ("20 deg", "-170 deg"), ("-10 deg", "-170 deg")]
    np.testing.assert_array_equal(box, weight(1.0, polygon=corners))
    np.testing.assert_array_equal(box, weight(1.0, polygon=corners[::-1]))
    # A triangle is half of the box in latitude and longitude.
    cells = np.count_nonzero(weight(1.0, polygon=corners[:3]))
    assert cells == pytest.approx(0.5 * np.count_nonzero(box), abs=25)
    # Its areas lie within some 100 km of each other: together little more than one cap.
    near, cap = weight(0.5, region="north-korea", within="2000 km").sum(), 0.5 * (1.0 - math.cos(2000 / 6371))
    assert cap < near < 1.12 * cap


def test_losses_are_nested_and_shared_out():
    for count in (1, 2, 5, 40, 72):
        assert sorted(order_of_loss(count)) == list(range(count))
    asked = ask(
        spec(
            sensors=[
                {"constellation": "tracking-layer-t3", "walker": WALKER},
                {"constellation": "tracking-layer-t1"},
                {"site": "uewr", "at": "clear"},
            ],
            removed={"tracking-layer-t3": 2},
        )
    )
    stations = stations_of(asked)
    assert [station.count for station in stations] == [10, 28, 1]
    before = None
    for losses in range(39):
        left = after_losses(stations, losses)
        assert sum(int(kept.sum()) for kept in left) == 39 - losses
        assert left[2].all(), "radars on the ground do not fall out of orbit"
        if before is not None:
            assert all((now <= then).all() for now, then in zip(left, before, strict=True))
        before = left
    half = after_losses(stations, 19)
    assert abs(int(half[0].sum()) - 5) <= 1


def test_a_signal_bounds_the_range():
    tracker = entry("sensors", "tracking-layer-t3").spec
    free = rule_of(tracker, Shell(altitude="200 km"), 7e3)
    np.testing.assert_allclose(free[:3], [0.0, tracker.minimum_tangent_height, tracker.maximum_range])
    faint = rule_of(tracker, Shell(altitude="200 km", intensity="5 W/sr"), 7e3)
    assert 5.0 / faint[2] ** 2 == pytest.approx(tracker.body_noise * tracker.threshold_snr)
    bright = rule_of(tracker, Shell(altitude="20 km", shows="bright", minimum_elevation="5 deg"), 7e3)
    assert bright[0] == 7e3
    assert np.isnan(bright[1])
    assert bright[3] == pytest.approx(math.radians(5.0))
    blind = tracker.model_copy(update={"sees_plumes": False})
    assert rule_of(blind, Shell(altitude="20 km", shows="bright"), 7e3) is None


def test_a_radar_alone_covers_its_horizon_all_the_time():
    site = {"name": "mast", "latitude": "40 deg", "longitude": "20 deg", "boresights": ["0 deg"]}
    radar = {"site": "an-fps-117", "at": [site]}
    found = coverage(spec(sensors=[radar], grid="0.5 deg", duration="10 min", shells=[{"altitude": "3 km"}]))
    seen = found.maps[0].covered
    assert set(np.unique(seen)) == {0.0, 1.0}
    rows, columns = np.nonzero(seen == 1.0)
    lat, lon = found.grid.latitude[rows], found.grid.longitude[columns]
    model = entry("sensors", "an-fps-117").spec
    far = 6371e3 * np.arccos(
        np.sin(lat) * math.sin(math.radians(40))
        + np.cos(lat) * math.cos(math.radians(40)) * np.cos(lon - math.radians(20))
    )
    limit = min(radio_horizon(model.antenna_height, 3e3), model.maximum_range)
    assert 0.8 * limit < far.max() < 1.01 * limit
    assert found.document["fraction_stereo"] == 0.0
    assert found.document["mean_visible"] == pytest.approx(found.document["fraction_covered"], abs=1e-6)
    fainter = coverage(
        spec(
            sensors=[radar],
            grid="0.5 deg",
            duration="10 min",
            shells=[{"altitude": "30 km", "cross_section": area} for area in ("10 m^2", "0.0001 m^2")],
        )
    ).document["shells"]
    assert fainter[1]["fraction_covered"] < fainter[0]["fraction_covered"]


FLIGHT = {"threat": "icbm-solid-notional", "from": {"region": "north-korea"}, "to": {"city": "Washington"}}


@functools.cache
def kept_in_view():
    return coverage(
        spec(
            trajectories=[FLIGHT | {"name": "ICBM"}],
            custody={"launches": 2, "within": "20 s"},
            losses=list(range(0, 13, 2)),
        )
    )


def test_custody_in_midcourse_is_what_plain_arithmetic_gives():
    """The second launch, while its warhead coasts above the air: range, limb and signal written out for each look."""
    found = kept_in_view()
    station = stations_of(found.question)[0]
    sensor, launch = station.group.spec, found.custody[0].sightings[1]
    flown = found.custody[0].flown
    assert launch.start_s == 3_600.0
    payload = flown.flight.payloads[0]
    phase = next(phase for phase in payload.trajectory.phases if phase.name == "midcourse")
    first, last = phase.start_s + 60.0, phase.end_s - 60.0
    times = [t for t in np.arange(0.0, 10_000.0, sensor.revisit_coasting) if first <= t - 3_600.0 <= last]
    temperature = payload.body.temperature
    radiates = (
        band_radiance(temperature, sensor.band_low, sensor.band_high) * payload.body.emissivity * payload.body.area
    )
    assert payload.skin is None or payload.skin.times_s[0] > last, "nothing heats it yet"
    hits = np.zeros((len(times), station.count), dtype=bool)
    for k, time in enumerate(times):
        r, _ = payload.trajectory.state(time - 3_600.0)
        r = rotate_z(r[None], ROTATION_RATE * 3_600.0)[0]
        places, _ = positions(station.constellation, float(time))
        for i, place in enumerate(places):
            distance = float(np.linalg.norm(r - place))
            off_nadir = np.arccos(-(r - place) @ place / (distance * np.linalg.norm(place)))
            hits[k, i] = (
                distance <= sensor.maximum_range
                and sensor.minimum_off_nadir <= off_nadir <= sensor.maximum_off_nadir
                and lowest_altitude(*place, *r, False) >= 0.0
                and lowest_altitude(*place, *r, True) >= sensor.minimum_tangent_height
                and radiates / distance**2 / sensor.body_noise >= sensor.threshold_snr
            )
    assert 0.05 < hits.mean() < 0.6
    confirmed = hits & (sum(np.roll(hits, back, axis=0).astype(int) for back in range(3)) >= 2)
    got = np.zeros_like(hits)
    at = {round(float(t) - 3_600.0, 6): k for k, t in enumerate(times)}
    for time, who in zip(launch.time_s, launch.sensor, strict=True):
        if round(float(time), 6) in at:
            got[at[round(float(time), 6)], who] = True
    np.testing.assert_array_equal(got[3:], confirmed[3:])


def test_fewer_satellites_never_keep_more():
    rows = kept_in_view().document["losses"]
    for before, after in pairwise(rows):
        for key in ("fraction_covered", "fraction_stereo", "mean_visible"):
            assert after[key] <= before[key]
        assert after["largest_gap_s"] >= before["largest_gap_s"]
        one, other = before["custody"][0], after["custody"][0]
        for key in ("custody_fraction", "custody_fraction_least", "stereo_fraction", "launches_detected"):
            assert other[key] <= one[key]
        assert other["longest_gap_s"] >= one["longest_gap_s"]
    custody = [row["custody"][0]["custody_fraction"] for row in rows]
    assert custody[0] > 0.5
    assert len(set(custody)) >= 5, "most of the losses are felt"
    assert rows[-1]["custody"][0]["custody_fraction"] == rows[-1]["fraction_covered"] == 0.0
    assert rows[-1]["custody"][0]["first_detection_s"] is None


def test_custody_and_stereo_of_looks_known_beforehand():
    found = kept_in_view().custody[0]
    flight = replace(found.flown.flight, flight_time_s=100.0)
    found = replace(found, flown=replace(found.flown, flight=flight))
    x, y, near = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [math.cos(0.1), math.sin(0.1), 0.0]
    launch = Sightings(
        start_s=0.0,
        time_s=np.array([10.0, 40.0, 45.0, 60.0]),
        sensor=np.array([3, 3, 5, 6]),
        line=np.array([x, x, near, y]),
    )
    kept = judged(found, launch)
    seen = [t for t in range(0, 100, 5) if 10 <= t < 30 or 40 <= t < 80]
    assert kept.times_s[kept.custody].tolist() == seen
    # Lines 0.1 rad apart do not count at 10 deg; the third sensor looks across while the second is remembered.
    assert kept.times_s[kept.stereo].tolist() == [60.0]
    assert (kept.first_detection_s, kept.longest_gap_s) == (10.0, 40.0)
    nobody = judged(found, replace(launch, time_s=np.empty(0), sensor=np.empty(0, int), line=np.empty((0, 3))))
    assert not nobody.custody.any()
    assert nobody.longest_gap_s == 100.0
    assert described(replace(found, sightings=(launch,)))["custody_fraction"] == pytest.approx(len(seen) / 20)


def test_forty_satellites_cover_the_globe_and_four_a_tenth_in_stereo():
    document = coverage(EXAMPLES / "forty-satellites.yaml").document
    assert document["sensors"][0]["count"] == 40
    assert document["fraction_covered"] > 0.999
    assert document["fraction_stereo"] > 0.99
    four = document["losses"][-1]
    assert four["satellites_lost"] == 36
    assert 0.09 < four["fraction_stereo"] < 0.125
    assert four["fraction_covered"] > 0.2, "seen from one side only, four cover far more than a tenth"
    lost = [row["fraction_covered"] for row in document["losses"]]
    assert lost == sorted(lost, reverse=True)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_reads(path):
    asked = read_question(path)
    assert asked.groups
    for item in asked.spec.trajectories:
        assert item.threat in names("threats")
