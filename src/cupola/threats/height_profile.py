"""Height over the way on the ground: slopes joined by parabolas, no tighter than the lift allows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Piece:
    """``length`` m on the ground over which the slope changes by ``bend`` per m."""

    length: float
    bend: float


def rise_of(pieces: Sequence[Piece], slope: float) -> tuple[float, float]:
    """Return the gain of height in m over pieces begun with a ``slope``, and the slope at their end."""
    height = 0.0
    for piece in pieces:
        height += piece.length * (slope + 0.5 * piece.bend * piece.length)
        slope += piece.bend * piece.length
    return height, slope


def length_of(pieces: Sequence[Piece]) -> float:
    """Return the length of pieces on the ground in m."""
    return sum(piece.length for piece in pieces)


def level_change(slope: float, rise: float, climb: float, descent: float, bend: float) -> list[Piece]:
    """Return the shortest pieces that end level, ``rise`` m higher (or lower), begun with a ``slope``.

    ``climb`` and ``descent`` are the steepest slopes (both positive), ``bend`` the greatest change of slope per m.
    Where the rise is too small to reach them the middle slope m follows from the parabolas alone:
    m^2 = slope^2 / 2 + bend rise.
    """
    up = rise >= math.copysign(0.5 * slope * slope / bend, slope)
    sign = 1.0 if up else -1.0
    middle = min(climb if up else descent, math.sqrt(max(0.0, 0.5 * slope * slope + sign * bend * rise)))
    turn = sign * middle - slope
    first = Piece(length=abs(turn) / bend, bend=math.copysign(bend, turn))
    last = Piece(length=middle / bend, bend=-sign * bend)
    left = rise - rise_of([first], slope)[0] - rise_of([last], sign * middle)[0]
    straight = Piece(length=max(0.0, left / (sign * middle)) if middle > 0.0 else 0.0, bend=0.0)
    return [piece for piece in (first, straight, last) if piece.length > 0.0]


def pop_up(rise: float, climb: float, bend: float) -> list[Piece]:
    """Return the pieces of a climb by ``rise`` m from level flight that ends level."""
    return level_change(0.0, rise, climb, climb, bend) if rise > 0.0 else []


def dive(drop: float, steepest: float, bend: float) -> list[Piece]:
    """Return the pieces from level flight ``drop`` m down to the ground: a push-over and a straight dive, as steep as
    ``steepest`` or as the height allows; none where there is nothing to fall.
    """
    if drop <= 0.0:
        return []
    slope = min(steepest, math.sqrt(2.0 * bend * drop))
    straight = max(0.0, (drop - 0.5 * slope * slope / bend) / slope)
    pieces = [Piece(length=slope / bend, bend=-bend), Piece(length=straight, bend=0.0)]
    return [piece for piece in pieces if piece.length > 0.0]
