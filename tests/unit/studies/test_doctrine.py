"""Interceptors for a raid: Wilkening's published numbers, closed forms, and the magazine against plain enumeration."""

import itertools
import math
import subprocess
import sys

import pytest

from cupola.scenario.errors import ScenarioError
from cupola.studies.doctrine import size_doctrine
from cupola.studies.doctrine_magazine import MOST_OBJECTS, least_magazine, no_leak

CASE = {"goal": 0.8, "kill": 0.7, "track": 0.99}


@pytest.mark.parametrize(
    ("raid", "policy", "published"),
    [
        ({"warheads": 20}, "barrage", 113),
        ({"warheads": 20}, "sls", 47),
        ({"warheads": 10, "decoys": 10}, "barrage", 73),
    ],
)
def test_interceptors_are_those_of_wilkening_1999(raid, policy, published):
    answer = size_doctrine(**raid, **CASE, policy=policy)
    assert answer["interceptors"] == published
    assert answer["interceptors_exact"] == pytest.approx(published, abs=0.5)
    assert answer["probability_no_leak_exact"] == pytest.approx(0.8, rel=1e-12)


def test_two_look_two_and_a_raid_of_five_are_the_published_figures():
    one = size_doctrine(warheads=1, kill=0.56, shots=4, policy="sls")
    assert one["kill_per_warhead"] == pytest.approx(0.9625, abs=5e-5)
    assert one["interceptors_exact"] == pytest.approx(2.387, abs=5e-4)
    five = size_doctrine(warheads=5, kill=0.56, shots=4)
    assert five["probability_no_leak"] == pytest.approx(0.8261, abs=5e-5)
    assert five["leakers"][1] == pytest.approx(5 * 0.44**4 * (1 - 0.44**4) ** 4, rel=1e-12)


def by_enumeration(warheads, decoys, kill, *, interceptors, first, false_kill=0.0, missed_kill=0.0):
    """No-leak chance by every outcome of the first salvo and look, and every lot for the shots left over."""
    objects = warheads + decoys
    miss = 1.0 - kill
    total = 0.0
    for alive in itertools.product([True, False], repeat=objects):
        for again in itertools.product([True, False], repeat=objects):
            chance = 1.0
            for living, seen in zip(alive, again, strict=True):
                chance *= miss**first if living else 1.0 - miss**first
                wrong = false_kill if living else missed_kill
                chance *= 1.0 - wrong if seen == living else wrong
            targets = [i for i in range(objects) if again[i]]
            left = interceptors - first * objects
            each, extra = divmod(left, len(targets)) if targets else (0, 0)
            lots = list(itertools.combinations(targets, extra))
            for lot in lots:
                clean = 1.0
                for i in range(warheads):
                    if alive[i]:
                        clean *= 1.0 - miss ** (each + (i in lot)) if again[i] else 0.0
                total += chance * clean / len(lots)
    return total


@pytest.mark.parametrize("errors", [{}, {"false_kill": 0.1, "missed_kill": 0.2}])
@pytest.mark.parametrize(("warheads", "decoys"), [(3, 0), (2, 2), (1, 3)])
def test_chance_of_a_magazine_is_that_of_enumeration(warheads, decoys, errors):
    for interceptors in (4, 7, 10):
        ours = no_leak(interceptors, warheads, decoys, 0.6, first=1, **errors)
        theirs = by_enumeration(warheads, decoys, 0.6, interceptors=interceptors, first=1, **errors)
        assert ours == pytest.approx(theirs, rel=1e-12)


def test_barrage_spreads_its_magazine_evenly():
    assert no_leak(7, 3, 0, 0.6) == pytest.approx((1 - 0.4**2) ** 2 * (1 - 0.4**3), rel=1e-12)
    assert no_leak(2, 3, 0, 0.6) == 0.0
    assert no_leak(2, 1, 2, 0.6) == pytest.approx(0.4, rel=1e-12)


def test_magazine_is_the_fewest_that_reach_the_goal():
    for policy, first in (("barrage", None), ("sls", 2)):
        answer = size_doctrine(warheads=12, decoys=5, **CASE, policy=policy)
        found = answer["magazine"]
        assert answer["probability_no_leak_of_magazine"] >= 0.8
        assert no_leak(found - 1, 12, 5, 0.7, first=first) * 0.99**12 < 0.8
    assert least_magazine(12, 0, 0.99, 0.7, first=2, false_kill=0.1) is None
    assert size_doctrine(warheads=MOST_OBJECTS + 1, goal=0.5, kill=0.7)["magazine"] is None


def test_errors_of_the_look_cost_shots_and_cap_what_can_be_reached():
    perfect = size_doctrine(warheads=20, **CASE, policy="sls")
    missed = size_doctrine(warheads=20, **CASE, policy="sls", missed_kill=0.1)
    alive = 0.3**2
    assert missed["interceptors_exact"] - perfect["interceptors_exact"] == pytest.approx(
        20 * 0.1 * (1 - alive) * (perfect["shots_per_object_exact"] - 2), rel=1e-9
    )
    blind = size_doctrine(warheads=20, **CASE, policy="sls", false_kill=0.005)
    assert blind["probability_no_leak_exact"] == pytest.approx(0.8, rel=1e-9)
    assert blind["ceiling"] == pytest.approx((0.99 * (1 - 0.005 * alive)) ** 20, rel=1e-12)
    with pytest.raises(ScenarioError, match=r"accepted is less than 0\.78896.*lower --false-kill"):
        size_doctrine(warheads=20, **CASE, policy="sls", false_kill=0.02)


def test_a_look_after_more_shots_than_needed_is_a_barrage():
    shared = {"warheads": 3, "goal": 0.5, "kill": 0.9}
    barrage, look = size_doctrine(**shared), size_doctrine(**shared, policy="sls", first=4)
    assert look["interceptors_exact"] == barrage["interceptors_exact"]
    assert barrage["interceptors_exact"] == pytest.approx(3 * math.log(1 - 0.5 ** (1 / 3)) / math.log(0.1), rel=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"goal": 0.9}, r"--goal: got 0.9, accepted is less than 0.817907.*0.99\^20"),
        ({"goal": 1.0}, "--goal: got 1,"),
        ({"goal": 80}, r"hint: 80 % is 0\.8"),
        ({"goal": None}, "either --goal"),
        ({"shots": 4}, "either --goal"),
        ({"goal": None, "shots": 0.0}, "--shots: got 0,"),
        ({"kill": 1.0}, "--kill: got 1,"),
        ({"track": 0.0}, "--track: got 0,"),
        ({"warheads": 0}, "--warheads: got 0,"),
        ({"decoys": -1}, "--decoys: got -1,"),
        ({"policy": "barage"}, "did you mean 'barrage'"),
        ({"policy": "sls", "first": 0}, "--first: got 0,"),
        ({"false_kill": 0.1}, "--false-kill: a barrage does not look"),
        ({"goal": math.nan}, "--goal: got nan"),
        ({"kill": math.nan}, "--kill: got nan"),
    ],
)
def test_what_has_no_answer_is_refused(change, words):
    with pytest.raises(ScenarioError, match=words):
        size_doctrine(**{"warheads": 20, **CASE, **change})


def test_asking_brings_no_compiler():
    code = "import sys, cupola; cupola.size_doctrine(warheads=3, goal=0.5, kill=0.7); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
