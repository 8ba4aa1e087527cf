"""Spent stages and fragments beside warheads: how they part, what is believed of them, what they cost."""

import functools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cupola.engine import simulate as engine
from cupola.engine.world import build, release_directions
from cupola.scenario.load import load
from cupola.scenario.raids import decoys
from cupola.scenario.user import DecoyCounts
from cupola.scenario.values import with_values
from cupola.sensors.features import CLASS_NAMES, DEBRIS, TANK, WARHEAD

EXAMPLE = Path(__file__).parents[3] / "examples" / "tanks-and-debris.yaml"
ALIKE = {"tank-notional.feature_distance": "0", "debris-notional.feature_distance": "0"}
RUNS = 3


@functools.cache
def played(alike):
    """Records and final states of some runs, with tanks and debris like themselves or like warheads."""
    world = build(with_values(load(EXAMPLE), ALIKE if alike else {}))
    states = []
    with pytest.MonkeyPatch.context() as patch:
        record_of = engine.record_of
        patch.setattr(engine, "record_of", lambda s, *a, **k: (states.append(s), record_of(s, *a, **k))[1])
        records = [engine.simulate(world, 7, run) for run in range(RUNS)]
    return records, states


def shots_by_role(records):
    roles = {row.object: row.role for record in records for row in record.objects}
    return Counter(roles[shot.object] for record in records for shot in record.shots)


def believed(states):
    """Mean believed class probabilities (4,) of the tracks whose features were read, by true role."""
    found = {}
    for state in states:
        picture = state.national
        read = np.flatnonzero(picture.discriminator.looked_at()[: picture.tracker.count])
        probabilities = picture.discriminator.class_probabilities()
        for track in read[picture.origin[read] >= 0].tolist():
            found.setdefault(state.threats[picture.object_of(track)].role, []).append(probabilities[track])
    return {role: np.mean(rows, axis=0) for role, rows in found.items() if role in CLASS_NAMES}


def test_every_class_is_believed_more_of_its_own_than_of_warheads():
    mean = believed(played(alike=False)[1])
    assert set(mean) == set(CLASS_NAMES)
    assert mean["warhead"][WARHEAD] > 2.0 * max(mean["tank"][WARHEAD], mean["debris"][WARHEAD])
    for role, own in (("tank", TANK), ("debris", DEBRIS)):
        assert mean[role][own] > mean["warhead"][own]
        assert mean[role].argmax() == own


def test_shots_wasted_on_tanks_and_debris_fall_with_their_feature_distance():
    apart, alike = (shots_by_role(played(alike=value)[0]) for value in (False, True))
    assert alike["tank"] > 0
    assert apart["tank"] + apart["debris"] < 0.75 * (alike["tank"] + alike["debris"])


def test_only_warheads_leak_and_tanks_end_as_spent():
    for record in played(alike=False)[0]:
        assert record.lethal == 2
        assert Counter(row.role for row in record.objects) == {
            "booster": 2, "warhead": 2, "decoy": 4, "tank": 2, "debris": 8
        }  # fmt: skip
        others = [row for row in record.objects if row.role in ("tank", "debris")]
        assert {row.outcome for row in others} <= {"spent", "killed", "died-with-booster"}
        assert {row.reason for row in others} == {"none"}
        stopped = sum(layer.killed_lethal for layer in record.layers.values())
        assert record.leaked + stopped == record.lethal


def test_neither_changes_the_flight_of_the_missile_that_they_come_from():
    scenario = load(EXAMPLE)
    bare = scenario.raid[0].model_copy(update={"decoys": decoys(DecoyCounts(light=2))})
    with_them, without = (
        build(scenario.model_copy(update={"raid": (group,)})).missiles[0] for group in (scenario.raid[0], bare)
    )
    np.testing.assert_array_equal(with_them.flight.booster.r, without.flight.booster.r)
    assert [o.object_id for o in with_them.objects[:4]] == [o.object_id for o in without.objects]
    for mine, other in zip(with_them.objects, without.objects, strict=False):
        np.testing.assert_array_equal(mine.trajectory.r, other.trajectory.r)


def test_a_spent_stage_falls_behind_its_payload_and_a_bus_behind_both():
    forward = np.array([0.6, 0.0, 0.8])
    first, d1, second, d2 = release_directions(["tank", "decoy", "tank", "decoy"], forward)
    np.testing.assert_allclose(first, -forward)
    np.testing.assert_allclose(second, -2.0 * forward)
    np.testing.assert_allclose([d1, d2], release_directions(["decoy", "decoy"], forward))
    np.testing.assert_allclose(np.linalg.norm([d1, d2], axis=1), 1.0)
