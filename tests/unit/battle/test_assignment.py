"""Assignment against exhaustive search and against the published optimality of marginal return."""

import itertools

import numpy as np
import pytest

from cupola.battle.assignment import assign


def expected_damage(chosen, track, p, value, survive):
    alive = survive.copy()
    for row in chosen:
        alive[track[row]] *= 1.0 - p[row]
    return float((value * (survive - alive)).sum())


def exhaustive(track, shooter, p, value, wanted, survive):
    """Best true (joint) damage over every legal set of shots."""
    best = 0.0
    for size in range(len(track) + 1):
        for rows in itertools.combinations(range(len(track)), size):
            if len({shooter[r] for r in rows}) < size:
                continue
            if any(sum(track[r] == t for r in rows) > wanted[t] for t in range(len(wanted))):
                continue
            best = max(best, expected_damage(rows, track, p, value, survive))
    return best


def case(seed, *, per_track):
    rng = np.random.default_rng(seed)
    tracks, shooters = 3, 4
    pairs = [(t, s) for t in range(tracks) for s in range(shooters) if rng.random() < 0.7]
    track = np.array([t for t, _ in pairs])
    shooter = np.array([s for _, s in pairs])
    by_track = rng.uniform(0.2, 0.95, tracks)
    p = by_track[track] if per_track else rng.uniform(0.2, 0.95, len(pairs))
    value = rng.integers(1, 100, tracks).astype(float)
    wanted = rng.integers(0, 3, tracks)
    survive = rng.uniform(0.3, 1.0, tracks)
    return track, shooter, p, value, wanted, survive


@pytest.mark.parametrize("seed", range(12))
def test_optimal_assignment_equals_exhaustive_search_when_kill_probability_depends_on_the_target_alone(seed):
    track, shooter, p, value, wanted, survive = case(seed, per_track=True)
    pairing = assign(track, shooter, p, value, np.zeros(len(track)), wanted, survive, optimal=True)
    found = expected_damage(pairing.chosen, track, p, value, survive)
    assert found == pytest.approx(exhaustive(track, shooter, p, value, wanted, survive), rel=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_mixed_kill_probabilities_stay_within_a_fifth_of_the_optimum(seed):
    track, shooter, p, value, wanted, survive = case(seed, per_track=False)
    best = exhaustive(track, shooter, p, value, wanted, survive)
    for optimal in (True, False):
        pairing = assign(track, shooter, p, value, np.zeros(len(track)), wanted, survive, optimal=optimal)
        assert expected_damage(pairing.chosen, track, p, value, survive) >= 0.8 * best


@pytest.mark.parametrize("optimal", [True, False])
def test_no_shooter_fires_twice_and_no_track_gets_more_than_it_wants(optimal):
    track, shooter, p, value, wanted, survive = case(99, per_track=False)
    chosen = assign(track, shooter, p, value, np.zeros(len(track)), wanted, survive, optimal=optimal).chosen
    assert len(set(shooter[chosen])) == len(chosen)
    assert (np.bincount(track[chosen], minlength=len(wanted)) <= wanted).all()


def test_preference_breaks_ties_but_never_outweighs_a_better_shot():
    track, shooter = np.array([0, 0]), np.array([0, 1])
    one, half = np.ones(1), np.array([1])
    tie = assign(track, shooter, np.array([0.8, 0.8]), one, np.array([0.1, 0.9]), half, one, optimal=True)
    assert list(tie.chosen) == [1]
    better = assign(track, shooter, np.array([0.81, 0.8]), one, np.array([0.0, 0.999]), half, one, optimal=True)
    assert list(better.chosen) == [0]


def test_nothing_to_assign_is_nothing_assigned():
    empty = np.empty(0, dtype=np.int64)
    pairing = assign(empty, empty, np.empty(0), np.ones(2), np.empty(0), np.array([1, 1]), np.ones(2), optimal=True)
    assert len(pairing.chosen) == 0
