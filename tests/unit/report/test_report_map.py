"""The projection against spherical trigonometry, and land where there is land."""

import math

import numpy as np
import pytest

from cupola.core.earth import central_angle, great_circle_azimuth
from cupola.report.labels import Label, place
from cupola.report.projection import EARTH_RADIUS_KM, Azimuthal, centred_on, land_rings
from cupola.report.scene import Scene, cut_around, flying, gets_through, raid_projection
from cupola.scenario.data import coastlines

CENTRES = [(0.0, 0.0), (65.0, -150.0), (90.0, 0.0), (-90.0, 0.0), (20.0, 179.5), (-40.0, -100.0), (0.0, -160.0)]
LAND = [(39.0, -98.0), (60.0, 100.0), (-25.0, 134.0), (10.0, 20.0), (-10.0, -55.0), (72.0, -40.0), (67.0, 175.0)]
LAND += [(66.0, -173.5), (-85.0, 60.0)]
SEA = [(0.0, -30.0), (30.0, -150.0), (-30.0, 80.0), (-55.0, -130.0), (88.0, 0.0), (45.0, 179.9), (42.0, 50.5)]


def at(latitude: float, longitude: float) -> Azimuthal:
    return Azimuthal(latitude=math.radians(latitude), longitude=math.radians(longitude))


@pytest.mark.parametrize("centre", CENTRES)
def test_distance_and_direction_from_the_centre_are_true(centre: tuple[float, float]) -> None:
    rng = np.random.default_rng(3)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 200))), rng.uniform(-180, 180, 200)
    x, y = at(*centre).project(lat, lon)
    for i in range(200):
        points = [math.radians(v) for v in (*centre, lat[i], lon[i])]
        assert math.hypot(x[i], y[i]) == pytest.approx(EARTH_RADIUS_KM * central_angle(*points), rel=1e-9, abs=1e-6)
        turn = math.atan2(x[i], y[i]) - great_circle_azimuth(*points)
        assert math.cos(turn) == pytest.approx(1.0, abs=1e-9)


def test_centre_of_a_raid_across_the_date_line_lies_on_the_date_line() -> None:
    found = centred_on(np.array([50.0, 50.0]), np.array([170.0, -170.0]))
    assert abs(math.degrees(found.longitude)) == pytest.approx(180.0)
    assert math.degrees(found.latitude) > 50.0


def winding(rings: list[np.ndarray], x: float, y: float) -> float:
    total = 0.0
    for ring in rings:
        angle = np.unwrap(np.arctan2(np.append(ring[:, 1], ring[0, 1]) - y, np.append(ring[:, 0], ring[0, 0]) - x))
        total += float(angle[-1] - angle[0]) / math.tau
    return round(total)


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("reach_km", [4000.0, 9000.0, 19_500.0])
def test_land_is_filled_and_sea_is_not(centre: tuple[float, float], reach_km: float) -> None:
    projection = at(*centre)
    rings = land_rings(coastlines(), projection, reach_km, (-reach_km, -reach_km, reach_km, reach_km))
    seen = 0
    for places, wanted in ((LAND, True), (SEA, False)):
        for lat, lon in places:
            x, y = (float(v[0]) for v in projection.project(np.array([lat]), np.array([lon])))
            if math.hypot(x, y) > 0.98 * reach_km:
                continue
            seen += 1
            assert (winding(rings, x, y) != 0) is wanted, f"{lat}, {lon} seen from {centre}"
    assert seen >= (14 if reach_km > 19_000.0 else 1)


def test_names_neither_cover_each_other_nor_leave_the_frame() -> None:
    rng = np.random.default_rng(5)
    labels = [
        Label(text="N" * int(rng.integers(3, 18)), x=float(rng.uniform(0, 500)), y=float(rng.uniform(0, 300)))
        for _ in range(60)
    ]
    frame = (0.0, 0.0, 500.0, 300.0)
    placed, left_out = place(labels, frame)
    assert len(placed) + len(left_out) == 60
    assert len(placed) > 25
    boxes = []
    for spot in placed:
        width = 0.56 * 11.5 * len(spot.label.text)
        left = {"left": spot.x, "right": spot.x - width, "center": spot.x - width / 2}[spot.align]
        boxes.append((left, spot.y, left + width, spot.y + 8.0))
    assert all(b[0] >= 0 and b[1] >= 0 and b[2] <= 500 and b[3] <= 300 for b in boxes)
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_the_first_label_has_the_first_choice_and_avoids_what_it_can() -> None:
    first, second = Label(text="first", x=100.0, y=100.0), Label(text="second", x=101.0, y=100.0)
    placed, _ = place([first, second], (0.0, 0.0, 300.0, 200.0), avoid=[(104.0, 90.0, 140.0, 110.0)])
    assert placed[0].label is first
    assert placed[0].x < 100.0, "the right side is busy, so the name goes left"


def scene(launch: tuple[float, float], aim: tuple[float, float]) -> Scene:
    objects = [
        {
            "missile": "M01",
            "role": role,
            "outcome": outcome,
            "launch": list(launch),
            "aim": list(aim),
            "track": [[0.0, *launch, 0.0]],
        }
        for role, outcome in (("booster", "spent"), ("warhead", "leaked"), ("decoy", "spent"))
    ]
    return Scene(replay={"objects": objects, "shots": []}, layers=(), cities=(), rings=())


@pytest.mark.parametrize("aim", [(38.9, -77.0), (34.0, -118.2), (21.3, -157.9), (51.5, -0.1)])
def test_a_long_raid_runs_across_the_page_with_north_in_the_upper_half(aim: tuple[float, float]) -> None:
    launch = (40.0, 127.0)
    projection = raid_projection(scene(launch, aim))
    x, y = projection.project(np.array([launch[0], aim[0], 90.0]), np.array([launch[1], aim[1], 0.0]))
    assert y[0] == pytest.approx(y[1], abs=1.0)
    assert x[0] == pytest.approx(-x[1], abs=1.0)
    assert abs(x[0]) == pytest.approx(
        EARTH_RADIUS_KM * central_angle(*(math.radians(v) for v in (*launch, *aim))) / 2.0, rel=1e-6
    )
    assert y[2] > 0.0


def test_a_short_raid_keeps_north_up_and_a_cut_holds_its_points() -> None:
    near = scene((40.0, 127.0), (36.0, 129.0))
    assert raid_projection(near).turn == 0.0
    points = [(40.0, 127.0), (36.0, 129.0)]
    cut = cut_around(points, width=900, heights=(400, 600), projection=raid_projection(near))
    assert cut.holds(*cut.projection.project(*np.array(points).T)).all()
    assert cut.height == 600
    assert cut.frame[3] - cut.frame[1] >= 900.0
    assert (cut.frame[2] - cut.frame[0]) / cut.width == pytest.approx((cut.frame[3] - cut.frame[1]) / cut.height)


def test_a_missile_gets_through_when_its_warhead_does() -> None:
    drawn = scene((40.0, 127.0), (36.0, 129.0))
    assert [obj["role"] for obj in flying(drawn)] == ["booster", "warhead"]
    assert all(gets_through(drawn, obj) for obj in flying(drawn))
