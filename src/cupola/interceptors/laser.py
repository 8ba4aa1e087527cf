"""A laser on the ground: what its beam puts on a target, and for how long it must stay there.

The beam is focused on its target and spreads by diffraction and by the wander of its pointing, together in root sum
square: the radius of the spot at range R is R theta with theta^2 = (M^2 lambda / (pi w0))^2 + jitter^2, w0 half the
aperture (a Gaussian beam of quality M^2: Siegman 1986, Lasers, ch. 17). The air takes exp(-R / L). The mean irradiance
within the spot is the power that arrives over pi (R theta)^2. Blooming has no term of its own.
"""

import math
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from cupola.core.earth import Vector
from cupola.core.sight import radial_altitudes, sight_altitudes
from cupola.core.spec import Angle, Fluence, Fraction, Length, PositiveCount, Power, Probability, Spec, Time
from cupola.interceptors.spec import Phases


class LaserSpec(Spec):
    """A laser that burns through its target."""

    kind: Literal["laser"] = "laser"
    title: str = Field(description="One line for lists and reports")
    layer: str = Field(description="Layer name used in doctrine and results unless the scenario names another")
    engages: Phases
    power: Power = Field(description="Power that leaves the aperture")
    aperture: Length = Field(gt=0.0, description="Diameter of the beam director")
    wavelength: Length = Field(gt=0.0, description="Wavelength")
    beam_quality: float = Field(ge=1.0, description="M^2: divergence over that of a perfect beam, turbulence included")
    jitter: Angle = Field(ge=0.0, description="One-sigma wander of the beam on the target")
    extinction_length: Length = Field(gt=0.0, description="Way over which clear air takes all but 1/e of the power")
    hardness: Fluence = Field(description="Energy on an area that disables the target")
    longest_dwell: Time = Field(gt=0.0, description="Longest time that the beam is held on one target")
    slew_time: Time = Field(description="Time between targets for pointing and settling")
    maximum_range: Length = Field(gt=0.0, description="Furthest target at which the beam is opened")
    maximum_altitude: Length = Field(description="Highest target at which the beam is opened")
    height: Length = Field(description="Height of the beam director above its site")
    acquisition_field: Length = Field(
        gt=0.0, description="Half-width around the track's point within which its own fine tracker finds the target"
    )
    magazine: PositiveCount = Field(description="Targets it can engage before energy and coolant are spent")
    clear_share: Fraction = Field(description="Share of the time in which clouds, rain and haze let the beam through")
    reliability: Probability = Field(description="Chance that laser, director and fine tracker work when called")
    kill_probability: Probability = Field(description="Chance that a target that took the energy is stopped by it")

    @model_validator(mode="after")
    def _in_the_air(self) -> Self:
        if "boost" in self.engages or "midcourse" in self.engages:
            raise ValueError("engages: got boost or midcourse, accepted of a laser on the ground are terminal, glide, "
                             "cruise")  # fmt: skip
        return self


SMALLEST_SPOT_M = 0.01
"""Radius in m that no focus of a beam director on a moving target goes below (assumed)."""


def divergence(spec: LaserSpec) -> float:
    """Return the half-angle of the spot in rad."""
    waist = 0.5 * spec.aperture
    return math.hypot(spec.beam_quality * spec.wavelength / (math.pi * waist), spec.jitter)


def irradiance(spec: LaserSpec, range_m: Vector) -> Vector:
    """Return the mean irradiance (k,) in W/m2 on targets at ranges (k,) in m."""
    radius = np.maximum(range_m * divergence(spec), SMALLEST_SPOT_M)
    return np.asarray(spec.power * np.exp(-range_m / spec.extinction_length) / (math.pi * radius**2))


def in_beam(spec: LaserSpec, r_director: Vector, r_target: Vector) -> tuple[Vector, Vector]:
    """Return range (k,) in m and irradiance (k,) in W/m2 on targets (k, 3) from a director (3,), both Earth-fixed in m;
    no irradiance out of range, above the ceiling or behind the ground.
    """
    away = np.linalg.norm(r_target - r_director, axis=1)
    altitude = radial_altitudes(r_target)
    lowest = sight_altitudes(r_director[None, :], r_target)[0]
    # A low flier's believed height may err below the ground: that alone does not hide it.
    clear = lowest >= np.minimum(altitude, 0.0) - 1e-6
    usable = (away <= spec.maximum_range) & (altitude <= spec.maximum_altitude) & clear
    return away, np.where(usable, irradiance(spec, away), 0.0)


def fluence(times_s: Vector, irradiance_w_m2: Vector) -> Vector:
    """Return the energy (k,) in J/m2 that has arrived by each of ``times_s`` (k,), by the trapezoidal rule."""
    steps = 0.5 * (irradiance_w_m2[1:] + irradiance_w_m2[:-1]) * np.diff(times_s)
    return np.concatenate([[0.0], np.cumsum(steps)])
