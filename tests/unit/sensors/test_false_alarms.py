"""False alarms lie evenly over what a sensor watches and look like weak detections."""

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import kstest

from cupola.core.earth import EQUATORIAL_RADIUS, ecef_to_eci
from cupola.core.sight import sight_altitudes
from cupola.scenario.catalogue import entry, names
from cupola.sensors.detection import stations_of
from cupola.sensors.false_alarms import FASTEST, LIMB_TOP, false_reports
from cupola.sensors.spec import InfraredSpec, SkywaveSpec, SpaceRadarSpec

COUNT = 4_000
TIME_S = 1_234.0
PLACES = [(1.1, -2.5, 300.0), (0.7, -1.3, 100.0)]
FACES = ((math.radians(300.0), math.radians(60.0)), ())
GEOSTATIONARY = np.array([[42_164e3, 0.0, 0.0], [0.0, 0.0, 26_600e3]])
VELOCITY = np.array([[0.0, 3_075.0, 0.0], [3_870.0, 0.0, 0.0]])
LOW = np.array([[7_378e3, 0.0, 0.0], [0.0, 5_217e3, 5_217e3]])
LOW_VELOCITY = np.array([[0.0, 7_350.0, 0.0], [7_350.0, 0.0, 0.0]])


def drawn(name, counts, seed=5, **changes):
    spec = entry("sensors", name).spec.model_copy(update=changes)
    satellites = (LOW, LOW_VELOCITY) if isinstance(spec, SpaceRadarSpec) else (GEOSTATIONARY, VELOCITY)
    places = stations_of(spec, PLACES, FACES) or satellites
    rows = false_reports(
        spec,
        places,
        TIME_S,
        np.array(counts),
        np.random.default_rng(seed),
        bias=np.zeros((2, 3)),
        sensor_offset=10,
    )
    return spec, rows


def test_satellites_give_them_evenly_over_the_earths_disc_and_the_space_above_its_limb():
    spec, rows = drawn("next-gen-opir-geo", [COUNT, 0])
    assert len(rows) == COUNT
    np.testing.assert_allclose(np.linalg.norm(rows.u, axis=1), 1.0)
    cosine = rows.u @ np.array([-1.0, 0.0, 0.0])
    edge = math.cos(math.asin((EQUATORIAL_RADIUS + LIMB_TOP) / 42_164e3))
    assert kstest((1.0 - cosine) / (1.0 - edge), "uniform").pvalue > 0.01
    disc = math.cos(math.asin(EQUATORIAL_RADIUS / 42_164e3))
    share = (1.0 - disc) / (1.0 - edge)
    assert np.mean(cosine > disc) == pytest.approx(share, abs=4.0 * math.sqrt(share * (1.0 - share) / COUNT))
    assert kstest(np.arctan2(rows.u[:, 1], rows.u[:, 2]) / math.tau + 0.5, "uniform").pvalue > 0.01
    assert np.isnan(rows.range_m).all()
    assert not rows.burning.any()
    # Half a pixel over the ratio, and a floor of a twentieth.
    noise = spec.pixel * math.sqrt((0.5 / spec.threshold_snr) ** 2 + 0.05**2)
    np.testing.assert_allclose(rows.sigma_angle, noise)


def test_a_satellite_that_looks_above_the_limb_alone_gives_them_there_alone():
    _, rows = drawn("next-gen-opir-geo", [500, 0], sees_plumes=False, sees_bodies=True, earth_noise=None)
    limb = math.asin((EQUATORIAL_RADIUS + entry("sensors", "next-gen-opir-geo").spec.minimum_tangent_height) / 42_164e3)
    assert (np.arccos(-rows.u[:, 0]) > limb - 1e-9).all()


def test_radars_give_them_evenly_over_the_volume_of_their_faces():
    spec, rows = drawn("lrdr", [COUNT, 0])
    assert set(rows.sensor) == {10}
    assert kstest((rows.range_m / spec.maximum_range) ** 3, "uniform").pvalue > 0.01
    station = stations_of(spec, PLACES, FACES)
    fixed = np.array([ecef_to_eci(u, -TIME_S) for u in rows.u]) @ station.basis[0].T
    low, high = math.sin(spec.minimum_elevation), math.sin(spec.maximum_elevation)
    assert kstest((fixed[:, 2] - low) / (high - low), "uniform").pvalue > 0.01
    azimuth = np.arctan2(fixed[:, 0], fixed[:, 1]) % math.tau
    off = np.array([(azimuth - face + math.pi) % math.tau - math.pi for face in FACES[0]])
    nearest = np.abs(off).min(axis=0)
    assert kstest(nearest / (0.5 * spec.azimuth_width), "uniform").pvalue > 0.01
    assert np.mean(np.abs(off[0]) < np.abs(off[1])) == pytest.approx(0.5, abs=0.04)
    # Monopulse and range error at a power ratio of 13 dB (Skolnik 2001, sec. 4.2; Barton 2005, ch. 8).
    snr = 10.0**1.3
    np.testing.assert_allclose(rows.sigma_angle, spec.beamwidth / (1.6 * math.sqrt(2.0 * snr)))
    np.testing.assert_allclose(rows.sigma_range, 299_792_458.0 / (2.0 * spec.bandwidth * math.sqrt(2.0 * snr)))
    assert np.isnan(rows.range_rate).all()


@pytest.mark.parametrize("name", names("sensors"))
def test_every_sensor_of_the_catalogue_gives_sound_reports_that_the_earth_does_not_hide(name):
    spec, rows = drawn(name, [60, 60], availability=1.0)
    assert np.isfinite(rows.u).all()
    np.testing.assert_allclose(np.linalg.norm(rows.u, axis=1), 1.0)
    assert (rows.sigma_angle > 0.0).all()
    assert np.isfinite(rows.range_m).all() != isinstance(spec, InfraredSpec)
    assert len(rows) == 120
    if isinstance(spec, InfraredSpec):
        return
    points = rows.r_sensor + rows.range_m[:, None] * rows.u
    if isinstance(spec, SkywaveSpec):
        radii = np.linalg.norm(points, axis=1) * np.linalg.norm(rows.r_sensor, axis=1)
        ground = 6_371e3 * np.arccos(np.einsum("kc,kc->k", points, rows.r_sensor) / radii)
        assert (ground > spec.minimum_ground_range - 1.0).all()
        assert (ground < spec.maximum_ground_range + 1.0).all()
    else:
        hidden = [sight_altitudes(a[None], b[None])[0, 0] for a, b in zip(rows.r_sensor, points, strict=True)]
        assert min(hidden) > -spec.height_error
        assert (rows.range_m <= spec.maximum_range * (1.0 + 1e-9)).all()
    if np.isfinite(rows.range_rate).all():
        assert np.abs(rows.range_rate).max() < FASTEST + 8e3


def test_a_radar_without_its_ionosphere_gives_none():
    _, rows = drawn("othr-arctic", [20, 20], availability=0.0)
    assert len(rows) == 0


def test_rates_are_written_with_their_unit():
    spec = entry("sensors", "lrdr").spec
    data = spec.model_dump(mode="json")
    assert type(spec).model_validate({**data, "false_alarms": "2 1/h"}).false_alarms == pytest.approx(2.0 / 3_600.0)
    assert type(spec).model_validate(data) == spec
    for wrong, words in ((3, "needs a unit, written like '2 1/h'"), ("2 km", "not a rate"), ("-1 1/h", "greater than")):
        with pytest.raises(ValidationError, match=words):
            type(spec).model_validate({**data, "false_alarms": wrong})


def test_every_sensor_of_the_catalogue_states_its_rate():
    for name in names("sensors"):
        assert f"{name}.false_alarms" in {value.path for value in entry("sensors", name).values}
