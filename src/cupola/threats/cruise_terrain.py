"""Level flight over terrain: as low as asked, as smooth as the lift needs."""

import math
from collections.abc import Callable

import numpy as np

from cupola.core.earth import Vector
from cupola.threats.cruise_profile import (
    Profile,
    Start,
    bend_at,
    capture_of,
    level_piece,
    low_descent,
    marks_of,
    terminal_of,
)
from cupola.threats.cruise_spec import CruiseSpec
from cupola.threats.flight import InfeasibleFlight
from cupola.threats.height_profile import Piece, length_of
from cupola.threats.terrain import smooth_above, spline

KNOT_SPACING = 2.0  # s of flight between knots of the way over terrain
MOST_KNOTS = 2_000
SAME_BEND = 1e-14  # 1/m
CLOSE = 0.1  # m by which level flight may be lower than asked between samples
FINE = 8  # samples of the ground per knot
FOLLOWING_BELOW = 2_000.0  # m: nobody follows the ground from higher
Ground = Callable[[Vector], Vector]


def over_terrain(spec: CruiseSpec, start: Start, length: float, ground: Ground) -> Profile:
    """Return the profile over a terrain, ``ground`` giving heights (k,) in m at distances (k,) in m along the route.

    Level flight follows the ground at its altitude, as closely as the normal acceleration and the climb and descent
    angles allow without coming lower; above the greatest height that following the ground makes sense for
    (:data:`FOLLOWING_BELOW`) it keeps its altitude above the ellipsoid, and the clearance above the ground.
    """
    top_speed = max(spec.cruise.speed_m_s, spec.low.speed_m_s if spec.low else 0.0, start.end_speed)
    spacing = max(KNOT_SPACING * top_speed, length / MOST_KNOTS)
    fine = np.linspace(0.0, length, math.ceil(length / spacing) * FINE + 1)
    heights = ground(fine)
    turn_down = cruise_end = None
    if spec.low is not None:
        turn_down = length - spec.low.distance - low_descent(spec) - spacing
        cruise_end = turn_down - 2.0 * spacing
    needed = _needed(spec, fine, heights, turn_down)
    # Where high flight ends, the smooth way may turn down up to two knots early rather than rise before its descent.
    held = _needed(spec, fine, heights, cruise_end)
    target = float(heights[-1])
    first, last = start.end_distance, length
    lift = [0.0, 0.0]
    for _ in range(40):
        if last - first < 2.0 * spacing:
            break
        knots = first + np.linspace(0.0, last - first, math.ceil((last - first) / spacing) + 1)
        control = _above(spec, knots, fine, needed, held, top_speed, lift)
        begin, end = (float(h) for h in spline(control, np.array([0.0, len(knots) - 1.0])))
        capture = capture_of(spec, start, begin)
        rising, falling = terminal_of(spec, end, target)
        captured = start.end_distance + length_of(capture)
        finish = length - length_of(rising) - length_of(falling)
        lacking = _lacking(fine, held, captured, first, begin), _lacking(fine, held, last, finish, end)
        lacking = lacking[0], max(lacking[1], target + max(spec.clearance, 1.0) - end)
        if captured <= first + 1e-6 and finish >= last - 1e-6 and max(lacking) <= CLOSE:
            before, after = level_piece(max(first - captured, 0.0)), level_piece(max(finish - last, 0.0))
            pieces = (*capture, before, *_pieces(control, knots), after, *rising, *falling)
            low_start = None if spec.low is None else length - spec.low.distance
            if cruise_end is not None and low_start is not None and not captured <= cruise_end <= low_start <= finish:
                break
            marks = marks_of(spec, start, capture, cruise_end, low_start, finish, length_of(rising))
            return Profile(pieces=pieces, marks=marks)
        first, last = max(first, captured), min(last, finish)
        lift = [up + max(lack, 0.0) for up, lack in zip(lift, lacking, strict=True)]
    raise InfeasibleFlight(
        f"range: got a route of {length / 1e3:.2f} km, too short for climb, level flight and descent over this "
        "terrain; hint: launch from higher or flatter ground, aim farther away, or allow steeper climbs and descents"
    )


def _lacking(at: Vector, held: Vector, begin: float, end: float, height: float) -> float:
    """Return by how many m level flight at a height between two distances along the route is too low."""
    if end - begin < 1e-6:
        return -math.inf
    inside = (at > begin) & (at < end)
    ends = np.interp([begin, end], at, held)
    return float(max(held[inside].max(initial=-math.inf), ends.max())) - height


def _needed(spec: CruiseSpec, at: Vector, heights: Vector, turn_down: float | None) -> Vector:
    def level(altitude: float) -> Vector:
        if altitude < FOLLOWING_BELOW:
            return np.asarray(heights + altitude)
        return np.asarray(np.maximum(altitude, heights + spec.clearance))

    if spec.low is None or turn_down is None:
        return level(spec.cruise.altitude)
    return np.where(at < turn_down, level(spec.cruise.altitude), level(spec.low.altitude))


def _above(
    spec: CruiseSpec, knots: Vector, fine: Vector, needed: Vector, held: Vector, speed: float, lift: list[float]
) -> Vector:
    """Return control heights that smooth what is needed, their spline nowhere below what is held at the fine
    samples, and the ends are higher by ``lift`` m.
    """
    spacing = float(knots[1] - knots[0])
    steepest = math.tan(min(spec.climb_angle, spec.descent_angle))
    bend = bend_at(spec, speed)
    floor = np.interp(knots, fine, needed)
    floor[0], floor[-1] = floor[0] + lift[0], floor[-1] + lift[1]
    inside = (fine >= knots[0]) & (fine <= knots[-1])
    at = (fine[inside] - knots[0]) / spacing
    control = smooth_above(floor, spacing, steepest, bend)
    for _ in range(4):
        lacking = held[inside] - spline(control, at)
        if lacking.max(initial=0.0) <= 1e-6:
            break
        missing = np.zeros(len(knots))
        nearest = np.rint(at).astype(np.int64)
        for step in (-1, 0, 1):
            np.maximum.at(missing, np.clip(nearest + step, 0, len(knots) - 1), np.maximum(lacking, 0.0))
        floor = np.where(missing > 0.0, np.maximum(floor, control + missing), floor)
        control = smooth_above(floor, spacing, steepest, bend)
    return np.asarray(control)


def _pieces(control: Vector, knots: Vector) -> list[Piece]:
    """Return the parabolas of the spline through control heights; neighbours of equal bend as one."""
    spacing = float(knots[1] - knots[0])
    padded = np.concatenate([control[1:2], control, control[-2:-1]])
    bends = np.diff(padded, 2) / spacing**2
    lengths = np.full(len(bends), spacing)
    lengths[0] = lengths[-1] = 0.5 * spacing
    runs = np.flatnonzero(np.abs(np.diff(bends)) > SAME_BEND) + 1
    starts = np.concatenate([[0], runs])
    wholes = np.add.reduceat(lengths, starts)
    means = np.add.reduceat(bends * lengths, starts) / wholes
    return [Piece(length=float(whole), bend=float(bend)) for whole, bend in zip(wholes, means, strict=True)]
