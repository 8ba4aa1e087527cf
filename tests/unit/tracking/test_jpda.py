"""Association probabilities against listing every joint event, and beyond the cap against the exact ones."""

from itertools import product
from time import perf_counter

import numpy as np
import pytest

from cupola.core.earth import Vector
from cupola.sensors.looks import Flags
from cupola.tracking.jpda import joint_association, joint_probabilities


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def by_enumeration(log_likelihood: Vector, mask: Flags, detection: Vector, clutter: Vector, gate: float) -> Vector:
    """Return the marginals (T, R + 1) by summing over every joint event, listed one by one."""
    tracks, reports = mask.shape
    out = np.zeros((tracks, reports + 1))
    for event in product(range(reports + 1), repeat=tracks):
        used = [j for j in event if j < reports]
        if len(set(used)) < len(used) or any(j < reports and not mask[i, j] for i, j in enumerate(event)):
            continue
        probability = 1.0
        for i, j in enumerate(event):
            if j < reports:
                probability *= detection[i] * np.exp(log_likelihood[i, j]) / clutter[j]
            else:
                probability *= 1.0 - detection[i] * gate
        for i, j in enumerate(event):
            out[i, j] += probability
    return out / out.sum(axis=1, keepdims=True)


def problem(g: np.random.Generator, tracks: int, reports: int, density: float) -> tuple[Vector, Flags, Vector, Vector]:
    log_likelihood = 3.0 * g.normal(size=(tracks, reports))
    mask = g.random((tracks, reports)) < density
    return log_likelihood, mask, g.uniform(0.3, 0.99, tracks), g.uniform(0.1, 2.0, reports)


def test_probabilities_are_those_of_all_joint_events() -> None:
    g = rng(1)
    for _ in range(150):
        tracks, reports = int(g.integers(1, 5)), int(g.integers(1, 6))
        log_likelihood, mask, detection, clutter = problem(g, tracks, reports, g.uniform(0.2, 1.0))
        gate = float(g.uniform(0.9, 1.0))
        got = joint_association(
            log_likelihood,
            mask,
            detection_probability=detection,
            clutter_density=clutter,
            gate_probability=gate,
        )
        assert got.exact.all()
        expected = by_enumeration(log_likelihood, mask, detection, clutter, gate)
        np.testing.assert_allclose(got.probabilities, expected, rtol=1e-11, atol=1e-15)


def test_one_track_and_one_report_are_as_in_the_textbook() -> None:
    """beta = P_D g / (lambda (1 - P_D P_G) + P_D g), Bar-Shalom, Daum and Huang 2009, IEEE Control Systems 29(6)."""
    got = joint_probabilities(
        np.log([[0.3]]),
        np.array([[True]]),
        detection_probability=0.8,
        clutter_density=0.05,
        gate_probability=0.99,
    )
    beta = 0.8 * 0.3 / (0.05 * (1.0 - 0.8 * 0.99) + 0.8 * 0.3)
    np.testing.assert_allclose(got, [[beta, 1.0 - beta]], rtol=1e-14)


def test_two_crossing_targets_share_two_reports_as_two_events_do() -> None:
    """Both tracks at the crossing gate both reports. By hand, with ratios a_ij = P_D g_ij / lambda and m = 1 - P_D:
    seven events, of which two give each track a report.
    """
    log_likelihood = np.log(np.array([[0.5, 0.2], [0.3, 0.4]]))
    a, m = 0.9 * np.exp(log_likelihood) / 0.1, 0.1
    (p, q), (r, s) = a
    straight, crossed = p * s, q * r
    none, singles = m * m, np.array([p, q, r, s]) * m
    total = straight + crossed + none + singles.sum()
    expected = [
        [(straight + singles[0]) / total, (crossed + singles[1]) / total, (none + singles[2] + singles[3]) / total],
        [(crossed + singles[2]) / total, (straight + singles[3]) / total, (none + singles[0] + singles[1]) / total],
    ]
    got = joint_probabilities(log_likelihood, np.ones((2, 2), np.bool_), detection_probability=0.9, clutter_density=0.1)
    np.testing.assert_allclose(got, expected, rtol=1e-13)


def test_two_tracks_on_one_spot_share_its_reports_evenly() -> None:
    got = joint_probabilities(
        np.zeros((2, 2)), np.ones((2, 2), np.bool_), detection_probability=0.9, clutter_density=1e-6
    )
    np.testing.assert_allclose(got[:, :2], 0.5, atol=1e-4)
    np.testing.assert_allclose(got[0], got[1], atol=1e-15)


def test_a_chain_of_hundreds_of_tracks_is_exact() -> None:
    """Each track shares one report with the next: one cluster with more events than could be listed. Forward and
    backward sums along the chain, written for this case alone, give the truth.
    """
    n = 400
    g = rng(2)
    log_likelihood = 2.0 * g.normal(size=(n, n + 1))
    mask = np.zeros((n, n + 1), np.bool_)
    mask[np.arange(n), np.arange(n)] = mask[np.arange(n), np.arange(1, n + 1)] = True
    got = joint_association(log_likelihood, mask, detection_probability=0.8, clutter_density=0.5)
    assert got.exact.all()
    weight = 0.8 * np.exp(log_likelihood) / 0.5
    transfer = np.zeros((n, 2, 2))  # is the left report used already -> is the right one used afterwards
    for i in range(n):
        left, right = weight[i, i], weight[i, i + 1]
        transfer[i] = [[0.2 + left, right], [0.2, right]]
    ahead, behind = np.ones((n + 1, 2)), np.zeros((n + 1, 2))
    behind[0] = [1.0, 0.0]
    for i in range(n):
        behind[i + 1] = behind[i] @ transfer[i]
        behind[i + 1] /= behind[i + 1].sum()
    for i in range(n - 1, -1, -1):
        ahead[i] = transfer[i] @ ahead[i + 1]
        ahead[i] /= ahead[i].sum()
    for i in range(n):
        parts = np.array(
            [
                behind[i, 0] * weight[i, i] * ahead[i + 1, 0],
                behind[i].sum() * weight[i, i + 1] * ahead[i + 1, 1],
                behind[i].sum() * 0.2 * ahead[i + 1, 0],
            ]
        )
        np.testing.assert_allclose(got.probabilities[i, [i, i + 1, -1]], parts / parts.sum(), rtol=1e-9)


def test_the_approximation_is_exact_where_gates_form_a_tree() -> None:
    """Belief propagation has no error without loops."""
    g = rng(3)
    log_likelihood = 2.0 * g.normal(size=(6, 7))
    mask = np.zeros((6, 7), np.bool_)
    mask[np.arange(6), np.arange(6)] = mask[np.arange(6), np.arange(1, 7)] = True
    chain = {"detection_probability": 0.7, "clutter_density": 0.5}
    exact = joint_association(log_likelihood, mask, **chain)
    loopy = joint_association(log_likelihood, mask, **chain, cap=0)
    assert not loopy.exact.any()
    np.testing.assert_allclose(loopy.probabilities, exact.probabilities, atol=1e-8)


def test_the_approximation_is_near_where_tracks_crowd() -> None:
    """Random crowds of up to seven tracks that gate nearly everything: a twentieth of the error that one makes by
    letting each track choose alone, as if reports could be shared.
    """
    g = rng(4)
    worst, loopy, alone = 0.0, [], []
    for _ in range(300):
        log_likelihood, mask, detection, clutter = problem(g, int(g.integers(2, 8)), int(g.integers(2, 8)), 0.9)
        scene = {"detection_probability": detection, "clutter_density": clutter}
        exact = joint_probabilities(log_likelihood, mask, **scene)
        error = np.abs(joint_probabilities(log_likelihood, mask, **scene, cap=0) - exact)
        ratio = np.where(mask, detection[:, None] * np.exp(log_likelihood) / clutter, 0.0)
        free = np.column_stack([ratio, 1.0 - detection])
        worst = max(worst, float(error.max()))
        loopy.append(error.mean())
        alone.append(np.abs(free / free.sum(axis=1, keepdims=True) - exact).mean())
    assert np.mean(loopy) < 0.005
    assert np.mean(loopy) < np.mean(alone) / 20.0
    assert worst < 0.25


def test_a_crowd_beyond_the_cap_is_answered_in_bounded_time() -> None:
    """Fifty tracks that all gate fifty reports have 1e80 events; the answer must still be probabilities."""
    g = rng(5)
    log_likelihood = 2.0 * g.normal(size=(50, 50))
    mask = np.ones((50, 50), np.bool_)
    scene = {"detection_probability": 0.9, "clutter_density": 0.1}
    joint_probabilities(log_likelihood[:2, :2], mask[:2, :2], **scene)
    begin = perf_counter()
    got = joint_association(log_likelihood, mask, **scene)
    assert perf_counter() - begin < 1.0
    assert not got.exact.any()
    np.testing.assert_allclose(got.probabilities.sum(axis=1), 1.0, atol=1e-12)
    assert np.all(got.probabilities >= 0.0)
    assert np.all(got.probabilities[:, :-1].sum(axis=0) <= 1.0 + 1e-6)


def test_clusters_do_not_disturb_each_other() -> None:
    g = rng(6)
    a, mask_a, detection_a, clutter_a = problem(g, 3, 3, 0.8)
    b, mask_b, detection_b, clutter_b = problem(g, 2, 4, 0.8)
    whole, mask = np.full((6, 7), np.nan), np.zeros((6, 7), np.bool_)
    whole[:3, :3], whole[3:5, 3:], mask[:3, :3], mask[3:5, 3:] = a, b, mask_a, mask_b
    got = joint_probabilities(
        whole,
        mask,
        detection_probability=np.concatenate([detection_a, detection_b, [0.5]]),
        clutter_density=np.concatenate([clutter_a, clutter_b]),
    )
    first = joint_probabilities(a, mask_a, detection_probability=detection_a, clutter_density=clutter_a)
    second = joint_probabilities(b, mask_b, detection_probability=detection_b, clutter_density=clutter_b)
    np.testing.assert_allclose(got[:3][:, [0, 1, 2, 7]], first, atol=1e-15)
    np.testing.assert_allclose(got[3:5][:, 3:], second, atol=1e-15)
    assert got[5].tolist() == [0.0] * 7 + [1.0]


def test_likelihoods_of_any_size_are_weighed() -> None:
    """Densities per rad and per metre differ by many powers of ten, and two tracks may want one report badly."""
    log_likelihood = np.array([[200.0], [199.0]])
    got = joint_probabilities(
        log_likelihood, np.ones((2, 1), np.bool_), detection_probability=0.5, clutter_density=1e-30
    )
    share = 1.0 / (1.0 + np.exp(-1.0))
    np.testing.assert_allclose(got, [[share, 1.0 - share], [1.0 - share, share]], rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"detection_probability": 1.0}, "detection probabilities"),
        ({"clutter_density": 0.0}, "clutter density"),
        ({"gate_probability": 1.1}, "gate probability"),
        ({"log_likelihood": np.array([[np.nan]])}, "no numbers"),
        ({"mask": np.ones((1, 2), np.bool_)}, r"accepted are equal"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, float], message: str) -> None:
    sound = {
        "log_likelihood": np.zeros((1, 1)),
        "mask": np.ones((1, 1), np.bool_),
        "detection_probability": 0.9,
        "clutter_density": 0.1,
    }
    with pytest.raises(ValueError, match=message):
        joint_association(**{**sound, **change})


def test_nothing_to_associate() -> None:
    scene = {"detection_probability": 0.9, "clutter_density": 0.1}
    assert joint_probabilities(np.zeros((0, 2)), np.zeros((0, 2), np.bool_), **scene).shape == (0, 3)
    assert joint_probabilities(np.zeros((2, 0)), np.zeros((2, 0), np.bool_), **scene).tolist() == [[1.0], [1.0]]
