"""Level flight over terrain: as low as asked, as smooth as the lift needs."""

import itertools
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
    turn_down = None
    if spec.low is not None:
        turn_down = length - spec.low.distance - low_descent(spec)
    needed = _needed(spec, fine, heights, turn_down)
    target = float(heights[-1])
    first, last = start.end_distance, length
    raised = -math.inf
    for _ in range(40):
        if last - first < 2.0 * spacing:
            break
        knots = first + np.linspace(0.0, last - first, math.ceil((last - first) / spacing) + 1)
        control = _above(spec, knots, fine, needed, top_speed, raised)
        begin, end = (float(h) for h in spline(control, np.array([0.0, len(knots) - 1.0])))
        capture = capture_of(spec, start, begin)
        rising, falling = terminal_of(spec, end, target)
        captured = start.end_distance + length_of(capture)
        finish = length - length_of(rising) - length_of(falling)
        lacking = max(
            _excess(needed[(fine > captured) & (fine < first)], begin),
            _excess(needed[(fine > last) & (fine < finish)], end),
        )
        if captured <= first + 1e-6 and finish >= last - 1e-6 and lacking <= 0.0:
            pieces = (
                *capture,
                level_piece(max(first - captured, 0.0)),
                *_pieces(control, knots),
                level_piece(max(finish - last, 0.0)),
                *rising,
                *falling,
            )
            low_start = None if spec.low is None else length - spec.low.distance
            marks = marks_of(spec, start, capture, turn_down, low_start, finish, length_of(rising))
            return Profile(pieces=pieces, marks=marks)
        first, last = max(first, captured), min(last, finish)
        if lacking > 0.0:
            raised = max(begin, end) + lacking
    raise InfeasibleFlight(
        f"range: got a route of {length / 1e3:.2f} km, too short for climb, level flight and descent over this "
        "terrain; "
        "hint: launch from higher or flatter ground, aim farther away, or allow steeper climbs and descents"
    )


def _needed(spec: CruiseSpec, at: Vector, heights: Vector, turn_down: float | None) -> Vector:
    def level(altitude: float) -> Vector:
        if altitude < FOLLOWING_BELOW:
            return np.asarray(heights + altitude)
        return np.asarray(np.maximum(altitude, heights + spec.clearance))

    if spec.low is None or turn_down is None:
        return level(spec.cruise.altitude)
    return np.where(at < turn_down, level(spec.cruise.altitude), level(spec.low.altitude))


def _above(spec: CruiseSpec, knots: Vector, fine: Vector, needed: Vector, speed: float, raised: float) -> Vector:
    """Return control heights whose spline is nowhere below what is needed at the fine samples."""
    spacing = float(knots[1] - knots[0])
    steepest = math.tan(min(spec.climb_angle, spec.descent_angle))
    bend = bend_at(spec, speed)
    floor = np.interp(knots, fine, needed)
    floor[0], floor[-1] = max(floor[0], raised), max(floor[-1], raised)
    inside = (fine >= knots[0]) & (fine <= knots[-1])
    at = (fine[inside] - knots[0]) / spacing
    control = smooth_above(floor, spacing, steepest, bend)
    for _ in range(4):
        lacking = needed[inside] - spline(control, at)
        if lacking.max(initial=0.0) <= 1e-6:
            break
        lift = np.zeros(len(knots))
        nearest = np.rint(at).astype(np.int64)
        for step in (-1, 0, 1):
            np.maximum.at(lift, np.clip(nearest + step, 0, len(knots) - 1), np.maximum(lacking, 0.0))
        floor = np.where(lift > 0.0, np.maximum(floor, control + lift), floor)
        control = smooth_above(floor, spacing, steepest, bend)
    return np.asarray(control)


def _pieces(control: Vector, knots: Vector) -> list[Piece]:
    """Return the parabolas of the spline through control heights; neighbours of equal bend as one."""
    spacing = float(knots[1] - knots[0])
    padded = np.concatenate([control[1:2], control, control[-2:-1]])
    bends = np.diff(padded, 2) / spacing**2
    lengths = np.full(len(bends), spacing)
    lengths[0] = lengths[-1] = 0.5 * spacing
    merged: list[Piece] = []
    for bend, group in itertools.groupby(zip(bends, lengths, strict=True), key=lambda pair: round(pair[0], 15)):
        rows = list(group)
        whole = sum(row[1] for row in rows)
        mean = sum(row[0] * row[1] for row in rows) / whole
        merged.append(Piece(length=float(whole), bend=float(mean) if bend else 0.0))
    return merged


def _excess(needed: Vector, height: float) -> float:
    return float(needed.max(initial=-math.inf)) - height if len(needed) else -math.inf
