"""Where aircraft that carry sensors are: racetracks about named points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import ROTATION_RATE, Vector, geodetic_to_ecef, local_basis, rotate_z, surface_velocity
from cupola.core.geodesic import geodesic_point
from cupola.sensors.radar_spec import AirborneRadarSpec


@dataclass(frozen=True, kw_only=True)
class Patrols:
    """One aircraft on each of ``s`` stations, relieved without a gap.

    ``centres`` (s, 2) are latitude and longitude in rad of the middle of the racetrack; ``boresights`` (s, f) azimuths
    over the ground of the sectors that the radar covers, in rad, NaN-padded, all NaN for every azimuth. ``leg``,
    ``turn_radius``, ``altitude`` in m, ``speed`` in m/s over the ground, ``track_azimuth`` in rad.
    """

    centres: Vector
    boresights: Vector
    altitude: float
    speed: float
    leg: float
    turn_radius: float
    track_azimuth: float

    @classmethod
    def of(
        cls, spec: AirborneRadarSpec, places: Sequence[tuple[float, float]], boresights: Sequence[Sequence[float]]
    ) -> "Patrols":
        """Return the patrols of a model about ``places`` (latitude, longitude in rad), one boresight list each."""
        if len(places) != len(boresights):
            raise ValueError(
                f"got {len(places)} places and {len(boresights)} lists of boresights, accepted is one list each"
            )
        azimuths = np.full((len(places), max([1, *(len(row) for row in boresights)])), np.nan)
        for i, row in enumerate(boresights):
            azimuths[i, : len(row)] = row
        return cls(
            centres=np.array(places, dtype=np.float64).reshape(len(places), 2),
            boresights=azimuths,
            altitude=spec.altitude,
            speed=spec.speed,
            leg=spec.leg,
            turn_radius=spec.turn_radius,
            track_azimuth=spec.track_azimuth,
        )

    @property
    def lap_s(self) -> float:
        """Time of one lap in s."""
        return (2.0 * self.leg + math.tau * self.turn_radius) / self.speed

    def at(self, time_s: float) -> tuple[Vector, Vector, Vector]:
        """Return inertial positions (s, 3) in m, velocities (s, 3) in m/s and bases (s, 3, 3), rows east, north, up.

        At time zero every aircraft is in the middle of a leg, flying along ``track_azimuth``. The racetrack is laid out
        on the plane of distance and azimuth from the centre (azimuthal equidistant), true to a thousandth at 250 km.
        """
        along, across, heading = self._on_track(time_s)
        count = len(self.centres)
        r, v, basis = np.empty((count, 3)), np.empty((count, 3)), np.empty((count, 3, 3))
        bearing = self.track_azimuth + math.atan2(across, along)
        distance = math.hypot(along, across)
        for i, (latitude, longitude) in enumerate(self.centres):
            lat, lon, arrival = latitude, longitude, bearing
            if distance > 0.0:
                lat, lon, arrival = geodesic_point(latitude, longitude, bearing, distance)
            # Meridians converge: a heading held on the plane turns with the line that leads out from the centre.
            azimuth = heading + arrival - bearing
            basis[i] = local_basis(lat, lon)
            r[i] = geodetic_to_ecef(lat, lon, self.altitude)
            v[i] = self.speed * (math.sin(azimuth) * basis[i, 0] + math.cos(azimuth) * basis[i, 1])
        turn = ROTATION_RATE * time_s
        r = rotate_z(r, turn)
        return r, rotate_z(v, turn) + surface_velocity(r), np.ascontiguousarray(rotate_z(basis, turn))

    def _on_track(self, time_s: float) -> tuple[float, float, float]:
        """Return place along and to the right of the legs' direction in m, and the heading in rad over the plane."""
        half, radius = 0.5 * self.leg, self.turn_radius
        arc = math.pi * radius
        s = (self.speed * time_s + half) % (2.0 * self.leg + 2.0 * arc)
        if s < self.leg:
            return s - half, -radius, self.track_azimuth
        if s < self.leg + arc:
            turned = (s - self.leg) / radius
            return half + radius * math.sin(turned), -radius * math.cos(turned), self.track_azimuth + turned
        s -= self.leg + arc
        if s < self.leg:
            return half - s, radius, self.track_azimuth + math.pi
        turned = (s - self.leg) / radius
        return -half - radius * math.sin(turned), radius * math.cos(turned), self.track_azimuth + math.pi + turned
