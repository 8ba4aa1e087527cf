"""One interceptor on its way."""

from dataclasses import dataclass

import numpy as np

from cupola.battle.picture import Order
from cupola.core.earth import Vector


@dataclass(kw_only=True)
class Shot:
    """One interceptor in flight. ``r_aim`` is where its track says the target will be at ``order.intercept_s``;
    ``target`` is the object that the track was last of, -1 for a false track, from handover on the one that the seeker
    sees.
    """

    number: int
    called: tuple[str, str, str]
    """Object, layer and how manieth shot of the layer at it: what its random streams are named after"""
    order: Order
    ordered_s: float
    target: int
    shooter: str
    weapon: str
    r_launch: Vector
    r_aim: Vector
    v_arrival: Vector
    closing_dir: Vector
    closing_speed: float
    burn_ends_s: float
    first_sigma_m: float
    draws: Vector
    noise: np.random.Generator
    handover_s: float = np.nan
    foreseen: Vector | None = None
    divert_used: float = 0.0
    handover_error_m: float = np.nan
    miss_m: float = np.nan
