"""The quality ladder climbs with what a sensor knows and never skips its conditions."""

import dataclasses
import math

import numpy as np
import pytest
from radar_targets import looked, over

from cupola.scenario.catalogue import entry
from cupola.sensors.detection import RadarSites
from cupola.sensors.quality import RUNGS, Quality, QualityThresholds, position_error, quality_of
from cupola.sensors.spec import RadarSpec

SPEC = entry("sensors", "tpy-2").spec
ALL = np.ones((1, 1), np.bool_)


def seen(distance_deg: float, altitude: float = 400e3, spec: RadarSpec = SPEC):  # type: ignore[no-untyped-def]
    site = RadarSites.at([(0.7, 2.0, 0.0)], [(0.0,)], spec.antenna_height)
    place = (math.degrees(0.7) + distance_deg, math.degrees(2.0), altitude)
    return looked(spec.model_copy(update={"fluctuation": "steady"}), site, over([place], rcs=1.0))


def rung(*arguments, **words):  # type: ignore[no-untyped-def]
    return RUNGS[int(quality_of(*arguments, **words)[0, 0])]


def test_the_rungs_are_in_order_and_speak_plainly() -> None:
    assert [quality.name for quality in RUNGS] == ["NONE", "DETECT", "CUE", "TRACK", "FIRE_CONTROL"]
    assert all(quality.sentence.endswith(".") for quality in Quality)


def test_each_condition_lifts_by_one_rung() -> None:
    looks = seen(6.0)
    error = float(position_error(looks, looks.range_m)[0, 0])
    # 600 km and more away, a beam of 0.7 deg over 1.6 sqrt(2 SNR), with 0.2 mrad of bias.
    by_hand = looks.range_m[0, 0] * math.hypot(
        math.radians(0.7) / (1.6 * math.sqrt(2.0 * min(looks.snr[0, 0], 1e4))), 0.2e-3
    )
    assert error == pytest.approx(by_hand, rel=1e-9)
    loose = QualityThresholds(track_error=2.0 * error, fire_control_error=1.5 * error)
    middling = QualityThresholds(track_error=2.0 * error, fire_control_error=0.5 * error)
    tight = QualityThresholds(track_error=0.9 * error, fire_control_error=0.5 * error)
    assert rung(looks, ALL, loose) is Quality.FIRE_CONTROL
    assert rung(looks, ALL, middling) is Quality.TRACK
    assert rung(looks, ALL, tight) is Quality.CUE
    assert rung(looks, ~ALL, loose) is Quality.DETECT
    missed = seen(60.0)
    assert not missed.hit.any()
    assert rung(missed, ALL, loose) is Quality.NONE


def test_quality_never_rises_with_distance() -> None:
    rungs = [int(quality_of(seen(d), ALL, QualityThresholds())[0, 0]) for d in (3.0, 6.0, 9.0, 13.0)]
    errors = [float(position_error(seen(d), seen(d).range_m)[0, 0]) for d in (3.0, 6.0, 9.0, 13.0)]
    assert rungs == sorted(rungs, reverse=True)
    assert errors == sorted(errors)


def test_angles_alone_cue_and_a_fused_track_makes_them_more() -> None:
    looks = seen(6.0)
    distance = looks.range_m.copy()
    angles = dataclasses.replace(
        looks, range_m=np.full((1, 1), np.nan), sigma_range=np.full((1, 1), np.nan), bias_range=math.nan
    )
    thresholds = QualityThresholds(track_error=5e3, fire_control_error=1e3)
    assert rung(angles, ALL, thresholds, range_m=distance) is Quality.CUE
    assert rung(angles, ALL, thresholds, range_m=distance, fused_error=np.array([3e3])) is Quality.TRACK
    assert rung(angles, ALL, thresholds, range_m=distance, fused_error=np.array([100.0])) is Quality.FIRE_CONTROL
    assert (
        rung(angles, ALL, thresholds, range_m=20.0 * distance, fused_error=np.array([100.0]))
        is not Quality.FIRE_CONTROL
    )


def test_thresholds_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="fire_control_error <= track_error"):
        QualityThresholds(track_error=1.0, fire_control_error=2.0)
