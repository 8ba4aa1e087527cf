"""Radar looks: horizon, sector, range equation, fluctuation, accuracy, capacity."""

import math
from dataclasses import replace

import numpy as np
import pytest

from cupola.core.earth import ROTATION_RATE, geodetic_to_ecef, local_basis, rotate_z
from cupola.sensors.detection import NonDetection, TargetSet, look
from cupola.sensors.looks import REASONS, Looks
from cupola.sensors.radar import RadarSites, detection_range
from cupola.sensors.signal import ratio, swerling3_detection, swerling_detection
from cupola.sensors.spec import RadarSpec

FIELDS = {
    "title": "test",
    "band": "x_band",
    "frequency": "10 GHz",
    "average_power": "81 kW",
    "aperture": "7.36 m^2",
    "gain": "50.12 dB",
    "system_temperature": "500 K",
    "losses": "8 dB",
    "dwell": "100 ms",
    "bandwidth": "100 MHz",
    "beamwidth": "0.7 deg",
    "threshold_snr": "13 dB",
    "azimuth_width": "120 deg",
    "minimum_elevation": "3 deg",
    "maximum_elevation": "80 deg",
    "maximum_range": "3000 km",
    "revisit": "5 s",
}
PLACE = (math.radians(40.0), math.radians(140.0), 100.0)


def sites(spec: RadarSpec, boresights: tuple[float, ...] = (0.0,)) -> RadarSites:
    return RadarSites.at([PLACE], [boresights], spec.antenna_height)


def target(
    azimuth_deg: float,
    elevation_deg: float,
    distance: float,
    rcs: float | tuple[float, float, float],
    count: int = 1,
    time_s: float = 0.0,
    off_nose_deg: float = 0.0,
) -> TargetSet:
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    local = distance * np.array([math.cos(e) * math.sin(a), math.cos(e) * math.cos(a), math.sin(e)])
    r = np.array(geodetic_to_ecef(PLACE[0], PLACE[1], 130.0)) + local @ local_basis(PLACE[0], PLACE[1])
    altitude = float(np.linalg.norm(r)) - 6_369e3
    to_radar = np.array(geodetic_to_ecef(PLACE[0], PLACE[1], 130.0)) - r
    to_radar /= np.linalg.norm(to_radar)
    across = np.cross(to_radar, [0.0, 0.0, 1.0])
    off = math.radians(off_nose_deg)
    nose = math.cos(off) * to_radar + math.sin(off) * across / np.linalg.norm(across)
    classes = np.full((count, 3, 4), 9.0)
    classes[:, :, 3] = rcs
    return TargetSet(
        exists=np.ones(count, np.bool_),
        r=rotate_z(np.tile(r, (count, 1)), ROTATION_RATE * time_s),
        v=np.zeros((count, 3)),
        altitude=np.full(count, altitude),
        plume=np.zeros(count),
        body_temperature=np.full(count, 300.0),
        emissive_area=np.ones(count),
        nose=rotate_z(np.tile(nose, (count, 1)), ROTATION_RATE * time_s),
        rcs=classes,
    )


def looked(
    spec: RadarSpec, targets: TargetSet, *, boresights: tuple[float, ...] = (0.0,), time_s: float = 0.0
) -> Looks:
    g = np.random.Generator(np.random.PCG64(5))
    n = len(targets.exists)
    return look(
        spec,
        sites(spec, boresights),
        targets,
        time_s,
        cloud_top_m=0.0,
        uniforms=g.uniform(size=(1, n)),
        normals=g.normal(size=(1, n, 3)),
        bias=np.array([[1.0, -1.0, 2.0]]),
    )


@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        (target(0.0, 1.0, 800e3, 10.0), NonDetection.BELOW_HORIZON),
        (target(0.0, -8.0, 2_500e3, 10.0), NonDetection.BELOW_HORIZON),
        (target(70.0, 20.0, 500e3, 10.0), NonDetection.OUT_OF_FIELD),
        (target(0.0, 85.0, 500e3, 10.0), NonDetection.OUT_OF_FIELD),
        (target(0.0, 30.0, 3_100e3, 10.0), NonDetection.OUT_OF_RANGE),
        (target(0.0, 30.0, 2_900e3, 1e-6), NonDetection.TOO_FAINT),
        (target(55.0, 30.0, 500e3, 10.0), NonDetection.NONE),
    ],
)
def test_every_look_has_its_reason(targets: TargetSet, reason: NonDetection) -> None:
    assert REASONS[int(looked(RadarSpec(**FIELDS), targets).reason[0, 0])] is reason


def test_faces_cover_their_own_sectors_and_a_trained_radar_every_azimuth() -> None:
    spec = RadarSpec(**FIELDS)
    behind = target(180.0, 30.0, 500e3, 10.0)
    assert not looked(spec, behind).hit[0, 0]
    assert looked(spec, behind, boresights=(0.0, math.pi)).hit[0, 0]
    assert looked(spec, behind, boresights=()).hit[0, 0]


def test_the_site_turns_with_the_earth() -> None:
    spec = RadarSpec(**FIELDS)
    time_s = 9_000.0
    looks = looked(spec, target(30.0, 25.0, 700e3, 1.0, time_s=time_s), time_s=time_s)
    assert looks.hit[0, 0]
    assert looks.range_m[0, 0] == pytest.approx(700e3, abs=60.0)


def test_signal_follows_the_range_equation_and_the_scan_loss() -> None:
    spec = RadarSpec(**{**FIELDS, "fluctuation": "steady"})
    reach = detection_range(spec, 0.01, 13.0)
    on_axis = looked(spec, target(0.0, 20.0, reach, 0.01)).snr[0, 0]
    assert on_axis == pytest.approx(ratio(13.0), rel=1e-6)
    steered = (
        looked(spec, target(50.0, 20.0, 400e3, 1.0)).snr[0, 0] / looked(spec, target(0.0, 20.0, 400e3, 1.0)).snr[0, 0]
    )
    cosine = math.cos(math.radians(50.0)) * math.cos(math.radians(20.0)) ** 2 + math.sin(math.radians(20.0)) ** 2
    assert steered == pytest.approx(cosine**3, rel=1e-6)


@pytest.mark.parametrize(
    ("off_nose_deg", "seen"),
    [(0.0, 0), (44.0, 0), (46.0, 1), (90.0, 1), (134.0, 1), (136.0, 2), (180.0, 2), (-60.0, 1)],
)
def test_a_radar_sees_the_side_that_is_turned_to_it(off_nose_deg: float, seen: int) -> None:
    spec = RadarSpec(**{**FIELDS, "fluctuation": "steady"})
    classes = (0.5, 4.0, 1.5)
    targets = target(20.0, 25.0, 500e3, classes, time_s=3_000.0, off_nose_deg=off_nose_deg)
    alone = looked(spec, target(20.0, 25.0, 500e3, 1.0, time_s=3_000.0), time_s=3_000.0).snr[0, 0]
    assert looked(spec, targets, time_s=3_000.0).snr[0, 0] / alone == pytest.approx(classes[seen], rel=1e-9)


def test_swerling_hits_come_at_the_closed_form_rate() -> None:
    spec = RadarSpec(**FIELDS)
    targets = target(0.0, 20.0, 700e3, 0.01, count=4000)
    looks = looked(spec, targets)
    mean = (detection_range(spec, 0.01, 0.0) / 700e3) ** 4
    expected = swerling_detection(mean, ratio(13.0))
    assert looks.hit.mean() == pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1.0 - expected) / 4000))
    # What is seen is the target's better half: the observed ratio of hits is exponential above the threshold.
    assert looks.snr[looks.hit].mean() == pytest.approx(ratio(13.0) - 1.0 + 1.0 + mean, rel=0.08)


def test_swerling_3_looks_hit_at_their_own_closed_form_rate_above_that_of_swerling_1() -> None:
    targets = target(0.0, 20.0, 700e3, 0.01, count=4000)
    mean = (detection_range(RadarSpec(**FIELDS), 0.01, 0.0) / 700e3) ** 4
    rates = [
        looked(RadarSpec(**{**FIELDS, "fluctuation": model}), targets).hit.mean()
        for model in ("swerling-1", "swerling-3")
    ]
    expected = swerling3_detection(mean, ratio(13.0))
    assert rates[1] == pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1.0 - expected) / 4000))
    assert rates[1] > rates[0] + 0.05


def test_a_fan_beam_measures_elevation_as_badly_as_it_is_high() -> None:
    spec = RadarSpec(**{**FIELDS, "fluctuation": "steady", "elevation_beamwidth": "7 deg"})
    rows = looked(spec, target(0.0, 20.0, 700e3, 0.1)).measurements()[0]
    assert rows.sigma_angle[0, 1] == pytest.approx(10.0 * rows.sigma_angle[0, 0], rel=1e-12)
    looks = looked(spec, target(0.0, 20.0, 700e3, 0.1, count=3000))
    truth = target(0.0, 20.0, 700e3, 0.1).r[0] - looks.r_sensors[0]
    truth /= np.linalg.norm(truth)
    up = np.cross(np.cross(truth, looks.r_sensors[0]), truth)
    up /= np.linalg.norm(up)
    assert (looks.u[0] @ up).std() == pytest.approx(rows.sigma_angle[0, 1], rel=0.05)


def test_measurements_carry_the_stated_noise_and_bias() -> None:
    spec = RadarSpec(**{**FIELDS, "fluctuation": "steady", "range_bias": "40 m"})
    targets = target(0.0, 20.0, 700e3, 0.1, count=3000)
    rows, _ = replace(looked(spec, targets), resolution_angle=0.0).measurements()
    capacity = int(5.0 / 0.1)
    assert len(rows) == capacity
    looks = looked(spec, targets)
    spread = looks.range_m[0] - 700e3
    assert spread.mean() == pytest.approx(80.0, abs=4.0 * looks.sigma_range[0, 0] / math.sqrt(3000))
    assert spread.std() == pytest.approx(looks.sigma_range[0, 0], rel=0.05)
    assert not rows.burning.any()
    assert not rows.sees_plumes.any()


def test_a_busy_radar_leaves_the_weakest_untasked() -> None:
    spec = RadarSpec(**{**FIELDS, "dwell": "1 s", "fluctuation": "steady"})
    targets = target(0.0, 20.0, 500e3, 0.1, count=8)
    targets.rcs[:, :, 3] = np.arange(1.0, 9.0)[:, None]
    looks = replace(looked(spec, targets), resolution_angle=0.0)
    assert sorted(looks.measurements()[1]) == [3, 4, 5, 6, 7]
    assert [REASONS[c] for c in looks.reason[0, :3]] == [NonDetection.NOT_TASKED] * 3


def test_sites_need_one_boresight_list_each() -> None:
    with pytest.raises(ValueError, match="one list each"):
        RadarSites.at([PLACE], [], 10.0)
