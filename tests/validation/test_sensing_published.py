"""Published sensor numbers and exact results: radar ranges, thresholds, radiances, limb geometry."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from cupola.core.radiation import band_radiance
from cupola.core.sight import limb_geometry, radio_horizon
from cupola.scenario import catalogue
from cupola.sensors.radar import detection_range
from cupola.sensors.radar_spec import RadarHardware
from cupola.sensors.signal import (
    detection_threshold,
    radar_constant,
    ratio,
    steady_detection,
    swerling_detection,
)
from cupola.sensors.spec import InfraredSpec, RadarSpec
from cupola.sensors.time_budget import time_budget

NAUTICAL_MILE, MILE = 1852.0, 1609.344


def radar(name: str) -> RadarHardware:
    spec = catalogue.entry("sensors", name).spec
    assert isinstance(spec, RadarHardware)
    return spec


def names_of(kind: type) -> list[str]:
    return [n for n in catalogue.names("sensors") if isinstance(catalogue.entry("sensors", n).spec, kind)]


def infrared(name: str) -> InfraredSpec:
    spec = catalogue.entry("sensors", name).spec
    assert isinstance(spec, InfraredSpec)
    return spec


def test_grey_body_of_300_k() -> None:
    """Planck's law: 146.2 W/m2/sr in all, 38.50 in 8-12 um, 1.866 in 3-5 um."""
    assert band_radiance(300.0, 1e-7, 1.0) == pytest.approx(146.2, abs=0.05)
    assert band_radiance(300.0, 8e-6, 12e-6) == pytest.approx(38.50, abs=0.005)
    assert band_radiance(300.0, 3e-6, 5e-6) == pytest.approx(1.866, abs=0.0005)


@pytest.mark.parametrize(("model", "decibel"), [(steady_detection, 13.18), (swerling_detection, 21.14)])
def test_ratio_for_ninety_percent_detection(model: object, decibel: float) -> None:
    """Single pulse, false-alarm probability 1e-6 (Skolnik 2001, ch. 2)."""
    assert callable(model)
    threshold = detection_threshold(1e-6)
    needed = brentq(lambda db: model(ratio(db), threshold) - 0.9, 5.0, 24.0)
    assert needed == pytest.approx(decibel, abs=0.01)


def test_x_band_example_of_lewis_and_postol() -> None:
    """2012: 405 kW x 20 ms, 9.2 m2 at 0.8, 3 cm, 0.01 m2, 500 K, 8 dB losses, 13 dB -> 817 km."""
    aperture, wavelength = 9.2 * 0.8, 0.03
    constant = radar_constant(405e3 * 20e-3, 4.0 * math.pi * aperture / wavelength**2, aperture, 500.0, ratio(8.0))
    assert (constant * 0.01 / ratio(13.0)) ** 0.25 == pytest.approx(817e3, rel=2e-3)
    assert detection_range(radar("tpy-2"), 0.01, 13.0) == pytest.approx(817e3, rel=2e-3)


def test_limb_geometry() -> None:
    """Sensor 1,000 km, target 200 km, tangent 50 km -> 41.66 deg and 5,018 km."""
    angle, slant = limb_geometry(1_000e3, 200e3, 50e3)
    assert math.degrees(angle) == pytest.approx(41.66, abs=0.005)
    assert slant == pytest.approx(5_018e3, abs=500.0)


def test_horizon_over_a_four_thirds_earth() -> None:
    """A target at 10 m and an antenna at 50 m -> 42.2 km."""
    assert radio_horizon(50.0, 10.0) == pytest.approx(42.2e3, abs=50.0)


@pytest.mark.parametrize(
    ("name", "cross_section", "published", "tolerance"),
    [
        ("uewr", 10.0, 5_500e3, 0.10),  # more than 5,500 km on large targets
        ("cobra-dane", 0.05, 2_000.0 * MILE, 0.10),  # about 2,000 miles
        ("sbx", 0.01, 2_000e3, 0.10),  # 2,000 to 4,000 km quoted
        ("an-fps-117", 1.0, 225.0 * NAUTICAL_MILE, 0.12),  # 200 to 250 nautical miles
        ("an-fps-124", 1.0, 65.0 * NAUTICAL_MILE, 0.10),  # 60 to 70 nautical miles
    ],
)
def test_published_ranges_follow_from_the_range_equation(
    name: str, cross_section: float, published: float, tolerance: float
) -> None:
    assert detection_range(radar(name), cross_section, 13.0) == pytest.approx(published, rel=tolerance)


def test_large_targets_are_seen_beyond_5500_km_by_the_early_warning_radar() -> None:
    spec = radar("uewr")
    assert detection_range(spec, 10.0, 13.0) > 5_500e3
    assert spec.maximum_range > 5_500e3


@pytest.mark.parametrize("name", names_of(RadarHardware))
def test_gain_aperture_and_beam_belong_to_one_antenna(name: str) -> None:
    spec = radar(name)
    wavelength = 299_792_458.0 / spec.frequency
    assert ratio(spec.gain) == pytest.approx(4.0 * math.pi * spec.aperture / wavelength**2, rel=0.25)
    # Gain of a pencil beam: about 26,000 to 41,000 over the square of the beam in degrees; thinned arrays lie below.
    square = math.degrees(spec.beamwidth) * math.degrees(spec.vertical_beamwidth)
    assert 4_000.0 < ratio(spec.gain) * square < 60_000.0


@pytest.mark.parametrize("name", names_of(RadarSpec))
def test_every_radar_has_time_left_for_tracks(name: str) -> None:
    spec = catalogue.entry("sensors", name).spec
    budget = time_budget(spec)
    assert spec.fence_beams == 0 or budget.frame_s == spec.search_frame, "the fence keeps its frame"
    assert budget.search_share <= 0.6 or spec.rotation > 0.0
    assert budget.tracks >= 40


def test_warning_satellites_see_a_theatre_missile_and_tracking_satellites_a_cold_body() -> None:
    geo = infrared("sbirs-geo")
    assert 2e4 / (38e6**2 * geo.plume_noise) > 2.0 * geo.threshold_snr
    for name in ("tracking-layer-t1", "tracking-layer-t2", "tracking-layer-t3", "hbtss"):
        leo = infrared(name)
        body = 0.5 * band_radiance(300.0, leo.band_low, leo.band_high)
        assert body / (3e6**2 * leo.body_noise) > leo.threshold_snr


@pytest.mark.parametrize("name", catalogue.names("sensors"))
def test_every_number_of_an_entry_is_stated_with_its_source(name: str) -> None:
    entry = catalogue.entry("sensors", name)
    assert catalogue.unstated(entry.spec) == []
    known = catalogue.references()
    for value in entry.values:
        assert value.source == "assumed" or value.source in known
        assert value.source != "assumed" or value.note


def test_tranches_have_their_published_counts() -> None:
    counts = {"tracking-layer-t1": (28, 4), "tracking-layer-t2": (54, None), "tracking-layer-t3": (72, 4)}
    for name, (total, planes) in counts.items():
        walker = catalogue.entry("sensors", name).deployment
        assert walker is not None
        assert getattr(walker, "total", None) == total
        assert planes is None or getattr(walker, "planes", None) == planes
    assert np.all([catalogue.entry("sensors", n).deployment is not None for n in ("sbirs-geo", "next-gen-opir-geo")])
