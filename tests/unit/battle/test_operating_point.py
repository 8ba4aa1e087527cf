"""Leak and false-alarm rates in closed form against the tracker's own odds over drawn populations."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from cupola.battle.operating_point import leak_at, operating_point, rates, separation, threshold_of_stock
from cupola.sensors.features import read_features
from cupola.tracking.discrimination import Discriminator

K, PRIOR = 2.5, 0.3


def drawn(n: int, looks: int) -> tuple[np.ndarray, np.ndarray]:
    """Believed lethal probabilities of n warheads and n decoys after looks by two groups of unlike quality."""
    g = np.random.Generator(np.random.PCG64(11))
    distance = np.repeat([0.0, K], n)
    d = Discriminator(2 * n, 2, prior=PRIOR, feature_distance=K)
    for group, quality in enumerate((0.8, 0.4)):
        population = g.normal(size=2 * n)
        for _ in range(looks):
            readings = read_features(distance, np.full(2 * n, quality), population, g.normal(size=2 * n))
            d.absorb(np.arange(2 * n), np.full(2 * n, group), readings, np.full(2 * n, quality))
    return np.split(d.lethal_probability(), 2)


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.7])
def test_rates_are_those_of_the_drawn_population(threshold: float) -> None:
    n = 40_000
    warheads, decoys = drawn(n, 3)
    point = rates(threshold, PRIOR, separation(K, np.array([0.8, 0.4]), np.array([3, 3])))
    spread = 4.0 * 0.5 / np.sqrt(n)
    assert float((warheads < threshold).mean()) == pytest.approx(point.leak, abs=spread)
    assert float((decoys >= threshold).mean()) == pytest.approx(point.false_alarm, abs=spread)


def test_the_curve_passes_through_every_operating_point_and_has_the_known_area() -> None:
    d = 1.7
    for threshold in (0.02, 0.2, 0.6):
        point = rates(threshold, PRIOR, d)
        assert float(leak_at(np.array([point.false_alarm]), d)[0]) == pytest.approx(point.leak, rel=1e-9)
    area = quad(lambda f: 1.0 - float(leak_at(np.array([f]), d)[0]), 0.0, 1.0)[0]
    assert area == pytest.approx(norm.cdf(d / np.sqrt(2.0)), abs=1e-6)


def test_looking_on_ends_at_the_bodies_own_spread() -> None:
    assert separation(3.0, np.array([0.5]), np.array([1e9])) == pytest.approx(1.5)
    assert separation(3.0, np.array([0.5]), np.array([1])) == pytest.approx(1.5 / np.sqrt(2.0))


def test_the_threshold_of_least_cost_is_least() -> None:
    d, leak_cost, shot_cost, kill = 2.0, 100.0, 3.0, 0.8
    best = operating_point(PRIOR, d, leak_cost=leak_cost, shot_cost=shot_cost, shots=2.0, kill_probability=kill)
    assert best.threshold == pytest.approx(2.0 * 3.0 / 80.0)

    def cost(threshold: float) -> float:
        point = rates(threshold, PRIOR, d)
        leaked = point.leak + (1.0 - point.leak) * (1.0 - kill)
        engaged = PRIOR * (1.0 - point.leak) + (1.0 - PRIOR) * point.false_alarm
        return PRIOR * leaked * leak_cost + engaged * 2.0 * shot_cost

    grid = np.linspace(0.001, 0.999, 999)
    assert cost(best.threshold) <= min(cost(float(t)) for t in grid) + 1e-9


def test_without_separation_all_or_none_are_engaged() -> None:
    low, high = rates(0.1, PRIOR, 0.0), rates(0.4, PRIOR, 0.0)
    assert (low.leak, low.false_alarm) == (0.0, 1.0)
    assert (high.leak, high.false_alarm) == (1.0, 0.0)
    assert rates(1.0, PRIOR, 2.0).leak == 1.0


def test_a_short_stock_goes_to_the_most_likely() -> None:
    lethal = np.array([0.2, 0.9, 0.5, 0.5, 0.1])
    for objects, engaged in ((0, 0), (1, 1), (2, 1), (3, 3), (5, 5)):
        assert int((lethal >= threshold_of_stock(lethal, objects)).sum()) == engaged


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_certain_priors_are_refused(prior: float) -> None:
    with pytest.raises(ValueError, match="0 < prior < 1"):
        rates(0.5, prior, 1.0)
