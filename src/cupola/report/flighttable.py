"""A flight as one dense table: every body at even times, in the ground's frame and in inertial axes."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import ROTATION_RATE, Vector, geodetic_of, surface_velocity
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import Flight
from cupola.threats.signature import signature_of

COLUMNS = (
    "time_s",
    "object",
    "phase",
    "latitude_deg",
    "longitude_deg",
    "altitude_km",
    "ground_speed_km_s",
    "inertial_speed_km_s",
    "flight_path_deg",
    "heading_deg",
    "x_km",
    "y_km",
    "z_km",
    "vx_km_s",
    "vy_km_s",
    "vz_km_s",
)
"""Columns of the motion; what the body shows follows them, see :func:`shown`."""
_DIGITS = (3, 7, 7, 5, 6, 6, 4, 4, 5, 5, 5, 7, 7, 7)
MOST_ROWS = 2_000_000


def bodies(flight: Flight) -> dict[str, Trajectory]:
    """Return the trajectories by object: ``booster``, then ``payload-1`` and so on."""
    return {"booster": flight.booster} | {
        f"payload-{number}": payload.trajectory for number, payload in enumerate(flight.payloads, start=1)
    }


def sample_times(path: Trajectory, step: float) -> Vector:
    """Return the multiples of ``step`` s within a flight, its ends, and where its phases begin: (n,) s, rising."""
    first, last = math.ceil(path.start_s / step), math.floor(path.end_s / step)
    grid = step * np.arange(first, last + 1)
    marks = [path.start_s, path.end_s, *(phase.start_s for phase in path.phases)]
    return np.unique(np.concatenate([grid, marks]))


def rows_of(path: Trajectory, times: Vector) -> NDArray[np.float64]:
    """Return (n, 14): the columns of :data:`COLUMNS` without object and phase, at ``times`` (n,) s.

    ``flight_path_deg`` is the angle of the inertial velocity above the local horizontal, as burnout states give it;
    ``heading_deg`` the course over the ground, clockwise from north.
    """
    r, v, _ = path.states(times)
    ground_v = v - surface_velocity(r)
    turned = -ROTATION_RATE * times
    fixed, moving = _turned(r, turned), _turned(ground_v, turned)
    place = geodetic_of(fixed)
    distance, speed = np.linalg.norm(r, axis=1), np.linalg.norm(v, axis=1)
    climb = np.degrees(np.arcsin(np.clip(np.sum(r * v, axis=1) / (distance * np.maximum(speed, 1e-9)), -1.0, 1.0)))
    return np.column_stack(
        [
            times,
            np.degrees(place[:, :2]),
            place[:, 2] / 1e3,
            np.linalg.norm(ground_v, axis=1) / 1e3,
            speed / 1e3,
            climb,
            _heading(place, moving),
            r / 1e3,
            v / 1e3,
        ]
    )


def shown(flight: Flight, name: str, times: Vector) -> dict[str, Vector]:
    """Return what a body of :func:`bodies` shows at ``times`` (n,) of its flight, each (n,): plume, skin temperature,
    grey-body intensity by infrared band, radar cross-section by aspect class and band.
    """
    if name == "booster":
        times = np.minimum(times, np.nextafter(flight.booster.end_s, -np.inf))
    else:
        flight = replace(flight, payloads=(flight.payloads[int(name.rpartition("-")[2]) - 1],))
    columns = signature_of(flight, times).columns()
    return {key: column for key, column in columns.items() if key != "time_s"}


def write_table(flight: Flight, target: Path, step: float) -> int:
    """Write the table as CSV with a header line and return the number of rows.

    Raises ``ValueError`` for a step that is not positive or gives more than two million rows.
    """
    paths = bodies(flight)
    span = sum(path.end_s - path.start_s for path in paths.values())
    if not step > 0.0 or span / step > MOST_ROWS:
        raise ValueError(f"got a step of {step:g} s, accepted is at least {span / MOST_ROWS:.2g} s for this flight")
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*COLUMNS, *shown(flight, "booster", np.zeros(1))))
        for name, path in paths.items():
            times = sample_times(path, step)
            seen = np.column_stack(list(shown(flight, name, times).values()))
            for row, signature in zip(rows_of(path, times), seen, strict=True):
                texts = [f"{value:.{digits}f}" for digits, value in zip(_DIGITS, row, strict=True)]
                signs = [f"{value:.5g}" for value in signature]
                writer.writerow([texts[0], name, path.phase_at(float(row[0])), *texts[1:], *signs])
                count += 1
    return count


def _turned(vectors: Vector, angles: Vector) -> Vector:
    """Return (n, 3) vectors, each turned by its own angle about the polar axis."""
    out = np.empty_like(vectors)
    cos, sin = np.cos(angles), np.sin(angles)
    out[:, 0] = cos * vectors[:, 0] - sin * vectors[:, 1]
    out[:, 1] = sin * vectors[:, 0] + cos * vectors[:, 1]
    out[:, 2] = vectors[:, 2]
    return out


def _heading(place: Vector, moving: Vector) -> Vector:
    """Return the course in deg, clockwise from north, of Earth-fixed velocities (n, 3) at latitudes, longitudes."""
    sin_lat, cos_lat = np.sin(place[:, 0]), np.cos(place[:, 0])
    sin_lon, cos_lon = np.sin(place[:, 1]), np.cos(place[:, 1])
    east = -sin_lon * moving[:, 0] + cos_lon * moving[:, 1]
    north = -sin_lat * (cos_lon * moving[:, 0] + sin_lon * moving[:, 1]) + cos_lat * moving[:, 2]
    # On the pad and in a vertical climb there is no course; noise must not draw one.
    course = np.degrees(np.arctan2(east, north)) % 360.0
    return np.where(np.hypot(east, north) < 1e-3, 0.0, course)
