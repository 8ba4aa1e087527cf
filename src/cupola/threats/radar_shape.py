"""Radar cross-sections of smooth metal bodies in closed form: where the catalogue's side and rear values come from.

Nothing in a run calls this: the catalogue holds numbers, and these functions are the reasoning behind them, checked
against textbook values. Wavelengths in m, angles in rad; an aspect is the angle between the nose and the direction to
the radar. All are high-frequency forms, good where the body is larger than the wavelength, and of the right order at
UHF.

A class of aspects is one number, but a smooth body flashes: a cylinder's return over the class is carried by a lobe a
degree wide, and most looks see far less. The mean over the class (:func:`over_class`) counts the flash in full and the
mean of the logarithm almost not at all. A real body, with joints, windows and some degrees of coning, lies between:
:func:`typical` takes the geometric mean of the two.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.special import j1

from cupola.core.earth import Vector

WAVELENGTHS = {"uhf": 0.689, "l_band": 0.231, "s_band": 0.0908, "x_band": 0.03}
"""m, at 435 MHz, 1.3 GHz, 3.3 GHz and 10 GHz"""
SIDE = (0.25 * math.pi, 0.75 * math.pi)
REAR = (0.75 * math.pi, math.pi)
SWERLING_LOG_DEFICIT = math.exp(0.5772156649015329)
"""Mean of an exponential (Swerling 1) cross-section over its geometric mean: e to Euler's constant"""


def sphere(radius: float) -> float:
    """Return the cross-section in m2 of a large sphere: pi a^2 (Skolnik 2001, table 2.1)."""
    return math.pi * radius * radius


def plate(area: float, wavelength: float) -> float:
    """Return the cross-section in m2 of a flat plate of any outline seen along its normal: 4 pi A^2 / lambda^2."""
    return 4.0 * math.pi * (area / wavelength) ** 2


def disc(radius: float, wavelength: float, off_normal: Vector) -> Vector:
    """Return the cross-section (k,) in m2 of a disc seen ``off_normal`` (k,) rad from its normal, zero from behind.

    Physical optics (Ruck et al. 1970, Radar Cross Section Handbook, ch. 7): the plate's value times cos^2 and
    (2 J1(x) / x)^2 with x = 2 k a sin.
    """
    x = np.maximum(4.0 * math.pi * radius / wavelength * np.abs(np.sin(off_normal)), 1e-9)
    lit = np.maximum(np.cos(off_normal), 0.0)
    return np.asarray(plate(math.pi * radius * radius, wavelength) * (lit * 2.0 * j1(x) / x) ** 2)


def cylinder(radius: float, length: float, wavelength: float, off_broadside: Vector) -> Vector:
    """Return the cross-section (k,) in m2 of a cylinder's side seen ``off_broadside`` (k,) rad from the normal of its
    axis.

    k a L^2 cos (sin(kL sin) / (kL sin))^2; broadside 2 pi a L^2 / lambda (Skolnik 2001, sec. 2.7).
    """
    k = math.tau / wavelength
    lobe = np.sinc(k * length * np.sin(off_broadside) / math.pi)
    return np.asarray(k * radius * length**2 * np.maximum(np.cos(off_broadside), 0.0) * lobe**2)


def cone_flank(radius: float, length: float, wavelength: float, aspect: Vector) -> Vector:
    """Return the cross-section (k,) in m2 of a cone's side with base ``radius`` and axial ``length`` at aspects (k,).

    The circumference by stationary phase, the generator (slant s, local radius of curvature s tan a) by summation:
    (2 pi / lambda) cos d |integral of sqrt(s tan a) exp(2 i k s sin d) ds|^2, d off the generator's normal. At d = 0 it
    is 8 pi z^1.5^2 sin a / (9 lambda cos^4 a) (Crispin and Siegel 1968, Methods of Radar Cross-Section Analysis).
    """
    half = math.atan2(radius, length)
    slant = math.hypot(radius, length)
    k = math.tau / wavelength
    count = max(200, int(8.0 * k * slant / math.pi))
    s = (np.arange(count) + 0.5) * (slant / count)
    weight = np.sqrt(s * math.tan(half)) * (slant / count)
    off = aspect - (0.5 * math.pi - half)
    waves = np.exp(2j * k * np.outer(np.sin(off), s)) @ weight
    return np.asarray(k * np.maximum(np.cos(off), 0.0) * np.abs(waves) ** 2)


def cone_nose(radius: float, length: float) -> float:
    """Return the cross-section in m2 of a flat-based cone seen from its nose: the base's sharp edge, at any wavelength.

    4 pi a^2 [(sin(pi/n) / n) / (cos(pi/n) - cos(3 pi/n))]^2 with n = 3/2 + half-angle / pi (Keller 1960, IRE Trans.
    AP-8, Backscattering from a finite cone; Bechtel 1965, Proc. IEEE 53). Rounding and absorbers bring it down.
    """
    n = 1.5 + math.atan2(radius, length) / math.pi
    factor = math.sin(math.pi / n) / n / (math.cos(math.pi / n) - math.cos(3.0 * math.pi / n))
    return 4.0 * math.pi * (radius * factor) ** 2


def rim(radius: float, wavelength: float, aspect: Vector, half_angle: float = 0.0) -> Vector:
    """Return the mean cross-section (k,) in m2 of a sharp base edge at aspects (k,), off the flashes.

    The geometrical theory of diffraction (Keller 1962, J. Opt. Soc. Am. 52): the near and the far point of the rim, of
    exterior angle n pi, n = 3/2 + half-angle / pi, each give a D^2 / (k sin aspect), averaged over polarisation and
    phase.
    """
    k = math.tau / wavelength
    n = 1.5 + half_angle / math.pi
    reach = np.minimum(radius / (k * np.maximum(np.sin(aspect), 1e-9)), math.pi * radius**2)
    near = 1.5 * math.pi - aspect
    far = np.where(aspect < half_angle, 1.5 * math.pi + aspect, aspect - 0.5 * math.pi)
    seen = (aspect < half_angle) | (aspect > 0.5 * math.pi)
    return np.asarray(reach * (_edge(near, n) + np.where(seen, _edge(far, n), 0.0)))


def _edge(angle: Vector, n: float) -> Vector:
    """Return Keller's squared diffraction coefficient x 2 pi k for backscatter, mean of both polarisations."""
    bend = math.cos(math.pi / n)
    mirror = bend - np.cos(2.0 * angle / n)
    # At the mirror angle the surface flashes and the edge's own form has no value: the flash is added elsewhere.
    mirror = np.where(np.abs(mirror) < 0.1, np.inf, mirror)
    return np.asarray((math.sin(math.pi / n) / n) ** 2 * ((1.0 / (bend - 1.0)) ** 2 + (1.0 / mirror) ** 2))


def cone_body(radius: float, length: float, wavelength: float, aspect: Vector) -> Vector:
    """Return the cross-section (k,) in m2 of a flat-based cone from the side and behind: flank, base and rim, summed
    without phase.
    """
    half = math.atan2(radius, length)
    flank = cone_flank(radius, length, wavelength, aspect)
    return flank + disc(radius, wavelength, math.pi - aspect) + rim(radius, wavelength, aspect, half)


def cylinder_body(radius: float, length: float, wavelength: float, aspect: Vector) -> Vector:
    """Return the cross-section (k,) in m2 of a flat-based cylinder from the side and behind: flank, base and rim."""
    flank = cylinder(radius, length, wavelength, aspect - 0.5 * math.pi)
    return flank + disc(radius, wavelength, math.pi - aspect) + rim(radius, wavelength, aspect)


def over_class(pattern: Callable[[Vector], Vector], aspects: tuple[float, float]) -> tuple[float, float]:
    """Return the mean in m2 of a pattern over the solid angle of a class of aspects, and the mean in m2 of the
    Swerling-1 target whose logarithm averages as the pattern's does: e^0.577 times its geometric mean.
    """
    low, high = aspects
    edges = np.linspace(low, high, 6001)
    middles = 0.5 * (edges[1:] + edges[:-1])
    weights = np.cos(edges[:-1]) - np.cos(edges[1:])
    values = np.maximum(pattern(middles), 1e-12)
    total = weights.sum()
    return float(values @ weights / total), SWERLING_LOG_DEFICIT * math.exp(float(np.log(values) @ weights / total))


def typical(pattern: Callable[[Vector], Vector], aspects: tuple[float, float]) -> float:
    """Return the catalogue's value in m2 for a class of aspects: the geometric mean of the class's two means."""
    mean, usual = over_class(pattern, aspects)
    return math.sqrt(mean * usual)


def cavity(aperture_area: float, aspects: tuple[float, float] = REAR) -> float:
    """Return the mean cross-section in m2 of an open nozzle over a class of aspects about its axis, at any wavelength
    well below its width.

    What enters the aperture, A cos, comes back evenly over the hemisphere it faces: 2 A cos, by conservation of power.
    """
    low, high = math.pi - aspects[1], math.pi - aspects[0]
    return 2.0 * aperture_area * 0.5 * (math.sin(high) ** 2 - math.sin(low) ** 2) / (math.cos(low) - math.cos(high))
