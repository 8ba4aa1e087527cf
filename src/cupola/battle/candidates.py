"""Every feasible shot of a layer, laid out for the assignment."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.battle.engageability import Opportunities
from cupola.battle.picture import Battery, Picture, SpaceBattery
from cupola.core.earth import Vector
from cupola.interceptors.laser import LaserSpec


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Feasible shots (c,) of all batteries of a layer; a column is one physical interceptor."""

    battery: NDArray[np.int64]
    track: NDArray[np.int64]
    shooter: NDArray[np.int64]
    column: NDArray[np.int64]
    at: NDArray[np.int64]
    release_s: NDArray[np.float64]
    kill_probability: NDArray[np.float64]
    preference: NDArray[np.float64]


def single_shot_probability(battery: Battery) -> float:
    """Return the believed chance that one interceptor of the battery kills what it is sent at."""
    spec = battery.spec
    kill = spec.kill_probability if isinstance(spec, LaserSpec) else spec.kill_vehicle.kill_probability
    return float(spec.reliability * kill)


def _still_burning(battery: Battery, margin_s: Vector, spread_s: float) -> Vector:
    """Return the believed chance (c,) that a missile still burns ``margin_s`` before its believed burnout.

    One for weapons that do not need the plume; else normal in the burn time's error.
    """
    if not isinstance(battery, SpaceBattery) or battery.spec.engages != ("boost",):
        return np.ones(len(margin_s))
    return np.array([0.5 * math.erfc(-margin / (spread_s * math.sqrt(2.0))) for margin in margin_s])


def candidates(
    batteries: list[Battery],
    picture: Picture,
    offers: dict[int, Opportunities],
    wanted: NDArray[np.int64],
    release_s: float,
    spread_s: float,
) -> Candidates:
    """Lay out every feasible (track, interceptor) of a layer; a site offers as many as could be wanted of it."""
    parts: list[NDArray[np.float64]] = []
    column = 0
    horizon = float(picture.times_s[-1] - picture.now_s) if len(picture.times_s) else 1.0
    for index, offer in offers.items():
        battery = batteries[index]
        rows = np.flatnonzero(wanted[offer.track] > 0)
        times_s = picture.times_s[offer.at[rows]]
        p = single_shot_probability(battery) * _still_burning(
            battery, picture.burnout_s[offer.track[rows]] - times_s, spread_s
        )
        early = 1.0 - (times_s - picture.now_s) / max(horizon, 1.0)
        ground = not isinstance(battery, SpaceBattery)
        copies = int(min(battery.available(release_s), wanted[offer.track[rows]].sum())) if ground else 1
        for copy in range(copies):
            who = np.full(len(rows), copy) if ground else offer.shooter[rows]
            block = np.stack(
                [
                    np.full(len(rows), index),
                    offer.track[rows],
                    offer.shooter[rows],
                    column + who,
                    offer.at[rows],
                    offer.release_s[rows],
                    p,
                    np.clip(early, 0.0, 0.999),
                ],
                axis=1,
            )
            parts.append(block)
        column += len(battery.remaining) if isinstance(battery, SpaceBattery) else copies
    table = np.concatenate(parts) if parts else np.empty((0, 8))
    whole = table[:, :5].astype(np.int64)
    return Candidates(
        battery=whole[:, 0],
        track=whole[:, 1],
        shooter=whole[:, 2],
        column=whole[:, 3],
        at=whole[:, 4],
        release_s=table[:, 5],
        kill_probability=table[:, 6],
        preference=table[:, 7],
    )
