"""Skywave radars: the annulus, the ionosphere's moods, the HF range equation, coarse reports that say how coarse."""

import math

import numpy as np
import pytest
from radar_targets import looked, over, reasons
from scipy.integrate import quad

from cupola.core.earth import MEAN_RADIUS, ecef_to_geodetic, geodetic_to_ecef, great_circle_point
from cupola.scenario.catalogue import entry
from cupola.sensors.detection import NonDetection, RadarSites, stations_of
from cupola.sensors.signal import ratio
from cupola.sensors.skywave import hf_cross_section, path_length, prolate_depolarisation, skywave_constant
from cupola.sensors.skywave_spec import SkywaveSpec

HOME = (44.5, -79.3)
QUIET = {"fluctuation": "steady", "availability": 1.0, "auroral_latitude": math.radians(89.9), "azimuth_width": 1.5}


def changed(**fields: object) -> SkywaveSpec:
    spec = entry("sensors", "othr-arctic").spec
    assert isinstance(spec, SkywaveSpec)
    return spec.model_copy(update={**QUIET, **fields})


def site(spec: SkywaveSpec) -> RadarSites:
    place = stations_of(spec, [(math.radians(HOME[0]), math.radians(HOME[1]), 270.0)], [(0.0,)])
    assert isinstance(place, RadarSites)
    return place


def away(kilometres: float, azimuth_deg: float = 0.0, altitude: float = 10e3) -> tuple[float, float, float]:
    """A place at a central angle of km over the mean radius, from the site's direction at the Earth's centre."""
    x, y, z = geodetic_to_ecef(math.radians(HOME[0]), math.radians(HOME[1]), 0.0)
    centric = math.atan2(z, math.hypot(x, y))
    lat, lon = great_circle_point(centric, math.atan2(y, x), math.radians(azimuth_deg), kilometres * 1e3 / MEAN_RADIUS)
    e = 1.0 - 6.69437999014e-3
    return math.degrees(math.atan(math.tan(lat) / e)), math.degrees(lon), altitude


def reason(spec: SkywaveSpec, where: tuple[float, float, float], speed: float = 250.0, **how: float) -> NonDetection:
    targets = over([where], speed=speed, heading_deg=how.get("heading_deg", 180.0), area=how.get("area", 60.0))
    return reasons(looked(spec, site(spec), targets))[0]


def test_it_sees_between_the_edges_of_its_annulus_and_far_beyond_every_straight_line() -> None:
    spec = changed()
    assert reason(spec, away(899.0)) is NonDetection.INSIDE_SKIP_ZONE
    assert reason(spec, away(901.0)) is NonDetection.NONE
    assert reason(spec, away(2_999.0)) is NonDetection.NONE
    assert reason(spec, away(3_001.0)) is NonDetection.OUT_OF_RANGE
    assert reason(spec, away(1_500.0, azimuth_deg=44.0)) is NonDetection.OUT_OF_FIELD  # half of 1.5 rad is 43 deg
    assert reason(spec, away(1_500.0, azimuth_deg=42.0)) is NonDetection.NONE
    assert reason(spec, away(1_500.0, altitude=51e3)) is NonDetection.OUT_OF_FIELD


def test_what_is_no_faster_than_the_clutter_is_hidden() -> None:
    spec = changed(minimum_speed=25.0)
    assert reason(spec, away(1_500.0), 24.0) is NonDetection.TOO_SLOW
    assert reason(spec, away(1_500.0), 27.0) is NonDetection.NONE
    assert reason(spec, away(1_500.0), 250.0, heading_deg=90.0) is NonDetection.TOO_SLOW


def test_the_ionosphere_serves_a_share_of_the_runs_and_then_for_the_whole_run() -> None:
    spec = changed(availability=0.7)
    targets = over([away(1_500.0), away(2_000.0)], speed=250.0, heading_deg=180.0, area=60.0)
    draws = np.random.Generator(np.random.PCG64(4)).normal(size=(2_000, 3))
    served = []
    for row in draws:
        codes = set(reasons(looked(spec, site(spec), targets, bias=row[None, :])))
        assert len(codes) == 1
        served.append(codes == {NonDetection.NONE})
    assert np.mean(served) == pytest.approx(0.7, abs=4.0 * math.sqrt(0.21 / 2_000))
    assert reason(changed(availability=0.0), away(1_500.0)) is NonDetection.NO_PROPAGATION


def test_the_aurora_takes_its_loss_and_its_slow_targets() -> None:
    quiet, auroral = changed(), changed(auroral_latitude=math.radians(60.0))
    target = over([away(2_000.0)], speed=250.0, heading_deg=180.0, area=60.0)  # at 62 N, dipole latitude 71 deg
    thin = changed(subclutter_visibility=200.0)
    lost = changed(subclutter_visibility=200.0, auroral_latitude=math.radians(60.0))
    ratios = [float(looked(spec, site(spec), target).snr[0, 0]) for spec in (thin, lost)]
    assert ratios[0] / ratios[1] == pytest.approx(ratio(quiet.auroral_loss), rel=1e-9)
    assert reason(auroral, away(2_000.0), 50.0) is NonDetection.TOO_SLOW
    assert reason(quiet, away(2_000.0), 50.0) is NonDetection.NONE
    # Equatorward of the oval nothing changes: the same range to the south of a radar that looks there.
    assert reason(changed(auroral_latitude=math.radians(75.0)), away(1_000.0), 50.0) is NonDetection.NONE


def test_signal_against_noise_and_clutter_follows_both_equations() -> None:
    spec = changed()
    area, ground = 3.0, 1_500e3
    sigma = float(hf_cross_section(np.array([area / 0.8]), 299_792_458.0 / 18e6, 10.0)[0]) * ratio(5.0)
    path = path_length(ground / MEAN_RADIUS, 300e3)
    # 500 kW for 3 s, gains of 20 and 30 dB, 18 dB of losses, 28 dB over 290 K, written out.
    wavelength = 299_792_458.0 / 18e6
    received = 500e3 * 3.0 * 100.0 * 1000.0 * wavelength**2 * sigma / ((4.0 * math.pi) ** 3 * path**4 * 10.0**1.8)
    noise = received / (1.380649e-23 * 290.0 * 10.0**2.8)
    cell = 1e-3 * math.radians(1.0) * ground * 299_792_458.0 / (2.0 * 10e3)
    clutter = sigma / cell * 1e7
    seen = looked(spec, site(spec), over([away(1_500.0)], speed=250.0, heading_deg=180.0, area=area)).snr[0, 0]
    assert seen == pytest.approx(1.0 / (1.0 / noise + 1.0 / clutter), rel=1e-3)
    assert skywave_constant(spec) * sigma / path**4 == pytest.approx(noise, rel=1e-9)


def test_the_path_is_two_sides_of_a_flat_triangle_close_by_and_longer_than_the_ground_always() -> None:
    assert path_length(100e3 / MEAN_RADIUS, 300e3) == pytest.approx(2.0 * math.hypot(50e3, 300e3), rel=2e-3)
    for kilometres in (500.0, 1_500.0, 3_000.0):
        assert path_length(kilometres * 1e3 / MEAN_RADIUS, 300e3) > kilometres * 1e3


def test_depolarisation_of_spheroids_against_its_integral_and_the_sphere() -> None:
    """N = (a b^2 / 2) x integral of ds / ((s + a^2)^1.5 (s + b^2)) over s > 0 (Stratton 1941, sec. 3.27)."""
    for fineness in (1.001, 2.0, 5.0, 10.0):
        a, b = fineness, 1.0
        integral, _ = quad(lambda s, a=a, b=b: 1.0 / ((s + a * a) ** 1.5 * (s + b * b)), 0.0, np.inf, epsabs=1e-12)
        assert prolate_depolarisation(fineness) == pytest.approx(0.5 * a * b * b * integral, rel=1e-6)
    assert prolate_depolarisation(1.0001) == pytest.approx(1.0 / 3.0, rel=1e-3)


def test_hf_cross_sections_fall_with_the_fourth_power_of_wavelength_and_never_exceed_resonance() -> None:
    area = np.array([0.05])
    assert hf_cross_section(area, 30.0, 10.0)[0] / hf_cross_section(area, 60.0, 10.0)[0] == pytest.approx(
        16.0, rel=1e-3
    )
    sizes = hf_cross_section(np.array([0.5, 2.0, 10.0, 100.0, 1e4]), 20.0, 10.0)
    assert (np.diff(sizes) > 0.0).all()
    assert sizes[-1] < 0.15 * 20.0**2
    # A missile of 5 m at 15 MHz shows some tenths of a square metre, an airliner tens.
    assert 0.05 < sizes[1] < 1.0
    assert 10.0 < sizes[3] < 60.0


def test_reports_are_as_coarse_as_they_say_and_know_no_height() -> None:
    spec = changed(range_bias=0.0, angle_bias=0.0)
    where = away(1_800.0, altitude=2e3)
    targets = over([where] * 3_000, speed=250.0, heading_deg=180.0, area=60.0)
    looks = looked(spec, site(spec), targets, noise=True)
    assert looks.hit.all()
    reported = looks.r_sensors[0] + looks.range_m[0][:, None] * looks.u[0]
    heights = np.array([ecef_to_geodetic(*row)[2] for row in reported])
    assert np.ptp(heights) < 400.0
    assert heights.mean() == pytest.approx(spec.assumed_height, abs=300.0)
    level = targets.r[0] * (1.0 + 8e3 / np.linalg.norm(targets.r[0]))  # the truth raised to the assumed height
    off = reported - level
    onward = np.cross(np.cross(looks.r_sensors[0], level), level)
    onward /= np.linalg.norm(onward)
    along = off @ onward
    side = np.cross(level, onward)
    side /= np.linalg.norm(side)
    across = off @ side
    assert across.std() == pytest.approx(looks.sigma_angle[0, 0, 0] * looks.range_m[0].mean(), rel=0.05)
    cell = 299_792_458.0 / (2.0 * spec.bandwidth * math.sqrt(2.0 * looks.snr[0, 0]))
    assert along.std() == pytest.approx(cell, rel=0.05)
    vertical = looks.sigma_angle[0, 0, 1] * looks.range_m[0].mean()
    assert vertical == pytest.approx(spec.height_error, rel=0.03)
    assert looks.range_rate[0].std() == pytest.approx(looks.sigma_range_rate[0, 0], rel=0.05)
    assert looks.range_rate[0].mean() == pytest.approx(-250.0 * math.cos(0.9 / MEAN_RADIUS * 1e6), abs=2.0)


def test_a_spec_out_of_order_is_refused() -> None:
    fields = entry("sensors", "othr-arctic").spec.model_dump(mode="json")
    for wrong, message in (
        ({"maximum_ground_range": "800 km"}, "maximum_ground_range"),
        ({"hits": 7}, "exceed looks"),
        ({"fire_control_error": "100 km"}, "must not exceed track_error"),
        ({"frequency": "40 MHz"}, "frequency"),
    ):
        with pytest.raises(ValueError, match=message):
            SkywaveSpec(**{**fields, **wrong})
