"""How hot the air makes a rocket on its way up and what it carries on its way down, as grey bodies.

What sensors see is the flank, not the nose tip: the tip is the hottest but a few square centimetres. The flank's
laminar heat flux is that of a plate at the cone's angle, 2.53e-5 cos^0.5 sin rho^0.5 v^3.2 / sqrt(x) in W/m2 (Anderson,
Hypersonic and High-Temperature Gas Dynamics, after Tauber; cold wall), taken at one metre for the whole body, and in
thin air at most the power that meets the flank, rho v^3 sin / 2 (free molecules, all accommodated). Going down, a heat
shield passes nearly nothing on, so that its surface radiates what it receives until it ablates, which holds it near
3,000 K. Going up, the flux is small and brief and a metal skin stores it.

Assumed: the cone's angle, the distance, the ablation temperature, the skin of the rocket. Left out: turbulence, which
below some 30 km raises the flux of a body that is then at its cap or close to it; the shocked air and the wake, which
shine as well.
"""

import math

import numpy as np

from cupola.core.atmosphere import standard_air
from cupola.core.earth import Vector, surface_velocity
from cupola.core.radiation import STEFAN_BOLTZMANN
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import Skin, altitude_of
from cupola.threats.spec import BodySignature

VEHICLE_ANGLE = math.atan2(0.3, 2.0)  # rad, half-angle of the 2 m by 0.6 m cone that the catalogue assumes
ROCKET_ANGLE = 0.1  # rad, mean inclination of a rocket's side, most of it cylinder
STATION = 1.0  # m from the nose
ABLATION = 3_000.0  # K, carbon-phenolic heat shields, widely quoted 3,000 to 3,500 K
SKIN_CAPACITY = 9.7e3  # J/m2/K, 4 mm of aluminium (2,700 kg/m3, 900 J/kg/K)
FIRST_GLOW = 50e3  # m above the start of the re-entry phase, where the thin air begins to warm a falling body
SAMPLES = 33
STEP = 1.0  # s


def flank_heating(path: Trajectory, times_s: Vector, angle: float) -> Vector:
    """Return the heat flux (k,) in W/m2 one metre along a flank inclined by ``angle`` rad at times (k,)."""
    r, v, _ = path.states(times_s)
    density, _, _ = standard_air(np.array([altitude_of(row) for row in r]))
    speed = np.linalg.norm(v - surface_velocity(r), axis=1)
    shape = 2.53e-5 * math.sqrt(math.cos(angle)) * math.sin(angle) / math.sqrt(STATION)
    thin = 0.5 * density * speed**3 * math.sin(angle)
    return np.asarray(np.minimum(shape * np.sqrt(density) * speed**3.2, thin))


def reentry_skin(path: Trajectory, body: BodySignature) -> Skin | None:
    """Return the skin of a released body whose last phase is ``re-entry``; None for any other.

    Its catalogue temperature in space, then what radiates the flank's heat flux away, at most the ablation temperature.
    """
    if not path.phases or path.phases[-1].name != "re-entry":
        return None
    r, v = path.state(path.phases[-1].start_s)
    descent = max(-float(r @ v) / float(np.linalg.norm(r)), 1.0)
    start = max(path.start_s, path.phases[-1].start_s - FIRST_GLOW / descent)
    times = np.linspace(start, path.end_s, SAMPLES)
    flux = flank_heating(path, times, VEHICLE_ANGLE) / (body.emissivity * STEFAN_BOLTZMANN)
    hot = np.minimum((body.temperature**4 + flux) ** 0.25, max(ABLATION, body.temperature))
    if start > path.start_s:
        hot[0] = body.temperature
    return Skin(times_s=times, temperature=hot)


def ascent_skin(path: Trajectory, body: BodySignature) -> Skin:
    """Return the skin of a rocket from launch to the end of its trajectory: a thin metal wall that stores the flank's
    heat flux and radiates, starting at its catalogue temperature.
    """
    steps = max(2, math.ceil((path.end_s - path.start_s) / STEP))
    times = np.linspace(path.start_s, path.end_s, steps + 1)
    flux = flank_heating(path, times, ROCKET_ANGLE)
    hot = np.full(steps + 1, body.temperature)
    rate = (times[1] - times[0]) / SKIN_CAPACITY
    for k in range(steps):
        shed = body.emissivity * STEFAN_BOLTZMANN * (hot[k] ** 4 - body.temperature**4)
        hot[k + 1] = hot[k] + rate * (0.5 * (flux[k] + flux[k + 1]) - shed)
    kept = np.unique(np.linspace(0, steps, SAMPLES).round().astype(int))
    return Skin(times_s=times[kept], temperature=hot[kept])
