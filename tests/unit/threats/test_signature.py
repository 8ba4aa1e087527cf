"""Plumes by stage and altitude, and the table of what a flight shows."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from cupola.core.trajectory import Phase, Trajectory
from cupola.scenario.catalogue import entry
from cupola.threats.ballistic import fly_ballistic
from cupola.threats.flight import Flight
from cupola.threats.signature import lights_of, plume_at, plume_intensity, signature_of
from cupola.threats.spec import PlumeSignature

FIELDS = {"first_stage": "500 kW/sr", "upper_stages": "50 kW/sr", "dip_altitude": "80 km", "dip_factor": 0.3}
PLUME = PlumeSignature.model_validate(FIELDS)


def path(*phases: tuple[str, float, float]) -> Trajectory:
    nodes = np.zeros((2, 3))
    named = tuple(Phase(name=n, start_s=start, end_s=end) for n, start, end in phases)
    return Trajectory(t=np.array([0.0, 400.0]), r=nodes, v=nodes, a=nodes, phases=named)


ROCKET = path(("boost-1", 0.0, 60.0), ("coast-1", 60.0, 65.0), ("boost-2", 65.0, 120.0), ("bus", 120.0, 130.0))


def shown(time: float, altitude: float, plume: PlumeSignature = PLUME) -> float:
    return float(plume_intensity(plume, lights_of(plume, ROCKET), np.array([time]), np.array([altitude]))[0])


def test_stages_shine_with_their_own_intensity() -> None:
    assert shown(10.0, 3e3) == pytest.approx(500e3, rel=1e-3)
    assert shown(70.0, 250e3) == pytest.approx(50e3, rel=1e-3)


@pytest.mark.parametrize("time", [-1.0, 60.0, 62.0, 120.0, 500.0])
def test_nothing_shines_without_thrust(time: float) -> None:
    assert shown(time, 100e3) == 0.0


def test_a_post_boost_vehicle_shines_where_the_entry_says_so() -> None:
    plume = PlumeSignature.model_validate({**FIELDS, "post_boost": "1 kW/sr"})
    assert shown(125.0, 250e3, plume) == pytest.approx(1e3, rel=1e-3)
    assert shown(130.0, 250e3, plume) == 0.0


def test_the_plume_dips_near_80_km() -> None:
    intensities = {altitude: shown(100.0, altitude * 1e3) for altitude in range(20, 200, 10)}
    assert min(intensities, key=intensities.__getitem__) == 80
    assert intensities[80] == pytest.approx(0.3 * 50e3)
    assert intensities[70] < 0.7 * 50e3
    assert intensities[110] > 0.95 * 50e3


def test_afterburning_declines_below_the_dip_and_the_plume_grows_above_it() -> None:
    low = [shown(100.0, 1e3 * altitude) for altitude in range(20, 81, 2)]
    high = [shown(100.0, 1e3 * altitude) for altitude in range(80, 201, 2)]
    assert all(b <= a for a, b in pairwise(low))
    assert all(b >= a for a, b in pairwise(high))


def test_a_first_stage_above_the_dip_has_lost_its_afterburning() -> None:
    assert shown(50.0, 40e3) == pytest.approx(500e3, rel=0.01)
    assert shown(50.0, 200e3) == pytest.approx(50e3, rel=1e-3)
    steps = np.diff([plume_at(500e3, 50e3, 100.0 * k, 80e3, 0.3) for k in range(2_000)])
    assert np.abs(steps).max() < 0.01 * 500e3


@cache
def flight() -> Flight:
    return fly_ballistic(entry("threats", "minuteman-iii-class").spec, (0.68, 2.2, 100.0), (0.83, -2.13))


def test_the_table_shows_booster_then_vehicle() -> None:
    flown = flight()
    times = np.array([-5.0, 10.0, flown.booster.end_s - 1.0, 900.0, flown.flight_time_s, flown.flight_time_s + 5.0])
    table = signature_of(flown, times)
    booster, vehicle = flown.booster_body, flown.payloads[0].body
    np.testing.assert_allclose(
        table.emissive_area,
        [0.0] + 2 * [booster.emissivity * booster.area] + 2 * [vehicle.emissivity * vehicle.area] + [0.0],
    )
    assert table.plume[1] == pytest.approx(500e3, rel=1e-3)
    assert table.plume[2] == pytest.approx(1e3, rel=1e-3)
    assert not table.plume[3:].any()
    assert table.rcs.shape == (6, 3, 4)
    assert table.rcs[1, 1, 0] == booster.radar_side.uhf
    assert table.rcs[3, 2, 3] == vehicle.radar_rear.x_band
    assert not table.rcs[[0, 5]].any()


def test_a_vehicle_in_space_shines_as_a_grey_body_of_300_k() -> None:
    table = signature_of(flight(), np.array([900.0]))
    assert table.temperature[0] == pytest.approx(300.0)
    # Planck at 300 K, per m2 and sr: 1.866 W in 3-5 um, 38.50 W in 8-12 um.
    assert table.intensity[0, 1] == pytest.approx(1.866 * table.emissive_area[0], rel=3e-4)
    assert table.intensity[0, 2] == pytest.approx(38.50 * table.emissive_area[0], rel=3e-4)
    assert 0.0 < table.intensity[0, 0] < 0.02


def test_re_entry_glows() -> None:
    times = np.linspace(flight().flight_time_s - 60.0, flight().flight_time_s, 61)
    table = signature_of(flight(), times)
    assert 2_000.0 < table.temperature.max() <= 3_000.0
    assert table.intensity[:, 0].max() > 1e4


def test_columns_are_named_with_their_units() -> None:
    columns = signature_of(flight(), np.arange(0.0, 100.0, 10.0)).columns()
    assert len(columns) == 4 + 3 + 12
    assert {"time_s", "plume_w_sr", "skin_temperature_k", "emissive_area_m2", "lwir_w_sr"} <= set(columns)
    assert "rcs_side_x_band_m2" in columns
    assert all(values.shape == (10,) and np.isfinite(values).all() for values in columns.values())
    assert math.isclose(columns["time_s"][3], 30.0)
