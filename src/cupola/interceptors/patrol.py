"""How a patrol flies: along great circles at its own height, towards a goal or back to its station."""

import numpy as np

from cupola.core.earth import Vector
from cupola.core.sight import radial_altitudes
from cupola.interceptors.aerial import AircraftSpec


def flown_on(aircraft: AircraftSpec, r: Vector, station: Vector, goal: Vector | None, seconds: float) -> Vector:
    """Return where a patrol at ``r`` (3,) is after ``seconds`` at its dash speed towards ``goal`` (3,), or without one
    towards its ``station`` (3,): no further from that than its radius, at its height. Earth-fixed m.
    """
    size = float(np.linalg.norm(r))
    out = turned_towards(r, station if goal is None else goal, aircraft.dash_speed * seconds / size)
    limit = aircraft.radius / size
    if angle_between(station, out) > limit:
        out = turned_towards(station, out, limit)
    sunk = float(radial_altitudes(station) - radial_altitudes(out))
    return np.asarray(out * (1.0 + sunk / float(np.linalg.norm(out))))


def angle_between(a: Vector, b: Vector) -> float:
    """Return the angle in rad between two directions (3,)."""
    return float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))


def turned_towards(a: Vector, b: Vector, angle: float) -> Vector:
    """Return ``a`` (3,) turned by ``angle`` rad towards ``b`` (3,), not past it, at its own length."""
    whole = angle_between(a, b)
    if whole < 1e-12:
        return a
    size = float(np.linalg.norm(a))
    up = a / size
    ahead = b - (b @ up) * up
    ahead /= np.linalg.norm(ahead)
    turn = min(angle, whole)
    return np.asarray(size * (np.cos(turn) * up + np.sin(turn) * ahead))
