"""Gates, distances and the global nearest neighbour against SciPy, NumPy and trying every assignment."""

from itertools import permutations
from time import perf_counter

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal

from cupola.core.earth import Vector
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.association import (
    assignment_cost,
    chi_square_gate,
    clusters,
    nearest_neighbour,
    statistical_distance,
)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def best_by_trial(cost: Vector, mask: Flags, miss_cost: Vector) -> float:
    """Return the least total cost over every way to give reports, or none, to tracks."""
    tracks, reports = cost.shape
    best = np.inf
    for choice in set(permutations([*range(reports), *[-1] * tracks], tracks)):
        if all(j < 0 or mask[i, j] for i, j in enumerate(choice)):
            best = min(best, sum(miss_cost[i] if j < 0 else cost[i, j] for i, j in enumerate(choice)))
    return best


def total(assignment: Indices, cost: Vector, miss_cost: Vector) -> float:
    return float(sum(miss_cost[i] if j < 0 else cost[i, j] for i, j in enumerate(assignment)))


def test_gates_hold_the_share_of_true_reports_that_they_should() -> None:
    for probability in (0.5, 0.95, 0.999):
        k = np.arange(1, 5)
        np.testing.assert_allclose(chi_square_gate(probability, k), chi2.ppf(probability, k), rtol=1e-12)
    with pytest.raises(ValueError, match=r"got a gate probability of 1\.0"):
        chi_square_gate(1.0, 2)
    with pytest.raises(ValueError, match="got 0 measures"):
        chi_square_gate(0.9, 0)


def test_distance_and_likelihood_are_those_of_the_gaussian_over_the_leading_measures() -> None:
    g = rng(1)
    tracks, reports = 3, 4
    root = g.normal(size=(tracks, reports, 4, 4)) * np.array([1e-5, 2e-5, 30.0, 0.1])[:, None]
    s = root @ np.swapaxes(root, -1, -2)
    z = np.einsum("trij,trj->tri", root, g.normal(size=(tracks, reports, 4)))
    k = np.array([1, 2, 3, 4])
    d2, log_likelihood = statistical_distance(z, s, k)
    for i in range(tracks):
        for j in range(reports):
            n = k[j]
            block, part = s[i, j, :n, :n], z[i, j, :n]
            scale = np.sqrt(np.diag(block))
            correlation = block / np.outer(scale, scale)
            expected = multivariate_normal(np.zeros(n), correlation).logpdf(part / scale) - np.log(scale).sum()
            assert d2[i, j] == pytest.approx(part / scale @ np.linalg.solve(correlation, part / scale), rel=1e-7)
            assert log_likelihood[i, j] == pytest.approx(expected, rel=1e-7)


def test_what_is_behind_the_leading_measures_is_not_read() -> None:
    z, s = np.full((1, 1, 4), np.nan), np.full((1, 1, 4, 4), np.nan)
    z[0, 0, :2], s[0, 0, :2, :2] = [3.0, 4.0], np.diag([9.0, 4.0])
    d2, log_likelihood = statistical_distance(z, s, np.array([2]))
    assert d2[0, 0] == pytest.approx(5.0, abs=1e-14)
    assert log_likelihood[0, 0] == pytest.approx(-2.5 - np.log(2.0 * np.pi * 6.0), abs=1e-14)


@pytest.mark.parametrize(
    ("z", "s", "k"),
    [
        ([1.0, 1.0], [[1.0, 2.0], [2.0, 1.0]], 2),
        ([1.0, 1.0], [[0.0, 0.0], [0.0, 0.0]], 2),
        ([np.nan, 1.0], [[1.0, 0.0], [0.0, 1.0]], 2),
        ([1.0, 1.0], [[1.0, 0.0], [0.0, np.nan]], 2),
        ([1.0, 1.0], [[1.0, 0.0], [0.0, 1.0]], 0),
    ],
)
def test_a_pair_without_a_sound_covariance_is_infinitely_far(z: list[float], s: list[list[float]], k: int) -> None:
    wide_z, wide_s = np.zeros((1, 1, 4)), np.zeros((1, 1, 4, 4))
    wide_z[0, 0, :2], wide_s[0, 0, :2, :2] = z, s
    d2, log_likelihood = statistical_distance(wide_z, wide_s, np.array([k]))
    assert d2[0, 0] == np.inf
    assert log_likelihood[0, 0] == -np.inf


def test_the_assignment_is_the_best_of_all() -> None:
    g = rng(2)
    for _ in range(150):
        tracks, reports = int(g.integers(1, 5)), int(g.integers(1, 5))
        cost = g.normal(size=(tracks, reports)) * 3.0
        mask = g.random((tracks, reports)) < 0.7
        miss_cost = g.normal(size=tracks)
        got = nearest_neighbour(cost, mask, miss_cost=miss_cost)
        used = got[got >= 0]
        assert len(set(used.tolist())) == len(used)
        assert all(mask[i, j] for i, j in enumerate(got) if j >= 0)
        assert total(got, cost, miss_cost) == pytest.approx(best_by_trial(cost, mask, miss_cost), abs=1e-12)


def test_the_nearest_report_is_left_to_the_track_that_has_no_other() -> None:
    cost = np.array([[1.0, 3.0], [2.0, 99.0]])
    mask = np.array([[True, True], [True, False]])
    assert nearest_neighbour(cost, mask, miss_cost=50.0).tolist() == [1, 0]


def test_a_vague_track_does_not_take_the_report_of_a_sharp_one() -> None:
    """The report lies at two sigma of a track of 1 km and at one sigma of a track of 100 km: by distance it is the
    vague one's, by likelihood the sharp one's.
    """
    z, s = np.zeros((2, 1, 4)), np.zeros((2, 1, 4, 4))
    z[0, 0, :2], z[1, 0, :2] = [2e3, 0.0], [1e5, 0.0]
    s[0, 0, :2, :2], s[1, 0, :2, :2] = 1e6 * np.eye(2), 1e10 * np.eye(2)
    d2, log_likelihood = statistical_distance(z, s, np.array([2]))
    assert d2[1, 0] < d2[0, 0]
    cost, miss_cost = assignment_cost(log_likelihood, detection_probability=0.9, extraneous_density=1e-14)
    assert nearest_neighbour(cost, np.ones((2, 1), np.bool_), miss_cost=miss_cost).tolist() == [0, -1]


def test_costs_are_negative_log_likelihood_ratios_against_an_extraneous_report() -> None:
    """The ratio of the probabilities of two whole hypotheses is what the costs add up to."""
    log_likelihood = np.log(np.array([[0.2, 0.05], [0.1, 0.4]]))
    detection, density = np.array([0.9, 0.6]), np.array([0.01, 0.03])
    cost, miss_cost = assignment_cost(log_likelihood, detection_probability=detection, extraneous_density=density)
    both = 0.9 * 0.2 * 0.6 * 0.4
    first_alone = 0.9 * 0.2 * (1.0 - 0.6) * 0.03
    assert np.exp(cost[0, 0] + miss_cost[1] - cost[0, 0] - cost[1, 1]) == pytest.approx(both / first_alone, rel=1e-12)
    with pytest.raises(ValueError, match="detection probabilities"):
        assignment_cost(log_likelihood, detection_probability=1.0, extraneous_density=0.1)
    with pytest.raises(ValueError, match="extraneous density"):
        assignment_cost(log_likelihood, detection_probability=0.9, extraneous_density=0.0)


def test_a_report_that_clutter_explains_better_is_taken_by_nobody() -> None:
    for density, expected in ((1e-3, 0), (10.0, -1)):
        cost, miss_cost = assignment_cost(np.zeros((1, 1)), detection_probability=0.5, extraneous_density=density)
        assert nearest_neighbour(cost, np.ones((1, 1), np.bool_), miss_cost=miss_cost)[0] == expected


def test_clusters_are_the_connected_parts_of_the_gate() -> None:
    mask = np.zeros((6, 5), np.bool_)
    for i, j in ((0, 4), (5, 4), (5, 1), (2, 0), (3, 0)):
        mask[i, j] = True
    of_track, of_report = clusters(mask)
    assert of_track.tolist() == [0, -1, 1, 1, -1, 0]
    assert of_report.tolist() == [1, 0, -1, -1, 0]


def test_many_separate_groups_are_solved_like_one_dense_problem() -> None:
    """300 pairs of tracks that compete for two reports each: the optimum is known group by group."""
    g = rng(3)
    groups = 300
    cost = np.full((2 * groups, 2 * groups), 1e3)
    mask = np.zeros((2 * groups, 2 * groups), np.bool_)
    expected = np.empty(2 * groups, np.int64)
    order = g.permutation(2 * groups)
    for k in range(groups):
        block = g.normal(size=(2, 2))
        rows, columns = np.ix_([2 * k, 2 * k + 1], order[2 * k : 2 * k + 2])
        cost[rows, columns], mask[rows, columns] = block, True
        straight = block[0, 0] + block[1, 1] < block[0, 1] + block[1, 0]
        expected[2 * k : 2 * k + 2] = order[2 * k : 2 * k + 2][:: 1 if straight else -1]
    assert nearest_neighbour(cost, mask, miss_cost=1e6).tolist() == expected.tolist()


def test_no_tracks_no_reports_no_gate() -> None:
    assert nearest_neighbour(np.zeros((0, 3)), np.zeros((0, 3), np.bool_), miss_cost=1.0).shape == (0,)
    assert nearest_neighbour(np.zeros((2, 0)), np.zeros((2, 0), np.bool_), miss_cost=1.0).tolist() == [-1, -1]
    assert nearest_neighbour(np.zeros((2, 2)), np.zeros((2, 2), np.bool_), miss_cost=1.0).tolist() == [-1, -1]


def test_costs_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="got costs of NaN or -inf"):
        nearest_neighbour(np.array([[np.nan]]), np.ones((1, 1), np.bool_), miss_cost=1.0)
    with pytest.raises(ValueError, match="accepted are equal"):
        nearest_neighbour(np.zeros((2, 2)), np.ones((2, 1), np.bool_), miss_cost=1.0)


def test_fifty_targets_and_fifty_reports_take_under_a_millisecond() -> None:
    """The best of many repeats, so that a busy machine does not decide; every pair is gated, the hardest case."""
    g = rng(4)
    z, k = g.normal(size=(50, 50, 4)), np.full(50, 4)
    s = np.broadcast_to(np.eye(4), (50, 50, 4, 4)).copy()
    times = []
    for _ in range(30):
        begin = perf_counter()
        d2, log_likelihood = statistical_distance(z, s, k)
        cost, miss_cost = assignment_cost(log_likelihood, detection_probability=0.9, extraneous_density=1e-4)
        nearest_neighbour(cost, d2 < chi_square_gate(0.9999, 4), miss_cost=miss_cost)
        times.append(perf_counter() - begin)
    assert min(times) < 1e-3
