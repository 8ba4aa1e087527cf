"""The way in the vertical plane of what flies on wings: boost or drop, the levels, the end."""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import MEAN_RADIUS, STANDARD_GRAVITY, Vector
from cupola.core.surface import ARC, BEND, LENGTH, RATE, SEGMENT_COLUMNS, SPEED, TURN
from cupola.threats.cruise_spec import STEEPEST, BoostSpec, CruiseSpec
from cupola.threats.flight import InfeasibleFlight
from cupola.threats.height_profile import Piece, dive, length_of, level_change, pop_up, rise_of

PITCH_STEPS = 7


@dataclass(frozen=True, kw_only=True)
class Start:
    """The release: kernel rows (k, 6) of boost or drop with their phases, from ``height`` m, ``climb`` rad and
    ``speed`` m/s; at its end the distance on the ground, height, slope and speed.
    """

    rows: Vector
    phases: tuple[str, ...]
    height: float
    climb: float
    speed: float
    end_distance: float
    end_height: float
    end_slope: float
    end_speed: float


@dataclass(frozen=True, kw_only=True)
class Mark:
    """From ``start`` m on the ground a phase of this name that seeks a ``speed`` in m/s."""

    start: float
    phase: str
    speed: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Pieces from the end of boost or drop to the target, and the phases along them."""

    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]


def start_of(spec: CruiseSpec, ground_height: float) -> Start:
    """Return boost or drop from the ground at ``ground_height`` m or from the carrier.

    The booster turns its path to the climb angle as fast as its turn acceleration allows. The drop is a parabola of
    free fall at the carrier's speed.
    """
    rows: list[list[float]] = []
    phases: list[str] = []
    distance, height = 0.0, ground_height
    if spec.carrier is not None:
        height, speed = spec.carrier.altitude, spec.carrier.speed
        bend = -STANDARD_GRAVITY / speed**2
        length = _drop_length(bend, speed * spec.carrier.drop_time / (1.0 + height / MEAN_RADIUS))
        rows.append([0.0, length, bend, 0.0, speed, spec.longitudinal_acceleration])
        phases.append("drop")
        end_height, distance = height + 0.5 * bend * length**2, length
        angle, climb = math.atan(bend * length), 0.0
        if math.tan(STEEPEST) < -bend * length or end_height < 10.0:
            raise InfeasibleFlight(
                f"carrier.drop_time: got {spec.carrier.drop_time:.1f} s, in which the missile falls to "
                f"{end_height:.0f} m at {math.degrees(-angle):.0f} deg; hint: shorten the drop or release higher"
            )
    else:
        assert spec.boost is not None
        speed, end_height, angle = 0.0, height, spec.boost.elevation
        climb = angle
    end_speed = speed
    if spec.boost is not None:
        boost_rows, angle, across, up = _boost(spec.boost, speed, angle, spec.climb_angle)
        rows += boost_rows
        phases += ["boost-1"] * len(boost_rows)
        distance, end_height = distance + across, end_height + up
        end_speed = speed + spec.boost.acceleration * spec.boost.duration
    if abs(angle) > STEEPEST:
        raise InfeasibleFlight(
            f"boost.elevation: got {math.degrees(angle):.0f} deg still at the end of the boost, accepted is up to "
            f"{math.degrees(STEEPEST):.0f} deg; hint: raise boost.turn_acceleration or lower the launch angle"
        )
    return Start(
        rows=np.array(rows).reshape(-1, SEGMENT_COLUMNS),
        phases=tuple(phases),
        height=height,
        climb=climb,
        speed=speed,
        end_distance=distance,
        end_height=end_height,
        end_slope=math.tan(angle),
        end_speed=end_speed,
    )


def _drop_length(bend: float, way: float) -> float:
    """Return the length on the ground of a parabola begun level that is ``way`` m long."""
    length = way
    for _ in range(20):
        slope = bend * length
        root = math.sqrt(1.0 + slope * slope)
        length -= (0.5 * (slope * root + math.asinh(slope)) / bend - way) / root
    return length


def _boost(
    boost: BoostSpec, speed: float, angle: float, climb_angle: float
) -> tuple[list[list[float]], float, float, float]:
    """Return rows, and at burnout the climb angle, the distance on the ground and the gain of height."""
    length = speed * boost.duration + 0.5 * boost.acceleration * boost.duration**2
    shares = [0.5**k for k in range(PITCH_STEPS - 1, -1, -1)] if speed == 0.0 else np.linspace(0.0, 1.0, 7)[1:]
    rows, across, up, begun = [], 0.0, 0.0, 0.0
    for number, end in enumerate(length * np.asarray(shares)):
        piece = float(end) - begun
        limit = boost.turn_acceleration / (speed**2 + 2.0 * boost.acceleration * float(end))
        bend = min(max((climb_angle - angle) / piece, -limit), limit)
        if speed == 0.0 and number == 0:
            bend = 0.0
        rows.append([1.0, piece, bend, 0.0, math.inf, boost.acceleration])
        after = angle + bend * piece
        if abs(bend * piece) > 1e-9:
            across += (math.sin(after) - math.sin(angle)) / bend
            up += (math.cos(angle) - math.cos(after)) / bend
        else:
            across += piece * math.cos(angle)
            up += piece * math.sin(angle)
        angle, begun = after, float(end)
    return rows, angle, across, up


def bend_at(spec: CruiseSpec, *speeds: float) -> float:
    """Return the change of slope per m on the ground that the normal acceleration allows at the greatest of speeds."""
    return float(spec.normal_acceleration) / max(speeds) ** 2


def capture_of(spec: CruiseSpec, start: Start, height: float) -> list[Piece]:
    """Return the pieces from the end of boost or drop to level flight at ``height`` m."""
    bend = bend_at(spec, start.end_speed, spec.cruise.speed_m_s)
    climb, descent = math.tan(spec.climb_angle), math.tan(spec.descent_angle)
    return level_change(start.end_slope, height - start.end_height, climb, descent, bend)


def terminal_of(spec: CruiseSpec, height: float, target: float) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of the pop-up (empty without one) and of the dive, from level flight at ``height`` m to a
    target at ``target`` m.
    """
    level = (spec.low or spec.cruise).speed_m_s
    bend = bend_at(spec, level, spec.cruise.speed_m_s, spec.terminal.dive_speed or level)
    top = max(height, target + spec.terminal.pop_up)
    rising = pop_up(top - height, math.tan(spec.climb_angle), bend)
    return rising, dive(top - target, math.tan(spec.terminal.dive_angle), bend)


def over_ellipsoid(spec: CruiseSpec, start: Start, length: float) -> Profile:
    """Return the profile over ground at height zero along a route of ``length`` m."""
    high = spec.cruise.altitude
    capture = capture_of(spec, start, high)
    last = high if spec.low is None else spec.low.altitude
    rising, falling = terminal_of(spec, last, 0.0)
    ending = length_of(rising) + length_of(falling)
    begun = start.end_distance + length_of(capture)
    if spec.low is None:
        levels, low_start = _cruise_only(length - ending - begun), None
    else:
        bend = bend_at(spec, spec.cruise.speed_m_s, spec.low.speed_m_s)
        down = level_change(0.0, last - high, math.tan(spec.climb_angle), math.tan(spec.descent_angle), bend)
        flat = spec.low.distance - ending
        low_start = length - spec.low.distance
        levels = [level_piece(low_start - length_of(down) - begun), *down, level_piece(flat)]
    if min(piece.length for piece in levels) < 0.0:
        shortest = length - min(levels[0].length, 0.0) - min(levels[-1].length if spec.low else 0.0, 0.0)
        raise _too_short(spec, length, shortest, levels[-1].length if spec.low else 0.0)
    top = length - ending
    descent_start = None if low_start is None else low_start - length_of(levels[1:-1])
    marks = marks_of(spec, start, capture, descent_start, low_start, top, length_of(rising))
    return Profile(pieces=(*capture, *levels, *rising, *falling), marks=marks)


def low_descent(spec: CruiseSpec) -> float:
    """Return the length in m of the descent from cruise to low flight."""
    assert spec.low is not None
    bend = bend_at(spec, spec.cruise.speed_m_s, spec.low.speed_m_s)
    drop = spec.low.altitude - spec.cruise.altitude
    return length_of(level_change(0.0, drop, math.tan(spec.climb_angle), math.tan(spec.descent_angle), bend))


def level_piece(length: float) -> Piece:
    """Return level flight over ``length`` m."""
    return Piece(length=length, bend=0.0)


def _cruise_only(length: float) -> list[Piece]:
    return [level_piece(length)]


def _too_short(spec: CruiseSpec, length: float, shortest: float, low: float) -> InfeasibleFlight:
    if spec.low is not None and low < 0.0:
        return InfeasibleFlight(
            f"low.distance: got {spec.low.distance / 1e3:.1f} km, but the end of the flight takes "
            f"{(spec.low.distance - low) / 1e3:.1f} km; hint: begin the low flight earlier"
        )
    return InfeasibleFlight(
        f"range: got a route of {length / 1e3:.2f} km, but launch, climb and descent take {shortest / 1e3:.2f} km; "
        "hint: aim farther away, cruise lower or allow steeper climbs and descents"
    )


def marks_of(
    spec: CruiseSpec,
    start: Start,
    capture: list[Piece],
    descent_start: float | None,
    low_start: float | None,
    top: float,
    rising: float,
) -> tuple[Mark, ...]:
    """Return the phases in order; ``top`` is where level flight ends, ``rising`` the length of the pop-up, in m."""
    speed = spec.cruise.speed_m_s
    gain = rise_of(capture, start.end_slope)[0]
    marks = [Mark(start=start.end_distance, phase="climb" if gain >= 0.0 else "descent", speed=speed)]
    marks.append(Mark(start=start.end_distance + length_of(capture), phase="cruise", speed=speed))
    if spec.low is not None and descent_start is not None and low_start is not None:
        speed = spec.low.speed_m_s
        marks.append(Mark(start=descent_start, phase="descent", speed=speed))
        marks.append(Mark(start=low_start, phase="low", speed=speed))
    if rising > 0.0:
        marks.append(Mark(start=top, phase="pop-up", speed=speed))
    marks.append(Mark(start=top + rising, phase="dive", speed=spec.terminal.dive_speed or speed))
    return tuple(marks)


def rows_of(
    start: Start, profile: Profile, lengths: Vector, turns: Vector, rate: float
) -> tuple[Vector, tuple[str, ...]]:
    """Return the kernel rows (m, 6) of a whole flight, cut wherever slope, course or phase change, and their phases."""
    vertical = start.end_distance + np.cumsum([piece.length for piece in profile.pieces])
    across = np.cumsum(lengths)
    begun = np.array([mark.start for mark in profile.marks])
    cuts = np.sort(np.concatenate([[start.end_distance], vertical, across[:-1], begun]))
    cuts = cuts[np.concatenate([[True], np.diff(cuts) > 1e-5])]
    cuts = cuts[(cuts >= start.end_distance) & (cuts <= vertical[-1])]
    middle = 0.5 * (cuts[1:] + cuts[:-1])
    phase = np.searchsorted(begun, middle, side="right") - 1
    rows = np.zeros((len(middle), SEGMENT_COLUMNS))
    rows[:, ARC] = 0.0
    rows[:, LENGTH] = np.diff(cuts)
    bends = np.array([piece.bend for piece in profile.pieces])
    rows[:, BEND] = bends[np.minimum(np.searchsorted(vertical, middle), len(bends) - 1)]
    rows[:, TURN] = turns[np.minimum(np.searchsorted(across, middle), len(turns) - 1)]
    rows[:, SPEED] = np.array([mark.speed for mark in profile.marks])[phase]
    rows[:, RATE] = rate
    names = tuple(profile.marks[i].phase for i in phase)
    return np.concatenate([start.rows, rows]), (*start.phases, *names)
