"""Lofted flights: a missile with energy to spare sheds part of it by waiting between its stages.

A test flown almost straight up comes down close to home. Most of the missile's energy is then too much, and what is too
much is not all left in the tanks: the launching state describes "time-delayed" separation and ignition of the upper
stages, and the reported flight times are longer than an early cut-off alone explains. A coast between two stages loses
speed to gravity at about 1 g per second of waiting and lengthens the flight by as much.
"""

from collections.abc import Callable

from cupola.core.rocket import Vehicle
from cupola.threats.impulsive import SPHERE_RADIUS, minimum_energy
from cupola.threats.shooting import Shooter
from cupola.threats.steering import cutoff_at_apogee

LOFTED = 1.1  # a flight is lofted where its apogee lies a tenth above that of the least energy
ROUNDS = 12
NEAR = 5e-3  # of the longest coast
LEAST_LEFT = 0.2  # s of burn kept back, so that the azimuth can still be turned to hit


def is_lofted(angle: float, apogee_m: float | None) -> bool:
    """Return whether an apogee in m is lofted for a ground angle in rad."""
    return apogee_m is not None and apogee_m > LOFTED * minimum_energy(angle * SPHERE_RADIUS).apogee


def coast_stretch(shooter_at: Callable[[float], Shooter], apogee_m: float, share: float) -> float:
    """Return how far, from 0 to 1, the coasts between the stages are stretched on a flight to ``apogee_m``.

    ``shooter_at`` gives the missile with its coasts stretched so far. The stretch is the largest at which waiting has
    used up no more than ``share`` of the burn time that an early cut-off would have left unburnt.
    """
    spare = _unburnt(shooter_at(0.0), apogee_m)
    if spare <= LEAST_LEFT:
        return 0.0
    kept = max((1.0 - share) * spare, LEAST_LEFT)
    if _unburnt(shooter_at(1.0), apogee_m) >= kept:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(ROUNDS):
        if high - low < NEAR:
            break
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _unburnt(shooter_at(middle), apogee_m) >= kept else (low, middle)
    return low


def _unburnt(shooter: Shooter, apogee_m: float) -> float:
    """Return the burn time in s left at the cut-off that gives an apogee, negative where there is none."""
    cutoff = cutoff_at_apogee(shooter, apogee_m)
    return -1.0 if cutoff is None else left_to_burn(shooter.vehicle, cutoff)


def left_to_burn(vehicle: Vehicle, cutoff_s: float) -> float:
    """Return the burn time in s that a rocket has left when thrust is ended ``cutoff_s`` s after lift-off."""
    ends = vehicle.stage_starts_s + vehicle.burn_s
    return float(sum(min(max(end - cutoff_s, 0.0), burn) for end, burn in zip(ends, vehicle.burn_s, strict=True)))
