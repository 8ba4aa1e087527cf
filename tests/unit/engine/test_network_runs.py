"""Battle management as a network, played: what latency, loss and the end of the national node do to a run."""

import functools
from collections import Counter

import numpy as np
import pytest

from cupola.engine.planning import held_where_lost
from cupola.engine.record import EventKind
from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.scenario.load import load
from cupola.scenario.values import with_values
from cupola.tracking.prediction import Prediction

SMALL = """
cupola: 1
name: Two missiles at one city, ground-based interceptors far away and near it
extends: presets/today-2026.yaml
raid:
  - threat: icbm-solid-notional
    count: 2
    from: {region: north-korea}
    to: {city: Los Angeles}
    timing: {salvo: "20 s"}
sensors:
  - {constellation: tracking-layer-t3, name: eyes}
  - {site: lrdr, at: clear, name: far-radar}
  - site: tpy-2
    at: {name: near, latitude: 34 deg, longitude: -118.2 deg}
    boresights: ["0 deg", "270 deg"]
    name: near-radar
interceptors:
  - {site: gbi, at: fort-greely, inventory: 4, layer: upper}
  - {site: thaad, at: {name: near, latitude: 34 deg, longitude: -118.2 deg}, inventory: 3, layer: lower}
battle:
  doctrine: {upper: {}, lower: {}}
  network: {own_sensors: {upper: [far-radar], lower: [near-radar]}}
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("network") / "small.yaml"
    path.write_text(SMALL)
    return load(path)


@pytest.fixture(scope="module")
def play(base):
    @functools.cache
    def played(run: int = 0, **values: str):
        case = with_values(base, {f"battle.{path.replace('__', '.')}": value for path, value in values.items()})
        return simulate(build(case), 5, run)

    return played


def events(record, kind: EventKind):
    return [event for event in record.events if event.kind is kind]


def test_orders_are_released_as_much_later_as_the_link_takes(play) -> None:
    slow = play(network__to_layers__latency="7 s")
    orders = events(slow, EventKind.ORDER)
    assert orders
    assert min(event.data["release_s"] - event.time_s for event in orders) >= 9.0, "message_delay and latency"
    assert min(e.data["release_s"] - e.time_s for e in events(play(), EventKind.ORDER)) < 9.0
    assert not events(slow, EventKind.MESSAGE)


def test_reports_and_verdicts_come_as_much_later_as_the_link_takes(play) -> None:
    quick, slow = play(), play(network__from_sensors__latency="4 s")
    for before, after in zip(quick.objects, slow.objects, strict=True):
        assert after.first_detection_s == pytest.approx(before.first_detection_s + 4.0)
    hit = {event.data["shot"]: event.time_s for event in events(slow, EventKind.INTERCEPT)}
    for event in events(slow, EventKind.ASSESSMENT):
        assert event.time_s == pytest.approx(hit[event.data["shot"]] + 15.0 + 4.0)


def test_orders_that_never_arrive_are_no_shots_and_say_so(play) -> None:
    record = play(network__to_layers__loss="1")
    lost = events(record, EventKind.MESSAGE)
    assert {event.data["status"] for event in lost} == {"order-lost"}
    assert len(lost) == len(events(record, EventKind.ORDER)) > 4, "it orders again what it still has"
    assert record.shots == ()
    assert {row.reason for row in record.objects if row.lethal} == {"cut-off"}
    assert all(row.shots == 0 for row in record.objects)


def test_a_verdict_that_never_comes_frees_the_next_salvo(play) -> None:
    record = play(network__from_sensors__loss="0.7")
    lost = [event for event in events(record, EventKind.MESSAGE) if event.data["status"] == "verdict-lost"]
    hit = {event.data["shot"]: event.time_s for event in events(record, EventKind.INTERCEPT)}
    heard = {event.data["shot"] for event in events(record, EventKind.ASSESSMENT)}
    assert {event.data["shot"] for event in lost} | heard == hit.keys()
    for event in lost:
        assert event.data["shot"] not in heard
        assert event.time_s == pytest.approx(hit[event.data["shot"]] + 15.0 + 5.0), "after one time-out"


def test_until_the_node_is_cut_nothing_differs_and_then_orders_do(play) -> None:
    whole = play()
    first = min(event.time_s for event in events(whole, EventKind.ORDER))
    cut_s = first + 1.0
    cut = play(network__cut_at=f"{cut_s} s")

    def until(record):
        return [event for event in record.events if event.time_s < cut_s]

    assert repr(until(whole)) == repr(until(cut))
    assert [e.subject for e in events(cut, EventKind.MESSAGE)] == ["national-node"]
    assert repr(whole.shots) != repr(cut.shots)
    spared = play(network__cut_at=f"{cut_s} s", network__cut_probability="0")
    assert repr(spared) == repr(whole)


def test_a_layer_alone_fires_only_at_what_its_own_sensors_hold(play) -> None:
    blind = {"network__own_sensors__lower": "[]", "network__own_sensors__upper": "[]"}
    for cut_s in (150, 205):  # while the missiles burn, and when they have let go of their warheads
        late = play(network__cut_at=f"{cut_s} s", **blind)
        assert late.shots == ()
        assert {row.reason for row in late.objects if row.lethal} == {"cut-off"}
    never = play(network__cut_at="0 s", **blind)
    assert all(np.isnan(row.first_detection_s) for row in never.objects), "no sensor has anybody to report to"
    for run in range(3):
        record = play(run, network__cut_at="0 s")
        reported: dict[str, float] = {}
        for event in record.events:
            if event.kind is EventKind.DETECTION and event.actor == "near-radar":
                reported[event.subject] = event.time_s
            if event.kind is EventKind.ORDER and event.data["layer"] == "lower":
                assert event.subject in reported, "the near radar had not seen it"
        fired = Counter(shot.layer for shot in record.shots)
        assert fired["upper"] <= 4
        assert fired["lower"] <= 3
        for row in record.objects:
            assert (row.reason != "none") == (row.lethal and row.outcome == "leaked")


def test_a_layers_own_clock_and_the_cut_are_told(play) -> None:
    values = {"doctrine__upper__commit_delay": "200 s", "network__cut_at": "900 s"}
    told = [event for event in events(play(**values), EventKind.MESSAGE) if "order-lost" not in event.data.values()]
    assert [(event.subject, event.data["status"]) for event in told[:2]] == [
        ("upper", "authority"), ("national-node", "cut"),
    ]  # fmt: skip
    assert told[0].data["in_force_s"] == told[0].time_s + 200.0


def test_a_point_thrown_to_infinity_is_nobodys_target() -> None:
    here, there = np.array([[7e6, 0.0, 0.0], [0.0, 7e6, 0.0]]), np.full((2, 3, 3), 7e6)
    there[0, 1] = [np.nan, 0.0, 0.0]
    there[0, 2] = [1e200, 0.0, 0.0]
    ahead = Prediction(r=there, v=np.ones((2, 3, 3)), sigma=np.ones((2, 3)))
    held = held_where_lost(ahead, here)
    assert held.sigma.tolist() == [[1.0, np.inf, np.inf], [1.0, 1.0, 1.0]]
    assert (held.r[0, 1:] == here[0]).all()
    assert (held.r[1] == there[1]).all()
    sound = held_where_lost(held, here)
    assert sound is held, "what is sound is left alone"


def test_the_time_of_the_cut_may_be_uncertain(base, tmp_path) -> None:
    path = tmp_path / "uncertain.yaml"
    path.write_text(f'{SMALL}uncertainty: {{battle.network.cut_at: "uniform(0 s, 900 s)"}}\n')
    assert load(path).uncertainty == {"battle.network.cut_at": "uniform(0 s, 900 s)"}


def test_releases_that_only_the_node_may_give_end_with_it(play) -> None:
    values = {"doctrine__upper__authority": "national", "doctrine__lower__authority": "national"}
    assert play(network__cut_at="0 s", **values).shots == ()
    assert play(**values).shots != ()
