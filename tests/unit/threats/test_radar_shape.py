"""Shapes against textbook values and numerical physical optics; catalogue values against the shapes."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from cupola.scenario.catalogue import entry, names
from cupola.threats.radar_shape import (
    REAR,
    SIDE,
    WAVELENGTHS,
    cavity,
    cone_body,
    cone_flank,
    cone_nose,
    cylinder,
    cylinder_body,
    disc,
    over_class,
    plate,
    rim,
    sphere,
    typical,
)

BROADSIDE = np.zeros(1)


def test_textbook_values() -> None:
    assert sphere(0.564189584) == pytest.approx(1.0, rel=1e-6)
    assert plate(1.0, 0.03) == pytest.approx(4.0 * math.pi / 0.03**2)
    assert plate(1.0, 0.03) == pytest.approx(13_963.0, rel=1e-4)
    assert cylinder(0.3, 2.0, 0.03, BROADSIDE)[0] == pytest.approx(math.tau * 0.3 * 4.0 / 0.03)
    assert disc(0.3, 0.03, BROADSIDE)[0] == pytest.approx(4.0 * math.pi**3 * 0.3**4 / 0.03**2)


def optics(shape, wavelength, direction):
    """Backscatter by physical optics, summed over points, normals and areas (n, 3), (n, 3), (n,) of a lit surface."""
    points, normals, areas = shape
    lit = np.maximum(normals @ direction, 0.0)
    field = np.sum(lit * areas * np.exp(4j * math.pi / wavelength * (points @ direction)))
    return 4.0 * math.pi / wavelength**2 * abs(field) ** 2


def test_a_disc_off_its_normal_agrees_with_summed_physical_optics() -> None:
    radius, wavelength = 0.5, 0.1
    grid = (np.arange(800) + 0.5) / 800 * 2.0 * radius - radius
    x, y = (axis.ravel() for axis in np.meshgrid(grid, grid))
    inside = np.hypot(x, y) < radius
    points = np.column_stack([x, y, 0.0 * x])[inside]
    shape = points, np.tile([0.0, 0.0, 1.0], (len(points), 1)), np.full(len(points), (2.0 * radius / 800) ** 2)
    for off in (0.0, 0.05, 0.1, 0.25):
        expected = optics(shape, wavelength, np.array([math.sin(off), 0.0, math.cos(off)]))
        assert disc(radius, wavelength, np.array([off]))[0] == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("off", [0.0, 0.01, 0.02])
def test_a_cones_flash_agrees_with_summed_physical_optics(off: float) -> None:
    radius, length, wavelength = 0.3, 2.0, 0.03
    half = math.atan2(radius, length)
    s = (np.arange(1_500) + 0.5) / 1_500 * math.hypot(radius, length)
    turn = (np.arange(1_500) + 0.5) / 1_500 * math.tau
    s, turn = (axis.ravel() for axis in np.meshgrid(s, turn))
    step = math.hypot(radius, length) / 1_500 * math.tau / 1_500
    out = np.column_stack([np.cos(turn), np.sin(turn), 0.0 * turn])
    points = s[:, None] * (math.sin(half) * out + [0.0, 0.0, -math.cos(half)])
    normals = math.cos(half) * out + [0.0, 0.0, math.sin(half)]
    aspect = 0.5 * math.pi - half + off
    direction = np.array([math.sin(aspect), 0.0, math.cos(aspect)])
    expected = optics((points, normals, s * math.sin(half) * step), wavelength, direction)
    found = cone_flank(radius, length, wavelength, np.array([aspect]))[0]
    assert found == pytest.approx(expected, rel=0.05)


def test_a_cones_flash_has_its_closed_form() -> None:
    radius, length, wavelength = 0.3, 2.0, 0.03
    half = math.atan2(radius, length)
    expected = 8.0 * math.pi * length**3 * math.sin(half) / (9.0 * wavelength * math.cos(half) ** 4)
    found = cone_flank(radius, length, wavelength, np.array([0.5 * math.pi - half]))[0]
    assert found == pytest.approx(expected, rel=1e-3)


def test_a_cone_from_its_nose_is_near_its_base_and_grows_blunt() -> None:
    # Keller (1960): a cone of 15 deg half-angle returns about 0.74 of the geometrical area of its base.
    radius, length = 1.0, 1.0 / math.tan(math.radians(15.0))
    assert cone_nose(radius, length) / math.pi == pytest.approx(0.737, abs=0.005)
    assert cone_nose(1.0, 2.0) > cone_nose(1.0, 4.0)


def test_an_edge_returns_less_at_shorter_waves() -> None:
    aspects = np.radians([60.0, 110.0, 150.0])
    np.testing.assert_allclose(rim(0.3, 0.06, aspects), 2.0 * rim(0.3, 0.03, aspects))


@pytest.mark.parametrize("wavelength", [0.01, 0.03, 0.1])
def test_the_mean_of_a_cylinders_flash_does_not_depend_on_the_wavelength(wavelength: float) -> None:
    mean, usual = over_class(lambda aspect: cylinder(1.0, 10.0, wavelength, aspect - 0.5 * math.pi), SIDE)
    assert mean == pytest.approx(math.pi * 1.0 * 10.0 / math.sqrt(2.0), rel=0.02)
    assert usual < 0.05 * mean


def test_an_even_pattern_is_its_own_mean_and_a_fluctuating_one_reads_as_its_swerling_mean() -> None:
    mean, usual = over_class(lambda aspect: np.full_like(aspect, 2.0), REAR)
    assert mean == pytest.approx(2.0)
    # E[ln X] of an exponential of mean m is ln m less Euler's constant.
    log_mean, _ = quad(lambda x: math.log(x) * math.exp(-x), 0.0, math.inf)
    assert usual == pytest.approx(2.0 / math.exp(log_mean), rel=1e-6)


def test_a_cavity_returns_what_it_takes_in() -> None:
    # Over the half space that it faces the mean cosine is one half.
    assert cavity(3.0, (0.5 * math.pi, math.pi)) == pytest.approx(3.0)
    assert cavity(1.0) == pytest.approx(2.0 * 0.853553, rel=1e-5)


@pytest.mark.parametrize("band", WAVELENGTHS)
def test_a_vehicles_catalogue_values_are_those_of_its_shape(band: str) -> None:
    body = entry("threats", "icbm-solid-notional").spec.reentry_vehicle.body
    wavelength = WAVELENGTHS[band]
    for radar, aspects in ((body.radar_side, SIDE), (body.radar_rear, REAR)):
        value = typical(lambda aspect: cone_body(0.3, 2.0, wavelength, aspect), aspects)
        assert getattr(radar, band) == pytest.approx(value, rel=0.05)


BALLISTIC = [name for name in names("threats") if entry("threats", name).spec.kind == "ballistic"]


@pytest.mark.parametrize("name", BALLISTIC)
def test_a_boosters_catalogue_values_are_those_of_its_shape(name: str) -> None:
    spec = entry("threats", name).spec
    stage = spec.stages[min(1, len(spec.stages) - 1)]
    length = 2.0 * spec.booster.area / stage.diameter
    for band, wavelength in WAVELENGTHS.items():
        value = typical(lambda aspect, w=wavelength: cylinder_body(0.5 * stage.diameter, length, w, aspect), SIDE)
        side = getattr(spec.booster.radar_side, band)
        assert side == pytest.approx(max(value, getattr(spec.booster.radar, band)), rel=0.05)
        assert side >= getattr(spec.booster.radar, band)
    if stage.exit_area > 0.0:
        assert spec.booster.radar_rear.x_band == pytest.approx(cavity(stage.exit_area), rel=0.05, abs=0.05)
