"""Further looks after a verdict of dead: independent looks combine, against enumeration and the simulated chance."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from cupola.battle.belief import Belief
from cupola.battle.spec import AssessmentSpec


def after(looks: tuple[bool, ...], **rules) -> bool:
    """Whether a track is believed dead after looks that say dead (True) or alive."""
    spec = AssessmentSpec(further_looks=len(looks) - 1, **rules)
    belief = Belief()
    belief.declare(dead=looks[0], rules=spec, time_s=0.0, whole=False)
    for says_dead in looks[1:]:
        belief.look_again(dead=says_dead, rules=spec)
    return belief.believed_dead


def test_looks_weigh_what_bayes_theorem_says_at_even_odds() -> None:
    """After a verdict of dead that was never revised on the way, belief is the sign of the posterior log odds."""
    false_kill, missed_kill = 0.1, 0.3
    for looks in itertools.product((True, False), repeat=4):
        dead = math.prod(1.0 - missed_kill if says else missed_kill for says in looks)
        alive = math.prod(false_kill if says else 1.0 - false_kill for says in looks)
        on_the_way = [after(looks[:k], false_kill=false_kill, missed_kill=missed_kill) for k in range(1, 4)]
        if all(on_the_way):
            assert after(looks, false_kill=false_kill, missed_kill=missed_kill) == (dead >= alive), looks


def test_wrong_verdicts_of_dead_become_rarer_as_looks_are_added() -> None:
    """With both errors alike every look counts the same, so that the verdict turns when alive leads: a random walk."""
    error, rng = 0.3, np.random.default_rng(1)
    rules = {"false_kill": error, "missed_kill": error}
    says_dead = rng.random((4000, 7)) < error  # of live objects
    wrong = [np.mean([after(tuple(row[: 1 + k]), **rules) for row in says_dead.tolist()]) for k in (0, 2, 6)]
    assert wrong[0] == pytest.approx(error, abs=0.03)
    # Dead first, then never behind: of two more looks, only alive and alive turns it.
    assert wrong[1] == pytest.approx(error * (1.0 - binom.pmf(2, 2, 1.0 - error)), abs=0.03)
    assert wrong[2] < wrong[1] < wrong[0]


def test_one_verdict_stands_where_no_further_looks_are_taken() -> None:
    rules = AssessmentSpec()
    belief = Belief()
    belief.declare(dead=True, rules=rules, time_s=0.0, whole=False)
    for _ in range(5):
        belief.declare(dead=False, rules=rules, time_s=0.0, whole=False)
    assert belief.believed_dead


def test_sure_looks_and_useless_ones() -> None:
    assert not after((True, False, False), false_kill=0.0, missed_kill=0.0)
    assert after((True, False, False), false_kill=0.5, missed_kill=0.5), "looks without worth change no mind"
    assert not after((False, True, True)), "looks go on after a verdict of dead alone"
