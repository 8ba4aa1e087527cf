"""What one run leaves behind: totals, one row per threat object, one row per shot, and the event log.

Field names are the column names of the run folder's tables. Angles leave the engine in degrees, everything else in SI;
a time that never came is NaN.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from cupola.core.reason import Reason
from cupola.engine.tracklog import TrackLog

FALSE_TRACK = "false-track"
"""What events and shots name as their object where a track's newest report was of nothing at all"""


class ObjectOutcome(Reason):
    """How a threat object ended."""

    LEAKED = "It reached its aim point: nothing stopped it."
    KILLED = "An interceptor destroyed it."
    DIED_WITH_BOOSTER = "The missile that carried it was destroyed before releasing it."
    SPENT = "It carried no warhead, or had released it, and was left to fall."


class LeakReason(Reason):
    """Why a lethal object was not stopped; the last layer's failure that decided it."""

    NONE = "It did not leak."
    NO_TRACK = "No sensor ever held a track on it, so no layer could fire."
    NO_DEFENSE = "No interceptors were deployed."
    NOT_RELEASED = "It was tracked, but no authority or confirmation to release came in time."
    CUT_OFF = "It was tracked, but no layer that could fire was told."
    OUT_OF_REACH = "It was tracked, but no interceptor could reach it in the time left."
    TRACK_TOO_COARSE = "It was tracked, but never well enough for a shot."
    NOT_ENGAGED_AS_DECOY = "It was tracked, but believed to be a decoy, a spent tank or debris."
    UNDECIDED = "It was tracked, but not told from decoys before the last shot at it had passed."
    INVENTORY_EXHAUSTED = "Interceptors that could have reached it were spent or reserved."
    ASSESSED_DEAD = "It was hit at and wrongly declared dead."
    ALL_SHOTS_MISSED = "Every shot fired at it failed."


class EventKind(IntEnum):
    """Kinds of events, in order of priority at equal times."""

    LAUNCH = 0
    BURNOUT = 1
    DEPLOYMENT = 2
    SCAN = 3
    DETECTION = 4
    TRACK = 5
    TRACK_LOST = 6
    PLAN = 7
    ORDER = 8
    RELEASE = 9
    UPDATE = 10
    HANDOVER = 11
    INTERCEPT = 12
    ASSESSMENT = 13
    IMPACT = 14
    MESSAGE = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of the event log: at ``time_s``, ``actor`` did ``kind`` to ``subject``; ``data`` holds plain values."""

    time_s: float
    kind: EventKind
    subject: str
    actor: str = ""
    data: dict[str, float | int | str | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectRow:
    """One threat object of one run (``objects.parquet``)."""

    run: int
    object: str
    missile: str
    threat: str
    role: str
    lethal: bool
    launch_time_s: float
    launch_lat_deg: float
    launch_lon_deg: float
    aim: str
    aim_lat_deg: float
    aim_lon_deg: float
    aim_population: int
    end_time_s: float
    first_detection_s: float
    first_detection_by: str
    firm_track_s: float
    track_sigma_m: float
    shooters_in_reach: int
    shots: int
    outcome: str
    layer: str
    kill_lat_deg: float
    kill_lon_deg: float
    kill_alt_m: float
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotRow:
    """One interceptor of one run (``shots.parquet``)."""

    run: int
    shot: int
    layer: str
    weapon: str
    shooter: str
    object: str
    """The threat object that its target track was last of, from handover on the one it homed on; else FALSE_TRACK."""
    order_time_s: float
    launch_time_s: float
    intercept_time_s: float
    launch_lat_deg: float
    launch_lon_deg: float
    launch_alt_m: float
    intercept_lat_deg: float
    intercept_lon_deg: float
    intercept_alt_m: float
    closing_speed_m_s: float
    predicted_sigma_m: float
    handover_error_m: float
    divert_used_m_s: float
    kill: bool
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerTotals:
    """What one layer did in one run. ``engaged`` counts threat objects shot at, ``killed`` those it destroyed."""

    engaged: int
    killed: int
    killed_lethal: int
    shots: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladder:
    """How good one sensor group's view of one object was, the best sensor of the group counting at each scan.

    ``seconds`` on each rung of :class:`cupola.sensors.quality.Quality`, ``first_s`` when it first stood there or
    higher, ``unseen_s`` the seconds on the lowest rung by what kept the group from seeing it. Zeros are left out.
    """

    seconds: dict[str, float]
    first_s: dict[str, float]
    unseen_s: dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladders:
    """The quality ladder of a run: the one-sigma errors in m that make a track and that guide a weapon, which weapon
    asks for the latter (none deployed: empty), and object -> sensor group -> ladder.
    """

    track_error_m: float
    fire_control_error_m: float
    fire_control_of: str
    by_object: dict[str, dict[str, Ladder]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShooterGroup:
    """One group of interceptors at its ``site`` (empty in space): how many it had, and had ``left`` at the end."""

    name: str
    layer: str
    weapon: str
    site: str
    inventory: int
    left: int


HeldFire = dict[str, tuple[float, float]]
"""Code of :class:`cupola.battle.reasons.NoShot` -> the first and the last time in s when that was what held a group's
fire."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """Everything one run leaves."""

    run: int
    objects: tuple[ObjectRow, ...]
    shots: tuple[ShotRow, ...]
    events: tuple[Event, ...]
    lethal: int
    leaked: int
    space_interceptors_in_reach: int
    layers: dict[str, LayerTotals]
    tracks: dict[str, list[tuple[float, float, float, float]]]
    """Object -> (time s, latitude deg, longitude deg, altitude m) for the replay; empty unless asked for."""
    looks: dict[str, dict[str, dict[str, int]]]
    """Object -> sensor group -> what its best look at the object gave -> number of scans; empty unless asked for."""
    track_log: TrackLog | None = None
    """Tracks beside the truth; none unless asked for."""
    ladders: Ladders | None = None
    """What each sensor group's view of each object was good for; none unless asked for."""
    shooters: tuple[ShooterGroup, ...] = ()
    held_fire: dict[str, dict[str, HeldFire]] = field(default_factory=dict)
    """Object -> interceptor group -> why it did not fire when it was asked to; empty unless asked for."""
