"""A laser's beam against optics in closed form, and the horizon against plane geometry."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from cupola.battle.engageability_beam import MARGIN, dwell
from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.interceptors.laser import LaserSpec, divergence, fluence, in_beam, irradiance
from cupola.scenario.catalogue import entry


def laser(**change: object) -> LaserSpec:
    said = entry("interceptors", "laser-notional").spec.model_dump(mode="json")
    return LaserSpec.model_validate({**said, **change})


def test_a_perfect_still_beam_in_clear_air_spreads_by_diffraction_alone() -> None:
    spec = laser(beam_quality=1.0, jitter="0 rad", extinction_length="1e12 km", maximum_range="1000 km")
    assert divergence(spec) == pytest.approx(2.0 * 1.07e-6 / (math.pi * 0.5), rel=1e-9)
    # Airy's first dark ring lies at 1.22 lambda / D; the Gaussian's radius is about half of that.
    assert divergence(spec) == pytest.approx(0.52 * 1.22 * 1.07e-6 / 0.5, rel=0.01)
    spot = math.pi * (500e3 * divergence(spec)) ** 2
    assert irradiance(spec, np.array([500e3]))[0] * spot == pytest.approx(300e3, rel=1e-6)
    assert irradiance(spec, np.array([10.0]))[0] == pytest.approx(300e3 / (math.pi * 0.01**2))


def test_jitter_adds_in_square_and_air_takes_by_the_exponential() -> None:
    still, shaken = laser(jitter="0 rad"), laser(jitter="8 urad")
    assert divergence(shaken) ** 2 - divergence(still) ** 2 == pytest.approx((8e-6) ** 2)
    clear, hazy = laser(extinction_length="1e12 km"), laser(extinction_length="6 km")
    ratio = irradiance(hazy, np.array([6e3])) / irradiance(clear, np.array([6e3]))
    assert ratio[0] == pytest.approx(math.exp(-1.0))


def test_the_ground_and_the_limits_of_range_and_height_hide_a_target() -> None:
    spec = laser(maximum_range="80 km", maximum_altitude="10 km")
    director = np.array([EQUATORIAL_RADIUS + 20.0, 0.0, 0.0])

    def at(distance: float, height: float) -> np.ndarray:
        angle = distance / EQUATORIAL_RADIUS
        radius = EQUATORIAL_RADIUS + height
        return np.array([[radius * math.cos(angle), radius * math.sin(angle), 0.0]])

    horizon = math.sqrt(2 * EQUATORIAL_RADIUS * 20.0) + math.sqrt(2 * EQUATORIAL_RADIUS * 100.0)  # 52 km
    assert in_beam(spec, director, at(0.98 * horizon, 100.0))[1][0] > 0.0
    assert in_beam(spec, director, at(1.02 * horizon, 100.0))[1][0] == 0.0
    assert in_beam(spec, director, at(5e3, -30.0))[1][0] > 0.0, "a low flier believed below the ground is not hidden"
    assert in_beam(spec, director, at(5e3, 11e3))[1][0] == 0.0
    assert in_beam(laser(), director, at(8.1e3, 100.0))[1][0] == 0.0


def test_the_dwell_at_one_range_is_hardness_over_irradiance() -> None:
    spec = laser()
    times = np.arange(0.0, 60.0, 0.1)
    light = np.full(len(times), float(irradiance(spec, np.array([3e3]))[0]))
    start, end = dwell(spec, times, light, times >= 7.05)
    assert times[start] == pytest.approx(7.1)
    needed = MARGIN * spec.hardness / light[0]
    assert needed <= times[end] - times[start] <= needed + 0.1
    assert fluence(times, light)[end] - fluence(times, light)[start] >= MARGIN * spec.hardness


def test_an_approach_takes_the_integral_of_the_closed_form() -> None:
    """At constant speed u without extinction, the energy is P / (pi theta^2 u) (1/R1 - 1/R0)."""
    spec = laser(extinction_length="1e12 km")
    times = np.linspace(0.0, 20.0, 4001)
    ranges = 7e3 - 250.0 * times
    spread = math.pi * divergence(spec) ** 2
    exact = 300e3 / spread / 250.0 * (1.0 / ranges[-1] - 1.0 / ranges[0])
    assert fluence(times, irradiance(spec, ranges))[-1] == pytest.approx(exact, rel=1e-5)


def test_a_beam_that_is_broken_off_or_held_too_long_does_nothing() -> None:
    spec = laser()
    times = np.arange(0.0, 60.0, 0.5)
    strong = np.full(len(times), spec.hardness / 4.0)
    gaps = np.where(np.arange(len(times)) % 6 == 5, 0.0, strong)  # dark every 3 s
    assert dwell(spec, times, gaps, np.ones(len(times), bool)) == (-1, -1)
    weak = np.full(len(times), spec.hardness / (spec.longest_dwell + 2.0))
    assert dwell(spec, times, weak, np.ones(len(times), bool)) == (-1, -1)
    with pytest.raises(ValidationError):
        laser(engages=["midcourse"])
