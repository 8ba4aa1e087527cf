"""When two satellites of a layer see one target at once from directions that cross, over many phases of the layer."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.core.sight import lowest_altitude
from cupola.orbits.constellation import Constellation

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class SightRules:
    """When a satellite sees: within ``reach`` m; what is bright on a line that stays above ``cloud_top`` m, what is
    cold on one that, followed on behind it, stays above ``limb`` m. Lines that cross at ``crossing`` rad are stereo.
    """

    reach: float
    cloud_top: float
    limb: float
    crossing: float


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A target at rising ``times`` (k,) s: inertial ``r`` (k, 3) m, ``bright`` (k,) while it is seen against the
    Earth."""

    times: Vector
    r: Vector
    bright: Flags


@dataclass(frozen=True, kw_only=True)
class Custody:
    """By phase (f,): the ``longest`` run of instants without stereo, the number ``held`` in stereo. ``by_time`` (k,)
    counts phases in stereo at each instant; ``failed`` those whose longest run was more than allowed.
    """

    longest: NDArray[np.int32]
    held: NDArray[np.int32]
    by_time: NDArray[np.int32]
    failed: int


def custody(
    layer: Constellation,
    target: Watched,
    rules: SightRules,
    turns: Vector,
    slides: Vector,
    *,
    allowed_run: int = 0,
    stop_after: int | None = None,
    there: Flags | None = None,
) -> Custody:
    """Return how well a layer of circular orbits holds a target in stereo at every phase (``turns``, ``slides`` (f,)).

    ``allowed_run`` instants without stereo in a row are no failure; after more than ``stop_after`` failures the rest of
    the phases is not looked at. ``there`` (s,) are the satellites that work.
    """
    if layer.ellipse is not None or layer.turns_with_earth:
        raise ValueError("got satellites on ellipses or fixed over the equator, accepted are circular orbits")
    count = len(turns)
    longest, held = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32)
    by_time = np.zeros(len(target.times), dtype=np.int32)
    failed = _custody(
        layer.radius, layer.inclination, layer.node, layer.argument, layer.node_rate, layer.argument_rate,
        np.ones(layer.count, dtype=np.bool_) if there is None else there,
        target.times, np.ascontiguousarray(target.r), target.bright,
        rules.reach, rules.cloud_top, rules.limb, math.cos(rules.crossing),
        turns, slides, allowed_run, count if stop_after is None else stop_after, longest, held, by_time,
    )  # fmt: skip
    return Custody(longest=longest, held=held, by_time=by_time, failed=int(failed))


@kernel
def _custody(
    radius: Vector, inclination: Vector, node: Vector, argument: Vector, node_rate: Vector, argument_rate: Vector,
    there: Flags, times: Vector, r_target: Vector, bright: Flags,
    reach: float, cloud_top: float, limb: float, cosine: float,
    turns: Vector, slides: Vector, allowed: int, stop_after: int,
    longest: NDArray[np.int32], held: NDArray[np.int32], by_time: NDArray[np.int32],
) -> int:  # fmt: skip
    lines = np.empty((radius.shape[0], 3))
    failed = 0
    for f in range(turns.shape[0]):
        run = worst = 0
        for k in range(times.shape[0]):
            good = _in_stereo(
                radius, inclination, node, argument, node_rate, argument_rate, there, times[k],
                r_target[k, 0], r_target[k, 1], r_target[k, 2], bright[k], reach, cloud_top, limb, cosine,
                turns[f], slides[f], lines,
            )  # fmt: skip
            if good:
                run = 0
                held[f] += 1
                by_time[k] += 1
            else:
                run += 1
                worst = max(worst, run)
        longest[f] = worst
        if worst > allowed:
            failed += 1
            if failed > stop_after:
                return failed
    return failed


@kernel
def _in_stereo(
    radius: Vector, inclination: Vector, node: Vector, argument: Vector, node_rate: Vector, argument_rate: Vector,
    there: Flags, time: float, tx: float, ty: float, tz: float, bright: bool,
    reach: float, cloud_top: float, limb: float, cosine: float, turn: float, slide: float, lines: Vector,
) -> bool:  # fmt: skip
    """Return whether two sight lines cross well enough; ``lines`` (s, 3) is room for them."""
    last_node, last_tilt = math.nan, math.nan
    cos_o, sin_o, cos_i, sin_i = 1.0, 0.0, 1.0, 0.0
    seen = 0
    for s in range(radius.shape[0]):
        if not there[s]:
            continue
        omega = node[s] + node_rate[s] * time + turn
        if omega != last_node or inclination[s] != last_tilt:
            last_node, last_tilt = omega, inclination[s]
            cos_o, sin_o = math.cos(omega), math.sin(omega)
            cos_i, sin_i = math.cos(last_tilt), math.sin(last_tilt)
        u = argument[s] + argument_rate[s] * time + slide
        cos_u, sin_u = math.cos(u), math.sin(u)
        a = radius[s]
        x, y = a * (cos_o * cos_u - sin_o * cos_i * sin_u), a * (sin_o * cos_u + cos_o * cos_i * sin_u)
        z = a * sin_i * sin_u
        dx, dy, dz = tx - x, ty - y, tz - z
        away2 = dx * dx + dy * dy + dz * dz
        if away2 > reach * reach:
            continue
        if lowest_altitude(x, y, z, tx, ty, tz, not bright) < (cloud_top if bright else limb):
            continue
        away = math.sqrt(away2)
        dx, dy, dz = dx / away, dy / away, dz / away
        for other in range(seen):
            if abs(dx * lines[other, 0] + dy * lines[other, 1] + dz * lines[other, 2]) <= cosine:
                return True
        lines[seen, 0], lines[seen, 1], lines[seen, 2] = dx, dy, dz
        seen += 1
    return False
