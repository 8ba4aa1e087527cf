"""Thermal radiation: Planck's law in a band of wavelengths."""

import math

from cupola.core.kernel import kernel

STEFAN_BOLTZMANN = 5.670374419e-8  # W/m2/K4, CODATA 2018
SECOND_RADIATION = 1.438776877e-2  # m K, h c / k, CODATA 2018


@kernel
def _share_below(wavelength: float, temperature: float) -> float:
    # Blackbody fraction below a wavelength: Chang and Rhee (1984), Int. Comm. Heat Mass Transfer 11, 451-455.
    x = SECOND_RADIATION / (wavelength * temperature)
    decay = math.exp(-x)
    power, total = 1.0, 0.0
    for n in range(1, 200):
        power *= decay
        term = power / n * (x * x * x + (3.0 * x * x + (6.0 * x + 6.0 / n) / n) / n)
        total += term
        if term < 1e-12 * total:
            break
    return 15.0 / math.pi**4 * total


@kernel
def band_radiance(temperature: float, low: float, high: float) -> float:
    """Return the blackbody radiance in W/m2/sr at a temperature in K between two wavelengths in m (Planck's law,
    exact).
    """
    total = STEFAN_BOLTZMANN * temperature**4 / math.pi
    return total * (_share_below(high, temperature) - _share_below(low, temperature))
