"""What tracks are worth stopping for, by where they are foretold to come down."""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.battle.priorities import expected_people
from cupola.core.earth import Vector
from cupola.engine.state import RunState
from cupola.tracking.impact import impact_point


def worth_of(state: RunState, tracks: NDArray[np.int64]) -> Vector | None:
    """Return what each of ``tracks`` (m,) is worth beside the others, in (0, 1]; none where all are worth the same.

    A track whose impact cannot be foretold is worth the mean of those whose can.
    """
    rules = state.manager.spec.priorities
    if rules.by == "nothing":
        return None
    people = np.array([_people(state, int(track)) for track in tracks])
    foretold = np.isfinite(people)
    if not foretold.any():
        return None
    people[~foretold] = people[foretold].mean()
    people += rules.elsewhere
    return np.asarray(people / people.max())


def _people(state: RunState, track: int) -> float:
    """Return the people expected to be harmed where a track comes down; NaN where that cannot be foretold."""
    tracker = state.tracker
    mode, time_s = int(tracker.mode[track]), float(tracker.time_s[track])
    found = impact_point(tracker.x[track], tracker.p[track], mode, time_s, float(tracker.burnout_s[track]))
    if found is None:
        return math.nan
    radius = state.manager.spec.priorities.radius
    return expected_people(found.latitude, found.longitude, found.covariance, state.world.assets, radius=radius)
