"""Targets at given places over the turning Earth, for the tests of radars."""

import math

import numpy as np

from cupola.core.earth import ROTATION_RATE, Vector, geodetic_to_ecef, local_basis, rotate_z, surface_velocity
from cupola.sensors.detection import Places, TargetSet, draws_per_look, look
from cupola.sensors.looks import REASONS, Looks, NonDetection
from cupola.sensors.spec import SensorSpec


def over(
    places: list[tuple[float, float, float]],
    *,
    speed: float = 0.0,
    heading_deg: float = 0.0,
    time_s: float = 0.0,
    rcs: float = 1.0,
    area: float = 2.0,
) -> TargetSet:
    """Bodies at (latitude deg, longitude deg, altitude m) that fly level over the ground, alike from every side."""
    count = len(places)
    r, v = np.empty((count, 3)), np.empty((count, 3))
    heading = math.radians(heading_deg)
    for i, (lat, lon, alt) in enumerate(places):
        latitude, longitude = math.radians(lat), math.radians(lon)
        r[i] = geodetic_to_ecef(latitude, longitude, alt)
        east, north, _ = local_basis(latitude, longitude)
        v[i] = speed * (math.sin(heading) * east + math.cos(heading) * north)
    turn = ROTATION_RATE * time_s
    r = rotate_z(r, turn)
    return TargetSet(
        exists=np.ones(count, np.bool_),
        r=r,
        v=rotate_z(v, turn) + surface_velocity(r),
        altitude=np.array([place[2] for place in places]),
        plume=np.zeros(count),
        body_temperature=np.full(count, 300.0),
        emissive_area=np.full(count, area),
        nose=np.tile([1.0, 0.0, 0.0], (count, 1)),
        rcs=np.full((count, 3, 4), rcs),
    )


def looked(
    spec: SensorSpec,
    place: Places,
    targets: TargetSet,
    time_s: float = 0.0,
    *,
    sure: bool = True,
    noise: bool = False,
    bias: Vector | None = None,
    seed: int = 3,
    **shared: object,
) -> Looks:
    """Looks without noise at sure hits, unless told otherwise; one sensor."""
    g = np.random.Generator(np.random.PCG64(seed))
    count = len(targets.exists)
    shape = (1, count, draws_per_look(spec))
    return look(
        spec,
        place,
        targets,
        time_s,
        cloud_top_m=0.0,
        uniforms=np.full((1, count), 1e-12) if sure else g.uniform(size=(1, count)),
        normals=g.normal(size=shape) if noise else np.zeros(shape),
        bias=np.zeros((1, 3)) if bias is None else bias,
        **shared,  # type: ignore[arg-type]
    )


def reasons(looks: Looks) -> list[NonDetection]:
    """Why each target gave no measurement to the first sensor."""
    return [REASONS[code] for code in looks.reason[0]]


def north_of(latitude_deg: float, longitude_deg: float, distance: float, altitude: float) -> tuple[float, float, float]:
    """A place due north by a distance in m over the mean sphere."""
    return latitude_deg + math.degrees(distance / 6_371_008.8), longitude_deg, altitude
