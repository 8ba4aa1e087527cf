"""What tracks are worth stopping for, by where they are foretold to come down."""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.battle.priorities import PrioritiesSpec, expected_people
from cupola.core.earth import Vector
from cupola.tracking.impact import impact_point
from cupola.tracking.picture import TrackPicture


def worth_of(rules: PrioritiesSpec, assets: Vector, tracker: TrackPicture, tracks: NDArray[np.int64]) -> Vector | None:
    """Return what each of ``tracks`` (m,) is worth beside the others, in (0, 1]; none where all are worth the same.
    ``assets`` (k, 3) are latitude and longitude in rad and people.

    A track whose impact cannot be foretold is worth the mean of those whose can.
    """
    if rules.by == "nothing":
        return None
    people = np.array([_people(rules, assets, tracker, int(track)) for track in tracks])
    foretold = np.isfinite(people)
    if not foretold.any():
        return None
    people[~foretold] = people[foretold].mean()
    people += rules.elsewhere
    return np.asarray(people / people.max())


def _people(rules: PrioritiesSpec, assets: Vector, tracker: TrackPicture, track: int) -> float:
    """Return the people expected to be harmed where a track comes down; NaN where that cannot be foretold."""
    mode, time_s = int(tracker.mode[track]), float(tracker.time_s[track])
    found = impact_point(tracker.x[track], tracker.p[track], mode, time_s, float(tracker.burnout_s[track]))
    if found is None:
        return math.nan
    return expected_people(found.latitude, found.longitude, found.covariance, assets, radius=rules.radius)
