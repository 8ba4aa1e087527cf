"""A raid as objects for the record, and the same objects as arrays that tell in one call what exists where."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cupola.core.atmosphere import height
from cupola.core.earth import ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.core.trajectory import Trajectory, interpolate
from cupola.threats.attitude import cross_sections, held_axis
from cupola.threats.bus import LIGHT
from cupola.threats.flight import REENTRY_ALTITUDE, Flight, Payload, Propellant, Skin
from cupola.threats.reentry_heat import reentry_skin
from cupola.threats.signature import lights_of, plume_at
from cupola.threats.spec import BodySignature, DecoySpec, PlumeSignature, ReleasedClass

Role = Literal["booster", "warhead", "decoy", "tank", "debris"]
LETTERS: dict[ReleasedClass, str] = {"decoy": "D", "tank": "T", "debris": "F"}
"""In the names of what is released beside warheads; F for fragment"""


@dataclass(frozen=True, kw_only=True)
class ThreatObject:
    """One body of a raid between ``start_s`` (included) and ``end_s`` (excluded). Times in s from the scenario's epoch,
    angles in rad; the trajectory is in the scenario's inertial axes.
    """

    object_id: str
    missile_id: str
    threat: str
    role: Role
    lethal: bool
    trajectory: Trajectory
    start_s: float
    end_s: float
    burnout_s: float
    """When the missile's thrust ends."""
    body: BodySignature
    skin: Skin | None
    """Temperature along the flight, on the scenario's clock, where the air heats the body."""
    tumbling: bool
    """Whether it shows every side in turn instead of keeping an attitude."""
    plume: PlumeSignature | None
    propellant: Propellant
    feature_distance: float
    """K-factor between this body's features and a warhead's; zero for warheads."""
    aim: str
    aim_latitude: float
    aim_longitude: float
    aim_population: int
    launch_latitude: float
    launch_longitude: float


def objects_of(
    flight: Flight,
    *,
    missile_id: str,
    threat: str,
    launch_s: float,
    aims: Sequence[tuple[str, int]],
    decoys: Sequence[tuple[DecoySpec, Trajectory]] = (),
) -> list[ThreatObject]:
    """Return one missile's booster (``M03``), payloads (``M03-RV1`` ...), decoys (``M03-D1`` ...), spent tanks
    (``M03-T1`` ...) and fragments (``M03-F1`` ...).

    ``launch_s`` is the lift-off on the scenario's clock; ``aims`` names the flight's aim points and says how many
    people live there, that of the missile first; ``decoys`` pairs the spec of each object released beside the
    warheads, of whatever class, with its trajectory from :func:`cupola.threats.bus.release`, on the flight's clock.
    Only warheads are lethal.
    """
    booster = flight.booster.launched_at(launch_s)
    first = ThreatObject(
        object_id=missile_id,
        missile_id=missile_id,
        threat=threat,
        role="booster",
        lethal=False,
        trajectory=booster,
        start_s=booster.start_s,
        end_s=booster.end_s,
        burnout_s=launch_s + flight.burnout.time_s,
        body=flight.booster_body,
        skin=_later(flight.booster_skin, launch_s),
        tumbling=False,
        plume=flight.plume,
        propellant=flight.propellant,
        feature_distance=0.0,
        aim=aims[0][0],
        aim_latitude=flight.aim[0],
        aim_longitude=flight.aim[1],
        aim_population=aims[0][1],
        launch_latitude=flight.launch[0],
        launch_longitude=flight.launch[1],
    )

    def released(
        name: str, role: Role, trajectory: Trajectory, body: BodySignature, distance: float, skin: Skin | None
    ) -> ThreatObject:
        path = trajectory.launched_at(launch_s)
        return replace(
            first,
            object_id=f"{missile_id}-{name}",
            role=role,
            lethal=role == "warhead",
            trajectory=path,
            start_s=path.start_s,
            end_s=path.end_s,
            body=body,
            skin=_later(skin, launch_s),
            plume=None,
            feature_distance=distance,
        )

    def warhead(i: int, payload: Payload) -> ThreatObject:
        name, population = aims[min(i, len(aims) - 1)]
        return replace(
            released(f"RV{i + 1}", "warhead", payload.trajectory, payload.body, 0.0, payload.skin),
            aim=name,
            aim_latitude=payload.aim[0],
            aim_longitude=payload.aim[1],
            aim_population=population,
        )

    def beside(name: str, spec: DecoySpec, path: Trajectory) -> ThreatObject:
        skin = reentry_skin(path, spec.body)
        item = released(name, spec.object_class, path, spec.body, spec.feature_distance, skin)
        return replace(item, tumbling=spec.object_class != "decoy" or spec.ballistic_coefficient < LIGHT)

    names = numbered([spec.object_class for spec, _ in decoys])
    return [
        first,
        *(warhead(i, payload) for i, payload in enumerate(flight.payloads)),
        *(beside(name, spec, path) for name, (spec, path) in zip(names, decoys, strict=True)),
    ]


def numbered(classes: Sequence[ReleasedClass]) -> list[str]:
    """Return the names of released objects within their missile: each class counts from one."""
    counts = Counter[ReleasedClass]()
    out = []
    for each in classes:
        counts[each] += 1
        out.append(f"{LETTERS[each]}{counts[each]}")
    return out


def _later(skin: Skin | None, delay_s: float) -> Skin | None:
    return None if skin is None else replace(skin, times_s=skin.times_s + delay_s)


@dataclass(frozen=True, kw_only=True)
class RaidState:
    """A raid at one instant, n objects in the raid's order. Rows of objects that do not exist then hold zeros."""

    exists: NDArray[np.bool_]
    """(n,)"""
    r: Vector
    """(n, 3) m, inertial"""
    v: Vector
    """(n, 3) m/s, inertial"""
    altitude: Vector
    """(n,) m above the ellipsoid"""
    plume: Vector
    """(n,) W/sr in the warning band; zero when no stage burns"""
    body_temperature: Vector
    """(n,) K"""
    emissive_area: Vector
    """(n,) m2, emissivity times projected area"""
    nose: Vector
    """(n, 3) inertial unit vectors along the bodies' axes, by the rules of :mod:`cupola.threats.attitude`"""
    rcs: Vector
    """(n, 3, 4) m2 seen from nose, side and rear, in uhf, l_band, s_band, x_band"""


@dataclass(frozen=True, kw_only=True)
class PackedRaid:
    """All trajectories and signatures of a raid (n objects) end to end in arrays, for evaluation at any time."""

    t: Vector
    r: Vector
    v: Vector
    a: Vector
    offsets: NDArray[np.int64]
    """(n + 1,) rows of object i are ``offsets[i]`` to ``offsets[i + 1]``"""
    start_s: Vector
    end_s: Vector
    delay_s: Vector
    """(n,) seconds by which an object flies later than its nodes say, the Earth having turned meanwhile"""
    lights: Vector
    """(n, lights, 4) from s, to s, W/sr with afterburning and in vacuum of what burns; zeros where there is none"""
    dip: Vector
    """(n, 2) altitude m and factor of the plume's dip"""
    axis: Vector
    """(n, 5) inertial unit vector that a spun-up body keeps, from when and until when in s"""
    skin: Vector
    """(m, 2) s and K of all skins end to end; one row for a body of constant temperature"""
    skin_offsets: NDArray[np.int64]
    """(n + 1,) rows of object i are ``skin_offsets[i]`` to ``skin_offsets[i + 1]``"""
    emissive_area: Vector
    rcs: Vector

    @classmethod
    def of(cls, objects: Sequence[ThreatObject]) -> "PackedRaid":
        """Pack objects in their order."""
        paths = [item.trajectory for item in objects]
        n = len(objects)
        rows = [np.empty((0, 4)) if item.plume is None else lights_of(item.plume, item.trajectory) for item in objects]
        lights = np.zeros((n, max((len(each) for each in rows), default=0), 4))
        dip, axis = np.zeros((n, 2)), np.zeros((n, 5))
        for i, item in enumerate(objects):
            axis[i, :3], axis[i, 3], axis[i, 4] = held_axis(item.trajectory)
            if item.plume is not None:
                dip[i] = item.plume.dip_altitude, item.plume.dip_factor
                lights[i, : len(rows[i])] = rows[i]
        skins = [
            np.array([[0.0, item.body.temperature]])
            if item.skin is None
            else np.column_stack([item.skin.times_s, item.skin.temperature])
            for item in objects
        ]
        return cls(
            t=np.concatenate([np.empty(0), *(path.t for path in paths)]),
            r=np.concatenate([np.empty((0, 3)), *(path.r for path in paths)]),
            v=np.concatenate([np.empty((0, 3)), *(path.v for path in paths)]),
            a=np.concatenate([np.empty((0, 3)), *(path.a for path in paths)]),
            offsets=np.concatenate([[0], np.cumsum([len(path.t) for path in paths])]).astype(np.int64),
            start_s=np.array([item.start_s for item in objects]),
            end_s=np.array([item.end_s for item in objects]),
            delay_s=np.zeros(n),
            lights=lights,
            dip=dip,
            axis=axis,
            skin=np.concatenate([np.empty((0, 2)), *skins]),
            skin_offsets=np.concatenate([[0], np.cumsum([len(rows) for rows in skins])]).astype(np.int64),
            emissive_area=np.array([item.body.emissivity * item.body.area for item in objects]),
            rcs=np.array([cross_sections(x.body, tumbling=x.tumbling) for x in objects]).reshape(n, 3, 4),
        )

    def delayed(self, delay_s: Vector) -> "PackedRaid":
        """Return the raid with every object (n,) launched later by its own delay in s, without copying a node."""
        return replace(self, delay_s=np.ascontiguousarray(delay_s, dtype=np.float64))

    def evaluate(self, time_s: float) -> RaidState:
        """Return where everything is and what it shows at ``time_s`` from the scenario's epoch."""
        n = len(self.start_s)
        exists, states, nose = np.zeros(n, dtype=np.bool_), np.zeros((n, 6)), np.zeros((n, 3))
        altitude, plume, temperature = np.zeros(n), np.zeros(n), np.zeros(n)
        _evaluate(
            time_s, self.t, self.r, self.v, self.a, self.offsets, self.start_s, self.end_s, self.delay_s,
            self.lights, self.dip, self.axis, self.skin, self.skin_offsets,
            exists, states, altitude, plume, temperature, nose,
        )  # fmt: skip
        return RaidState(
            exists=exists,
            r=np.ascontiguousarray(states[:, :3]),
            v=np.ascontiguousarray(states[:, 3:]),
            altitude=altitude,
            plume=plume,
            body_temperature=temperature,
            emissive_area=self.emissive_area,
            nose=nose,
            rcs=self.rcs,
        )


@kernel
def _evaluate(
    time_s: float,
    t: Vector,
    r: Vector,
    v: Vector,
    a: Vector,
    offsets: NDArray[np.int64],
    start_s: Vector,
    end_s: Vector,
    delay_s: Vector,
    lights: Vector,
    dip: Vector,
    axis: Vector,
    skin: Vector,
    skin_offsets: NDArray[np.int64],
    exists: NDArray[np.bool_],
    states: Vector,
    altitude: Vector,
    plume: Vector,
    temperature: Vector,
    nose: Vector,
) -> None:
    at, found = np.empty(1), np.empty((1, 9))
    for i in range(start_s.shape[0]):
        clock = time_s - delay_s[i]
        temperature[i] = _held_between(skin[skin_offsets[i] : skin_offsets[i + 1]], clock)
        if clock < start_s[i] or clock >= end_s[i]:
            continue
        exists[i] = True
        at[0] = clock
        low, high = offsets[i], offsets[i + 1]
        interpolate(t[low:high], r[low:high], v[low:high], a[low:high], at, found)
        cos, sin = math.cos(ROTATION_RATE * delay_s[i]), math.sin(ROTATION_RATE * delay_s[i])
        for c in (0, 3):
            states[i, c] = cos * found[0, c] - sin * found[0, c + 1]
            states[i, c + 1] = sin * found[0, c] + cos * found[0, c + 1]
            states[i, c + 2] = found[0, c + 2]
        altitude[i] = height(states[i, 0], states[i, 1], states[i, 2])
        for k in range(lights.shape[1]):
            if lights[i, k, 0] <= clock < lights[i, k, 1]:
                plume[i] = plume_at(lights[i, k, 2], lights[i, k, 3], altitude[i], dip[i, 0], dip[i, 1])
        if axis[i, 3] <= clock < axis[i, 4]:
            nose[i, 0], nose[i, 1] = cos * axis[i, 0] - sin * axis[i, 1], sin * axis[i, 0] + cos * axis[i, 1]
            nose[i, 2] = axis[i, 2]
        else:
            _along_path(states[i], plume[i] > 0.0 or altitude[i] < REENTRY_ALTITUDE, nose[i])


@kernel
def _along_path(state: Vector, in_air: bool, nose: Vector) -> None:
    """Write the direction of an inertial state's (6,) velocity, relative to the turning air where ``in_air``."""
    turn = ROTATION_RATE if in_air else 0.0
    x, y, z = state[3] + turn * state[1], state[4] - turn * state[0], state[5]
    speed = math.sqrt(x * x + y * y + z * z)
    if speed > 1.0:
        nose[0], nose[1], nose[2] = x / speed, y / speed, z / speed
    else:
        # On its launcher a missile stands upright.
        radius = math.sqrt(state[0] * state[0] + state[1] * state[1] + state[2] * state[2])
        nose[0], nose[1], nose[2] = state[0] / radius, state[1] / radius, state[2] / radius


@kernel
def _held_between(rows: Vector, time_s: float) -> float:
    """Return the second column of ``rows`` (k, 2) at a time in the first, linear between, held outside."""
    last = rows.shape[0] - 1
    if time_s <= rows[0, 0]:
        return float(rows[0, 1])
    if time_s >= rows[last, 0]:
        return float(rows[last, 1])
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if rows[middle, 0] <= time_s:
            low = middle
        else:
            high = middle
    share = (time_s - rows[low, 0]) / (rows[high, 0] - rows[low, 0])
    return float(rows[low, 1] + share * (rows[high, 1] - rows[low, 1]))
