"""Mixing the models of a track whose parameters mean different things.

Position and velocity mix between all models, a parameter only between models that share its meaning. Where the source
lacks a parameter of the target, the target's own estimate stands in, or its prior if it had no weight, so that no
foreign number biases it: Yuan, Bar-Shalom, Willett, Mozeson, Pollak and Hardiman (2012), A multiple IMM estimation
approach with unbiased mixing for thrusting projectiles, IEEE Trans. Aerospace and Electronic Systems 48, 3250. The
cross-covariance with the sensors' biases, whose mean is zero under every model, mixes linearly.
"""

from typing import NamedTuple

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking.filter import SLOTS
from cupola.tracking.filter_unscented import SPACE
from cupola.tracking.motion import GLIDE, REENTRY, N, dimension
from cupola.tracking.motion_linear import prior
from cupola.tracking.reports import ROWS

MODELS = 5
BURNT_OUT = MODELS  # index behind the models of BOOST's state as it is if the motor stops within the cycle
SOURCES = MODELS + 1
EXTENDED, UNSCENTED = None, 1  # types of their own, so that a run compiles the kernels of its kind alone


class Work(NamedTuple):
    """Space that the kernels of a track need, one set per thread."""

    kind: int | None  # EXTENDED or UNSCENTED
    filter: Vector  # (8, 9, 9)
    x: Vector  # (6, 9)
    p: Vector  # (6, 9, 9)
    c: Vector  # (6, 9, 3 x SLOTS)
    x_mixed: Vector  # (9,)
    p_mixed: Vector  # (9, 9)
    c_mixed: Vector  # (9, 3 x SLOTS)
    x_try: Vector  # (9,)
    p_try: Vector  # (9, 9)
    c_try: Vector  # (9, 3 x SLOTS)
    deviation: Vector  # (9,)
    mu: Vector  # (6,)
    weight: Vector  # (5,)
    rates: Vector  # (5, 5)
    z: Vector  # (4,)
    s: Vector  # (4, 4)


def new_work(kind: int | None = EXTENDED) -> Work:
    """Return working space for the kernels of :mod:`cupola.tracking.imm`, whose models use filters of a ``kind``."""
    return Work(
        kind,
        np.zeros((SPACE, N, N)),
        np.zeros((SOURCES, N)),
        np.zeros((SOURCES, N, N)),
        np.zeros((SOURCES, N, 3 * SLOTS)),
        np.zeros(N),
        np.zeros((N, N)),
        np.zeros((N, 3 * SLOTS)),
        np.zeros(N),
        np.zeros((N, N)),
        np.zeros((N, 3 * SLOTS)),
        np.zeros(N),
        np.zeros(SOURCES),
        np.zeros(MODELS),
        np.zeros((MODELS, MODELS)),
        np.zeros(ROWS),
        np.zeros((ROWS, ROWS)),
    )


@kernel
def shared_parameters(source: int, target: int) -> int:
    """Return how many leading parameters of the model ``target`` mean the same in the model ``source``."""
    if source == target:
        return dimension(target) - 6
    if (source == REENTRY and target == GLIDE) or (source == GLIDE and target == REENTRY):
        return 1
    return 0


@kernel
def mixed(
    xs: Vector,
    ps: Vector,
    cs: Vector,
    columns: int,
    mu: Vector,
    target: int,
    own: bool,
    x: Vector,
    p: Vector,
    c: Vector,
    work: Work,
) -> None:
    """Write x (9,), p (9, 9) and c (9, columns): the mixture with weights ``mu`` (up to 6) of the sources xs, ps, cs as
    the model ``target`` needs it.

    Source 5 is BOOST's burnt-out state. ``own`` says that the target has an estimate of its own. x, p, c may not be
    among the sources.
    """
    n, row = dimension(target), target - 1
    x[:] = 0.0
    p[:] = 0.0
    for i in range(N):
        for k in range(columns):
            c[i, k] = 0.0
    for s in range(mu.shape[0]):
        if mu[s] <= 0.0:
            continue
        alive = 6 + shared_parameters(s + 1, target)
        for i in range(n):
            x[i] += mu[s] * _mean(xs, s, row, i, alive, own)
    deviation = work.deviation
    for s in range(mu.shape[0]):
        if mu[s] <= 0.0:
            continue
        alive = 6 + shared_parameters(s + 1, target)
        for i in range(n):
            deviation[i] = _mean(xs, s, row, i, alive, own) - x[i]
        for i in range(n):
            for j in range(i + 1):
                value = 0.0
                if i < alive:
                    value = ps[s, i, j]
                elif j >= alive:
                    if own:
                        value = ps[row, i, j]
                    elif i == j:
                        _, sigma = prior(target, i - 6)
                        value = sigma * sigma
                p[i, j] += mu[s] * (value + deviation[i] * deviation[j])
        for i in range(n):
            if i >= alive and not own:
                continue
            source = s if i < alive else row
            for k in range(columns):
                c[i, k] += mu[s] * cs[source, i, k]
    for i in range(n):
        for j in range(i):
            p[j, i] = p[i, j]


@kernel
def _mean(xs: Vector, s: int, row: int, i: int, alive: int, own: bool) -> float:
    if i < alive:
        return float(xs[s, i])
    if own:
        return float(xs[row, i])
    mean, _ = prior(row + 1, i - 6)
    return float(mean)
