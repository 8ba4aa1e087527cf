"""Infrared looks: every reason for seeing nothing, hit rates, noise, bias, tasking, m-of-n."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.sensors.detection import NonDetection, TargetSet, Watch, look, read_features
from cupola.sensors.looks import CODE, REASONS, Looks, Measurements
from cupola.sensors.signal import gaussian_detection
from cupola.sensors.spec import InfraredSpec, RadarSpec

SPEC = InfraredSpec(
    title="test",
    sees_plumes=True,
    plume_noise="1e-11 W/m^2",
    sees_bodies=True,
    body_noise="3e-13 W/m^2",
    minimum_tangent_height="60 km",
    maximum_range="6000 km",
    pixel="100 microradian",
    bias="40 microradian",
    revisit="5 s",
    threshold_snr=5.0,
)
SATELLITE = np.array([[EQUATORIAL_RADIUS + 1e6, 0.0, 0.0]])


def target(angle_deg: float, altitude: float, *, plume: float = 0.0, area: float = 0.0, count: int = 1) -> TargetSet:
    radius = EQUATORIAL_RADIUS + altitude
    angle = math.radians(angle_deg)
    r = np.tile([radius * math.cos(angle), radius * math.sin(angle), 0.0], (count, 1))
    return TargetSet(
        exists=np.ones(count, np.bool_),
        r=r,
        v=np.zeros((count, 3)),
        altitude=np.full(count, altitude),
        plume=np.full(count, plume),
        body_temperature=np.full(count, 300.0),
        emissive_area=np.full(count, area),
        nose=np.tile([0.0, 0.0, 1.0], (count, 1)),
        rcs=np.ones((count, 3, 4)),
    )


def looked(
    targets: TargetSet, *, spec: InfraredSpec = SPEC, sensors: np.ndarray = SATELLITE, seed: int = 1, sure: bool = True
) -> Looks:
    g = np.random.Generator(np.random.PCG64(seed))
    shape = (len(sensors), len(targets.exists))
    return look(
        spec,
        (sensors, np.zeros_like(sensors)),
        targets,
        100.0,
        cloud_top_m=8e3,
        uniforms=np.zeros(shape) if sure else g.uniform(size=shape),
        normals=g.normal(size=(*shape, 3)),
        bias=g.normal(size=(len(sensors), 3)),
    )


@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        (target(120.0, 300e3, plume=1e5), NonDetection.BEHIND_EARTH),
        (target(50.0, 900e3, plume=1e5), NonDetection.OUT_OF_RANGE),
        (target(10.0, 4e3, plume=1e5), NonDetection.CLOUD),
        (target(10.0, 200e3, area=1.0), NonDetection.BELOW_LIMB),
        (target(10.0, 200e3), NonDetection.NO_SIGNAL),
        (target(41.0, 300e3, area=1.0), NonDetection.NONE),
        (target(10.0, 20e3, plume=1e5), NonDetection.NONE),
        (replace(target(10.0, 20e3, plume=1e5), exists=np.zeros(1, np.bool_)), NonDetection.ABSENT),
    ],
)
def test_every_look_has_its_reason(targets: TargetSet, reason: NonDetection) -> None:
    looks = looked(targets)
    assert REASONS[int(looks.reason[0, 0])] is reason
    assert bool(looks.hit[0, 0]) is (reason is NonDetection.NONE)


def test_a_faint_target_is_too_faint_and_hits_come_at_the_stated_rate() -> None:
    many = target(10.0, 20e3, plume=120.0, count=4000)
    looks = looked(many, sure=False)
    expected = gaussian_detection(float(looks.snr[0, 0]), 5.0)
    assert 0.05 < expected < 0.95
    assert looks.hit.mean() == pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1 - expected) / 4000))
    assert set(looks.reason[~looks.hit]) == {REASONS.index(NonDetection.TOO_FAINT)}


def test_signal_falls_with_the_square_of_range() -> None:
    near, far = looked(target(0.0, 100e3, plume=1e5)), looked(target(0.0, 550e3, plume=1e5))
    assert far.snr[0, 0] / near.snr[0, 0] == pytest.approx(4.0, rel=1e-6)
    assert near.snr[0, 0] == pytest.approx(1e5 / 900e3**2 / 1e-11, rel=1e-9)


def test_measured_lines_carry_the_noise_and_the_bias_they_state() -> None:
    targets = target(20.0, 100e3, plume=2e3, count=4000)
    looks = looked(targets)
    truth = targets.r[0] - SATELLITE[0]
    truth /= np.linalg.norm(truth)
    up = SATELLITE[0] / np.linalg.norm(SATELLITE[0])
    first = np.cross(truth, up)
    first /= np.linalg.norm(first)
    second = np.cross(first, truth)
    errors = looks.u[0] @ np.array([first, second]).T
    sigma = looks.sigma_angle[0, 0, 0]
    bias = np.random.Generator(np.random.PCG64(1))
    bias.normal(size=(1, 4000, 3))
    expected = 40e-6 * bias.normal(size=(1, 3))[0, :2]
    np.testing.assert_allclose(errors.std(axis=0), sigma, rtol=0.05)
    np.testing.assert_allclose(errors.mean(axis=0), expected, atol=4.0 * sigma / math.sqrt(4000))


def test_burning_is_told_from_a_warm_body() -> None:
    assert looked(target(41.0, 300e3, area=1.0, plume=1e5)).burning[0, 0]
    assert not looked(target(41.0, 300e3, area=1.0)).burning[0, 0]


def test_a_skin_that_the_air_makes_glow_is_seen_against_the_earth_and_does_not_burn() -> None:
    hot = replace(target(10.0, 40e3, area=0.75), body_temperature=np.array([2000.0]))
    looks = looked(hot)
    shine = 0.75 * quad(planck, 2.55e-6, 2.85e-6, args=(2000.0,))[0]
    assert looks.hit[0, 0]
    assert not looks.burning[0, 0]
    assert looks.snr[0, 0] == pytest.approx(shine / np.sum((hot.r[0] - SATELLITE[0]) ** 2) / 1e-11, rel=1e-6)
    assert REASONS[int(looked(replace(hot, r=target(10.0, 4e3).r)).reason[0, 0])] is NonDetection.CLOUD
    assert looked(replace(hot, plume=np.array([1e5]))).burning[0, 0]


def planck(wavelength: float, temperature: float) -> float:
    return 1.191043e-16 / wavelength**5 / math.expm1(1.438776877e-2 / (wavelength * temperature))


def test_the_best_satellites_report_and_the_others_say_so() -> None:
    angles = np.radians([0.0, 2.0, 4.0, 6.0, 8.0])
    sensors = (EQUATORIAL_RADIUS + 1e6) * np.column_stack([np.cos(angles), np.sin(angles), np.zeros(5)])
    looks = replace(looked(target(0.0, 100e3, plume=1e5, count=2), sensors=sensors), resolution_angle=0.0)
    rows, origin = looks.measurements(sensor_offset=10)
    assert sorted(rows.sensor[origin == 0]) == [10, 11, 12]
    assert [REASONS[c] for c in looks.reason[:, 1]] == [NonDetection.NONE] * 3 + [NonDetection.NOT_TASKED] * 2
    assert np.isnan(rows.range_m).all()
    assert np.isnan(rows.feature).all()
    assert rows.burning.all()


def test_unconfirmed_hits_are_not_reported() -> None:
    looks = looked(target(0.0, 100e3, plume=1e5))
    assert len(looks.measurements(np.zeros((1, 1), np.bool_))[0]) == 0
    assert REASONS[int(looks.reason[0, 0])] is NonDetection.UNCONFIRMED


def test_m_of_n_confirms_on_the_mth_hit_and_forgets_after_n() -> None:
    watch = Watch(1, 1, hits=2, looks=3)
    pattern = [1, 0, 1, 0, 0, 1, 1, 1]
    confirmed = [bool(watch.update(np.array([[bool(hit)]]))[0, 0]) for hit in pattern]
    assert confirmed == [False, False, True, False, False, False, True, True]


def test_spec_and_sensors_must_belong_together() -> None:
    with pytest.raises(ValueError, match="radars with RadarSites"):
        look(
            RadarSpec.model_construct(kind="radar"),
            (SATELLITE, SATELLITE),
            target(0.0, 1e5),
            0.0,
            cloud_top_m=0.0,
            uniforms=np.zeros((1, 1)),
            normals=np.zeros((1, 1, 3)),
            bias=np.zeros((1, 3)),
        )


def test_joined_batches_keep_every_row_in_order() -> None:
    first, _ = looked(target(0.0, 100e3, plume=1e5)).measurements()
    second, _ = looked(target(5.0, 100e3, plume=1e5)).measurements(sensor_offset=7)
    both = Measurements.join([first, second])
    assert list(both.sensor) == [0, 7]
    np.testing.assert_array_equal(both.u, np.vstack([first.u, second.u]))


def test_features_keep_the_objects_own_deviation() -> None:
    g = np.random.Generator(np.random.PCG64(2))
    ones = np.ones(4000)
    readings = read_features(3.0 * ones, 0.5 * ones, 0.7 * ones, g.normal(size=4000))
    assert readings.mean() == pytest.approx(2.2, abs=0.07)


def test_spec_refuses_an_empty_band() -> None:
    with pytest.raises(ValueError, match="band_high"):
        InfraredSpec(**{**SPEC.model_dump(mode="json"), "band_high": "7 um"})


def test_what_lies_within_a_pixel_and_a_half_is_reported_as_one_at_its_centre() -> None:
    targets = target(0.0, 100e3, plume=1e5, count=3)
    across = 1.2e6 * 1e-6
    targets.plume[:] = [1e5, 2e5, 1e5]
    targets.r[2] += np.array([0.0, 0.0, 400.0 * across])
    looks = replace(looked(targets), u=np.empty((1, 3, 3)), resolution_angle=100e-6)
    looks.u[0] = targets.r - SATELLITE[0]
    looks.u[0] /= np.linalg.norm(looks.u[0], axis=1)[:, None]
    rows, origin = looks.measurements()
    assert sorted(origin) == [1, 2]
    assert REASONS[int(looks.reason[0, 0])] is NonDetection.UNRESOLVED
    np.testing.assert_array_equal(rows.u[origin == 2][0], looks.u[0, 2])
    wide = replace(looks, resolution_angle=1e-2)
    rows, origin = wide.measurements()
    assert sorted(origin) == [1]
    centre = np.average(targets.r, axis=0, weights=wide.snr[0]) - SATELLITE[0]
    np.testing.assert_allclose(rows.u[0], centre / np.linalg.norm(centre), atol=1e-9)
    weight, sigma = wide.snr[0], wide.sigma_angle[0, :, 0]
    assert rows.sigma_angle[0, 0] == pytest.approx(math.hypot(*(weight * sigma)) / weight.sum())
    np.testing.assert_allclose(wide.shares(np.array([0]), origin), [[0.25, 0.5, 0.25]], rtol=0.02)


def test_what_is_too_faint_alone_adds_its_light_to_what_stands_beside_it() -> None:
    targets = target(0.0, 100e3, plume=1e5, count=3)
    targets.r[2] += np.array([0.0, 0.0, 480.0])
    looks = replace(looked(targets), resolution_angle=1e-2)
    looks.hit[0, 2], looks.reason[0, 2] = False, CODE["TOO_FAINT"]
    rows, origin = looks.measurements()
    assert len(rows) == 1
    np.testing.assert_allclose(looks.shares(np.array([0]), origin), [[1 / 3, 1 / 3, 1 / 3]], rtol=0.01)
    assert REASONS[int(looks.reason[0, 2])] is NonDetection.TOO_FAINT
    looks.hit[0, :], looks.reason[0, :] = False, CODE["TOO_FAINT"]
    assert len(looks.measurements()[0]) == 0
