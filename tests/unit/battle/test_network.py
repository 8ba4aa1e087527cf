"""Links that lose messages, who may release what, and what a layer knows when it is alone."""

import numpy as np
import pytest
from pydantic import ValidationError

from cupola.battle.authority import Authority
from cupola.battle.manager import BattleManager
from cupola.battle.network import IDEAL, LinkSpec, NetworkSpec
from cupola.battle.picture import GroundBattery, Order
from cupola.battle.reasons import NoShot
from cupola.battle.sightings import Sightings
from cupola.battle.spec import BattleSpec, LayerDoctrine
from cupola.scenario.catalogue import entry

TRACKS = np.arange(4)
MISSILES = np.ones(4, np.bool_)


def test_a_message_arrives_as_often_and_as_late_as_independent_sendings_say() -> None:
    link = LinkSpec(latency="2 s", loss=0.4, tries=3, resend_after="5 s")
    draws = np.random.default_rng(1).random((20_000, 3))
    delays = [link.delay(row) for row in draws]
    arrived = np.array([delay for delay in delays if delay is not None])
    lost = 1.0 - len(arrived) / len(delays)
    assert lost == pytest.approx(0.4**3, abs=4.0 * np.sqrt(0.4**3 / 20_000))
    weight = 0.6 * 0.4 ** np.arange(3)
    mean = float((weight * (2.0 + 5.0 * np.arange(3))).sum() / weight.sum())
    assert arrived.mean() == pytest.approx(mean, abs=4.0 * arrived.std() / np.sqrt(len(arrived)))
    assert arrived.max() == link.slowest_s == 12.0


def test_a_better_link_never_brings_a_message_later() -> None:
    for row in np.random.default_rng(2).random((200, 4)):
        found = [LinkSpec(loss=loss, tries=4).delay(row) for loss in (0.0, 0.2, 0.5, 0.9, 1.0)]
        late = [np.inf if delay is None else delay for delay in found]
        assert late == sorted(late)
        assert found[0] == 0.0
        assert found[-1] is None


def test_single_links_stand_above_the_common_one_and_a_chance_needs_a_time() -> None:
    network = NetworkSpec(from_sensors=LinkSpec(latency="1 s"), sensors={"lrdr": IDEAL})
    assert network.from_sensor("lrdr").ideal
    assert network.from_sensor("uewr").latency == 1.0
    with pytest.raises(ValidationError, match="accepted is both"):
        NetworkSpec(cut_probability=0.5)
    with pytest.raises(ValidationError, match=r"own_sensors\.upper"):
        BattleSpec(doctrine={"upper": LayerDoctrine(authority="layer")})


def authority(*, own: tuple[str, ...] = ("radar",), seen: dict[int, tuple[int, ...]] | None = None, **doctrine):
    """One layer's authority, with an infrared group 0 and a radar group 1 that reported tracks at 100 s."""
    sightings = Sightings(("eye", "radar"), (True, False))
    for group, tracks in (seen or {}).items():
        sightings.note(np.array(tracks), group, 100.0)
    spec = BattleSpec(network=NetworkSpec(own_sensors={"upper": own}), doctrine={"upper": LayerDoctrine(**doctrine)})
    return Authority(spec, spec.doctrine, sightings)


def test_a_layers_own_delay_replaces_the_common_one() -> None:
    for given, delay in (({}, 30.0), ({"commit_delay": "70 s"}, 70.0), ({"commit_delay": "0 s"}, 0.0)):
        clock = authority(**given)
        assert set(clock.held("upper", TRACKS, 1e6).values()) == {NoShot.NO_AUTHORITY}, "no clock has begun"
        clock.firm(TRACKS, MISSILES, 100.0)
        clock.firm(TRACKS, MISSILES, 150.0)
        assert clock.held("upper", TRACKS, 100.0 + delay) == {}, "the first firm track counts, not the second"
        assert len(clock.held("upper", TRACKS, 99.9 + delay)) == 4


def test_a_layer_with_its_own_authority_waits_for_its_own_sensors() -> None:
    clock = authority(authority="layer", seen={0: (0, 1)})
    clock.firm(TRACKS, MISSILES, 110.0)
    assert len(clock.held("upper", TRACKS, 1e6)) == 4, "satellites alone have seen it"
    clock = authority(authority="layer", seen={1: (2,)})
    clock.firm(TRACKS, MISSILES, 110.0)
    assert clock.held("upper", TRACKS, 140.0) == {}


@pytest.mark.parametrize(
    ("policy", "ready_s"), [("national", np.inf), ("delegated", 200.0 + 30.0), ("layer", 110.0 + 30.0)]
)
def test_who_releases_when_the_node_is_cut_before_authority_was_given(policy: str, ready_s: float) -> None:
    clock = authority(authority=policy, seen={1: (0,)})
    clock.firm(TRACKS, MISSILES, 110.0)
    alone = clock.alone("upper", 130.0)
    alone.firm(TRACKS, MISSILES, 200.0)
    assert len(alone.held("upper", TRACKS, min(ready_s, 1e6) - 0.1)) == 4
    assert (alone.held("upper", TRACKS, 1e6) == {}) == np.isfinite(ready_s)
    in_force = clock.alone("upper", 150.0)
    assert in_force.held("upper", TRACKS, 150.0) == {}, "what was given before the cut stays given"


def test_a_raid_is_counted_in_missiles_that_were_seen_under_power() -> None:
    clock = authority(minimum_raid=3)
    clock.firm(TRACKS, np.array([True, True, False, False]), 100.0)
    assert set(clock.held("upper", TRACKS, 1e6).values()) == {NoShot.RAID_TOO_SMALL}
    clock.firm(TRACKS, np.array([True, True, False, True]), 120.0)
    clock.firm(TRACKS[:1], MISSILES[:1], 140.0)
    assert clock.held("upper", TRACKS, 1e6) == {}, "missiles that are no more still count"
    assert authority().held("upper", TRACKS, 0.0).keys() == {0, 1, 2, 3}
    unseen = authority()
    unseen.firm(TRACKS, ~MISSILES, 0.0)
    assert unseen.held("upper", TRACKS, 30.0) == {}, "no raid is too small where doctrine counts none"


def test_confirmation_takes_both_kinds_of_sensor() -> None:
    clock = authority(confirmation="second-kind", seen={0: (0, 1), 1: (1, 2)})
    clock.firm(TRACKS, MISSILES, 100.0)
    assert clock.held("upper", TRACKS, 200.0) == dict.fromkeys((0, 2, 3), NoShot.UNCONFIRMED)
    assert len(clock.alone("upper", 140.0).held("upper", TRACKS, 200.0)) == 4, "a layer alone has radars only"


def test_alone_a_layer_sees_what_its_own_sensors_reported_lately() -> None:
    clock = authority(seen={0: (0, 1), 1: (1, 3)})
    assert clock.sees("upper", TRACKS, 150.0).all()
    alone = clock.alone("upper", 150.0)
    assert alone.sees("upper", TRACKS, 150.0).tolist() == [False, True, False, True]
    assert not alone.sees("upper", TRACKS, 100.0 + BattleSpec().firm_age).any(), "too long ago"
    assert not authority(own=(), seen={1: (1,)}).alone("upper", 0.0).sees("upper", TRACKS, 100.0).any()


def battery(layer: str) -> GroundBattery:
    spec = entry("interceptors", "gbi").spec
    return GroundBattery(
        name=layer, model="gbi", layer=layer, spec=spec, table=None, r_site_ecef=np.zeros(3), remaining=4
    )


def order(battery: int, layer: str, track: int) -> Order:
    return Order(
        battery=battery, shooter=0, layer=layer, track=track, release_s=10.0, intercept_s=100.0,
        r_intercept=np.zeros(3), v_track=np.zeros(3), sigma_m=1.0, kill_probability=0.5,
    )  # fmt: skip


def test_a_layer_alone_keeps_its_shots_and_past_verdicts_and_loses_sight_of_the_others() -> None:
    sightings = Sightings(("eye", "radar"), (True, False))
    sightings.note(TRACKS, 1, 0.0)
    spec = BattleSpec(network=NetworkSpec(own_sensors={"upper": ("radar",), "lower": ("radar",)}))
    national = BattleManager(spec, [battery("upper"), battery("lower")], sightings)
    first = national.committed(order(0, "upper", 0))
    national.committed(order(0, "upper", 1))
    national.assess(2, 99, declared_dead=True, time_s=0.0, whole=False)
    lethal = np.ones(4)
    assert national.wanted("lower", TRACKS, lethal, 0.0)[0].tolist() == [2, 2, 0, 2]
    assert national.belief(0).survival == 0.5
    upper, lower = national.alone("upper", 0.0), national.alone("lower", 0.0)
    assert upper.wanted("upper", TRACKS, lethal, 0.0)[1] == {
        0: NoShot.WAITING, 1: NoShot.WAITING, 2: NoShot.BELIEVED_DEAD,
    }  # fmt: skip
    assert lower.belief(0).survival == 1.0, "nobody tells it of the other's shots"
    upper.assess(0, first, declared_dead=True, time_s=1.0, whole=False)
    assert lower.wanted("lower", TRACKS, lethal, 0.0)[1] == {2: NoShot.BELIEVED_DEAD}
    numbers = {upper.committed(order(0, "upper", 3)), lower.committed(order(1, "lower", 3)), first}
    assert len(numbers) == 3, "shot numbers stay unique"
    assert [each.remaining for each in national.batteries] == [1, 3], "one stock, whoever fires from it"


def test_a_withdrawn_order_gives_back_the_interceptor_and_the_shot() -> None:
    manager = BattleManager(BattleSpec(), [battery("upper")], Sightings())
    sent = order(0, "upper", 0)
    shot = manager.committed(sent)
    assert manager.wanted("upper", TRACKS, np.ones(4), 0.0)[1] == {0: NoShot.WAITING}
    manager.withdrawn(sent, shot)
    assert manager.wanted("upper", TRACKS, np.ones(4), 0.0)[1] == {}
    assert manager.batteries[0].remaining == 4
    assert manager.belief(0).shots_by_layer == {"upper": 0}
