"""Lethal odds against Bayes' rule written out."""

import numpy as np
import pytest
from scipy.stats import norm

from cupola.sensors.detection import read_features
from cupola.tracking.discrimination import Discriminator


def test_one_reading_is_bayes_rule() -> None:
    d = Discriminator(2, 1, prior=0.2, feature_distance=3.0)
    d.absorb(np.array([0]), np.array([0]), np.array([0.4]), np.array([0.5]))
    spread = np.sqrt(2.0)
    warhead, decoy = 0.2 * norm.pdf(0.4, 0.0, spread), 0.8 * norm.pdf(0.4, 1.5, spread)
    assert d.lethal_probability()[0] == pytest.approx(warhead / (warhead + decoy), rel=1e-9)
    assert d.lethal_probability()[1] == pytest.approx(0.2)
    assert list(d.looked_at()) == [True, False]


def test_looking_on_removes_look_noise_but_not_the_objects_own_deviation() -> None:
    d = Discriminator(1, 1, prior=0.5, feature_distance=2.0)
    for _ in range(10_000):
        d.absorb(np.array([0]), np.array([0]), np.array([0.0]), np.array([1.0]))
    expected = norm.pdf(0.0, 0.0, 1.0) / (norm.pdf(0.0, 0.0, 1.0) + norm.pdf(0.0, 2.0, 1.0))
    assert d.lethal_probability()[0] == pytest.approx(expected, rel=1e-3)


def test_groups_are_independent_evidence() -> None:
    both, one = (Discriminator(1, 2, prior=0.5, feature_distance=2.0) for _ in range(2))
    one.absorb(np.array([0]), np.array([0]), np.array([-0.5]), np.array([0.7]))
    both.absorb(np.array([0, 0]), np.array([0, 1]), np.array([-0.5, -0.5]), np.array([0.7, 0.7]))
    assert both.log_odds()[0] == pytest.approx(2.0 * one.log_odds()[0])


def test_probabilities_are_calibrated_over_a_population() -> None:
    g = np.random.Generator(np.random.PCG64(6))
    n = 20_000
    decoys = g.uniform(size=n) < 0.6
    d = Discriminator(n, 1, prior=0.4, feature_distance=2.5)
    population = g.normal(size=n)
    for _ in range(3):
        quality = np.full(n, 0.8)
        readings = read_features(np.where(decoys, 2.5, 0.0), quality, population, g.normal(size=n))
        d.absorb(np.arange(n), np.zeros(n, np.int64), readings, quality)
    believed = d.lethal_probability()
    for low in (0.1, 0.3, 0.5, 0.7):
        within = (believed >= low) & (believed < low + 0.2)
        share = float((~decoys)[within].mean())
        assert share == pytest.approx(float(believed[within].mean()), abs=4.0 * 0.5 / np.sqrt(within.sum()))
