"""The tracks of many objects as arrays: five models each, their weights and the sensors whose biases they remember."""

from typing import NamedTuple

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Indices
from cupola.tracking.filter import SLOTS
from cupola.tracking.imm_mixing import MODELS, Work, mixed
from cupola.tracking.motion import BOOST, N
from cupola.tracking.motion_linear import set_parameters

RELIT_WEIGHT = 0.02  # least weight of BOOST when a plume is reported
LEAST_WEIGHT = 1e-4  # below which a model is dropped; switching brings it back
BURNOUT_SPREAD = 15.0  # s, one sigma of the burn time that the defender assumes


class Tracks(NamedTuple):
    """Tracks of n objects, structure of arrays.

    ``x`` (n, 5, 9), ``p`` (n, 5, 9, 9) and ``c`` (n, 5, 9, 3 x SLOTS) of the models BOOST, COAST, REENTRY, GLIDE,
    CRUISE (mode less one), meaningful where ``weight`` (n, 5) is positive; ``time_s`` (n,) of the states;
    ``slot_sensor`` and ``slot_time`` (n, SLOTS) whose biases c holds, -1 where none's; ``burnout_s`` and
    ``burnout_spread_s`` (n,) the believed burnout and its one sigma; ``last_plume_s`` (n,) of the last report of a
    plume.
    """

    x: Vector
    p: Vector
    c: Vector
    weight: Vector
    time_s: Vector
    slot_sensor: Indices
    slot_time: Vector
    burnout_s: Vector
    burnout_spread_s: Vector
    last_plume_s: Vector


def new_tracks(n: int) -> Tracks:
    """Return ``n`` empty tracks: no weight on any model."""
    return Tracks(
        x=np.zeros((n, MODELS, N)),
        p=np.zeros((n, MODELS, N, N)),
        c=np.zeros((n, MODELS, N, 3 * SLOTS)),
        weight=np.zeros((n, MODELS)),
        time_s=np.full(n, -np.inf),
        slot_sensor=np.full((n, SLOTS), -1, np.int64),
        slot_time=np.full((n, SLOTS), -np.inf),
        burnout_s=np.full(n, np.inf),
        burnout_spread_s=np.full(n, BURNOUT_SPREAD),
        last_plume_s=np.full(n, -np.inf),
    )


@kernel
def place(t: Tracks, i: int, x: Vector, p: Vector, time_s: float, weight: Vector) -> None:
    """Start track i from one state x (9,) and covariance p (9, 9) for all models of positive ``weight`` (5,).

    The parameters in x and p are the heaviest model's; the others begin with their priors. Biases, plumes and burnout
    are forgotten.
    """
    heaviest, total = 0, 0.0
    for m in range(MODELS):
        total += weight[m]
        if weight[m] > weight[heaviest]:
            heaviest = m
    for m in range(MODELS):
        t.weight[i, m] = weight[m] / total
        t.x[i, m] = x
        t.p[i, m] = p
        t.c[i, m] = 0.0
        if m != heaviest:
            set_parameters(m + 1, t.x[i, m], t.p[i, m])
    t.time_s[i] = time_s
    t.slot_sensor[i] = -1
    t.slot_time[i] = -np.inf
    t.last_plume_s[i] = time_s if weight[BOOST - 1] > 0.0 else -np.inf
    t.burnout_s[i] = np.inf if weight[BOOST - 1] > 0.0 else time_s
    t.burnout_spread_s[i] = BURNOUT_SPREAD


@kernel
def bias_columns(t: Tracks, i: int) -> int:
    """Return how many leading columns of c are in use on track i."""
    for k in range(SLOTS - 1, -1, -1):
        if t.slot_sensor[i, k] >= 0:
            return 3 * k + 3
    return 0


@kernel
def find_slot(t: Tracks, i: int, sensor: int) -> int:
    """Return the bias slot of a sensor on track i, -1 where it has none."""
    for k in range(SLOTS):
        if t.slot_sensor[i, k] == sensor:
            return k
    return -1


@kernel
def take_slot(t: Tracks, i: int, sensor: int, time_s: float) -> int:
    """Return the bias slot of a sensor on track i, taking the one used longest ago when the sensor is new."""
    chosen = find_slot(t, i, sensor)
    if chosen < 0:
        chosen = 0
        for k in range(SLOTS):
            if t.slot_time[i, k] < t.slot_time[i, chosen]:
                chosen = k
        for m in range(MODELS):
            for row in range(N):
                for k in range(3 * chosen, 3 * chosen + 3):
                    t.c[i, m, row, k] = 0.0
        t.slot_sensor[i, chosen] = sensor
    t.slot_time[i, chosen] = time_s
    return chosen


@kernel
def spawn(t: Tracks, parent: int, child: int, since_s: float, sigma_v: float) -> None:
    """Begin track ``child`` of an object that left ``parent`` some ``since_s`` ago at a separation speed of ``sigma_v``
    m/s per axis (one sigma): the parent's models, biases and times, widened by dv and dr = dv x time since. It does not
    burn.
    """
    t.x[child] = t.x[parent]
    t.p[child] = t.p[parent]
    t.c[child] = t.c[parent]
    t.weight[child] = t.weight[parent]
    t.time_s[child] = t.time_s[parent]
    t.slot_sensor[child] = t.slot_sensor[parent]
    t.slot_time[child] = t.slot_time[parent]
    t.burnout_s[child] = t.time_s[parent]
    t.burnout_spread_s[child] = t.burnout_spread_s[parent]
    t.last_plume_s[child] = -np.inf
    for m in range(MODELS):
        for k in range(3):
            v = sigma_v * sigma_v
            t.p[child, m, k, k] += v * since_s * since_s
            t.p[child, m, k, 3 + k] += v * since_s
            t.p[child, m, 3 + k, k] += v * since_s
            t.p[child, m, 3 + k, 3 + k] += v


@kernel
def relight(t: Tracks, i: int, columns: int) -> None:
    """Give BOOST its least weight on track i, from the heaviest model's state where it had none."""
    boost = BOOST - 1
    if t.weight[i, boost] >= RELIT_WEIGHT:
        return
    if t.weight[i, boost] <= 0.0:
        heaviest = np.argmax(t.weight[i])
        t.x[i, boost] = t.x[i, heaviest]
        t.p[i, boost] = t.p[i, heaviest]
        set_parameters(BOOST, t.x[i, boost], t.p[i, boost])
        for k in range(columns):
            for j in range(6):
                t.c[i, boost, j, k] = t.c[i, heaviest, j, k]
            for j in range(6, N):
                t.c[i, boost, j, k] = 0.0
    rest = 1.0 - t.weight[i, boost]
    for m in range(MODELS):
        t.weight[i, m] *= (1.0 - RELIT_WEIGHT) / rest
    t.weight[i, boost] = RELIT_WEIGHT


@kernel
def drop_light(weight: Vector) -> None:
    """Drop models below ``LEAST_WEIGHT`` and let the others sum to one."""
    total = 0.0
    for m in range(MODELS):
        if weight[m] < LEAST_WEIGHT:
            weight[m] = 0.0
        total += weight[m]
    for m in range(MODELS):
        weight[m] /= total


@kernel
def combined(t: Tracks, i: int, x: Vector, p: Vector, work: Work) -> int:
    """Write mean x (9,) and covariance p (9, 9) of the mixture of track i's models; return the most probable mode.

    The parameters are that mode's; 0 (NONE) is returned where the track is empty.
    """
    heaviest = np.argmax(t.weight[i])
    if t.weight[i, heaviest] <= 0.0:
        return 0
    if t.weight[i, heaviest] >= 1.0:
        x[:] = t.x[i, heaviest]
        p[:] = t.p[i, heaviest]
        return int(heaviest) + 1
    for m in range(MODELS):
        work.mu[m] = t.weight[i, m]
    work.mu[MODELS] = 0.0
    mixed(t.x[i], t.p[i], t.c[i], 0, work.mu, int(heaviest) + 1, True, x, p, work.c_mixed, work)
    return int(heaviest) + 1
