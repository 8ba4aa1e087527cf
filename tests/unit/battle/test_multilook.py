"""Holding shots for a second look: closed forms, plain recursion over single shots, and what a look is worth."""

import functools
import itertools

import pytest

from cupola.battle.multilook import best_salvos, value_of_holding


def by_recursion(kill, targets, shots, salvos):
    """Fewest expected leakers over every split of every salvo, target by target, and every outcome of it."""

    @functools.cache
    def leakers(n, s, to_go):
        if n == 0 or to_go == 0:
            return float(n)
        best = float("inf")
        for at in itertools.product(range(s + 1), repeat=n):
            if sum(at) > s or list(at) != sorted(at):
                continue
            mean = 0.0
            for lives in itertools.product([0, 1], repeat=n):
                chance = 1.0
                for alive, fired in zip(lives, at, strict=True):
                    miss = (1.0 - kill) ** fired
                    chance *= miss if alive else 1.0 - miss
                mean += chance * leakers(sum(lives), s - sum(at), to_go - 1)
            best = min(best, mean)
        return best

    return leakers(targets, shots, salvos)


@pytest.mark.parametrize(("targets", "shots", "salvos"), [(1, 4, 2), (2, 4, 2), (3, 4, 2), (2, 5, 3), (3, 5, 2)])
def test_best_salvos_are_those_of_trying_every_split(targets, shots, salvos):
    plans = best_salvos(0.56, targets, shots, salvos)
    assert plans[-1].value[targets, shots] == pytest.approx(by_recursion(0.56, targets, shots, salvos), rel=1e-12)


def test_one_salvo_is_a_barrage():
    (plan,) = best_salvos(0.7, 3, 8, 1, aim="no leaker")
    assert plan.value[3, 8] == pytest.approx((1 - 0.3**3) ** 2 * (1 - 0.3**2), rel=1e-12)
    assert plan.salvo[3, 8] == 8


def test_one_target_gains_no_kills_from_a_look_but_the_first_salvo_may_be_small():
    saved, now = value_of_holding(0.56, 1, 4)
    assert saved == pytest.approx(0.0, abs=1e-12)
    assert now < 4


def test_looks_save_leakers_where_shots_are_short_and_more_looks_never_hurt():
    values = [plan.value[6, 9] for plan in best_salvos(0.6, 6, 9, 4)]
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(values))
    saved, now = value_of_holding(0.6, 6, 9)
    assert saved == pytest.approx(values[0] - values[1], rel=1e-12)
    assert saved > 0.1
    assert 0 < now < 9


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="kill: got 0"):
        best_salvos(0.0, 1, 1, 1)
    with pytest.raises(ValueError, match="salvos: got 0"):
        best_salvos(0.5, 1, 1, 0)
