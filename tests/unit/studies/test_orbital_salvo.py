"""A salvo spread over several places, against trying every way to share the interceptors out."""

import itertools

import numpy as np

from cupola.studies.orbital_salvo import _matched


def tried(reached, flights, shots, each_carries):
    """The most shots served, over all orders in which they may take their first free interceptor."""
    units = [flight for flight in flights for _ in range(shots)]
    carried = [s for s in range(len(reached[flights[0]])) for _ in range(each_carries)]
    best = 0
    for order in itertools.permutations(range(len(carried)), min(len(units), len(carried))):
        best = max(best, sum(reached[u][carried[c]] for u, c in zip(units, order, strict=False)))
    return best


def test_as_many_shots_are_served_as_can_be():
    chance = np.random.default_rng(8)
    full = 0
    for shots, flights, carries in ((1, [0, 1, 0], 1), (2, [0, 1], 1), (1, [0, 1, 2, 0], 1), (2, [0, 1], 2)):
        for _ in range(25):
            reached = {flight: chance.random(4 // carries + 2) < 0.35 for flight in set(flights)}
            most = _matched(reached, flights, shots, carries)
            assert most == tried(reached, flights, shots, carries)
            full += most == shots * len(flights)
    assert 0 < full < 100


def test_one_place_is_a_matter_of_counting():
    for number in range(7):
        reached = {0: np.arange(10) < number}
        assert _matched(reached, [0, 0], 2, 1) == min(number, 4)
