"""Planck's law against its numerical integral."""

import math

import pytest
from scipy.integrate import quad

from cupola.core.radiation import band_radiance

H, C, K = 6.62607015e-34, 299_792_458.0, 1.380649e-23


def planck(wavelength: float, temperature: float) -> float:
    return 2.0 * H * C**2 / wavelength**5 / math.expm1(H * C / (wavelength * K * temperature))


@pytest.mark.parametrize("temperature", [180.0, 300.0, 900.0, 2500.0])
@pytest.mark.parametrize(("low", "high"), [(3e-6, 5e-6), (8e-6, 12e-6), (1e-6, 30e-6), (1.4e-6, 3.0e-6)])
def test_band_radiance_agrees_with_the_integral_of_planck(temperature: float, low: float, high: float) -> None:
    expected, _ = quad(planck, low, high, args=(temperature,), epsrel=1e-11, epsabs=0.0, limit=300)
    assert band_radiance(temperature, low, high) == pytest.approx(expected, rel=1e-8)
