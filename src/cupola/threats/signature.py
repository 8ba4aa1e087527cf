"""What a burning missile shows to an infrared sensor in the 2.7 um warning band.

Low down the fuel-rich exhaust burns on in the air; as the air thins the afterburning ends and the plume dims, until
higher up the freely expanding plume is bright again (the dip is described in Forden's public analyses of space-based
warning). We draw the dip as a Gaussian in altitude, a form assumed for want of a published one. Absorption and clouds
are the sensors' affair.
"""

import math

import numpy as np
from numba import njit

from cupola.core.earth import Vector
from cupola.core.trajectory import Trajectory
from cupola.threats.spec import PlumeSignature

DIP_WIDTH = 12e3  # m, 1/e half-width: the dip fills about 70 to 90 km when centred on 80 km


@njit(cache=True, error_model="numpy", nogil=True)
def dimmed(intensity: float, altitude: float, dip_altitude: float, dip_factor: float) -> float:
    """Return a stage's radiant intensity in W/sr at an altitude in m, dimmed to ``dip_factor`` of it at
    ``dip_altitude``.
    """
    away = (altitude - dip_altitude) / DIP_WIDTH
    return intensity * (1.0 - (1.0 - dip_factor) * math.exp(-away * away))


def burns_of(trajectory: Trajectory) -> tuple[tuple[float, float], ...]:
    """Return (ignition, burnout) in s of every stage that burns on a trajectory."""
    return tuple((p.start_s, p.end_s) for p in trajectory.phases if p.name.startswith("boost-"))


def plume_intensity(
    plume: PlumeSignature, burns: tuple[tuple[float, float], ...], times_s: Vector, altitudes_m: Vector
) -> Vector:
    """Return the radiant intensity (k,) in W/sr at ``times_s`` (k,) and ``altitudes_m`` (k,); zero where no stage
    burns.

    ``burns`` lists (ignition, burnout) in s of the stages in order, on the same clock as ``times_s``.
    """
    out = np.zeros(len(times_s))
    for stage, (ignition, burnout) in enumerate(burns):
        intensity = plume.first_stage if stage == 0 else plume.upper_stages
        for k in np.flatnonzero((times_s >= ignition) & (times_s < burnout)):
            out[k] = dimmed(intensity, float(altitudes_m[k]), plume.dip_altitude, plume.dip_factor)
    return out
