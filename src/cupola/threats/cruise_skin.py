"""Temperature of a skin in steady flight: heated by the boundary layer, cooled by its own radiation."""

from cupola.core.atmosphere import GAS_CONSTANT, HEAT_RATIO, air
from cupola.core.kernel import kernel
from cupola.core.radiation import STEFAN_BOLTZMANN

RECOVERY = 0.89  # of a turbulent layer: Prandtl number 0.71 to the third
PRANDTL = 0.71
_SPECIFIC_HEAT = GAS_CONSTANT * HEAT_RATIO / (HEAT_RATIO - 1.0)


@kernel
def recovery_temperature(altitude: float, speed: float) -> float:
    """Return the temperature in K of an insulated wall under a turbulent layer at an altitude in m and a speed in m/s:
    T (1 + r (gamma - 1) / 2 M^2) (Anderson 2006, Hypersonic and High-Temperature Gas Dynamics, section 6.9).
    """
    _, _, sound = air(altitude)
    still = sound * sound / (HEAT_RATIO * GAS_CONSTANT)
    return float(still + RECOVERY * speed * speed / (2.0 * _SPECIFIC_HEAT))


@kernel
def skin_temperature(altitude: float, speed: float, distance: float, emissivity: float) -> float:
    """Return the temperature in K of a skin ``distance`` m behind the nose at an altitude in m and a speed in m/s.

    Where h (T_r - T_w) = emissivity sigma (T_w^4 - T_a^4): turbulent flat plate, c_f = 0.0592 Re_x^-0.2 with the air at
    Eckert's (1955) reference temperature, Stanton number c_f / 2 Pr^(-2/3), surroundings at air temperature. Constant
    heat capacity: high by some percent above Mach 5.
    """
    density, _, sound = air(altitude)
    still = sound * sound / (HEAT_RATIO * GAS_CONSTANT)
    recovered = recovery_temperature(altitude, speed)
    low, high = still, max(recovered, still)
    if speed < 1.0:
        return float(still)
    for _ in range(60):
        wall = 0.5 * (low + high)
        reference = 0.5 * (wall + still) + 0.22 * (recovered - still)
        thin = density * still / reference
        viscosity = 1.458e-6 * reference**1.5 / (reference + 110.4)
        reynolds = thin * speed * distance / viscosity
        stanton = 0.0296 * reynolds**-0.2 / PRANDTL ** (2.0 / 3.0)
        gained = stanton * thin * speed * _SPECIFIC_HEAT * (recovered - wall)
        lost = emissivity * STEFAN_BOLTZMANN * (wall**4 - still**4)
        if gained > lost:
            low = wall
        else:
            high = wall
    return float(0.5 * (low + high))
