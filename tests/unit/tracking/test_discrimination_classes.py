"""Class probabilities against Bayes' rule written out by SciPy, alone and over whole raids with shared deviations."""

import itertools

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from cupola.sensors.features import DECOY, TANK, WARHEAD, class_means, own_deviations, read_features
from cupola.tracking.discrimination import CLASSES, Discriminator

MEANS = class_means(np.array([0.0, 2.5, 6.0, 4.0]))
PRIOR = np.array([0.2, 0.5, 0.1, 0.2])


def test_several_readings_of_changing_quality_are_bayes_rule() -> None:
    """Against the joint Gaussian of all readings: unit deviation shared by the looks of one group, unit look noise."""
    g = np.random.Generator(np.random.PCG64(1))
    quality, groups = np.array([0.5, 0.8, 0.8, 0.3]), np.array([0, 0, 0, 1])
    readings = g.normal(size=(4, 2))
    d = Discriminator(1, 2, class_prior=PRIOR, means=MEANS)
    d.absorb(np.zeros(4, np.int64), groups, readings, quality)
    covariance = np.eye(4) + (groups[:, None] == groups[None, :])
    weights = np.array(
        [
            PRIOR[c]
            * np.prod([multivariate_normal.pdf(readings[:, a], quality * MEANS[c, a], covariance) for a in range(2)])
            for c in range(CLASSES)
        ]
    )
    np.testing.assert_allclose(d.class_probabilities()[0], weights / weights.sum(), rtol=1e-9)
    assert d.log_odds()[0] == pytest.approx(np.log(weights[0] / weights[1:].sum()), rel=1e-9)


def test_two_classes_are_the_special_case() -> None:
    two = Discriminator(3, 1, prior=0.4, feature_distance=2.5)
    four = Discriminator(
        3, 1, class_prior=np.array([0.4, 0.6, 0.0, 0.0]), means=class_means(np.array([0.0, 2.5, 6.0, 4.0]), 1)
    )
    for d in (two, four):
        d.absorb(np.arange(3), np.zeros(3, np.int64), np.array([-1.0, 0.5, 3.0]), np.full(3, 0.8))
    np.testing.assert_allclose(two.class_probabilities(), four.class_probabilities(), rtol=1e-12, atol=1e-200)


def test_a_tank_is_told_apart_on_its_own_axis() -> None:
    d = Discriminator(2, 1, class_prior=PRIOR, means=MEANS)
    d.absorb(np.array([0, 1]), np.zeros(2, np.int64), np.array([[0.0, 6.0], [2.5, 0.0]]), np.ones(2))
    believed = d.class_probabilities()
    assert believed[0].argmax() == TANK
    assert believed[1].argmax() == DECOY
    np.testing.assert_allclose(believed.sum(axis=1), 1.0, rtol=1e-12)


def exact_joint(y: np.ndarray, k: float, prior: float, rho: float) -> np.ndarray:
    """Probability of each object being a warhead by summing over all 2^n assignments of classes."""
    n = len(y)
    total, lethal = 0.0, np.zeros(n)
    for decoys in itertools.product([False, True], repeat=n):
        kind = np.array(decoys)
        covariance = (2.0 - rho) * np.eye(n) + rho * (kind[:, None] == kind[None, :])
        weight = float(multivariate_normal.pdf(y, k * kind, covariance))
        weight *= float(np.prod(np.where(kind, 1.0 - prior, prior)))
        total += weight
        lethal += weight * ~kind
    return lethal / total


@pytest.mark.parametrize("rho", [0.3, 0.8])
def test_shared_deviations_are_inferred_nearly_as_by_full_enumeration(rho: float) -> None:
    g = np.random.Generator(np.random.PCG64(2))
    n, k, prior = 8, 2.5, 0.3
    near, far = [], []
    for _ in range(25):
        decoys = g.uniform(size=n) > prior
        deviation = own_deviations(g, decoys.astype(np.int64), correlation=rho)[:, 0]
        y = read_features(k * decoys, np.ones(n), deviation, g.normal(size=n))
        exact = exact_joint(y, k, prior, rho)
        for belief, out in ((rho, near), (0.0, far)):
            d = Discriminator(n, 1, prior=prior, feature_distance=k, correlation=belief)
            d.absorb(np.arange(n), np.zeros(n, np.int64), y, np.ones(n))
            out.append(np.abs(d.lethal_probability() - exact))
    # What one-by-one inference misses is a tenth and more; the fixed point leaves a small part of it.
    assert np.mean(near) < 0.02
    assert np.mean(near) < 0.35 * np.mean(far)


def test_a_single_object_has_nothing_to_share() -> None:
    plain, shared = (Discriminator(1, 1, class_prior=PRIOR, means=MEANS, correlation=rho) for rho in (0.0, 0.7))
    for d in (plain, shared):
        d.absorb(np.zeros(3, np.int64), np.zeros(3, np.int64), np.array([[1.0, 0.2]] * 3), np.full(3, 0.9))
    np.testing.assert_allclose(plain.class_probabilities(), shared.class_probabilities(), rtol=1e-9)


def test_knowing_of_the_correlation_separates_a_raid_that_deceives_alike() -> None:
    """All decoys deviate half-way towards the warheads: many of them show where decoys lie today."""
    g = np.random.Generator(np.random.PCG64(3))
    n, k = 40, 2.5
    decoys = np.arange(n) >= 5
    y = np.where(decoys, k - 1.2, 0.0) + 0.5 * g.normal(size=n)
    wrong = {}
    for rho in (0.0, 0.7):
        d = Discriminator(n, 1, prior=0.125, feature_distance=k, correlation=rho)
        for _ in range(30):
            d.absorb(np.arange(n), np.zeros(n, np.int64), y + g.normal(size=n), np.ones(n))
        p = d.lethal_probability()
        wrong[rho] = float(np.where(decoys, p, 1.0 - p).mean())
    assert wrong[0.7] < 0.8 * wrong[0.0]


def test_slots_are_added_and_taken_away() -> None:
    d = Discriminator(2, 1, prior=0.3, feature_distance=3.0)
    d.absorb(np.array([0]), np.array([0]), np.array([3.0]), np.array([1.0]))
    seen = d.lethal_probability()[0]
    assert seen < 0.1
    d.resize(4)
    np.testing.assert_allclose(d.lethal_probability(), [seen, 0.3, 0.3, 0.3])
    assert list(d.looked_at()) == [True, False, False, False]
    d.resize(3)
    assert len(d.lethal_probability()) == 3


def test_deviations_have_unit_spread_and_the_asked_correlation() -> None:
    g = np.random.Generator(np.random.PCG64(4))
    kinds = np.array([0, 0, 1])
    draws = np.stack([own_deviations(g, kinds, correlation=0.6)[:, 0] for _ in range(20_000)])
    expected = np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(np.cov(draws.T), expected, atol=0.03)


def test_a_look_removes_only_its_own_noise() -> None:
    g = np.random.Generator(np.random.PCG64(5))
    readings = np.stack(
        [read_features(np.tile(MEANS[2], (1, 1)), np.ones(1), np.array([[0.7, -0.2]]), g.normal(size=(1, 2)))]
        + [
            read_features(np.tile(MEANS[2], (1, 1)), np.ones(1), np.array([[0.7, -0.2]]), g.normal(size=(1, 2)))
            for _ in range(5000)
        ]
    )
    np.testing.assert_allclose(readings.mean(axis=0)[0], [0.7, 5.8], atol=0.06)
    assert norm.fit(readings[:, 0, 0])[1] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"prior": 0.5, "class_prior": PRIOR, "means": MEANS}, "one of them"),
        ({"prior": 0.5}, "one of them"),
        ({"class_prior": np.array([0.5, 0.5, 0.5, 0.0]), "means": MEANS}, "sum of 1"),
        ({"class_prior": PRIOR, "means": MEANS[:3]}, "class means of shape"),
        ({"prior": 0.5, "feature_distance": 3.0, "correlation": 1.0}, "below 1"),
    ],
)
def test_wrong_assumptions_are_refused(wrong: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Discriminator(2, 1, **wrong)


def test_readings_must_have_the_axes_of_the_means() -> None:
    d = Discriminator(2, 1, class_prior=PRIOR, means=MEANS)
    with pytest.raises(ValueError, match="axes"):
        d.absorb(np.array([0]), np.array([0]), np.array([1.0]), np.array([1.0]))
    d.absorb(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 2)), np.empty(0))
    assert d.class_probabilities()[0, WARHEAD] == pytest.approx(PRIOR[WARHEAD])
