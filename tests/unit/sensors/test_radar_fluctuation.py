"""Swerling 3 against the quadrature of its pdf, looks against their law, range rates against the Cramer-Rao bound."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import ncx2

from cupola.sensors.signal import (
    SWERLING_1,
    SWERLING_3,
    detection_threshold,
    draw_look,
    rate_accuracy,
    ratio,
    steady_detection,
    swerling3_detection,
    swerling3_power,
    swerling_detection,
)


@pytest.mark.parametrize("mean", [0.1, 1.0, 8.0, 40.0, 300.0])
@pytest.mark.parametrize("threshold", [4.0, 13.8, 20.0])
def test_swerling_3_is_the_mean_of_steady_looks_over_a_chi_square_of_four_degrees(
    mean: float, threshold: float
) -> None:
    def weighed(x: float) -> float:
        steady = float(ncx2.sf(2.0 * threshold, 2, 2.0 * x)) if x > 0.0 else math.exp(-threshold)
        return steady * 4.0 * x / mean**2 * math.exp(-2.0 * x / mean)

    edges = np.array([0.0, 0.2, 1.0, 3.0, 8.0, 20.0]) * mean
    averaged = sum(quad(weighed, a, b, limit=200, epsabs=1e-13)[0] for a, b in itertools.pairwise(edges))
    assert swerling3_detection(mean, threshold) == pytest.approx(averaged, rel=1e-6)


def test_ninety_percent_on_swerling_3_lies_between_steady_and_swerling_1() -> None:
    threshold = detection_threshold(1e-6)
    needed = [
        brentq(lambda db, law=law: law(ratio(db), threshold) - 0.9, 5.0, 24.0)
        for law in (steady_detection, swerling3_detection, swerling_detection)
    ]
    assert needed[0] == pytest.approx(13.18, abs=0.01)
    assert needed[2] == pytest.approx(21.14, abs=0.01)
    # By hand: S = 53.65, a = 27.83, T / a = 0.4965: exp(-0.4965) (1 + 0.9641 x 0.4965) = 0.6087 x 1.4787 = 0.900.
    assert needed[1] == pytest.approx(10.0 * math.log10(53.65), abs=0.01)
    assert needed[0] < needed[1] < needed[2]


@pytest.mark.parametrize("mean", [0.0, 0.5, 30.0, 1e4])
@pytest.mark.parametrize("share", [1.0, 0.999, 0.5, 1e-3, 1e-12])
def test_the_power_exceeded_by_a_share_of_looks_inverts_the_detection_law(mean: float, share: float) -> None:
    assert swerling3_detection(mean, swerling3_power(mean, share)) == pytest.approx(share, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("law", "model"), [(SWERLING_1, swerling_detection), (SWERLING_3, swerling3_detection)])
def test_drawn_looks_hit_at_the_rate_of_their_law_and_observe_on_average_the_mean(law: int, model: object) -> None:
    assert callable(model)
    uniforms = np.random.Generator(np.random.PCG64(2)).uniform(size=20_000)
    mean, threshold = 25.0, 13.0
    hits, observed = zip(*(draw_look(law, mean, threshold, u) for u in uniforms), strict=True)
    expected = model(mean, threshold)
    assert np.mean(hits) == pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1.0 - expected) / 20_000))
    assert np.mean(observed) == pytest.approx(mean, rel=0.03)


def test_range_rate_noise_is_the_cramer_rao_bound_of_a_tone_in_noise() -> None:
    """Fisher information of frequency with unknown amplitude and phase, N complex samples at ratio SNR / N each."""
    wavelength, dwell, snr, count = 0.1, 30e-3, 50.0, 4000
    t = (np.arange(count) + 0.5) / count * dwell
    amplitude = math.sqrt(snr / count)
    signal = np.full(count, amplitude, complex)
    slopes = np.array([2j * math.pi * t * signal, 1j * signal, signal / amplitude])
    fisher = 2.0 * np.real(slopes @ slopes.conj().T)
    bound = math.sqrt(np.linalg.inv(fisher)[0, 0])
    assert rate_accuracy(snr, wavelength, dwell) == pytest.approx(0.5 * wavelength * bound, rel=1e-6)
    assert rate_accuracy(1e9, wavelength, dwell) == rate_accuracy(1e4, wavelength, dwell)
