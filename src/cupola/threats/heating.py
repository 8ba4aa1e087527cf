"""How hot a hypersonic glider gets, and what its skin then shows in the infrared.

Engineering forms of the convective flux, C rho^N v^M in W/m2, from Anderson (2006), Hypersonic and High-Temperature Gas
Dynamics, chapter 6 (as widely quoted; the book not opened by us), with the wall in radiative equilibrium: what the
boundary layer brings, the skin radiates. No heat is stored in or conducted along the skin, and none is radiated by the
hot air. ``Cold wall`` is the flux into a wall of no enthalpy; the hot-wall factor 1 - h_w / h_0 takes off what a hot
wall turns away.
"""

import functools
import math

import numpy as np

from cupola.core.atmosphere import air, height
from cupola.core.earth import ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.core.radiation import STEFAN_BOLTZMANN, band_radiance
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import Skin
from cupola.threats.glide_spec import GliderSpec

AIR_HEAT = 1_004.7  # J/(kg K): perfect gas, as in the forms
FREE_STREAM = 230.0  # K of the air the glider flies in, within 40 K; its enthalpy is below 2 % of v2 / 2 above 3 km/s
TURBULENT_SPLIT = 3_962.0  # m/s, where the one turbulent form hands over to the other

LAMINAR, TURBULENT = 0, 1
KEPT_BAND = (1.4e-6, 3.0e-6)  # m, the band whose intensity the mean temperature keeps
STATIONS = 6  # along the body
SAMPLES = 140  # along the flight
_GAUSS = np.polynomial.legendre.leggauss(STATIONS)


def stagnation_flux(density: Vector, speed: Vector, nose_radius: float) -> Vector:
    """Return the cold-wall heat flux in W/m2 at the nose: 1.83e-4 rho^0.5 v^3 / sqrt(Rn)."""
    return np.asarray(1.83e-4 * np.sqrt(density / nose_radius) * np.asarray(speed) ** 3)


@kernel
def plate_flux(density: float, speed: float, angle: float, station: float, layer: int, wall: float) -> float:
    """Return the heat flux in W/m2 into a plate at ``angle`` rad to the flow, ``station`` m from its leading edge.

    ``layer`` is LAMINAR or TURBULENT, ``wall`` the wall temperature in K; zero gives the cold-wall flux, in the
    turbulent forms with their wall factor (T_w / 556 K)^-1/4 left out. The two
    turbulent forms are 15 % apart where they meet, 3 % in the temperature.
    """
    enthalpy = AIR_HEAT * FREE_STREAM + 0.5 * speed * speed
    warm = AIR_HEAT * wall / enthalpy
    cos, sin = math.cos(angle), math.sin(angle)
    if layer == LAMINAR:
        flux = 2.53e-5 * math.sqrt(cos) * sin * math.sqrt(density / station) * speed**3.2
        return float(max(flux * (1.0 - warm), 0.0))
    factor = (wall / 556.0) ** -0.25 if wall > 0.0 else 1.0
    shape = sin**1.6 * station**-0.2 * density**0.8 * factor * max(1.0 - 1.11 * warm, 0.0)
    if speed < TURBULENT_SPLIT:
        return float(3.89e-4 * cos**1.78 * speed**3.37 * shape)
    return float(2.20e-5 * cos**2.08 * speed**3.7 * shape)


@kernel
def plate_temperature(
    density: float, speed: float, angle: float, station: float, layer: int, emissivity: float
) -> float:
    """Return the wall temperature in K at which a plate radiates what it takes up: the root, by damped
    iteration, to 0.1 K.
    """
    # What a wall takes up falls as it warms, what it radiates rises: the root lies between any wall and its answer.
    flux = plate_flux(density, speed, angle, station, layer, 0.0)
    wall = (flux / (emissivity * STEFAN_BOLTZMANN)) ** 0.25
    low, high = 0.0, 10.0 * wall + 1.0
    for _ in range(40):
        flux = plate_flux(density, speed, angle, station, layer, wall)
        answer = (flux / (emissivity * STEFAN_BOLTZMANN)) ** 0.25
        if answer > wall:
            low = wall
        else:
            high = wall
        if abs(answer - wall) < 0.05:
            break
        wall = 0.2 * wall + 0.8 * answer
        if not low < wall < high:
            wall = 0.5 * (low + high)
    return float(wall)


@kernel
def _temperatures(
    density: Vector, speed: Vector, angle: float, stations: Vector, layer: int, emissivity: float, out: Vector
) -> None:
    for i in range(density.shape[0]):
        for k in range(stations.shape[0]):
            out[i, k] = plate_temperature(density[i], speed[i], angle, stations[k], layer, emissivity)


def acreage_temperature(glider: GliderSpec, density: Vector, speed: Vector) -> Vector:
    """Return the mean temperature (n,) in K of a glider's acreage in air of ``density`` kg/m3 at ``speed`` m/s (n,).

    The body is a triangle in plan, so that its breadth grows with the distance from the nose. The mean is the
    temperature of a body of one temperature that shows the same intensity between 1.4 and 3.0 um.
    """
    # Gauss-Legendre in the root of the distance from the nose, where the heating is steepest; breadth grows with it.
    roots, weights = 0.5 * (_GAUSS[0] + 1.0), 0.5 * _GAUSS[1]
    stations, shares = glider.length * roots**2, 4.0 * roots**3 * weights
    walls = np.empty((len(density), STATIONS))
    layer = LAMINAR if glider.boundary_layer == "laminar" else TURBULENT
    _temperatures(
        np.ascontiguousarray(density),
        np.ascontiguousarray(speed),
        glider.surface_angle,
        stations,
        layer,
        glider.body.emissivity,
        walls,
    )
    grid, logs = _kept_band()
    shown = np.exp(np.interp(-1.0 / walls, grid, logs)) @ shares
    return np.asarray(-1.0 / np.interp(np.log(shown), logs, grid))


@functools.cache
def _kept_band() -> tuple[Vector, Vector]:
    """Return -1/T and ln radiance in the kept band, both rising and nearly in proportion."""
    grid = np.linspace(-1.0 / 100.0, -1.0 / 6_000.0, 2_000)
    return grid, np.log([band_radiance(-1.0 / x, *KEPT_BAND) for x in grid.tolist()])


def skin_of(glider: GliderSpec, path: Trajectory) -> Skin:
    """Return the temperature of a glider's acreage along its flight, never below that of its body outside the air."""
    times = np.unique(np.concatenate([np.linspace(path.start_s, path.end_s, SAMPLES), path.t[-1:]]))
    density, speed = _stream(path, times)
    heated = acreage_temperature(glider, density, speed)
    return Skin(times_s=times, temperature=np.maximum(heated, glider.body.temperature))


def stagnation_peak(glider: GliderSpec, path: Trajectory) -> float:
    """Return the greatest cold-wall heat flux in W/m2 at the nose along a flight."""
    density, speed = _stream(path, path.t)
    return float(stagnation_flux(density, speed, glider.nose_radius).max())


def _stream(path: Trajectory, times: Vector) -> tuple[Vector, Vector]:
    r, v, _ = path.states(times)
    density, speed = np.empty(len(times)), np.empty(len(times))
    _stream_many(r, v, ROTATION_RATE, density, speed)
    return density, speed


@kernel
def _stream_many(r: Vector, v: Vector, spin: float, density: Vector, speed: Vector) -> None:
    for i in range(r.shape[0]):
        x, y, z = r[i, 0], r[i, 1], r[i, 2]
        density[i], _, _ = air(height(x, y, z))
        ux, uy, uz = v[i, 0] + spin * y, v[i, 1] - spin * x, v[i, 2]
        speed[i] = math.sqrt(ux * ux + uy * uy + uz * uz)
