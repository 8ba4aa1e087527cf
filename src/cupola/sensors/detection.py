"""The one call that looks, and the m-of-n rule that confirms."""

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.features import read_features
from cupola.sensors.infrared import look_infrared
from cupola.sensors.looks import Flags, Looks, Measurements, NonDetection, TargetSet
from cupola.sensors.radar import RadarSites, look_radar
from cupola.sensors.spec import InfraredSpec, RadarSpec

__all__ = ["Looks", "Measurements", "NonDetection", "RadarSites", "TargetSet", "Watch", "look", "read_features"]


def look(
    spec: InfraredSpec | RadarSpec,
    sensors: tuple[Vector, Vector] | RadarSites,
    targets: TargetSet,
    time_s: float,
    *,
    cloud_top_m: float,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    cued: Flags | None = None,
    sun: Vector | None = None,
) -> Looks:
    """Return the looks of one sensor group at all targets at one time.

    ``sensors`` are inertial positions in m and velocities in m/s, both (s, 3), for infrared satellites and
    :class:`RadarSites` for radars.
    ``uniforms`` (s, n) in [0, 1), ``normals`` (s, n, 3) and ``bias`` (s, 3) standard normal come from the caller's
    named streams; ``bias`` is one draw per sensor and run. ``cued`` (n,) says which objects a sensor that needs a cue
    may look at, none meaning all; ``sun`` (3,) is the inertial unit vector to the sun, none meaning night everywhere.
    Only infrared satellites read these two. Raises ``ValueError`` when spec and sensors do not belong
    together.
    """
    if isinstance(spec, RadarSpec) and isinstance(sensors, RadarSites):
        return look_radar(spec, sensors, targets, time_s, uniforms=uniforms, normals=normals, bias=bias)
    if isinstance(spec, InfraredSpec) and isinstance(sensors, tuple):
        return look_infrared(
            spec,
            *sensors,
            targets,
            time_s,
            cloud_top_m=cloud_top_m,
            uniforms=uniforms,
            normals=normals,
            bias=bias,
            cued=cued,
            sun=sun,
        )
    raise ValueError(
        f"got a {spec.kind} spec with {type(sensors).__name__}, accepted are radars with RadarSites and infrared "
        "satellites with arrays of positions and velocities"
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
