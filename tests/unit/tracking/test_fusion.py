"""Fusion of tracks against closed forms, a plain search over weights, and consistency with correlated errors."""

import numpy as np
import pytest
from scipy.optimize import minimize

from cupola.core.earth import Vector
from cupola.tracking.fusion import Fused, covariance_intersection, same_objects, track_distance

SIZE = np.array([300.0, 500.0, 200.0, 2.0, 4.0, 3.0, 1e-5])  # m, m/s, m2/kg


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def covariances(g: np.random.Generator, k: int, size: Vector) -> Vector:
    root = g.normal(size=(k, len(size), len(size) + 2)) * size[:, None] * g.uniform(0.3, 3.0, (k, len(size), 1))
    return np.asarray(root @ np.swapaxes(root, 1, 2))


def nees(error: Vector, p: Vector) -> float:
    return float(error @ np.linalg.solve(p, error))


def information_fusion(x: Vector, p: Vector) -> Fused:
    """The naive rival: informations added up as if errors were independent."""
    information = np.linalg.inv(p)
    joined = np.linalg.inv(information.sum(axis=0))
    return Fused(joined @ np.einsum("kij,kj->i", information, x), joined, np.ones(len(x)))


def test_two_tracks_that_know_different_axes_get_the_closed_form() -> None:
    """P1 = diag(1, r) and P2 = diag(r, 1): by symmetry omega = 1/2, and P = 2 r / (1 + r) in both axes."""
    r = 9.0
    p = np.array([np.diag([1.0, r]), np.diag([r, 1.0])])
    for criterion in ("determinant", "trace"):
        got = covariance_intersection(np.array([[1.0, 0.0], [0.0, 1.0]]), p, criterion=criterion)
        np.testing.assert_allclose(got.omega, 0.5, atol=1e-9)
        np.testing.assert_allclose(got.p, 2.0 * r / (1.0 + r) * np.eye(2), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(got.x, r / (1.0 + r), rtol=1e-9)


@pytest.mark.parametrize("criterion", ["determinant", "trace"])
def test_equal_covariances_come_back(criterion: str) -> None:
    p = covariances(rng(1), 1, SIZE)[0]
    x = rng(2).normal(size=(3, 7)) * SIZE
    got = covariance_intersection(x, np.array([p, p, p]), criterion=criterion)
    np.testing.assert_allclose(got.p, p, rtol=1e-7)
    np.testing.assert_allclose(got.x, x.mean(axis=0), rtol=1e-6)


@pytest.mark.parametrize("criterion", ["determinant", "trace"])
def test_a_track_that_is_better_in_everything_decides_alone(criterion: str) -> None:
    p = covariances(rng(3), 1, SIZE)[0]
    got = covariance_intersection(np.array([SIZE, 2.0 * SIZE]), np.array([p, 4.0 * p]), criterion=criterion)
    assert got.omega.tolist() == [1.0, 0.0]
    np.testing.assert_allclose(got.x, SIZE, rtol=1e-9)


@pytest.mark.parametrize("tracks", [2, 3, 5])
@pytest.mark.parametrize("criterion", ["determinant", "trace"])
def test_weights_are_the_best_that_a_general_search_finds(criterion: str, tracks: int) -> None:
    """The rival minimises over weights by SLSQP, in unscaled NumPy."""
    g = rng(10 * tracks)
    for _ in range(5):
        size = np.ones(4)
        p = covariances(g, tracks, size)
        information = np.linalg.inv(p)

        def value(omega: Vector, information: Vector = information) -> float:
            joined = np.linalg.inv(np.einsum("k,kij->ij", omega, information))
            return float(np.log(np.linalg.det(joined)) if criterion == "determinant" else np.trace(joined))

        found = minimize(
            value,
            np.full(tracks, 1.0 / tracks),
            method="SLSQP",
            bounds=[(0.0, 1.0)] * tracks,
            constraints={"type": "eq", "fun": lambda omega: omega.sum() - 1.0},
            options={"ftol": 1e-12, "maxiter": 500},
        )
        got = covariance_intersection(np.zeros((tracks, 4)), p, criterion=criterion)
        assert got.omega.min() >= 0.0
        assert got.omega.sum() == pytest.approx(1.0, abs=1e-12)
        assert value(got.omega) <= found.fun + 1e-9 * abs(found.fun)
        np.testing.assert_allclose(got.omega, found.x, atol=2e-4)


def test_the_trace_can_be_that_of_the_position_alone() -> None:
    """Scaling the velocity away makes the track with the better position win, however bad its velocity is."""
    p = np.array([np.diag([1.0, 1e4]), np.diag([4.0, 1.0])])
    x = np.zeros((2, 2))
    alone = covariance_intersection(x, p, criterion="trace", scale=np.array([1.0, 1e6]))
    both = covariance_intersection(x, p, criterion="trace")
    assert alone.omega[0] > 0.99
    assert both.omega[0] < 0.5


def test_with_correlated_errors_intersection_is_conservative_and_plain_fusion_is_not() -> None:
    """Errors share 0.8 of their variance. The mean normalised error squared of an honest estimate is its dimension; 95
    % of the means of 4,000 draws lie within 0.09 of it.
    """
    g = rng(6)
    n, draws, shared = 4, 4_000, 0.8
    p = covariances(g, 2, np.ones(n))
    roots = np.linalg.cholesky(p)
    crossed, plain = 0.0, 0.0
    for _ in range(draws):
        common = g.normal(size=n)
        mixed = np.sqrt(shared) * common + np.sqrt(1.0 - shared) * g.normal(size=(2, n))
        x = np.einsum("kij,kj->ki", roots, mixed)
        got, naive = covariance_intersection(x, p), information_fusion(x, p)
        crossed += nees(got.x, got.p) / draws
        plain += nees(naive.x, naive.p) / draws
    assert crossed < n + 0.09
    assert plain > n + 1.0


def test_intersection_holds_for_every_correlation() -> None:
    """Whatever the cross-covariance, the stated covariance less the true one of the fused error has no negative
    eigenvalue (Julier and Uhlmann 1997, section 2).
    """
    g = rng(8)
    n = 3
    p = covariances(g, 2, np.ones(n))
    information, roots = np.linalg.inv(p), np.linalg.cholesky(p)
    got = covariance_intersection(np.zeros((2, n)), p)
    gains = [got.p @ (w * i) for w, i in zip(got.omega, information, strict=True)]
    for _ in range(200):
        u, s, v = np.linalg.svd(g.normal(size=(n, n)))
        cross = roots[0] @ (u * np.minimum(s / s.max(), 1.0)) @ v @ roots[1].T
        mixed = gains[0] @ cross @ gains[1].T
        true = gains[0] @ p[0] @ gains[0].T + gains[1] @ p[1] @ gains[1].T + mixed + mixed.T
        assert np.linalg.eigvalsh(got.p - true).min() > -1e-9


def test_distance_between_tracks_is_chi_square_with_the_sum_of_covariances() -> None:
    g = rng(9)
    p = covariances(g, 2, SIZE)
    draws = 20_000
    roots = np.linalg.cholesky(p)
    a, b = (np.einsum("ij,dj->di", root, g.normal(size=(draws, 7))) for root in roots)
    d2, log_likelihood = track_distance(a - b, np.broadcast_to(p[0], (draws, 7, 7)).copy(), np.zeros((1, 7)), p[1:])
    assert d2.mean() == pytest.approx(7.0, abs=4.0 * np.sqrt(14.0 / draws))
    total = p.sum(axis=0)
    expected = nees(a[0] - b[0], total)
    assert d2[0, 0] == pytest.approx(expected, rel=1e-8)
    determinant = np.linalg.slogdet(2.0 * np.pi * total / np.outer(SIZE, SIZE))[1] + 2.0 * np.log(SIZE).sum()
    assert log_likelihood[0, 0] == pytest.approx(-0.5 * (expected + determinant), rel=1e-8)


def test_tracks_of_two_trackers_are_matched() -> None:
    """Eight objects some ten sigma apart, two of which only one tracker holds, in another order."""
    g = rng(11)
    truth = 30.0 * g.normal(size=(8, 6))
    a = truth[:7] + g.normal(size=(7, 6))
    order = np.array([7, 3, 0, 6, 1, 4, 2])
    b = truth[order] + g.normal(size=(7, 6))
    p = np.broadcast_to(np.eye(6), (7, 6, 6))
    expected = [int(np.flatnonzero(order == i)[0]) if i in order else -1 for i in range(7)]
    assert same_objects(a, p, b, p).tolist() == expected
    assert expected.count(-1) == 1


def test_no_pair_is_given_up_to_make_another_likelier() -> None:
    """Track 0 fits both, track 1 only the one that track 0 fits best: both are joined."""
    one = np.ones((2, 1, 1))
    a, b = np.array([[0.0], [-3.0]]), np.array([[0.0], [3.0]])
    assert same_objects(a, one, b, one).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("x", "p", "message"),
    [
        (np.zeros((2, 3)), np.zeros((2, 2, 2)), "got states"),
        (np.zeros((1, 2)), np.array([[[1.0, 2.0], [2.0, 1.0]]]), "not positive definite"),
    ],
)
def test_what_makes_no_sense_is_refused(x: Vector, p: Vector, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        covariance_intersection(x, p)


def test_an_unknown_criterion_is_refused() -> None:
    with pytest.raises(ValueError, match="got the criterion 'volume'"):
        covariance_intersection(np.zeros((1, 1)), np.ones((1, 1, 1)), criterion="volume")
