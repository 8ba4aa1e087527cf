"""Missiles that fly by lift: their straight flights against an independent integrator and a closed form."""

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.integrate import solve_ivp

from cupola.core.atmosphere import density_at
from cupola.core.earth import STANDARD_GRAVITY
from cupola.interceptors.aerial import AerialInterceptorSpec, course, fly_out, launch_speed
from cupola.scenario.catalogue import entry


def missile(name: str) -> AerialInterceptorSpec:
    spec: AerialInterceptorSpec = entry("interceptors", name).spec
    return spec


def drag_over_v2(spec: AerialInterceptorSpec, height: float) -> float:
    return 0.5 * float(density_at(height)) * spec.drag_coefficient * 0.25 * math.pi * spec.diameter**2


@pytest.mark.parametrize("name", ["nasams-amraam", "fighter-amraam"])
@pytest.mark.parametrize("height", [0.0, 5e3, 12e3])
def test_a_straight_flight_agrees_with_an_independent_integrator(name: str, height: float) -> None:
    spec, table = missile(name), fly_out(missile(name))
    flow = spec.propellant_mass / spec.burn_time
    drag = drag_over_v2(spec, height)

    def rate(t: float, y: np.ndarray) -> list[float]:
        thrust = flow * spec.specific_impulse * STANDARD_GRAVITY if t < spec.burn_time else 0.0
        return [y[1], (thrust - drag * y[1] ** 2) / (spec.launch_mass - flow * min(t, spec.burn_time))]

    burn = solve_ivp(rate, (0.0, spec.burn_time), [0.0, launch_speed(spec)], rtol=1e-9, atol=1e-6)
    rest = solve_ivp(rate, (spec.burn_time, 40.0), burn.y[:, -1], rtol=1e-9, atol=1e-6, dense_output=True)
    row = int(height // 1e3)
    for t in (12.0, 25.0, 40.0):
        k = round(t / 0.05)
        assert table.way[row, k] == pytest.approx(min(rest.sol(t)[0], spec.maximum_range), rel=2e-3)
        if np.isfinite(table.speed[row, k]):
            assert table.speed[row, k] == pytest.approx(rest.sol(t)[1], rel=2e-3)


def test_coasting_slows_by_the_closed_form() -> None:
    """dv/dt = -k v^2: v = v0 / (1 + k v0 t), s = ln(1 + k v0 t) / k."""
    spec, table = missile("nasams-amraam"), fly_out(missile("nasams-amraam"))
    start = round(spec.burn_time / 0.05)
    k = drag_over_v2(spec, 0.0) / (spec.launch_mass - spec.propellant_mass)
    v0 = table.speed[0, start]
    for t in (2.0, 5.0, 8.0):
        i = start + round(t / 0.05)
        assert table.speed[0, i] == pytest.approx(v0 / (1.0 + k * v0 * t), rel=1e-3)
        assert table.way[0, i] - table.way[0, start] == pytest.approx(math.log(1.0 + k * v0 * t) / k, rel=1e-3)


def test_times_invert_ways_and_end_at_the_reach() -> None:
    spec, table = missile("fighter-amraam"), fly_out(missile("fighter-amraam"))
    for height in (0.0, 3e3, 7.4e3):
        reach = float(table.longest(np.array([height]))[0])
        assert reach <= spec.maximum_range * 1.001
        ways = np.linspace(0.05, 0.98, 20) * reach
        times = table.flight_time(ways, np.full(20, height))
        assert np.all(np.diff(times) > 0.0)
        assert np.isinf(table.flight_time(np.array([1.02 * reach]), np.array([height]))[0])
        if height % 1e3 == 0.0:
            assert np.interp(times, table.times, table.way[int(height // 1e3)]) == pytest.approx(ways, rel=1e-6)
    assert table.longest(np.array([9e3]))[0] > 1.5 * table.longest(np.array([0.0]))[0], "thin air carries further"


def test_long_shots_climb_over_the_dense_air() -> None:
    spec = missile("nasams-amraam")
    way, mean = course(spec, np.array([5e3, 30e3]), 0.0, np.array([50.0, 50.0]))
    assert way[0] == pytest.approx(5e3 * math.hypot(1.0, 0.4))
    assert mean == pytest.approx([0.5 * 1050.0, 0.5 * 6050.0])
    assert course(spec, np.array([200e3]), 0.0, np.array([0.0]))[1][0] == pytest.approx(0.5 * spec.loft)


def test_the_reach_is_what_is_widely_quoted_of_the_class() -> None:
    def reach(name: str, launch: float, target: float) -> float:
        spec, table = missile(name), fly_out(missile(name))
        distances = np.linspace(1e3, 100e3, 400)
        way, mean = course(spec, distances, launch, np.full(400, target))
        return float(distances[np.isfinite(table.flight_time(way, mean))].max())

    assert 20e3 < reach("nasams-amraam", 0.0, 100.0) < 40e3
    assert 30e3 < reach("fighter-amraam", 9e3, 100.0) < 70e3
    assert reach("fighter-amraam", 9e3, 9e3) > reach("fighter-amraam", 9e3, 100.0)


def test_what_cannot_be_is_refused() -> None:
    said = missile("nasams-amraam").model_dump(mode="json")
    for wrong in ({"propellant_mass": "300 kg"}, {"engages": ["midcourse"]}, {"maximum_altitude": "50 km"}):
        with pytest.raises(ValidationError):
            AerialInterceptorSpec.model_validate({**said, **wrong})
