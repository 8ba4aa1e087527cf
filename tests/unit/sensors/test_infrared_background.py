"""Bodies against space and Earth, the field of regard, cues and the sun, through the looks themselves."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.sensors.background import radiance_contrast
from cupola.sensors.detection import NonDetection, TargetSet, look
from cupola.sensors.looks import REASONS, Looks
from cupola.sensors.spec import InfraredSpec

PLAIN = {
    "title": "test",
    "sees_plumes": False,
    "plume_noise": "1e-11 W/m^2",
    "sees_bodies": True,
    "band_low": "3 um",
    "band_high": "5 um",
    "body_noise": "2e-13 W/m^2",
    "earth_noise": "4e-11 W/m^2",
    "earth_temperature": "270 K",
    "minimum_tangent_height": "60 km",
    "maximum_range": "9000 km",
    "pixel": "50 microradian",
    "bias": "0 rad",
    "revisit": "5 s",
    "threshold_snr": 5.0,
}
RADIUS = EQUATORIAL_RADIUS + 1e6
SATELLITE = np.array([[RADIUS, 0.0, 0.0]])


def spec(**changes: object) -> InfraredSpec:
    return InfraredSpec.model_validate({**PLAIN, **changes})


def planck(wavelength: float, temperature: float) -> float:
    return 1.191043e-16 / wavelength**5 / math.expm1(1.438776877e-2 / (wavelength * temperature))


def radiance(temperature: float, low: float = 3e-6, high: float = 5e-6) -> float:
    return float(quad(planck, low, high, args=(temperature,), epsabs=0.0)[0])


def bodies(r: Any, temperature: float, *, area: float = 2.0, plume: float = 0.0) -> TargetSet:
    r = np.atleast_2d(np.asarray(r, dtype=np.float64))
    count = len(r)
    return TargetSet(
        exists=np.ones(count, np.bool_),
        r=r,
        v=np.zeros((count, 3)),
        altitude=np.linalg.norm(r, axis=1) - EQUATORIAL_RADIUS,
        plume=np.full(count, plume),
        body_temperature=np.full(count, temperature),
        emissive_area=np.full(count, area),
        nose=np.tile([0.0, 0.0, 1.0], (count, 1)),
        rcs=np.ones((count, 3, 4)),
    )


def below(angle_deg: float, altitude: float = 40e3) -> np.ndarray:
    """A point ``angle_deg`` round the equator from the satellite's foot."""
    angle, radius = math.radians(angle_deg), EQUATORIAL_RADIUS + altitude
    return np.array([radius * math.cos(angle), radius * math.sin(angle), 0.0])


def off_nadir(angle_deg: float, distance: float = 500e3, azimuth_deg: float = 90.0) -> np.ndarray:
    """A point at an angle from straight down, seen from the satellite."""
    a, b = math.radians(angle_deg), math.radians(azimuth_deg)
    direction = np.array([-math.cos(a), math.sin(a) * math.sin(b), math.sin(a) * math.cos(b)])
    return SATELLITE[0] + distance * direction


def looked(sensor: InfraredSpec, targets: TargetSet, *, uniform: float = 0.5, cloud: float = 8e3, **more: Any) -> Looks:
    shape = (1, len(targets.exists))
    return look(
        sensor,
        (SATELLITE, np.zeros((1, 3))),
        targets,
        0.0,
        cloud_top_m=cloud,
        uniforms=np.full(shape, uniform),
        normals=np.zeros((*shape, 3)),
        bias=np.zeros((1, 3)),
        **more,
    )


def reason(looks: Looks, object_index: int = 0) -> NonDetection:
    return REASONS[int(looks.reason[0, object_index])]


def test_a_hot_skin_stands_out_from_the_earth_by_its_planck_contrast() -> None:
    target = bodies(below(15.0), 1_500.0)
    looks = looked(spec(), target)
    distance = float(np.linalg.norm(target.r[0] - SATELLITE[0]))
    signal = 2.0 * (radiance(1_500.0) - radiance(270.0)) / distance**2
    assert looks.snr[0, 0] == pytest.approx(signal / math.hypot(2e-13, 4e-11), rel=1e-6)
    assert looks.hit[0, 0]
    assert not looks.burning[0, 0]


def test_the_same_skin_is_seen_in_the_warning_band_and_in_long_wave_too() -> None:
    target = bodies(below(15.0), 1_500.0)
    distance = float(np.linalg.norm(target.r[0] - SATELLITE[0]))
    warning = looked(spec(sees_plumes=True, sees_bodies=False), target)
    assert warning.snr[0, 0] == pytest.approx(2.0 * radiance(1_500.0, 2.55e-6, 2.85e-6) / distance**2 / 1e-11, rel=1e-6)
    long = looked(spec(band_low="8 um", band_high="12 um", earth_noise="1e-10 W/m^2"), target)
    contrast = radiance(1_500.0, 8e-6, 12e-6) - radiance(270.0, 8e-6, 12e-6)
    assert long.snr[0, 0] == pytest.approx(2.0 * contrast / distance**2 / math.hypot(2e-13, 1e-10), rel=1e-6)
    assert warning.hit[0, 0]
    assert long.hit[0, 0]


def test_a_body_as_warm_as_its_background_vanishes_and_a_colder_one_shows_dark() -> None:
    sensor = spec(band_low="8 um", band_high="12 um")
    alike = looked(sensor, bodies(below(15.0), 270.0), uniform=0.0)
    assert alike.snr[0, 0] == 0.0
    assert reason(alike) is NonDetection.BELOW_LIMB
    warmer, colder = (looked(sensor, bodies(below(15.0), t, area=4_000.0)) for t in (290.0, 240.0))
    assert warmer.hit[0, 0]
    assert colder.hit[0, 0]
    assert radiance_contrast(290.0, 270.0, 8e-6, 12e-6) > 0.0 > radiance_contrast(240.0, 270.0, 8e-6, 12e-6)
    assert colder.snr[0, 0] / warmer.snr[0, 0] == pytest.approx(
        (radiance(270.0, 8e-6, 12e-6) - radiance(240.0, 8e-6, 12e-6))
        / (radiance(290.0, 8e-6, 12e-6) - radiance(270.0, 8e-6, 12e-6)),
        rel=1e-6,
    )


def test_the_background_changes_at_the_tangent_height() -> None:
    """Two bodies behind the limb at 58 and 62 km of tangent height: the Earth's noise behind one, space behind the
    other."""
    heights = []
    for tangent in (58e3, 62e3):
        edge = EQUATORIAL_RADIUS + tangent
        past = math.sqrt(RADIUS**2 - edge**2) + math.sqrt((EQUATORIAL_RADIUS + 300e3) ** 2 - edge**2)
        nadir = math.degrees(math.asin(edge / RADIUS))
        heights.append(off_nadir(nadir, past))
    looks = looked(spec(), bodies(heights, 300.0))
    distance = np.linalg.norm(np.array(heights) - SATELLITE, axis=1)
    against_earth = 2.0 * (radiance(300.0) - radiance(270.0)) / distance[0] ** 2 / math.hypot(2e-13, 4e-11)
    assert looks.snr[0, 0] == pytest.approx(against_earth, rel=1e-6)
    assert looks.snr[0, 1] == pytest.approx(2.0 * radiance(300.0) / distance[1] ** 2 / 2e-13, rel=1e-6)
    assert reason(looks, 0) is NonDetection.BELOW_LIMB
    assert looks.snr[0, 1] > 100.0 * looks.snr[0, 0]


def test_integration_thins_the_detectors_noise_but_not_the_scenes() -> None:
    target, space = bodies(below(15.0), 1_500.0), bodies(off_nadir(80.0, 3_000e3), 300.0)
    short, long = spec(integration="0.04 s"), spec(integration="4 s")
    assert looked(long, space).snr[0, 0] / looked(short, space).snr[0, 0] == pytest.approx(10.0)
    expected = math.hypot(2e-13 * 5.0, 4e-11) / math.hypot(2e-13 / 2.0, 4e-11)
    assert looked(long, target).snr[0, 0] / looked(short, target).snr[0, 0] == pytest.approx(expected)
    plume = bodies(below(15.0), 300.0, plume=1e5)
    bright = [looked(spec(sees_plumes=True, integration=t), plume).snr[0, 0] for t in ("0.25 s", "1 s")]
    assert bright[1] / bright[0] == pytest.approx(2.0)


def test_cloud_hides_a_warm_body_as_it_hides_a_plume() -> None:
    assert reason(looked(spec(), bodies(below(5.0, 6e3), 1_500.0))) is NonDetection.CLOUD
    assert looked(spec(), bodies(below(5.0, 6e3), 1_500.0), cloud=5e3).hit[0, 0]


@pytest.mark.parametrize("azimuth", [0.0, 90.0, 200.0])
def test_the_field_of_regard_ends_at_its_edges(azimuth: float) -> None:
    sensor = spec(minimum_off_nadir="20 deg", maximum_off_nadir="50 deg")
    angles = (19.9, 20.1, 49.9, 50.1)
    looks = looked(sensor, bodies([off_nadir(a, azimuth_deg=azimuth) for a in angles], 2_000.0))
    outside, inside = NonDetection.OUT_OF_FIELD, NonDetection.NONE
    assert [reason(looks, k) for k in range(4)] == [outside, inside, inside, outside]
    straight = bodies([off_nadir(0.0), off_nadir(180.0)], 2_000.0)
    assert looked(spec(), straight).hit.all(), "no edges: all the sky"


def test_a_narrow_sensor_looks_only_where_it_is_cued() -> None:
    targets = bodies([below(10.0), below(11.0)], 2_000.0)
    cued = np.array([False, True])
    narrow = looked(spec(needs_cue=True), targets, cued=cued)
    assert [reason(narrow, k) for k in range(2)] == [NonDetection.NOT_CUED, NonDetection.NONE]
    assert looked(spec(), targets, cued=cued).hit.all(), "a wide field needs no cue"
    assert looked(spec(needs_cue=True), targets).hit.all(), "nobody keeps count of cues"
    with pytest.raises(ValueError, match="one flag for each of the 2 objects"):
        looked(spec(), targets, cued=np.ones(3, np.bool_))


def test_a_sensor_reports_no_more_objects_than_it_can_look_at_in_a_revisit() -> None:
    targets = bodies([below(5.0 + k) for k in range(5)], 2_000.0)
    looks = looked(spec(looks_per_revisit=2), targets)
    assert sorted(looks.measurements()[1]) == [0, 1]
    assert len(looked(spec(), targets).measurements()[0]) == 5


def test_the_sun_blinds_up_to_the_edge_of_its_exclusion() -> None:
    """Lines at 29.9 and 30.1 deg from the sun, on either side of it."""
    sensor = spec(sun_exclusion="30 deg")
    target = off_nadir(80.0)
    line = (target - SATELLITE[0]) / np.linalg.norm(target - SATELLITE[0])
    for side in (-1.0, 1.0):
        for degrees, expected in ((29.9, NonDetection.SUN), (30.1, NonDetection.NONE)):
            a = math.radians(degrees)
            sun = math.cos(a) * line + side * math.sin(a) * np.array([0.0, 0.0, 1.0])
            assert reason(looked(sensor, bodies(target, 2_000.0), sun=sun)) is expected
    assert looked(spec(), bodies(target, 2_000.0), sun=line).hit[0, 0], "no exclusion"
    assert looked(sensor, bodies(target, 2_000.0)).hit[0, 0], "no sun"


def test_a_sun_behind_the_earth_blinds_nobody() -> None:
    sensor = spec(sun_exclusion="60 deg")
    target = bodies(below(5.0, 100e3), 2_000.0)
    rim = math.degrees(math.asin(EQUATORIAL_RADIUS / RADIUS))
    for angle, expected in ((rim - 1.0, NonDetection.NONE), (rim + 1.0, NonDetection.SUN)):
        towards = off_nadir(angle, 1.0) - SATELLITE[0]
        wide = target if angle < rim else bodies(off_nadir(55.0), 2_000.0)
        assert reason(looked(sensor, wide, sun=towards)) is expected


@pytest.mark.parametrize("sun", [np.array([1.0, 1.0, 0.0]), np.ones(2), np.full(3, np.nan)])
def test_a_sun_that_is_no_direction_is_refused(sun: np.ndarray) -> None:
    with pytest.raises(ValueError, match="unit vector"):
        looked(spec(), bodies(below(5.0), 300.0), sun=sun)
