"""What a layer knows once the national node is cut: the last common picture, and what its own sensors report."""

import functools
from typing import NamedTuple

import numpy as np
import pytest

from cupola.engine import simulate as engine
from cupola.engine.record import EventKind, RunRecord
from cupola.engine.situation import Situation
from cupola.engine.state import RunState
from cupola.engine.world import build
from cupola.scenario.load import load
from cupola.scenario.values import with_values
from cupola.tracking.motion import NONE

SMALL = """
cupola: 1
name: Two missiles at one city, with a far layer and a near one that have a radar each
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
  network:
    sensors: {far-radar: {latency: "20 s"}}
    own_sensors: {upper: [far-radar], lower: [eyes, near-radar]}
"""
OWN = {"": {0, 1, 2}, "upper": {1}, "lower": {0, 2}}
EARLY_S, LATE_S = 400.0, 753.0
"""Before the far radar sees anything, and while a report of it is under way that satellites have overtaken"""
PROBES = tuple(range(410, 2000, 100))


class Played(NamedTuple):
    """A run from within: everything that was handed to each picture, and what each held at some times after the cut."""

    record: RunRecord
    state: RunState
    fed: dict[str, list[tuple]]
    probes: list[tuple[float, dict[str, dict[int, tuple[float, float]]]]]


def held(situation: Situation, time_s: float) -> dict[int, tuple[float, float]]:
    """Object -> sigma in m at ``time_s`` and age in s of the newest report of the track last reported."""
    tracker, out = situation.tracker, {}
    live = tracker.living()
    for track in live[np.argsort(tracker.last_report_s[live], kind="stable")].tolist():
        sigma = float(tracker.predict(np.array([track]), np.array([time_s])).sigma[0, 0])
        out[situation.object_of(track)] = (sigma, time_s - float(tracker.last_report_s[track]))
    return out


def probe_all(seen: list, state: RunState, time_s: float) -> None:
    seen.append((time_s, {each.layer: held(each, time_s) for each in state.situations()}))


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    path = tmp_path_factory.mktemp("alone") / "small.yaml"
    path.write_text(SMALL)
    base = load(path)

    @functools.cache
    def played(cut_s: float, fusion: str = "reports", lower: str = "[eyes, near-radar]") -> Played:
        values = {
            "tracking.fusion": fusion,
            "battle.network.cut_at": f"{cut_s} s",
            "battle.network.own_sensors.lower": lower,
        }
        states, fed, seen = [], {}, []
        take, record_of, on_cut = Situation.take, engine.record_of, engine._on_cut

        def taking(self, reports, objects, **rest):
            fed.setdefault(self.layer, []).append((reports, rest))
            return take(self, reports, objects, **rest)

        def cut(state, time_s):
            on_cut(state, time_s)
            for when in [probe for probe in PROBES if probe > time_s]:
                state.queue.push(when, EventKind.MESSAGE, functools.partial(probe_all, seen, state))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Situation, "take", taking)
            patch.setattr(engine, "_on_cut", cut)
            patch.setattr(engine, "record_of", lambda s, *a, **k: (states.append(s), record_of(s, *a, **k))[1])
            record = engine.simulate(build(with_values(base, values)), 5, 0, keep_tracks=True)
        return Played(record, states[0], fed, seen)

    return played


@pytest.mark.parametrize("fusion", ["reports", "tracks"])
@pytest.mark.parametrize("cut_s", [EARLY_S, LATE_S])
def test_a_layers_picture_is_that_of_a_tracker_fed_by_its_own_sensors_from_the_cut_on(play, cut_s, fusion) -> None:
    played = play(cut_s, fusion)
    national = played.fed[""]
    assert {rest["group"] for _, rest in national} >= ({0} if cut_s == EARLY_S else {0, 1})
    for layer, situation in played.state.alone.items():
        own = played.fed.get(layer, [])
        assert {rest["group"] for _, rest in own} <= OWN[layer]
        assert own, "it is told something"
        by_hand = engine._tracker(played.state.world)
        for reports, rest in national + own:
            by_hand.process(reports, time_s=rest["seen_s"], group=rest["group"], burn_time_s=rest["burn_time_s"])
        tracker = situation.tracker
        assert (tracker.mode[: tracker.count] != NONE).any()
        for name in ("x", "p", "mode", "weight", "time_s", "burnout_s", "updates", "last_report_s", "parent"):
            np.testing.assert_array_equal(getattr(tracker, name), getattr(by_hand, name), err_msg=f"{layer} {name}")
        np.testing.assert_array_equal(tracker.confirmed(), by_hand.confirmed())


def test_a_report_that_others_overtook_before_the_cut_still_finds_its_place(play) -> None:
    played = play(LATE_S)
    newest = max(rest["seen_s"] for _, rest in played.fed[""])
    assert played.fed["upper"][0][1]["seen_s"] < newest, "else nothing is late here"


def test_what_only_foreign_sensors_see_is_known_worse_and_worse(play) -> None:
    played = play(EARLY_S)
    target = next(i for i, threat in enumerate(played.state.threats) if threat.object_id == "M02-RV1")
    upper = np.array([pictures["upper"][target] for _, pictures in played.probes])
    lower = np.array([pictures["lower"][target] for _, pictures in played.probes])
    assert (np.diff(upper[:, 0]) > 0.0).all(), "nothing but the satellites of the other layer looks at it"
    assert (np.diff(upper[:, 1]) == 100.0).all(), "it coasts"
    assert (lower[:, 1] < 60.0).all()
    assert (upper[3:, 0] > 2.0 * lower[3:, 0]).all()


def test_a_layer_that_has_lost_sight_of_what_another_one_sees_says_so(play) -> None:
    played = play(EARLY_S)
    record = played.record
    group = next(each.name for each in record.shooters if each.layer == "upper")
    others = record.held_fire["M02-RV1"][group]["not-in-own-picture"]
    assert others[0] >= EARLY_S
    assert others[1] > 1900.0, "up to the end of its flight"
    assert not [
        s for s in record.shots if s.layer == "upper" and s.object == "M02-RV1" and s.order_time_s > EARLY_S + 60
    ]
    told = {e.data.get("layer") for e in record.events if e.kind is EventKind.TRACK and e.time_s > EARLY_S}
    assert told <= {"upper", "lower"}
    assert (record.track_log.time_s <= EARLY_S).all(), "the record of tracks is the national node's"


def test_two_layers_that_hear_one_radar_are_told_the_same(play) -> None:
    played = play(EARLY_S, lower="[far-radar]")
    upper, lower = (played.state.alone[layer] for layer in ("upper", "lower"))
    assert len(played.fed["upper"]) == len(played.fed["lower"]) > 0
    np.testing.assert_array_equal(upper.tracker.x, lower.tracker.x)
    believed = [each.discriminator.class_probabilities() for each in (upper, lower, played.state.national)]
    np.testing.assert_array_equal(believed[0], believed[1], err_msg="readings are drawn once")
    assert (believed[0] != believed[2]).any(), "something was read after the cut"
    sightings = [each.commander.authority.sightings for each in (upper, lower, played.state.national)]
    assert len({id(each) for each in sightings}) == 3
