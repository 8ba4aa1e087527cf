"""Signals against SciPy's distributions and numerical integrals."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import ncx2, norm

from cupola.sensors.signal import (
    LIGHT_SPEED,
    angle_accuracy,
    centroid_accuracy,
    detection_threshold,
    gaussian_detection,
    range_accuracy,
    ratio,
    steady_detection,
    swerling_detection,
)


@pytest.mark.parametrize("snr", [0.01, 1.0, 10.0, 20.0, 60.0, 250.0])
@pytest.mark.parametrize("threshold", [4.0, 13.8, 20.0])
def test_steady_target_agrees_with_the_noncentral_chi_square(snr: float, threshold: float) -> None:
    assert steady_detection(snr, threshold) == pytest.approx(ncx2.sf(2.0 * threshold, 2, 2.0 * snr), abs=1e-9)


def test_steady_target_is_continuous_where_the_gaussian_form_takes_over() -> None:
    threshold = 290.0  # strong threshold, so that the probability is not simply one
    assert steady_detection(300.1, threshold) == pytest.approx(ncx2.sf(2.0 * threshold, 2, 600.2), abs=2e-3)


def test_swerling_target_is_the_mean_of_steady_ones_over_its_exponential_cross_section() -> None:
    threshold, mean = 13.8, 30.0
    averaged, _ = quad(lambda s: steady_detection(s, threshold) * math.exp(-s / mean) / mean, 0.0, 900.0, limit=400)
    assert swerling_detection(mean, threshold) == pytest.approx(averaged, rel=1e-4)


def test_no_signal_leaves_the_false_alarm_probability() -> None:
    threshold = detection_threshold(1e-6)
    assert steady_detection(0.0, threshold) == pytest.approx(1e-6, rel=1e-9)
    assert swerling_detection(0.0, threshold) == pytest.approx(1e-6, rel=1e-9)
    assert gaussian_detection(0.0, 5.0) == pytest.approx(norm.sf(5.0), rel=1e-9)


def test_accuracies_follow_their_closed_forms() -> None:
    assert range_accuracy(50.0, 1e6) == pytest.approx(LIGHT_SPEED / 2e6 / 10.0)
    assert angle_accuracy(50.0, 0.03) == pytest.approx(0.03 / 16.0)
    assert centroid_accuracy(5.0, 1e-4) == pytest.approx(1e-5 * math.hypot(1.0, 0.5))
    assert angle_accuracy(1e9, 0.03) == angle_accuracy(1e4, 0.03)
    assert ratio(13.0) == pytest.approx(19.953, rel=1e-4)
    assert np.isfinite(range_accuracy(1e12, 1e6))
