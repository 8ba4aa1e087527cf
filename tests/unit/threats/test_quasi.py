import math
import time

import numpy as np
import pytest

from cupola.core import manoeuvre
from cupola.core.atmosphere import air, height
from cupola.core.earth import (
    MEAN_RADIUS,
    ROTATION_RATE,
    STANDARD_GRAVITY,
    Vector,
    gravity,
    great_circle_azimuth,
    great_circle_point,
    surface_velocity,
)
from cupola.scenario.catalogue import entry
from cupola.threats.flight import Flight, InfeasibleFlight, altitude_of
from cupola.threats.kinds import fly
from cupola.threats.quasi import NAMES, SLOWEST_IMPACT, fly_quasi, plan_of
from cupola.threats.quasi_spec import QuasiBallisticSpec
from cupola.threats.raid import PackedRaid, objects_of

GROUND, AIR = "quasi-ballistic-notional", "quasi-ballistic-air-launched-notional"
PAD = (math.radians(39.0), math.radians(126.0), 50.0)


def _spec(name: str) -> QuasiBallisticSpec:
    spec = entry("threats", name).spec
    assert isinstance(spec, QuasiBallisticSpec)
    return spec


def _at(kilometres: float, course_deg: float = 60.0, pad: tuple[float, float, float] = PAD) -> tuple[float, float]:
    return great_circle_point(pad[0], pad[1], math.radians(course_deg), kilometres * 1e3 / MEAN_RADIUS)


def _steepness(flight: Flight) -> float:
    path = flight.payloads[0].trajectory
    wind = path.v[-1] - surface_velocity(path.r[-1])
    return -math.degrees(math.asin(wind @ path.r[-1] / np.linalg.norm(wind) / np.linalg.norm(path.r[-1])))


def _loads(flight: Flight) -> Vector:
    """Return in g what an accelerometer on the steered missile would show at every node."""
    path = flight.payloads[0].trajectory
    felt = path.a - np.array([gravity(*r) for r in path.r])
    return np.asarray(np.linalg.norm(felt, axis=1) / STANDARD_GRAVITY)


@pytest.fixture(scope="module", name="far")
def _far() -> Flight:
    return fly_quasi(_spec(GROUND), PAD, _at(420.0))


def test_a_long_flight_shows_every_phase(far: Flight) -> None:
    body = far.payloads[0].trajectory
    assert [p.name for p in far.booster.phases] == ["boost-1", "coast-1"]
    assert tuple(p.name for p in body.phases) == NAMES
    phases = [*far.booster.phases, *body.phases]
    assert [p.end_s for p in phases[:-1]] == pytest.approx([p.start_s for p in phases[1:]])
    assert far.burnout.time_s == far.booster.phases[0].end_s
    assert far.booster.end_s == pytest.approx(far.burnout.time_s + far.spec.deployment_delay)
    np.testing.assert_array_equal(far.booster.r[-1], body.r[0])
    assert body.phases[-1].end_s == body.end_s == far.flight_time_s


def test_it_pulls_up_and_dives(far: Flight) -> None:
    body = far.payloads[0].trajectory
    pull_up, glide, dive = body.phases[1:]
    assert altitude_of(body.state(pull_up.start_s)[0]) == pytest.approx(far.spec.pull_up_altitude, abs=500.0)
    bottom = altitude_of(body.state(pull_up.end_s)[0])
    later = max(altitude_of(body.state(t)[0]) for t in np.linspace(glide.start_s, dive.start_s, 50))
    assert 15e3 < bottom < later - 3e3
    assert later < far.spec.glide_altitude + 1e3
    assert _steepness(far) == pytest.approx(math.degrees(far.spec.dive_angle), abs=5.0)


def test_a_short_flight_dives_from_its_arc() -> None:
    flight = fly_quasi(_spec(GROUND), PAD, _at(120.0))
    assert [p.name for p in flight.payloads[0].trajectory.phases] == ["coast", "dive"]
    assert flight.burnout.time_s == flight.cutoff_s < flight.full_burn_s


def test_the_path_has_a_node_on_either_side_of_a_command_that_jumps(far: Flight) -> None:
    body = far.payloads[0].trajectory
    for phase in body.phases[1:]:
        at = np.flatnonzero(body.t == phase.start_s)
        assert len(at) == 2
        assert np.linalg.norm(body.a[at[1]] - body.a[at[0]]) > 0.1
        np.testing.assert_array_equal(body.r[at[0]], body.r[at[1]])


@pytest.mark.parametrize("apogee", [35e3, 45e3, 60e3])
def test_the_asked_apogee_is_flown(apogee: float) -> None:
    flight = fly(_spec(GROUND), PAD, _at(250.0), apogee)
    assert flight.apogee_m == pytest.approx(apogee, abs=500.0)
    assert flight.miss_m < 100.0


def test_speeds_and_loads_are_those_of_the_class(far: Flight) -> None:
    # Widely quoted: about 2,100 m/s at burnout, 20 to 30 g at the end.
    assert far.spec.stages[0].propellant_mass / far.full_burn_s < 100.0
    assert 1_800.0 < far.burnout.speed_m_s < 2_400.0
    assert _loads(far).max() < far.spec.body.load_limit / STANDARD_GRAVITY
    assert SLOWEST_IMPACT < far.impact_speed_m_s < 1_200.0


@pytest.mark.parametrize(("name", "low", "high"), [(GROUND, 400.0, 600.0), (AIR, 1_000.0, 2_000.0)])
def test_the_greatest_range_is_that_of_the_class(name: str, low: float, high: float) -> None:
    with pytest.raises(InfeasibleFlight, match=r"greatest range in that direction about ([\d,]+) km; hint") as refused:
        fly_quasi(_spec(name), PAD, _at(2_500.0))
    words = str(refused.value)
    furthest = float(words.split("about ")[1].split(" km")[0].replace(",", ""))
    assert low < furthest < high
    assert fly_quasi(_spec(name), PAD, _at(0.98 * furthest)).miss_m < 1e3


@pytest.mark.parametrize(
    ("name", "aim", "apogee", "words"),
    [
        (GROUND, PAD[:2], None, "aim point is the launch point"),
        (GROUND, _at(300.0), 90e3, r"apogee: got 90 km, accepted is up to 65 km"),
        (
            GROUND,
            _at(480.0),
            35e3,
            r"480 km with an apogee of 35 km, greatest range .* hint: take another apogee, or none",
        ),
        (GROUND, _at(250.0), 8e3, r"range asked 250 km with an apogee of 8 km"),
        (AIR, _at(20.0), None, r"range asked 20 km: this missile flies ranges from about \d+ to 1,\d+ km so; hint"),
        (AIR, _at(300.0), 18e3, r"range asked 300 km with an apogee of 18 km, greatest range"),
    ],
)
def test_what_cannot_be_flown_says_what_can(
    name: str, aim: tuple[float, float], apogee: float | None, words: str
) -> None:
    with pytest.raises(InfeasibleFlight, match=words):
        fly_quasi(_spec(name), PAD, aim, apogee)


@pytest.mark.parametrize(("name", "low", "high"), [(GROUND, 60.0, 480.0), (AIR, 150.0, 1_150.0)])
def test_any_point_in_reach_is_hit(name: str, low: float, high: float) -> None:
    spec, rng = _spec(name), np.random.default_rng(7)
    for _ in range(60):
        pad = (math.asin(rng.uniform(-0.99, 0.99)), rng.uniform(-math.pi, math.pi), rng.uniform(0.0, 1_500.0))
        flight = fly_quasi(spec, pad, _at(rng.uniform(low, high), rng.uniform(0.0, 360.0), pad))
        assert flight.miss_m < 100.0
        assert _steepness(flight) > 60.0
        assert _loads(flight).max() < 20.0
        assert flight.apogee_m < spec.highest_apogee + 1e3
        path = flight.trajectory
        assert all(np.isfinite(part).all() for part in (path.t, path.r, path.v, path.a))
        assert np.all(np.diff(path.t) >= 0.0)


def test_an_aircraft_lets_it_go_at_speed() -> None:
    spec = _spec(AIR)
    assert spec.release is not None
    flight = fly_quasi(spec, PAD, _at(800.0))
    r, v = flight.booster.state(0.0)
    assert altitude_of(r) == pytest.approx(spec.release.altitude, abs=0.1)
    assert np.linalg.norm(v - surface_velocity(r)) == pytest.approx(spec.release.speed)
    assert [p.name for p in flight.booster.phases] == ["drop", "boost-1", "coast-1"]
    assert flight.booster.phases[1].start_s == spec.release.drop_time
    # Released level and dropped, it has to turn upwards under thrust.
    climbing = [altitude_of(flight.booster.state(t)[0]) for t in (0.0, 2.0, 20.0, flight.burnout.time_s)]
    assert climbing[0] < climbing[1] + 300.0 < climbing[2] < climbing[3]


def test_a_weave_leaves_the_great_circle_and_not_the_aim(far: Flight) -> None:
    straight = fly_quasi(far.spec.model_copy(update={"weave": None}), PAD, far.aim)
    glide = far.payloads[0].trajectory.phases[2]
    times = np.linspace(glide.start_s, glide.end_s, 40)
    aside = far.trajectory.states(times)[0] - straight.trajectory.states(times)[0]
    assert 50.0 < np.linalg.norm(aside, axis=1).max() < 5e3
    assert straight.miss_m < 100.0
    assert far.miss_m < 100.0


def test_the_course_allows_for_the_turning_earth(far: Flight) -> None:
    bearing = great_circle_azimuth(PAD[0], PAD[1], *far.aim)
    assert 0.0 < abs(far.azimuth - bearing) < math.radians(2.0)


def test_decoys_on_board_cost_range() -> None:
    with pytest.raises(InfeasibleFlight, match="greatest range"):
        fly(_spec(GROUND), PAD, _at(520.0), extra_payload_kg=150.0)
    assert fly(_spec(GROUND), PAD, _at(520.0)).miss_m < 1e3


def test_the_same_request_gives_the_same_flight_in_little_time(far: Flight) -> None:
    best = math.inf
    for _ in range(5):
        begin = time.perf_counter()
        again = fly_quasi(_spec(GROUND), PAD, far.aim)
        best = min(best, time.perf_counter() - begin)
    np.testing.assert_array_equal(again.trajectory.r, far.trajectory.r)
    assert best < 50e-3


def test_it_becomes_objects_of_a_raid(far: Flight) -> None:
    objects = objects_of(far, missile_id="M01", threat="q", launch_s=10.0, aims=[("x", 1)])
    raid = PackedRaid.of(objects)
    assert [o.role for o in objects] == ["booster", "warhead"]
    assert raid.evaluate(20.0).plume[0] > 0.0
    assert not raid.evaluate(10.0 + far.burnout.time_s + 1.0).plume.any()
    assert raid.evaluate(10.0 + far.flight_time_s - 1.0).exists.tolist() == [False, True]


@pytest.mark.parametrize("mode", [manoeuvre.PULL_UP, manoeuvre.GLIDE, manoeuvre.DIVE])
def test_lift_stays_across_the_velocity_and_within_its_limits(mode: int) -> None:
    spec, rng = _spec(GROUND), np.random.default_rng(3)
    plan = plan_of(spec, _at(300.0), glides=True)
    out, memory = np.empty(3), np.array([0.0, 1.0, 0.0, 0.0])
    ratios = []
    for _ in range(200):
        latitude, longitude = _at(rng.uniform(150.0, 290.0), 60.0 + rng.uniform(-4.0, 4.0))
        up = np.array(
            [math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)]
        )
        r = (MEAN_RADIUS + rng.uniform(5e3, 45e3)) * up
        wind = rng.normal(size=3)
        wind *= rng.uniform(300.0, 2_500.0) / np.linalg.norm(wind)
        state = np.concatenate([r, wind + surface_velocity(r)])
        manoeuvre.guided_acceleration(200.0, state, mode, memory, plan, ROTATION_RATE, out)
        speed = float(np.linalg.norm(wind))
        felt = out - np.array(gravity(*r))
        drag = -float(felt @ wind) / speed
        lift = float(np.linalg.norm(felt + drag * wind / speed))
        free = 0.5 * air(height(*r))[0] * speed**2 / spec.body.ballistic_coefficient
        assert lift < spec.body.load_limit * (1.0 + 1e-9)
        assert free * (1.0 - 1e-9) < drag < 2.0 * free * (1.0 + 1e-9)
        assert drag == pytest.approx(free + (lift / (2.0 * spec.body.lift_to_drag)) ** 2 / free, rel=1e-6)
        ratios.append(lift / drag)
    # The greatest ratio is reached, and not passed.
    assert max(ratios) == pytest.approx(spec.body.lift_to_drag, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"highest_apogee": "40 km"}, "highest_apogee: got 40 km, accepted is at least the apogee of 50 km"),
        ({"glide_altitude": "55 km"}, "glide_altitude: got 55 km, accepted is below the apogee"),
        (
            {"release": {"altitude": "15 km", "speed": "700 m/s", "climb": "0 deg", "drop_time": "1 s"}},
            "vertical_rise_time: got 2.0 s with a release from an aircraft, accepted is 0 s",
        ),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(changes: dict[str, object], words: str) -> None:
    data = _spec(GROUND).model_dump(mode="json") | changes
    with pytest.raises(ValueError, match=words):
        QuasiBallisticSpec.model_validate(data)
