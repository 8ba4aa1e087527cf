"""What must hold of any run: repeatability, cause before effect, and the limits that an expert would try first."""

import functools
import math
from pathlib import Path

import numpy as np
import pytest

from cupola.engine import planning
from cupola.engine.record import FALSE_TRACK, EventKind
from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.scenario.load import load
from cupola.scenario.values import with_values
from cupola.studies.tracking import assess

EXAMPLES = Path(__file__).parents[3] / "examples"


@functools.cache
def scenario(name):
    return load(EXAMPLES / f"{name}.yaml")


def changed(name, **updates):
    """The example with whole parts of it replaced."""
    return scenario(name).model_copy(update=updates)


def play(case, runs, seed=3):
    world = build(case)
    return [simulate(world, seed, run) for run in range(runs)]


def small_boost_only(total):
    """The CBO raid against the space layer alone, with ``total`` interceptors in 78 planes."""
    base = scenario("golden-dome-cbo-2026")
    space = [group for group in base.interceptors if group.constellation is not None]
    shell = space[0].constellation.model_copy(update={"total": total})
    group = space[0].model_copy(update={"constellation": shell, "inventory": total})
    return base.model_copy(update={"interceptors": (group,)})


def test_a_run_is_the_same_whatever_ran_before_it():
    world = build(scenario("today-gmd"))
    alone = simulate(world, 5, 2)
    for run in range(2):
        simulate(world, 5, run)
    assert repr(simulate(world, 5, 2)) == repr(alone)
    assert repr(simulate(build(scenario("today-gmd")), 5, 2)) == repr(alone)


def test_seeds_and_run_indices_give_different_runs():
    world = build(scenario("today-gmd"))
    assert len({repr(simulate(world, seed, run).shots) for seed in (1, 2) for run in (0, 1)}) == 4


def test_without_sensors_no_layer_fires_and_the_reason_is_no_track():
    for record in play(changed("golden-dome-cbo-2026", sensors=()), 2):
        assert record.shots == ()
        assert all(layer.engaged == layer.shots == 0 for layer in record.layers.values())
        assert record.leaked == record.lethal
        assert {row.reason for row in record.objects if row.lethal} == {"no-track"}


def test_twice_the_space_interceptors_never_leak_more_beyond_noise():
    few = np.array([record.leaked for record in play(small_boost_only(3900), 12)])
    many = np.array([record.leaked for record in play(small_boost_only(7800), 12)])
    difference = many - few
    noise = difference.std(ddof=1) / np.sqrt(len(difference))
    assert difference.mean() <= 2.0 * noise
    assert many.mean() < few.mean(), "and with half as many the space layer alone lets clearly more through"


def test_a_common_cause_failure_disarms_a_type():
    for record in play(with_values(scenario("today-gmd"), {"common_mode_failure": "1.0"}), 2):
        assert {shot.outcome for shot in record.shots} == {"common-mode-failure"}
        assert record.leaked == record.lethal


def test_no_authority_means_no_shot_and_says_so():
    # With a threshold of zero nothing is left alone as a decoy, so that authority alone is what lacks.
    values = {"battle.commit_delay": "5000 s", "battle.doctrine.midcourse.lethal_threshold": "0"}
    for record in play(with_values(scenario("today-gmd"), values), 2):
        assert record.shots == ()
        assert {row.reason for row in record.objects if row.lethal} == {"not-released"}


def test_doctrine_draws_its_line_by_what_is_left_or_by_what_a_leak_costs():
    where = "battle.doctrine.midcourse."
    (fixed,) = play(scenario("today-gmd"), 1)
    salvo = 1.0 - (1.0 - 0.9 * 0.614) ** 2  # two of the catalogue's interceptors
    worth = {f"{where}operating_point": "cost", f"{where}leak_worth": str(2.0 / salvo / 0.1)}
    (cost,) = play(with_values(scenario("today-gmd"), worth), 1)
    assert repr(cost.shots) == repr(fixed.shots), "a worth that puts the line at 0.1, where it is by default"
    values = {f"{where}operating_point": "stock", f"{where}lethal_threshold": "0", f"{where}reserve": "0.75"}
    (stock,) = play(with_values(scenario("today-gmd"), values), 1)
    assert len(stock.shots) == 11
    reasons = {event.data["no_shot"] for event in stock.events if event.kind is EventKind.PLAN}
    assert "kept-for-likelier" in reasons
    assert "believed-decoy" not in reasons


def test_an_interceptor_that_never_kills_kills_nothing():
    for record in play(with_values(scenario("today-gmd"), {"gbi.kill_vehicle.kill_probability": "0"}), 2):
        assert not any(shot.kill for shot in record.shots)
        assert record.leaked == record.lethal


def test_orders_follow_authority_and_firm_tracks():
    for record in play(scenario("golden-dome-cbo-2026"), 2):
        firm = {}
        for event in record.events:
            if event.kind is EventKind.TRACK and event.data["status"] == "firm":
                firm.setdefault(event.data["track"], event.time_s)
        authority = min(firm.values()) + scenario("golden-dome-cbo-2026").battle.commit_delay
        for event in record.events:
            if event.kind is EventKind.ORDER:
                assert event.time_s >= authority
                assert event.time_s >= firm[event.data["track"]]


def test_the_event_log_never_goes_back_in_time():
    for record in play(scenario("today-gmd"), 2):
        times = [event.time_s for event in record.events]
        assert times == sorted(times)


def test_a_slower_decision_puts_fewer_satellites_in_reach():
    reach = [
        np.mean(
            [
                record.space_interceptors_in_reach
                for record in play(with_values(small_boost_only(7800), {"battle.commit_delay": delay}), 4)
            ]
        )
        for delay in ("0 s", "30 s", "60 s")
    ]
    assert reach[0] > 1.3 * reach[1] > 1.3 * 1.3 * reach[2], reach


def test_looks_explain_why_an_object_was_never_seen():
    record = simulate(build(scenario("no-defense")), 1, 0, keep_tracks=True)
    looks = record.looks["M01"]
    assert looks
    assert any("none" in reasons for reasons in looks.values()), "some group reported it"
    assert any(set(reasons) <= {"below-horizon", "behind-earth", "out-of-field"} for reasons in looks.values())
    assert record.ladders is not None
    assert record.ladders.by_object.keys() == record.looks.keys()
    for name, groups in record.ladders.by_object.items():
        for group, ladder in groups.items():
            assert sum(ladder.unseen_s.values()) == pytest.approx(ladder.seconds.get("none", 0.0))
            assert ("detect" in ladder.first_s) >= ("none" in record.looks[name][group]), "what reports has detected"
            reached = [ladder.first_s.get(rung, math.inf) for rung in ("detect", "cue", "track", "fire-control")]
            assert reached == sorted(reached), "no rung comes before the one below it"
    assert any("fire-control" in ladder.first_s for ladder in record.ladders.by_object["M01"].values())
    unkept = simulate(build(scenario("no-defense")), 1, 0)
    assert unkept.ladders is None
    assert repr(unkept.events) == repr(record.events), "keeping a run changes nothing in it"


def test_half_the_grid_of_intercept_times_changes_little(monkeypatch):
    def kills_and_reach(layer_of):
        records = play(layer_of, 10)
        return np.mean([[r.leaked, r.space_interceptors_in_reach, len(r.shots)] for r in records], axis=0)

    boost, whole = small_boost_only(7800), scenario("today-gmd")
    coarse = kills_and_reach(boost), kills_and_reach(whole)
    for name in ("BOOST_STEP_S", "FINE_STEP_S", "COARSE_STEP_S"):
        monkeypatch.setattr(planning, name, 0.5 * getattr(planning, name))
    fine = kills_and_reach(boost), kills_and_reach(whole)
    assert abs(fine[0][1] - coarse[0][1]) < 0.05 * coarse[0][1], "satellites in reach"
    assert abs(fine[0][0] - coarse[0][0]) <= 0.5, "leaks past the space layer, of ten"
    assert abs(fine[1][0] - coarse[1][0]) <= 0.3, "leaks past the ground-based layer, of five"
    assert abs(fine[1][2] - coarse[1][2]) < 0.05 * coarse[1][2], "shots"


def test_a_reserve_is_kept_on_the_ground_and_in_space():
    half = with_values(small_boost_only(7800), {"battle.doctrine.boost.reserve": "0.999"})
    for record in play(half, 3):
        assert 0 < record.layers["boost"].shots <= 8, "a thousandth of 7,800 may be fired"
    for record in play(with_values(scenario("today-gmd"), {"battle.doctrine.midcourse.reserve": "0.5"}), 2):
        assert 0 < len(record.shots) <= 22


def test_groups_that_send_tracks_hold_the_raid_too():
    """Each group tracks by itself and the centre joins what they send: custody, honest errors and shots remain."""
    for name, least in (("golden-dome-cbo-2026", 0.6), ("glider-and-icbm-tracking", 0.9)):
        world = build(with_values(scenario(name), {"tracking.fusion": "tracks"}))
        record = simulate(world, 7, 0, keep_tracks=True)
        held = [item for item in assess(record) if item.custody > 0.0]
        assert len(held) >= 0.9 * record.lethal
        assert np.mean([item.custody for item in held]) > least
        assert np.median(np.concatenate([item.error_m for item in held])) < 200.0
        assert np.median(np.concatenate([item.square for item in held])) < 6.0
        assert not any(item.strays for item in held)
        assert all(layer.engaged for kind, layer in record.layers.items() if kind == "boost")


def test_every_group_fires_at_what_was_tracked_or_says_what_kept_it():
    """Two sites share a layer: where one was chosen, or neither, the other says why it did not fire."""
    world = build(scenario("today-gmd"))
    record, bare = simulate(world, 44, 1, keep_tracks=True), simulate(world, 44, 1)
    assert (bare.events, bare.shots, bare.held_fire) == (record.events, record.shots, {})
    assert {group.name: group.inventory - group.left for group in record.shooters} == {
        group.name: sum(shot.shooter == group.name for shot in record.shots) for group in record.shooters
    }
    orders = {(e.subject, e.actor) for e in record.events if e.kind is EventKind.ORDER}
    plans = {e.subject for e in record.events if e.kind is EventKind.PLAN} - {FALSE_TRACK}
    reasons = set()
    for name in plans | {subject for subject, _ in orders if subject != FALSE_TRACK}:
        for group in record.shooters:
            held = record.held_fire.get(name, {}).get(group.name, {})
            assert held or (name, group.name) in orders, (name, group.name)
            assert all(first <= last for first, last in held.values())
            if (name, group.name) not in orders:
                reasons |= held.keys()
    assert "others-chosen" in reasons
    assert any(set(groups["gbi-fort-greely"]) != set(groups["gbi-vandenberg"]) for groups in record.held_fire.values())
