"""What a threat shows along its flight: plume, skin, grey-body intensity by band, radar cross-section by aspect.

The plume in the 2.7 um warning band, by stage and altitude: low down the fuel-rich exhaust burns on in the air; as the
air thins this afterburning ends and the plume dims, until higher up the freely expanding plume of the core is bright
again (the dip near 70 to 90 km is described in Forden's public analyses of space-based warning; see also Simmons 2000,
Rocket Exhaust Plume Phenomenology). We draw the dip as two half Gaussians in altitude, with a slower recovery above
than decline below, forms and widths assumed for want of published ones. A first stage that still burns above the dip
has no afterburning left and shines as the upper stages do. Absorption and clouds are the sensors' affair.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.core.radiation import band_radiance
from cupola.core.trajectory import Trajectory
from cupola.threats.attitude import cross_sections
from cupola.threats.flight import Flight, Skin, altitude_of
from cupola.threats.spec import BodySignature, PlumeSignature

DECLINE_WIDTH = 12e3  # m, 1/e half-width of the dip below its middle: afterburning ends between about 60 and 80 km
GROWTH_WIDTH = 16e3  # m, 1/e half-width above it
CHANGE_WIDTH = 5e3  # m, over which a first stage's afterburning intensity gives way to its core's

BANDS = {"swir": (1.4e-6, 3.0e-6), "mwir": (3.0e-6, 5.0e-6), "lwir": (8.0e-6, 12.0e-6)}
"""m, the bands in which grey-body intensities are given"""
CLASSES = ("nose", "side", "rear")
RADAR_BANDS = ("uhf", "l_band", "s_band", "x_band")


@kernel
def plume_at(low: float, high: float, altitude: float, dip_altitude: float, dip_factor: float) -> float:
    """Return a stage's radiant intensity in W/sr at an altitude in m.

    ``low`` is its intensity with afterburning, ``high`` in vacuum; both dim to ``dip_factor`` of their mean at
    ``dip_altitude``.
    """
    above = altitude - dip_altitude
    away = above / (DECLINE_WIDTH if above < 0.0 else GROWTH_WIDTH)
    core = 1.0 / (1.0 + math.exp(-min(max(above / CHANGE_WIDTH, -40.0), 40.0)))
    return (low + (high - low) * core) * (1.0 - (1.0 - dip_factor) * math.exp(-away * away))


def lights_of(plume: PlumeSignature, trajectory: Trajectory) -> Vector:
    """Return what shines when, (k, 4): from s, to s, W/sr with afterburning, W/sr in vacuum, in the order of the
    phases: ``boost-1`` as the first stage, other ``boost-`` phases as upper stages, ``bus`` as post-boost where that is
    given.
    """
    rows = []
    for phase in trajectory.phases:
        if phase.name.startswith("boost-"):
            low = plume.first_stage if phase.name == "boost-1" else plume.upper_stages
            rows.append((phase.start_s, phase.end_s, low, plume.upper_stages))
        elif phase.name == "bus" and plume.post_boost is not None:
            rows.append((phase.start_s, phase.end_s, plume.post_boost, plume.post_boost))
    return np.array(rows).reshape(len(rows), 4)


def plume_intensity(plume: PlumeSignature, lights: Vector, times_s: Vector, altitudes_m: Vector) -> Vector:
    """Return the radiant intensity (k,) in W/sr at ``times_s`` (k,) and ``altitudes_m`` (k,); zero where nothing burns.

    ``lights`` are the rows of :func:`lights_of` on the same clock as ``times_s``.
    """
    out = np.zeros(len(times_s))
    for start, end, low, high in lights:
        for k in np.flatnonzero((times_s >= start) & (times_s < end)):
            out[k] = plume_at(low, high, float(altitudes_m[k]), plume.dip_altitude, plume.dip_factor)
    return out


@dataclass(frozen=True, kw_only=True)
class SignatureTable:
    """What one flight shows at k times: the booster until release, then the first payload; zeros outside the flight."""

    times_s: Vector
    """(k,) s from launch"""
    plume: Vector
    """(k,) W/sr in the 2.7 um warning band"""
    temperature: Vector
    """(k,) K"""
    emissive_area: Vector
    """(k,) m2, emissivity times mean projected area"""
    intensity: Vector
    """(k, 3) W/sr of the grey body, without the plume, in the bands of :data:`BANDS`"""
    rcs: Vector
    """(k, 3, 4) m2 seen from nose, side and rear in the order of :data:`RADAR_BANDS`"""

    def columns(self) -> dict[str, Vector]:
        """Return every column (k,) by its name with its unit: ``plume_w_sr``, ``swir_w_sr``, ``rcs_nose_uhf_m2`` ..."""
        return {
            "time_s": self.times_s,
            "plume_w_sr": self.plume,
            "skin_temperature_k": self.temperature,
            "emissive_area_m2": self.emissive_area,
            **{f"{band}_w_sr": self.intensity[:, i] for i, band in enumerate(BANDS)},
            **{
                f"rcs_{aspect}_{band}_m2": self.rcs[:, i, j]
                for i, aspect in enumerate(CLASSES)
                for j, band in enumerate(RADAR_BANDS)
            },
        }


def signature_of(flight: Flight, times_s: Vector) -> SignatureTable:
    """Return what a flight shows at ``times_s`` (k,) in s from launch: its booster, then its first payload."""
    times = np.asarray(times_s, dtype=np.float64)
    payload = flight.payloads[0]
    release, end = flight.booster.end_s, payload.trajectory.end_s
    up = (times >= flight.booster.start_s) & (times < release)
    down = (times >= release) & (times <= end)
    plume, temperature, area = np.zeros(len(times)), np.zeros(len(times)), np.zeros(len(times))
    rcs = np.zeros((len(times), 3, 4))
    for rows, body, skin in ((up, flight.booster_body, flight.booster_skin), (down, payload.body, payload.skin)):
        temperature[rows] = skin_temperature(body, skin, times[rows])
        area[rows] = body.emissivity * body.area
        rcs[rows] = cross_sections(body, tumbling=False)
    if flight.plume is not None:
        r, _, _ = flight.booster.states(times[up])
        altitudes = np.array([altitude_of(row) for row in r])
        plume[up] = plume_intensity(flight.plume, lights_of(flight.plume, flight.booster), times[up], altitudes)
    intensity = np.zeros((len(times), len(BANDS)))
    for k in np.flatnonzero(area > 0.0):
        intensity[k] = [area[k] * band_radiance(temperature[k], low, high) for low, high in BANDS.values()]
    return SignatureTable(
        times_s=times, plume=plume, temperature=temperature, emissive_area=area, intensity=intensity, rcs=rcs
    )


def skin_temperature(body: BodySignature, skin: Skin | None, times_s: Vector) -> Vector:
    """Return the temperature (k,) in K of a body at ``times_s`` (k,) on the clock of its ``skin``."""
    if skin is None:
        return np.full(len(times_s), body.temperature)
    return np.interp(times_s, skin.times_s, skin.temperature)
