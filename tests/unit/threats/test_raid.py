import math
import time

import numpy as np
import pytest

from cupola.core.atmosphere import height
from cupola.scenario.catalogue import entry
from cupola.threats.attitude import CLASS_SHARES, held_axis
from cupola.threats.ballistic import fly_ballistic
from cupola.threats.bus import release
from cupola.threats.raid import PackedRaid, ThreatObject, objects_of
from cupola.threats.signature import lights_of, plume_intensity

LAUNCH_S = 40.0


@pytest.fixture(scope="module", name="objects")
def _objects() -> list[ThreatObject]:
    flight = fly_ballistic(entry("threats", "icbm-solid-china-notional").spec, (0.66, 1.76, 1500.0), (0.594, -2.064))
    decoy = entry("decoys", "decoy-light-notional").spec
    decoys = [(decoy, release(flight, decoy, np.eye(3)[i])) for i in range(2)]
    return objects_of(
        flight,
        missile_id="M03",
        threat="icbm",
        launch_s=LAUNCH_S,
        aims=[("Los Angeles", 3_900_000)],
        decoys=decoys,
    )


@pytest.fixture(scope="module", name="raid")
def _raid(objects: list[ThreatObject]) -> PackedRaid:
    return PackedRaid.of(objects)


def test_names_and_roles(objects: list[ThreatObject]) -> None:
    assert [o.object_id for o in objects] == ["M03", "M03-RV1", "M03-RV2", "M03-RV3", "M03-D1", "M03-D2"]
    assert [o.role for o in objects] == ["booster", *["warhead"] * 3, *["decoy"] * 2]
    assert [o.lethal for o in objects] == [False, True, True, True, False, False]
    assert [o.feature_distance for o in objects] == [0.0] * 4 + [2.5] * 2
    assert {o.missile_id for o in objects} == {"M03"}
    assert objects[0].plume is not None
    assert all(o.plume is None for o in objects[1:])


def test_spent_stages_and_fragments_have_names_roles_and_tumble_but_are_never_lethal() -> None:
    flight = fly_ballistic(entry("threats", "icbm-solid-china-notional").spec, (0.66, 1.76, 1500.0), (0.594, -2.064))
    light, tank, debris = (
        entry("decoys", name).spec for name in ("decoy-light-notional", "tank-notional", "debris-notional")
    )
    specs = [light, tank, debris, debris, tank]
    found = objects_of(
        flight,
        missile_id="M1",
        threat="icbm",
        launch_s=0.0,
        aims=[("x", 1)],
        decoys=[(spec, release(flight, spec, np.eye(3)[0])) for spec in specs],
    )[-5:]
    assert [o.object_id for o in found] == ["M1-D1", "M1-T1", "M1-F1", "M1-F2", "M1-T2"]
    assert [o.role for o in found] == ["decoy", "tank", "debris", "debris", "tank"]
    assert [o.feature_distance for o in found] == [2.5, 6.0, 4.0, 4.0, 6.0]
    assert all(o.tumbling and not o.lethal for o in found)
    assert found[1].body.radar.x_band > 10.0 * light.body.radar.x_band, "a stage outshines what it threw"


def test_payload_begins_where_the_booster_ends(objects: list[ThreatObject], raid: PackedRaid) -> None:
    release_s = objects[0].end_s
    before, after = raid.evaluate(release_s - 1e-6), raid.evaluate(release_s)
    np.testing.assert_array_equal(before.exists, [True] + [False] * 5)
    np.testing.assert_array_equal(after.exists, [False] + [True] * 5)
    np.testing.assert_allclose(after.r[1], before.r[0], atol=0.1)


@pytest.mark.parametrize("at", [LAUNCH_S, 100.0, 230.5, 900.0, 2100.0])
def test_states_are_those_of_the_trajectories(objects: list[ThreatObject], raid: PackedRaid, at: float) -> None:
    state = raid.evaluate(at)
    assert state.exists.any()
    for i, item in enumerate(objects):
        if not state.exists[i]:
            assert not state.r[i].any()
            continue
        r, v = item.trajectory.state(at)
        np.testing.assert_allclose(state.r[i], r, atol=1e-6)
        np.testing.assert_allclose(state.v[i], v, atol=1e-9)
        assert state.altitude[i] == pytest.approx(height(*r), abs=1e-6)


def test_only_the_burning_booster_has_a_plume(objects: list[ThreatObject], raid: PackedRaid) -> None:
    booster = objects[0]
    assert booster.plume is not None
    lights = lights_of(booster.plume, booster.trajectory)
    for at in (LAUNCH_S + 1.0, LAUNCH_S + 70.0, booster.burnout_s - 0.01, booster.burnout_s + 0.01):
        state = raid.evaluate(at)
        expected = plume_intensity(booster.plume, lights, np.array([at]), state.altitude[:1])
        assert state.plume[0] == pytest.approx(expected[0])
        assert (state.plume[0] > 2e3) == (at < booster.burnout_s)
        assert not state.plume[1:].any()
    assert raid.evaluate(booster.burnout_s + 1.0).plume[0] == booster.plume.post_boost


def test_a_delay_is_a_later_launch(objects: list[ThreatObject], raid: PackedRaid) -> None:
    later = raid.delayed(np.full(len(objects), 123.0)).evaluate(1_123.0)
    for i, item in enumerate(objects):
        if later.exists[i]:
            r, v = item.trajectory.launched_at(123.0).state(1_123.0)
            np.testing.assert_allclose(later.r[i], r, atol=1e-6)
            np.testing.assert_allclose(later.v[i], v, atol=1e-9)


def test_signatures_come_from_the_specs(objects: list[ThreatObject], raid: PackedRaid) -> None:
    state = raid.evaluate(0.0)
    body = objects[1].body
    assert not state.exists.any()
    assert state.body_temperature[1] == body.temperature
    assert state.emissive_area[1] == body.emissivity * body.area
    for seen, radar in zip(state.rcs[1], (body.radar, body.radar_side, body.radar_rear), strict=True):
        np.testing.assert_array_equal(seen, [radar.uhf, radar.l_band, radar.s_band, radar.x_band])


def test_a_tumbling_balloon_shows_its_mean_over_the_sphere(objects: list[ThreatObject], raid: PackedRaid) -> None:
    light = raid.evaluate(0.0).rcs[4]
    body = objects[4].body
    assert objects[4].tumbling
    assert not objects[1].tumbling
    mean = CLASS_SHARES @ [body.radar.uhf, body.radar_side.uhf, body.radar_rear.uhf]
    np.testing.assert_allclose(light[:, 0], mean)


def test_skins_are_interpolated_on_the_scenarios_clock(objects: list[ThreatObject], raid: PackedRaid) -> None:
    for at in np.linspace(LAUNCH_S, objects[1].end_s + 5.0, 400):
        state, late = raid.evaluate(at), raid.delayed(np.full(6, 50.0)).evaluate(at + 50.0)
        for i in (0, 1, 4):
            skin = objects[i].skin
            assert skin is not None
            expected = np.interp(at, skin.times_s, skin.temperature)
            assert state.body_temperature[i] == pytest.approx(expected, abs=1e-9)
            assert late.body_temperature[i] == pytest.approx(expected, abs=1e-9)
    assert raid.evaluate(objects[1].end_s - 5.0).body_temperature[1] > 1_500.0


def test_a_booster_points_along_its_path_through_the_air(objects: list[ThreatObject], raid: PackedRaid) -> None:
    state = raid.evaluate(LAUNCH_S + 60.0)
    air = state.v[0] - np.cross([0.0, 0.0, 7.292115e-5], state.r[0])
    np.testing.assert_allclose(state.nose[0], air / np.linalg.norm(air), atol=1e-12)
    upright = raid.evaluate(LAUNCH_S).nose[0]
    assert upright @ raid.evaluate(LAUNCH_S).r[0] / np.linalg.norm(raid.evaluate(LAUNCH_S).r[0]) > 0.999


def test_a_vehicle_keeps_the_attitude_that_it_re_enters_with(objects: list[ThreatObject], raid: PackedRaid) -> None:
    path = objects[1].trajectory
    entry_s = path.phases[-1].start_s
    for at in (objects[1].start_s, 600.0, entry_s - 0.01):
        state = raid.evaluate(at)
        np.testing.assert_allclose(state.nose[1], held_axis(path)[0], atol=1e-12)
    before, after = raid.evaluate(entry_s - 0.01).nose[1], raid.evaluate(entry_s + 0.01).nose[1]
    np.testing.assert_allclose(before, after, atol=3e-5)  # gravity turns the path by 1.4e-3 rad/s
    early = raid.evaluate(600.0)
    assert early.nose[1] @ early.v[1] / np.linalg.norm(early.v[1]) < 0.9
    turned = raid.delayed(np.full(6, 1_000.0)).evaluate(1_600.0).nose[1]
    angle = 7.292115e-5 * 1_000.0
    cos, sin = math.cos(angle), math.sin(angle)
    np.testing.assert_allclose(turned[:2], [[cos, -sin], [sin, cos]] @ early.nose[1, :2], atol=1e-12)


def test_an_empty_raid_is_no_fault() -> None:
    state = PackedRaid.of([]).evaluate(3.0)
    assert state.exists.shape == (0,)
    assert state.rcs.shape == (0, 3, 4)


def test_three_hundred_objects_take_less_than_half_a_millisecond(objects: list[ThreatObject]) -> None:
    raid = PackedRaid.of(objects * 50)
    raid.evaluate(600.0)
    best = math.inf
    for _ in range(20):
        begin = time.perf_counter()
        raid.evaluate(600.0)
        best = min(best, time.perf_counter() - begin)
    assert best < 0.5e-3
