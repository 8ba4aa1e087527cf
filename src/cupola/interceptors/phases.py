"""Phases of flight: what a track is believed to do at each predicted point, and what of it a seeker can see.

A glider and a warhead fall through the same air, and no label tells them apart: the trackers' motion models do. What
holds itself up in thin air glides, what flies level in dense air cruises, and what falls is on its midcourse until it
sinks into the air that begins to brake it.
"""

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from cupola.core.earth import Vector
from cupola.core.sight import radial_altitudes
from cupola.core.spec import Angle, Length, Spec
from cupola.interceptors.spec import Phase

PHASES: tuple[Phase, ...] = get_args(Phase)
CODE: dict[Phase, int] = {phase: code for code, phase in enumerate(PHASES)}

Codes = NDArray[np.int8]


class PhaseSpec(Spec):
    """Where the defender draws the lines between phases."""

    terminal_altitude: Length = Field(default="80 km", description="What falls below it is in its terminal phase")
    glide_floor: Length = Field(
        default="30 km", description="What was gliding is in its terminal phase below this altitude"
    )
    glide_angle: Angle = Field(
        default="10 deg", gt=0.0, description="What sinks more steeply than this has left its glide, for the dive"
    )
    cruise_ceiling: Length = Field(
        default="40 km", description="Level flight above this altitude is taken for a glide, for lack of air to breathe"
    )


def codes(phases: Sequence[Phase]) -> Codes:
    """Return the numbers of phases."""
    return np.array([CODE[phase] for phase in phases], dtype=np.int8)


def believed_phases(
    spec: PhaseSpec, *, burning: NDArray[np.bool_], gliding: NDArray[np.bool_], cruising: NDArray[np.bool_],
    burnout_s: Vector, times_s: Vector, r: Vector, v: Vector,
) -> Codes:  # fmt: skip
    """Return the phase (m, k) of m tracks at each of their predicted points.

    ``burning``, ``gliding`` and ``cruising`` (m,) say which motion a track is most probably in, free fall where none;
    ``burnout_s`` (m,) believed burnout; ``r``, ``v`` (m, k, 3) the predicted inertial path at ``times_s`` (k,).
    """
    altitude = radial_altitudes(r)
    climb = np.einsum("mkc,mkc->mk", r, v) / np.linalg.norm(r, axis=-1)
    sinks = (altitude < spec.terminal_altitude) & (climb < 0.0)
    out = np.where(sinks, CODE["terminal"], CODE["midcourse"]).astype(np.int8)
    for i in np.flatnonzero(gliding | cruising):
        level = np.sqrt(np.maximum(np.einsum("kc,kc->k", v[i], v[i]) - climb[i] ** 2, 0.0))
        dives = (altitude[i] < spec.glide_floor) | (climb[i] < -level * np.tan(spec.glide_angle))
        out[i] = np.where(dives, CODE["terminal"], CODE["glide"])
        if cruising[i]:
            out[i, altitude[i] < spec.cruise_ceiling] = CODE["cruise"]
    out[burning[:, None] & (times_s <= burnout_s[:, None])] = CODE["boost"]
    return out


def shows(engages: Sequence[Phase], *, burning: bool) -> bool:
    """Say whether a seeker made for these phases sees a body that burns, or one that does not: a rocket's plume
    outshines the body for all but the seekers made for it.
    """
    return "boost" in engages if burning else any(phase != "boost" for phase in engages)
