"""The one call that looks, and the m-of-n rule that confirms."""

from collections.abc import Sequence

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.features import read_features
from cupola.sensors.infrared import look_infrared
from cupola.sensors.looks import Flags, Looks, Measurements, NonDetection, TargetSet
from cupola.sensors.platform import Patrols
from cupola.sensors.radar import DOPPLER_DRAWS, RadarSites, look_airborne, look_radar
from cupola.sensors.skywave import look_skywave
from cupola.sensors.space_radar import look_space_radar
from cupola.sensors.spec import AirborneRadarSpec, InfraredSpec, RadarSpec, SensorSpec, SkywaveSpec, SpaceRadarSpec

__all__ = [
    "Looks",
    "Measurements",
    "NonDetection",
    "Patrols",
    "Places",
    "RadarSites",
    "TargetSet",
    "Watch",
    "draws_per_look",
    "look",
    "read_features",
    "stations_of",
]

Places = tuple[Vector, Vector] | RadarSites | Patrols
"""Where the sensors of one group are: satellites by inertial position and velocity, sites, or aircraft on patrol"""


def draws_per_look(spec: SensorSpec) -> int:
    """Return how many normal draws one look of a sensor takes: two angles and range, and one more for a range rate."""
    rates = isinstance(spec, SkywaveSpec) or (not isinstance(spec, InfraredSpec) and spec.doppler)
    return DOPPLER_DRAWS if rates else 3


def stations_of(
    spec: SensorSpec, places: Sequence[tuple[float, float, float]], boresights: Sequence[Sequence[float]]
) -> RadarSites | Patrols | None:
    """Return the sites or patrols of a sensor model at ``places`` (latitude, longitude in rad, ground altitude in m),
    one list of boresight azimuths in rad each; none for sensors on satellites.
    """
    if isinstance(spec, AirborneRadarSpec):
        return Patrols.of(spec, [place[:2] for place in places], boresights)
    if isinstance(spec, RadarSpec):
        return RadarSites.at(places, boresights, spec.antenna_height)
    return RadarSites.at(places, boresights, 0.0) if isinstance(spec, SkywaveSpec) else None


def look(
    spec: SensorSpec,
    sensors: Places,
    targets: TargetSet,
    time_s: float,
    *,
    cloud_top_m: float,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    cued: Flags | None = None,
    sun: Vector | None = None,
    held: Flags | None = None,
    interval_s: float | None = None,
) -> Looks:
    """Return the looks of one sensor group at all targets at one time.

    ``sensors`` are inertial positions in m and velocities in m/s, both (s, 3), for satellites, :class:`RadarSites` for
    radars on the ground and :class:`Patrols` for airborne ones. ``uniforms`` (s, n) in [0, 1), ``normals`` (s, n,
    :func:`draws_per_look`) and ``bias`` (s, 3) standard normal come from the caller's named streams; ``bias`` is one
    draw per sensor and run. ``cued`` (n,) says which objects a sensor that needs a cue may look at, none meaning all;
    ``sun`` (3,) is the inertial unit vector to the sun, none meaning night everywhere: infrared satellites read these
    two. ``held`` (s, n) says which objects each radar holds in track, ``interval_s`` how long ago the last look was:
    what is not held must meet the search fence, and tracks share its time; without ``held`` everything in the field is
    looked at. Raises ``ValueError`` when spec and sensors do not belong together.
    """
    draws = {"uniforms": uniforms, "normals": normals, "bias": bias}
    if isinstance(spec, RadarSpec) and isinstance(sensors, RadarSites):
        return look_radar(spec, sensors, targets, time_s, **draws, held=held, interval_s=interval_s)
    if isinstance(spec, SkywaveSpec) and isinstance(sensors, RadarSites):
        return look_skywave(spec, sensors, targets, time_s, **draws)
    if isinstance(spec, AirborneRadarSpec) and isinstance(sensors, Patrols):
        return look_airborne(spec, sensors, targets, time_s, **draws)
    if isinstance(spec, SpaceRadarSpec) and isinstance(sensors, tuple):
        return look_space_radar(spec, *sensors, targets, time_s, **draws)
    if isinstance(spec, InfraredSpec) and isinstance(sensors, tuple):
        return look_infrared(spec, *sensors, targets, time_s, cloud_top_m=cloud_top_m, **draws, cued=cued, sun=sun)
    raise ValueError(
        f"got a {spec.kind} spec with {type(sensors).__name__}, accepted are radars with RadarSites, airborne radars "
        "with Patrols and satellites with arrays of positions and velocities"
    )


class Watch:
    """The last looks of one sensor group at every object, for its m-of-n rule; one per group and run."""

    def __init__(self, sensors: int, objects: int, *, hits: int, looks: int) -> None:
        self.hits = hits
        self._history = np.zeros((looks, sensors, objects), np.int8)
        self._total = np.zeros((sensors, objects), np.int16)
        self._next = 0

    def update(self, hits: Flags) -> Flags:
        """Take one look's hits (s, n) and return the pairs (s, n) with at least m hits in the last n looks, this one
        hit.
        """
        oldest = self._history[self._next]
        self._total -= oldest
        oldest[...] = hits
        self._total += oldest
        self._next = (self._next + 1) % len(self._history)
        return np.asarray(hits & (self._total >= self.hits))

    @property
    def held(self) -> Flags:
        """Pairs (s, n) with any hit in the last n looks: a first hit earns the further looks that confirm it."""
        return np.asarray(self._total > 0)
