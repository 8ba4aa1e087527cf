"""Assignment against exhaustive search, a proven integer optimum, and published problems."""

import itertools

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp, minimize

from cupola.battle.assignment import TOLERANCE, assign
from cupola.battle.assignment_exact import assign_exactly


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
def test_mixed_kill_probabilities_reach_the_optimum_within_the_gap_that_is_told(seed):
    track, shooter, p, value, wanted, survive = case(seed, per_track=False)
    best = exhaustive(track, shooter, p, value, wanted, survive)
    for tolerance in (TOLERANCE, 0.0):
        pairing = assign(
            track, shooter, p, value, np.zeros(len(track)), wanted, survive, optimal=True, tolerance=tolerance
        )
        found = expected_damage(pairing.chosen, track, p, value, survive)
        assert found == pytest.approx(pairing.expected_value, rel=1e-12)
        assert pairing.upper_bound >= best * (1.0 - 1e-12)
        assert found >= best * (1.0 - tolerance - 1e-9)
    greedy = assign(track, shooter, p, value, np.zeros(len(track)), wanted, survive, optimal=False)
    assert 0.5 * best <= greedy.expected_value <= best * (1.0 + 1e-12) <= greedy.upper_bound * (1.0 + 1e-9)


def recipe(shots, targets, seed):
    """The published recipe of weapon-target instances: values integer 1 to 100, probabilities uniform 0 to 1."""
    rng = np.random.default_rng(seed)
    shooter, track = np.divmod(np.arange(shots * targets), targets)
    return track, shooter, rng.uniform(0.0, 1.0, len(track)), rng.integers(1, 101, targets).astype(float)


def proven_optimum(track, shooter, p, value, most):
    """HiGHS over every set of up to ``most`` shots at every target: nothing in common with the code under test."""
    shots, targets = shooter.max() + 1, len(value)
    table = np.zeros((shots, targets))
    table[shooter, track] = p
    gain, rows, columns = [], [], []
    for t in range(targets):
        for size in range(1, most + 1):
            for chosen in itertools.combinations(range(shots), size):
                column = len(gain)
                gain.append(value[t] * (1.0 - np.prod(1.0 - table[list(chosen), t])))
                rows += [t, *(targets + s for s in chosen)]
                columns += [column] * (size + 1)
    matrix = np.zeros((targets + shots, len(gain)))
    matrix[rows, columns] = 1.0
    answer = milp(
        -np.array(gain),
        integrality=np.ones(len(gain)),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(matrix, -np.inf, np.ones(targets + shots)),
        options={"mip_rel_gap": 1e-9},
    )
    assert answer.status == 0
    return -answer.fun


@pytest.mark.parametrize(("shots", "targets", "most"), [(8, 8, 3), (10, 5, 3), (12, 6, 2), (6, 12, 3)])
@pytest.mark.parametrize("seed", [1, 2])
def test_instances_of_the_published_recipe_reach_a_proven_integer_optimum(shots, targets, most, seed):
    track, shooter, p, value = recipe(shots, targets, seed)
    best = proven_optimum(track, shooter, p, value, most)
    wanted, ones = np.full(targets, most), np.ones(targets)
    exact = assign_exactly(track, shooter, p, value, wanted, np.ones(shots, dtype=np.int64))
    assert exact.expected_value == pytest.approx(best, rel=1e-8)
    quick = assign(track, shooter, p, value, np.zeros(len(p)), wanted, ones, optimal=True)
    assert quick.expected_value >= best * (1.0 - TOLERANCE)
    assert quick.upper_bound >= best * (1.0 - 1e-9)


def test_a_thousand_shots_at_three_hundred_targets_come_with_a_small_proven_gap():
    track, shooter, p, value = recipe(1000, 300, 1)
    pairing = assign(
        track, shooter, 0.3 + 0.6 * p, value, np.zeros(len(p)), np.full(300, 6), np.ones(300), optimal=True
    )
    assert 0.0 <= pairing.gap <= TOLERANCE
    assert len(set(shooter[pairing.chosen].tolist())) == len(pairing.chosen) == 1000
    assert np.bincount(track[pairing.chosen]).max() <= 6


def test_alike_units_of_an_inventory_are_as_good_as_so_many_shooters():
    track, shooter, p, value = recipe(3, 4, 7)
    each = np.array([2, 1, 3])
    wanted, survive, none = np.full(4, 3), np.ones(4), np.zeros(len(p))
    together = assign(track, shooter, p, value, none, wanted, survive, optimal=True, inventory=each, tolerance=0.0)
    copies = np.concatenate([np.flatnonzero(shooter == s) for s in range(3) for _ in range(each[s])])
    unit = np.repeat(np.arange(6), 4)
    best = assign(track[copies], unit, p[copies], value, none[:24], wanted, survive, optimal=True, tolerance=0.0)
    assert together.expected_value == pytest.approx(best.expected_value, rel=1e-9)
    assert (np.bincount(shooter[together.chosen], minlength=3) <= each).all()


# Bracken and McCormick (1968), Selected Applications of Nonlinear Programming, chapter 2 (GAMS library: WEAPONS).
KILL = [
    dict(zip((2, 6, 7, 8, 9, 18), (5, 15, 10, 15, 20, 5), strict=True)),
    dict(
        zip(
            (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 17, 18, 19, 20),
            (16, 17, 15, 16, 15, 19, 19, 18, 20, 14, 2, 12, 13, 12, 15, 16, 15, 15),
            strict=True,
        )
    ),
    dict(
        zip(range(1, 21), (4, 5, 4, 4, 4, 10, 8, 9, 8, 5, 1, 2, 1, 2, 3, 2, 5, 8, 7, 8), strict=True),
    ),
    dict(zip(range(10, 17), (4, 9, 8, 9, 8, 2, 7), strict=True)),
    dict(
        zip(
            (1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16),
            (8, 6, 8, 5, 5, 2, 2, 10, 5, 4, 9, 2, 1, 1),
            strict=True,
        )
    ),
]
AVAILABLE = np.array([200, 100, 300, 150, 250])
WORTH = np.array([60, 50, 50, 75, 40, 60, 35, 30, 25, 150, 30, 45, 125, 200, 200, 130, 100, 100, 100, 150.0])
LEAST = {1: 30, 6: 100, 10: 40, 14: 50, 15: 70, 16: 35, 20: 10}


def continuous_optimum(track, shooter, p, *, least):
    """SLSQP on the program as published, with parts of weapons."""
    log_miss = np.log1p(-p)

    def leaked(x):
        alive = WORTH * np.exp(np.bincount(track, log_miss * x, minlength=20))
        return alive.sum(), np.asarray(alive[track] * log_miss)

    limits = [
        {
            "type": "ineq",
            "fun": lambda x, s=s: AVAILABLE[s] - x[shooter == s].sum(),
            "jac": lambda x, s=s: -1.0 * (shooter == s),
        }
        for s in range(5)
    ]
    limits += [
        {
            "type": "ineq",
            "fun": lambda x, t=t, n=n: x[track == t - 1].sum() - n,
            "jac": lambda x, t=t: 1.0 * (track == t - 1),
        }
        for t, n in least.items()
    ]
    start = AVAILABLE[shooter] / np.bincount(shooter)[shooter]
    found = minimize(
        leaked,
        start,
        jac=True,
        bounds=[(0.0, None)] * len(p),
        constraints=limits,
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-10},
    )
    assert found.success, found.message
    return WORTH.sum() - found.fun


def test_bracken_and_mccormicks_weapons_stay_just_under_the_continuous_optimum():
    shooter = np.array([s for s, targets in enumerate(KILL) for _ in targets])
    track = np.array([t - 1 for targets in KILL for t in targets])
    p = np.array([percent / 100.0 for targets in KILL for percent in targets.values()])
    assert continuous_optimum(track, shooter, p, least=LEAST) == pytest.approx(1735.57, abs=0.01)
    best = continuous_optimum(track, shooter, p, least={})
    pairing = assign(
        track, shooter, p, WORTH, np.zeros(len(p)), np.full(20, 1000), np.ones(20), optimal=True, inventory=AVAILABLE
    )
    assert best * 0.9995 <= pairing.expected_value <= best
    assert pairing.upper_bound >= pairing.expected_value
    assert (np.bincount(shooter[pairing.chosen]) <= AVAILABLE).all()


def test_the_expected_value_is_the_mean_of_drawn_outcomes():
    track, shooter, p, value, wanted, survive = case(5, per_track=False)
    pairing = assign(track, shooter, p, value, np.zeros(len(p)), wanted, survive, optimal=True)
    rng = np.random.default_rng(1)
    draws = 40_000
    alive = rng.random((draws, len(value))) < survive
    before = alive @ value
    for row in pairing.chosen:
        alive[:, track[row]] &= rng.random(draws) >= p[row]
    destroyed = before - alive @ value
    assert destroyed.mean() == pytest.approx(pairing.expected_value, abs=4.0 * destroyed.std() / np.sqrt(draws))


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
