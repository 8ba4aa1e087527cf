"""Staring and scanning: what a look integrates, how often a scan comes back, and how noise falls with integration."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from cupola.sensors.infrared_spec import InfraredSpec, integration_time, noise_factor, scan_period

PLAIN = {
    "title": "test",
    "sees_plumes": True,
    "plume_noise": "1e-12 W/m^2",
    "sees_bodies": False,
    "body_noise": "1e-12 W/m^2",
    "minimum_tangent_height": "60 km",
    "maximum_range": "43000 km",
    "pixel": "14 microradian",
    "bias": "10 microradian",
    "revisit": "10 s",
    "threshold_snr": 6.0,
}
SCAN = {"mode": "scanning", "scan_width": "20 deg", "scan_rate": "2 deg/s", "delay_stages": 16}


def spec(**changes: object) -> InfraredSpec:
    return InfraredSpec.model_validate({**PLAIN, **changes})


def test_a_scan_comes_back_after_width_over_rate_and_dwells_a_pixel_on_every_stage() -> None:
    scanner = spec(**SCAN)
    assert scan_period(scanner) == pytest.approx(10.0)
    assert integration_time(scanner) == pytest.approx(16 * 14e-6 / math.radians(2.0))
    assert scan_period(spec()) == 0.0
    assert integration_time(spec(integration="3 s")) == 3.0


def test_a_scanning_sensor_cannot_look_more_often_than_it_scans() -> None:
    spec(**SCAN, revisit_coasting="20 s")
    for late in ("revisit", "revisit_coasting"):
        with pytest.raises(ValidationError, match="a scan takes 10 s"):
            spec(**SCAN, **{late: "9.9 s"})
    assert spec(**{**SCAN, "scan_rate": "4 deg/s"}, revisit="5 s").revisit == 5.0


def test_a_faster_scan_sees_less_deep() -> None:
    """Four times the rate leaves a quarter of the dwell and twice the noise."""
    slow, fast = spec(**SCAN), spec(**{**SCAN, "scan_rate": "8 deg/s"})
    assert noise_factor(fast) / noise_factor(slow) == pytest.approx(2.0)


def test_noise_falls_as_that_of_an_average_of_independent_samples() -> None:
    """A hundredfold integration: the standard deviation of the mean of 100 independent draws, a tenth of one's."""
    ratio = noise_factor(spec(integration="10 s", revisit_coasting="15 s")) / noise_factor(spec(integration="0.1 s"))
    draws = np.random.Generator(np.random.PCG64(3)).normal(size=(20_000, 100))
    assert ratio == pytest.approx(0.1)
    assert draws.mean(axis=1).std() / draws[:, 0].std() == pytest.approx(ratio, rel=0.03)
    assert noise_factor(spec(reference_integration="0.25 s", integration="1 s")) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mode": "scanning"}, "needs a scan_width and a scan_rate"),
        ({"integration": "11 s"}, "at most the revisit, 10 s"),
        ({"minimum_off_nadir": "30 deg", "maximum_off_nadir": "20 deg"}, "maximum_off_nadir"),
        ({"hits": 4}, "exceed looks"),
        ({"looks_per_revisit": 0}, "greater than or equal to 1"),
    ],
)
def test_sensors_that_cannot_be_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        spec(**changes)
