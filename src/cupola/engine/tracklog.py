"""Tracks of one run beside the truth: what ``cupola track`` measures, kept only when asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector


@dataclass(frozen=True, kw_only=True)
class TrackLog:
    """Every track of the national node after each batch of reports that it took (k rows, in order of time); nothing
    after the node is cut.

    ``time_s`` (k,); ``track`` (k,) track numbers; ``object`` (k,) index into ``object_ids`` of the object that the
    track's newest report truly came from, which no tracker knows, -1 for a false report; ``group`` (k,) index into
    ``group_names`` of the sensor group that reported; ``x`` (k, 9) and ``p`` (k, 9, 9) the combined estimate and
    covariance of :mod:`cupola.tracking.motion`, inertial SI; ``weight`` (k, 5) model probabilities of BOOST, COAST,
    REENTRY, GLIDE, CRUISE; ``burnout_s`` (k,) believed burnout; ``confirmed`` (k,).

    A report may be of several objects that its sensor cannot tell apart. ``member_row`` (m,) in order, ``member`` (m,)
    and ``member_share`` (m,) say which objects were in each row's newest report and what part of it each was;
    ``member_truth`` (m, 6) are their inertial positions and velocities at the row's time, and ``truth`` (k, 6) the
    centre of them all, which is what was reported; NaN for a false report.
    """

    object_ids: tuple[str, ...]
    group_names: tuple[str, ...]
    time_s: Vector
    track: NDArray[np.int64]
    object: NDArray[np.int64]
    group: NDArray[np.int64]
    x: Vector
    p: Vector
    weight: Vector
    burnout_s: Vector
    truth: Vector
    confirmed: NDArray[np.bool_]
    member_row: NDArray[np.int64]
    member: NDArray[np.int64]
    member_share: Vector
    member_truth: Vector
