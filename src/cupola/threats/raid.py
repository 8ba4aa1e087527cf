"""A raid as objects for the record, and the same objects as arrays that tell in one call what exists where."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cupola.core.atmosphere import height
from cupola.core.earth import ROTATION_RATE, Vector
from cupola.core.trajectory import Trajectory, interpolate
from cupola.threats.flight import Flight, Payload, Propellant, Skin
from cupola.threats.signature import burns_of, dimmed
from cupola.threats.spec import BodySignature, DecoySpec, PlumeSignature

Role = Literal["booster", "warhead", "decoy"]


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
    """Return one missile's booster (``M03``), payloads (``M03-RV1`` ...) and decoys (``M03-D1`` ...).

    ``launch_s`` is the lift-off on the scenario's clock; ``aims`` names the flight's aim points and says how many
    people live there, that of the missile first; ``decoys`` pairs each spec with its trajectory from
    :func:`cupola.threats.bus.release`, on the flight's clock. Only warheads are lethal.
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
        skin=None,
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

    def released(name: str, role: Role, trajectory: Trajectory, body: BodySignature, distance: float) -> ThreatObject:
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
            plume=None,
            feature_distance=distance,
        )

    def warhead(i: int, payload: Payload) -> ThreatObject:
        name, population = aims[min(i, len(aims) - 1)]
        skin = payload.skin
        return replace(
            released(f"RV{i + 1}", "warhead", payload.trajectory, payload.body, 0.0),
            skin=None if skin is None else replace(skin, times_s=skin.times_s + launch_s),
            aim=name,
            aim_latitude=payload.aim[0],
            aim_longitude=payload.aim[1],
            aim_population=population,
        )

    return [
        first,
        *(warhead(i, payload) for i, payload in enumerate(flight.payloads)),
        *(released(f"D{i}", "decoy", t, d.body, d.feature_distance) for i, (d, t) in enumerate(decoys, 1)),
    ]


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
    rcs: Vector
    """(n, 4) m2 in uhf, l_band, s_band, x_band"""


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
    burns: Vector
    """(n, stages, 3) ignition s, burnout s, W/sr per stage; zeros where there is none"""
    dip: Vector
    """(n, 2) altitude m and factor of the plume's dip"""
    body_temperature: Vector
    emissive_area: Vector
    rcs: Vector
    skins: tuple[tuple[int, Skin], ...]
    """Objects (by row) whose temperature changes along the flight"""

    @classmethod
    def of(cls, objects: Sequence[ThreatObject]) -> "PackedRaid":
        """Pack objects in their order."""
        paths = [item.trajectory for item in objects]
        n = len(objects)
        stages = max((len(burns_of(path)) for path in paths), default=0)
        burns, dip = np.zeros((n, stages, 3)), np.zeros((n, 2))
        for i, item in enumerate(objects):
            if item.plume is None:
                continue
            dip[i] = item.plume.dip_altitude, item.plume.dip_factor
            for stage, (ignition, burnout) in enumerate(burns_of(item.trajectory)):
                burns[i, stage] = ignition, burnout, item.plume.upper_stages if stage else item.plume.first_stage
        radars = [item.body.radar for item in objects]
        return cls(
            t=np.concatenate([np.empty(0), *(path.t for path in paths)]),
            r=np.concatenate([np.empty((0, 3)), *(path.r for path in paths)]),
            v=np.concatenate([np.empty((0, 3)), *(path.v for path in paths)]),
            a=np.concatenate([np.empty((0, 3)), *(path.a for path in paths)]),
            offsets=np.concatenate([[0], np.cumsum([len(path.t) for path in paths])]).astype(np.int64),
            start_s=np.array([item.start_s for item in objects]),
            end_s=np.array([item.end_s for item in objects]),
            delay_s=np.zeros(n),
            burns=burns,
            dip=dip,
            body_temperature=np.array([item.body.temperature for item in objects]),
            emissive_area=np.array([item.body.emissivity * item.body.area for item in objects]),
            rcs=np.array([[x.uhf, x.l_band, x.s_band, x.x_band] for x in radars]).reshape(n, 4),
            skins=tuple((i, item.skin) for i, item in enumerate(objects) if item.skin is not None),
        )

    def delayed(self, delay_s: Vector) -> "PackedRaid":
        """Return the raid with every object (n,) launched later by its own delay in s, without copying a node."""
        return replace(self, delay_s=np.ascontiguousarray(delay_s, dtype=np.float64))

    def evaluate(self, time_s: float) -> RaidState:
        """Return where everything is and what it shows at ``time_s`` from the scenario's epoch."""
        n = len(self.start_s)
        exists = np.zeros(n, dtype=np.bool_)
        states, altitude, plume = np.zeros((n, 6)), np.zeros(n), np.zeros(n)
        _evaluate(
            time_s, self.t, self.r, self.v, self.a, self.offsets, self.start_s, self.end_s, self.delay_s,
            self.burns, self.dip, exists, states, altitude, plume,
        )  # fmt: skip
        return RaidState(
            exists=exists,
            r=np.ascontiguousarray(states[:, :3]),
            v=np.ascontiguousarray(states[:, 3:]),
            altitude=altitude,
            plume=plume,
            body_temperature=self._temperatures(time_s),
            emissive_area=self.emissive_area,
            rcs=self.rcs,
        )

    def _temperatures(self, time_s: float) -> Vector:
        if not self.skins:
            return self.body_temperature
        out = self.body_temperature.copy()
        for i, skin in self.skins:
            out[i] = np.interp(time_s - self.delay_s[i], skin.times_s, skin.temperature)
        return out


@njit(cache=True, error_model="numpy", nogil=True)
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
    burns: Vector,
    dip: Vector,
    exists: NDArray[np.bool_],
    states: Vector,
    altitude: Vector,
    plume: Vector,
) -> None:
    at, found = np.empty(1), np.empty((1, 9))
    for i in range(start_s.shape[0]):
        clock = time_s - delay_s[i]
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
        for stage in range(burns.shape[1]):
            if burns[i, stage, 0] <= clock < burns[i, stage, 1]:
                plume[i] = dimmed(burns[i, stage, 2], altitude[i], dip[i, 0], dip[i, 1])
