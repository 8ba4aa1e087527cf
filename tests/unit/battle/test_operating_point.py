"""Where the battle manager draws the line: by a fixed odds, by what is left to fire, or by what a leak costs."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from cupola.battle import manager as manager_module
from cupola.battle.engageability import Opportunities
from cupola.battle.manager import BattleManager, Plan
from cupola.battle.operating_point import likeliest, threshold_of_least_cost
from cupola.battle.picture import GroundBattery, Picture
from cupola.battle.reasons import RANK, NoShot
from cupola.battle.spec import BattleSpec, LayerDoctrine
from cupola.interceptors.phases import CODE
from cupola.scenario.catalogue import entry

LETHAL = np.array([0.2, 0.9, 0.5, 0.3, 0.95])
NOW, LATER, NEVER = "now", "later", "never"


def battery(remaining: int) -> GroundBattery:
    spec = entry("interceptors", "gbi").spec
    return GroundBattery(
        name="site", model="gbi", layer="midcourse", spec=spec, table=None, r_site_ecef=np.zeros(3),
        remaining=remaining,
    )  # fmt: skip


def site(monkeypatch: pytest.MonkeyPatch, chances: list[str], remaining: int, **doctrine) -> BattleManager:
    """A site that can fire at each track now, only later, or never, as ``chances`` says when it plans."""
    obstacles = {NOW: None, LATER: NoShot.TOO_EARLY, NEVER: NoShot.OUT_OF_REACH}

    def offered(battery, picture, *rest):
        kept = [chances[int(track)] for track in picture.track]
        rows = np.array([i for i, chance in enumerate(kept) if chance == NOW], dtype=np.int64)
        return Opportunities(
            track=rows,
            shooter=np.zeros(len(rows), np.int64),
            at=np.zeros(len(rows), np.int64),
            release_s=np.zeros(len(rows)),
            latest_release_s=np.full(len(kept), -np.inf),
            in_reach=np.array([0 if chance == NEVER else battery.remaining for chance in kept]),
            obstacle=[obstacles[chance] if battery.spare else NoShot.NO_INVENTORY for chance in kept],
        )

    monkeypatch.setattr(manager_module, "ground_opportunities", offered)
    spec = BattleSpec(doctrine={"midcourse": LayerDoctrine(shots=2, lethal_threshold=0.0, **doctrine)})
    manager = BattleManager(spec, [battery(remaining)])
    manager.authority.firm(np.arange(1), np.zeros(1, np.bool_), -1e3)
    return manager


def seen(lethal: np.ndarray) -> Picture:
    m = len(lethal)
    return Picture(
        now_s=0.0, track=np.arange(m), burning=np.zeros(m, np.bool_), released=np.ones(m, np.bool_),
        burnout_s=np.zeros(m), lethal=lethal, times_s=np.array([600.0]), r=np.zeros((m, 1, 3)), v=np.zeros((m, 1, 3)),
        sigma=np.zeros((m, 1)), phase=np.full((m, 1), CODE["midcourse"], np.int8),
    )  # fmt: skip


def planned(
    monkeypatch: pytest.MonkeyPatch, chances: list[str], remaining: int, *, lethal: np.ndarray = LETHAL, **doctrine
) -> tuple[Plan, BattleManager]:
    manager = site(monkeypatch, chances, remaining, **doctrine)
    return manager.plan(seen(lethal), "midcourse", 20.0), manager


def warheads_engaged(monkeypatch: pytest.MonkeyPatch, run: int, **doctrine) -> int:
    """Warheads fired at in a raid of 6 and 12 decoys, told apart by features 2 spreads apart, whose windows open one
    after the other, with a salvo for four objects.
    """
    generator = np.random.Generator(np.random.PCG64(run))
    warhead = np.arange(18) < 6
    ratio = 2.0 * generator.normal(size=18) + np.where(warhead, 2.0, -2.0) + math.log(6.0 / 12.0)
    lethal, opens = 1.0 / (1.0 + np.exp(-ratio)), generator.permutation(18)
    chances = [LATER] * 18
    manager = site(monkeypatch, chances, 8, **doctrine)
    for cycle in range(18):
        chances[:] = [NOW if at == cycle else LATER if at > cycle else NEVER for at in opens]
        for order in manager.plan(seen(lethal), "midcourse", 20.0).orders:
            manager.committed(order)
    assert manager.batteries[0].spare >= 0
    return sum(bool(manager.belief(i).shots_by_layer) for i in np.flatnonzero(warhead).tolist())


def test_a_scarce_stock_reaches_more_warheads_than_first_come_first_served(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = np.array([warheads_engaged(monkeypatch, run) for run in range(30)])
    stock = np.array([warheads_engaged(monkeypatch, run, operating_point="stock") for run in range(30)])
    gain = stock - fixed
    assert fixed.mean() == pytest.approx(4.0 * 6.0 / 18.0, abs=0.4), "whoever comes first, one in three a warhead"
    assert gain.mean() > 1.0 + 3.0 * gain.std(ddof=1) / math.sqrt(30.0)


def shots(plan: Plan) -> list[int]:
    return sorted(order.track for order in plan.orders)


def test_a_short_stock_waits_for_likelier_objects_that_come_into_reach_later(monkeypatch: pytest.MonkeyPatch) -> None:
    chances = [NOW, NOW, NOW, NOW, LATER]
    fixed, _ = planned(monkeypatch, chances, 4)
    assert len(shots(fixed)) == 4, "nothing is left for the likeliest when its turn comes"
    stock, _ = planned(monkeypatch, chances, 4, operating_point="stock")
    assert shots(stock) == [1, 1]
    assert stock.obstacles == {
        0: NoShot.KEPT_FOR_LIKELIER, 2: NoShot.KEPT_FOR_LIKELIER, 3: NoShot.KEPT_FOR_LIKELIER, 4: NoShot.TOO_EARLY,
    }  # fmt: skip


def test_what_no_interceptor_can_reach_holds_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    stock, _ = planned(monkeypatch, [NOW, NOW, NOW, NOW, NEVER], 4, operating_point="stock")
    assert shots(stock) == [1, 1, 2, 2]
    assert stock.obstacles[4] is NoShot.OUT_OF_REACH


@pytest.mark.parametrize("remaining", [0, 1, 3, 10, 40])
def test_no_more_is_fired_than_there_is_and_plenty_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, remaining: int
) -> None:
    plan, manager = planned(monkeypatch, [NOW] * 5, remaining, operating_point="stock")
    assert len(plan.orders) <= remaining
    assert len(plan.orders) == min(remaining, 10), "what there is is used"
    fixed, _ = planned(monkeypatch, [NOW] * 5, remaining)
    if remaining >= 10:
        assert shots(plan) == shots(fixed)
        assert plan.obstacles == fixed.obstacles
    for order in plan.orders:
        manager.committed(order)
    assert manager.batteries[0].spare == remaining - len(plan.orders)


def test_equals_are_served_as_far_as_the_stock_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, _ = planned(monkeypatch, [NOW] * 5, 4, lethal=np.ones(5), operating_point="stock")
    assert shots(plan) == [0, 0, 1, 1]
    assert likeliest(np.array([0.2, 0.9, 0.5, 0.5, 0.1]), 2).tolist() == [False, True, True, False, False]
    assert likeliest(LETHAL, 9).all()
    with pytest.raises(ValueError, match="accepted is 0 or more"):
        likeliest(LETHAL, -1)


def engaged(worth: float, **doctrine) -> list[int]:
    spec = BattleSpec(doctrine={"midcourse": LayerDoctrine(operating_point="cost", leak_worth=worth, **doctrine)})
    wanted, refusals = BattleManager(spec, [battery(40)]).wanted("midcourse", np.arange(5), LETHAL, 0.0)
    assert set(refusals.values()) <= {NoShot.BELIEVED_DECOY}
    return np.flatnonzero(wanted).tolist()


def test_the_line_by_cost_falls_with_the_worth_of_a_leak_and_rises_with_the_price_of_a_salvo() -> None:
    spec = entry("interceptors", "gbi").spec
    hit = spec.reliability * spec.kill_vehicle.kill_probability
    line = 2.0 / (1.0 - (1.0 - hit) ** 2)  # over the worth: where p P_kill C_leak is the price of two
    assert engaged(line / 0.25) == [1, 2, 3, 4]
    assert engaged(line / 0.15) == [0, 1, 2, 3, 4]
    assert engaged(line / 0.6) == [1, 4]
    assert engaged(line / 0.6, shots=1) == [1, 2, 4], "one shot is the cheaper way to a first chance"
    assert engaged(1e-3) == []
    assert engaged(line / 0.25, lethal_threshold=0.99) == [1, 2, 3, 4], "the line by cost replaces the fixed one"


def test_the_threshold_of_least_cost_is_least() -> None:
    """Binormal odds, d apart: log likelihood ratios of mean +- d^2 / 2 and variance d^2 (Green and Swets 1966)."""
    prior, d, worth, kill = 0.3, 2.0, 100.0 / 3.0, 0.8
    best = threshold_of_least_cost(leak_worth=worth, shots=2.0, kill_probability=kill)
    assert best == pytest.approx(2.0 * 3.0 / 80.0)

    def cost(threshold: float) -> float:
        needed = math.log(threshold / (1.0 - threshold)) - math.log(prior / (1.0 - prior))
        leak, false_alarm = norm.cdf((needed - 0.5 * d * d) / d), norm.sf((needed + 0.5 * d * d) / d)
        leaked = leak + (1.0 - leak) * (1.0 - kill)
        return float(prior * leaked * worth + 2.0 * (prior * (1.0 - leak) + (1.0 - prior) * false_alarm))

    grid = np.linspace(0.001, 0.999, 999)
    assert cost(best) <= min(cost(float(t)) for t in grid) + 1e-9
    assert threshold_of_least_cost(leak_worth=1.0, shots=2.0, kill_probability=0.5) == 1.0
    assert threshold_of_least_cost(leak_worth=1.0, shots=2.0, kill_probability=0.0) == 1.0
    with pytest.raises(ValueError, match="a worth and shots above 0"):
        threshold_of_least_cost(leak_worth=0.0, shots=2.0, kill_probability=0.5)


def test_what_is_kept_for_others_came_farther_than_what_cannot_be_had() -> None:
    assert RANK[NoShot.NO_INVENTORY] < RANK[NoShot.KEPT_FOR_LIKELIER] < RANK[NoShot.ASSIGNED_ELSEWHERE]
    assert sorted(RANK.values()) == list(range(len(NoShot)))
