import math

import numpy as np
import pytest

from cupola.core.atmosphere import height
from cupola.core.earth import STANDARD_GRAVITY, Vector
from cupola.core.integrate import END, MASS, START
from cupola.core.rocket import StageSpec, Vehicle, ascend, coast, segments_of, vehicle_of

DRAG = [(0.8, 0.2), (1.2, 0.4), (3.0, 0.2)]


def _stage(propellant: float = 20_000.0, burn: float = 60.0, coast_after: float = 0.0) -> StageSpec:
    return StageSpec.model_validate(
        {
            "propellant_mass": f"{propellant} kg",
            "inert_mass": f"{0.1 * propellant} kg",
            "specific_impulse": "280 s",
            "burn_time": f"{burn} s",
            "exit_area": "0.6 m^2",
            "diameter": "1.7 m",
            "coast_after": f"{coast_after} s",
        }
    )


@pytest.fixture(name="vehicle")
def _vehicle() -> Vehicle:
    return vehicle_of([_stage(coast_after=5.0), _stage(6_000.0)], 900.0, DRAG, 150.0, 80.0)


def test_thrust_follows_from_impulse(vehicle: Vehicle) -> None:
    assert vehicle.thrust[0] == pytest.approx(20_000.0 / 60.0 * 280.0 * STANDARD_GRAVITY)
    assert vehicle.burnout_s == 125.0
    assert vehicle.launch_mass == pytest.approx(22_000.0 + 6_600.0 + 1_050.0)
    np.testing.assert_allclose(vehicle.stage_starts_s, [0.0, 65.0])
    exhaust = 280.0 * STANDARD_GRAVITY
    expected = exhaust * (math.log(29_500.0 / 9_500.0) + math.log(7_500.0 / 1_500.0))
    assert vehicle.ideal_speed == pytest.approx(expected)


def test_a_rocket_too_heavy_to_lift_is_refused() -> None:
    with pytest.raises(ValueError, match=r"thrust over weight is 0\.\d+, accepted is above 1; hint"):
        vehicle_of([_stage(burn=300.0)], 900.0, DRAG)


@pytest.mark.parametrize("table", [[], [(1.0, 0.2), (0.5, 0.3)]])
def test_a_drag_table_must_rise(table: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="rising order"):
        vehicle_of([_stage()], 900.0, table)


def test_segments_cover_the_burn_and_account_for_every_kilogram(vehicle: Vehicle) -> None:
    rows = segments_of(vehicle, 10.0, 15.0, math.inf)
    np.testing.assert_array_equal(rows[1:, START], rows[:-1, END])
    assert rows[0, MASS] == vehicle.launch_mass
    assert rows[-1, END] == vehicle.burnout_s
    last_flow = vehicle.mass_flow[1] * (rows[-1, END] - rows[-1, START])
    assert rows[-1, MASS] - last_flow == pytest.approx(600.0 + 900.0)


def test_phases_name_the_burns_and_the_coast_between(vehicle: Vehicle) -> None:
    flight = ascend(vehicle, 0.7, 2.0, 0.0, 1.0, 0.2, 10.0, 15.0)
    assert [(p.name, p.start_s, p.end_s) for p in flight.phases] == [
        ("boost-1", 0.0, 60.0),
        ("coast-1", 60.0, 65.0),
        ("boost-2", 65.0, 125.0),
    ]


def test_thrust_ends_at_the_cut_off(vehicle: Vehicle) -> None:
    whole = ascend(vehicle, 0.7, 2.0, 0.0, 1.0, 0.2, 10.0, 15.0)
    short = ascend(vehicle, 0.7, 2.0, 0.0, 1.0, 0.2, 10.0, 15.0, cutoff_s=100.3)
    assert short.end_s == 100.3
    assert short.phases[-1].end_s == 100.3
    np.testing.assert_allclose(short.r[-1], whole.state(100.3)[0], atol=0.5)
    with pytest.raises(ValueError, match="cutoff_s"):
        ascend(vehicle, 0.7, 2.0, 0.0, 1.0, 0.2, 10.0, 15.0, cutoff_s=0.0)


def test_it_rises_straight_up_and_then_leans_to_the_azimuth(vehicle: Vehicle) -> None:
    flight = ascend(vehicle, 0.0, 0.0, 0.0, math.pi / 2, 0.2, 10.0, 15.0, rotation_rate=0.0)
    early, late = flight.state(9.0)[0], flight.state(60.0)[0]
    assert abs(early[1]) < 1e-6
    assert late[1] > 1_000.0
    assert abs(late[2]) < 1e-3


def test_a_rocket_pitched_into_the_ground_ends_there(vehicle: Vehicle) -> None:
    flight = ascend(vehicle, 0.7, 2.0, 0.0, 1.0, 1.5, 4.0, 15.0)
    assert flight.end_s < 60.0
    assert flight.phases[-1].end_s == flight.end_s
    assert height(*flight.r[-1]) < 100.0


def _thrown(speed: float) -> tuple[Vector, Vector]:
    return np.array([6.5e6, 0.0, 0.0]), np.array([0.3 * speed, 0.0, speed])


def test_a_body_lands_on_the_floor() -> None:
    for floor in (0.0, 12_345.0):
        flight = coast(*_thrown(5e3), 100.0, 8_000.0, floor=floor)
        assert height(*flight.r[-1]) == pytest.approx(floor, abs=1e-2)
        assert flight.start_s == 100.0


def test_a_duration_ends_on_the_second() -> None:
    assert coast(*_thrown(5e3), 100.0, math.inf, 77.7).end_s == pytest.approx(177.7, abs=1e-9)


def test_an_orbit_never_lands() -> None:
    with pytest.raises(ValueError, match="orbit or escaping"):
        coast(np.array([7.5e6, 0.0, 0.0]), np.array([0.0, 0.0, 7.5e3]), 0.0, math.inf)


def test_a_light_body_falls_behind_a_heavy_one() -> None:
    heavy, light = (coast(*_thrown(6e3), 0.0, beta, floor=60e3) for beta in (10_000.0, 3.0))
    assert np.linalg.norm(light.v[-1]) < 0.5 * np.linalg.norm(heavy.v[-1])
    assert light.end_s > heavy.end_s
