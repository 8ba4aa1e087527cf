"""The battle manager: believes what tracks and assessments say, and orders shots by doctrine."""

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cupola.battle.assignment import assign
from cupola.battle.authority import Authority
from cupola.battle.belief import Belief, Pending
from cupola.battle.candidates import candidates, single_shot_probability
from cupola.battle.doctrine import wanted_shots
from cupola.battle.engageability import Opportunities, ground_opportunities, space_opportunities
from cupola.battle.engageability_aerial import aerial_opportunities
from cupola.battle.engageability_beam import laser_opportunities
from cupola.battle.network import IDEAL, LinkSpec
from cupola.battle.operating_point import likeliest, threshold_of_least_cost
from cupola.battle.picture import Battery, GroundBattery, Integers, LaserBattery, Order, Picture, SpaceBattery
from cupola.battle.reasons import RANK, NoShot
from cupola.battle.sightings import Sightings
from cupola.battle.spec import BattleSpec, LayerDoctrine
from cupola.core.earth import Vector


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Orders of one layer in one cycle, why the other tracks got none, and how many could reach each.

    ``offers`` holds what each battery (by index) could do about the tracks ``considered`` (m,), if it was asked.
    """

    orders: tuple[Order, ...]
    obstacles: dict[int, NoShot]
    in_reach: dict[int, int]
    satellites_in_reach: dict[int, NDArray[np.bool_]]
    considered: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    offers: dict[int, Opportunities] = field(default_factory=dict)


class BattleManager:
    """One run's decisions. It is handed pictures and verdicts, never truth."""

    def __init__(self, spec: BattleSpec, batteries: list[Battery], sightings: Sightings | None = None) -> None:
        self.spec = spec
        self.batteries = batteries
        self.layers = tuple(dict.fromkeys(battery.layer for battery in batteries))
        self._doctrine = {layer: spec.doctrine.get(layer) or LayerDoctrine() for layer in self.layers}
        self._threshold = {layer: self._line(layer) for layer in self.layers}
        self.beliefs: dict[int, Belief] = {}
        self.authority = Authority(spec, self._doctrine, sightings or Sightings())
        self._numbers = itertools.count()
        self._held_since: dict[tuple[str, int], float] = {}

    def alone(self, layer: str, time_s: float) -> "BattleManager":
        """Return the commander of a layer whose national node has been cut: it has the layer's batteries, verdicts up
        to now and its own shots, and from now on sees what its own sensors report.
        """
        out = BattleManager(self.spec, self.batteries)
        out.layers = (layer,)
        out.beliefs = {track: belief.of_layer(layer) for track, belief in self.beliefs.items()}
        out.authority = self.authority.alone(layer, time_s)
        out._numbers, out._held_since = self._numbers, dict(self._held_since)
        return out

    def belief(self, track: int) -> Belief:
        """Return the belief on a track, a fresh one when it is new."""
        return self.beliefs.setdefault(track, Belief())

    def assess(self, track: int, shot: int, *, declared_dead: bool, time_s: float, whole: bool) -> None:
        """Take the verdict on one shot; ``whole`` says that the track is a missile with its load on board."""
        belief = self.belief(track)
        belief.pending.pop(shot, None)
        belief.declare(dead=declared_dead, rules=self.spec.assessment, time_s=time_s, whole=whole)

    def look_again(self, track: int, *, says_dead: bool) -> bool:
        """Weigh one more look at a track that was believed dead, and return whether it still is."""
        belief = self.belief(track)
        belief.look_again(dead=says_dead, rules=self.spec.assessment)
        return belief.believed_dead

    def unassessed(self, track: int, shot: int) -> None:
        """Hear that no verdict on a shot will come."""
        self.belief(track).pending.pop(shot, None)

    def released(self, tracks: Integers, last_report_s: Vector) -> None:
        """Hear of ``tracks`` (m,) that are no whole missiles any more, last reported at ``last_report_s`` (m,).

        What is still reported after its missile was declared dead, and past the release of its load, lives.
        """
        for track, reported_s in zip(tracks.tolist(), last_report_s.tolist(), strict=True):
            belief = self.beliefs.get(track)
            if belief is not None and reported_s > belief.verdict_on_whole_s:
                belief.revive()

    def doctrine(self, layer: str) -> LayerDoctrine:
        """Return the layer's doctrine, the default where the scenario gives none."""
        return self._doctrine[layer]

    def wanted(self, layer: str, tracks: Integers, lethal: Vector, time_s: float) -> tuple[Integers, dict[int, NoShot]]:
        """Return how many shots doctrine wants of a layer at each track (m,) now, and why none at the others."""
        wanted = np.zeros(len(tracks), dtype=np.int64)
        refusals: dict[int, NoShot] = {}
        seen = self.authority.sees(layer, tracks, time_s)
        for i, track in enumerate(tracks):
            refusal: NoShot | None = NoShot.NOT_IN_OWN_PICTURE
            if seen[i]:
                believed = self.belief(int(track))
                line = self._threshold[layer]
                wanted[i], refusal = wanted_shots(self.doctrine(layer), believed, layer, float(lethal[i]), line)
            if refusal is not None:
                refusals[int(track)] = refusal
        return wanted, refusals

    def plan(self, picture: Picture, layer: str, replan_s: float) -> Plan:
        """Return one layer's orders of this cycle; ``replan_s`` is the time to the next cycle.

        The orders must be booked with :meth:`committed` before the next layer is planned, so that it sees them.
        """
        wanted, obstacles = self.wanted(layer, picture.track, picture.lethal, picture.now_s)
        for track, held in self.authority.held(layer, picture.track[wanted > 0], picture.now_s).items():
            obstacles[track] = held
            wanted[picture.track == track] = 0
        if not wanted.any():
            return Plan(orders=(), obstacles=obstacles, in_reach={}, satellites_in_reach={})
        picture, wanted = picture.only(wanted > 0), wanted[wanted > 0]
        self._free_reserve(layer, picture.now_s)
        offers = self._offers(layer, picture, replan_s)
        reach = sum((offer.in_reach for offer in offers.values()), start=np.zeros(len(picture.track), dtype=np.int64))
        satellites = {index: o.could_reach for index, o in offers.items() if o.could_reach is not None}
        _explain(picture, offers, obstacles)
        wanted = self._look_first(layer, picture, offers, wanted, obstacles, replan_s)
        wanted = self._tell_apart_first(layer, picture, offers, wanted, obstacles, replan_s)
        if self.doctrine(layer).operating_point == "stock":
            wanted = self._ration(layer, picture, offers, wanted, obstacles)
        orders = self._pair(layer, picture, offers, wanted, obstacles)
        return Plan(
            orders=tuple(orders),
            obstacles=obstacles,
            in_reach={int(track): int(count) for track, count in zip(picture.track, reach, strict=True)},
            satellites_in_reach=satellites,
            considered=picture.track,
            offers=offers,
        )

    def _free_reserve(self, layer: str, time_s: float) -> None:
        """Let a layer fire what it kept for later waves once none is waited for any more."""
        for battery in self.batteries:
            if battery.layer == layer and battery.reserve and self.authority.reserve_freed(layer, time_s):
                battery.reserve = 0

    def committed(self, order: Order) -> int:
        """Book an order: spend the interceptor, remember the shot, and return its number."""
        battery = self.batteries[order.battery]
        battery.spend(order)
        belief, shot = self.belief(order.track), next(self._numbers)
        belief.pending[shot] = Pending(
            layer=order.layer, intercept_s=order.intercept_s, kill_probability=order.kill_probability
        )
        belief.shots_by_layer[order.layer] = belief.shots_by_layer.get(order.layer, 0) + 1
        return shot

    def withdrawn(self, order: Order, shot: int) -> None:
        """Take an order off the books that no battery carried out: the interceptor is still there."""
        self.batteries[order.battery].restore(order)
        belief = self.belief(order.track)
        if belief.pending.pop(shot, None) is not None:
            belief.shots_by_layer[order.layer] -= 1

    def _line(self, layer: str) -> float:
        """Return the believed lethal probability from which a layer engages at all."""
        doctrine = self.doctrine(layer)
        if doctrine.operating_point != "cost":
            return float(doctrine.lethal_threshold)
        best = max(single_shot_probability(battery) for battery in self.batteries if battery.layer == layer)
        kill_probability = 1.0 - (1.0 - best) ** doctrine.shots
        return threshold_of_least_cost(
            leak_worth=doctrine.leak_worth, shots=doctrine.shots, kill_probability=kill_probability
        )

    def _ration(
        self,
        layer: str,
        picture: Picture,
        offers: dict[int, Opportunities],
        wanted: NDArray[np.int64],
        obstacles: dict[int, NoShot],
    ) -> NDArray[np.int64]:
        """Keep what a layer may still fire for the likeliest warheads among those that it can reach, now or later.

        A battery counts for no more salvos than there are objects in its reach. Objects out of reach compete for
        nothing: what they would be given could not be used on them.
        """
        salvo = self.doctrine(layer).shots
        able = {index: (offer.in_reach > 0) & (wanted > 0) for index, offer in offers.items()}
        stock = sum(min(max(self.batteries[i].spare, 0), salvo * int(reach.sum())) for i, reach in able.items())
        rows = np.flatnonzero(np.any(list(able.values()), axis=0))
        left_out = rows[~likeliest(picture.value[rows], -(-stock // salvo))]
        obstacles.update({int(track): NoShot.KEPT_FOR_LIKELIER for track in picture.track[left_out]})
        out = wanted.copy()
        out[left_out] = 0
        return out

    def link(self, layer: str) -> LinkSpec:
        """Return the link over which a layer gets its orders; a layer alone gives them to itself."""
        return IDEAL if self.authority.is_alone else self.spec.network.to_layer(layer)

    def order_delay(self, layer: str) -> float:
        """Return the time in s from an order to the earliest release."""
        return float(self.spec.message_delay + self.link(layer).latency)

    def _offers(self, layer: str, picture: Picture, replan_s: float) -> dict[int, Opportunities]:
        limit = self.doctrine(layer).track_error
        release_s = picture.now_s + self.order_delay(layer)
        offers: dict[int, Opportunities] = {}
        for index, battery in enumerate(self.batteries):
            if battery.layer != layer:
                continue
            if isinstance(battery, SpaceBattery):
                offers[index] = space_opportunities(battery, picture, release_s, limit)
            elif isinstance(battery, GroundBattery):
                offers[index] = ground_opportunities(battery, picture, release_s, release_s + replan_s, limit)
            elif isinstance(battery, LaserBattery):
                offers[index] = laser_opportunities(battery, picture, release_s, release_s + replan_s, limit)
            else:
                offers[index] = aerial_opportunities(battery, picture, release_s, release_s + replan_s, limit)
                battery.goal = offers[index].goal
        return offers

    def _look_first(
        self,
        layer: str,
        picture: Picture,
        offers: dict[int, Opportunities],
        wanted: NDArray[np.int64],
        obstacles: dict[int, NoShot],
        replan_s: float,
    ) -> NDArray[np.int64]:
        """Hold fire at tracks whose earlier shots can be assessed before this layer's last chance is gone."""
        out = wanted.copy()
        verdict_after_s = self.spec.assessment.delay + self.spec.network.from_sensors.latency
        for i, track in enumerate(picture.track):
            pending = self.belief(int(track)).pending
            if not pending:
                continue
            verdict_s = max(shot.intercept_s for shot in pending.values()) + verdict_after_s
            last_chance_s = max((float(offer.latest_release_s[i]) for offer in offers.values()), default=-np.inf)
            if verdict_s + replan_s + self.order_delay(layer) <= last_chance_s:
                out[i] = 0
                obstacles.setdefault(int(track), NoShot.WAITING)
        return out

    def _tell_apart_first(
        self,
        layer: str,
        picture: Picture,
        offers: dict[int, Opportunities],
        wanted: NDArray[np.int64],
        obstacles: dict[int, NoShot],
        replan_s: float,
    ) -> NDArray[np.int64]:
        """Hold fire at tracks not told from decoys as surely as doctrine asks, while patience and shots last."""
        doctrine, now_s = self.doctrine(layer), picture.now_s
        sure = doctrine.certainty
        undecided = (wanted > 0) & (picture.lethal < sure) & (picture.lethal > 1.0 - sure)
        if not undecided.any() or not offers:
            return wanted
        last_chance_s = np.max([offer.latest_release_s for offer in offers.values()], axis=0)
        undecided &= now_s + replan_s + self.order_delay(layer) <= last_chance_s
        since_s = np.array(
            [
                self._held_since.setdefault((layer, t), now_s) if u else now_s
                for t, u in zip(picture.track.tolist(), undecided.tolist(), strict=True)
            ]
        )
        held = undecided & (now_s < since_s + doctrine.patience)
        for track in picture.track[held].tolist():
            obstacles.setdefault(track, NoShot.UNDECIDED)
        return np.where(held, 0, wanted)

    def _pair(
        self,
        layer: str,
        picture: Picture,
        offers: dict[int, Opportunities],
        wanted: NDArray[np.int64],
        obstacles: dict[int, NoShot],
    ) -> list[Order]:
        release_s = picture.now_s + self.order_delay(layer)
        table = candidates(self.batteries, picture, offers, wanted, release_s, self.spec.burn_time_spread)
        survive = np.array([self.belief(int(track)).survival for track in picture.track])
        pairing = assign(
            table.track,
            table.column,
            table.kill_probability,
            picture.value,
            table.preference,
            wanted,
            survive,
            optimal=self.spec.assignment == "optimal",
        )
        spare = {index: self.batteries[index].available(release_s) for index in offers}
        orders: list[Order] = []
        for row in pairing.chosen:
            battery = int(table.battery[row])
            if spare[battery] <= 0:
                continue
            spare[battery] -= 1
            orders.append(
                Order(
                    kill_probability=float(table.kill_probability[row]),
                    battery=battery,
                    shooter=int(table.shooter[row]),
                    layer=layer,
                    track=int(picture.track[table.track[row]]),
                    release_s=float(table.release_s[row]),
                    intercept_s=float(picture.times_s[table.at[row]]),
                    r_intercept=picture.r[table.track[row], table.at[row]].copy(),
                    v_track=picture.v[table.track[row], table.at[row]].copy(),
                    sigma_m=float(picture.sigma[table.track[row], table.at[row]]),
                )
            )
        served = {order.track for order in orders}
        for i, track in enumerate(picture.track):
            if wanted[i] and int(track) not in served:
                obstacles.setdefault(int(track), NoShot.ASSIGNED_ELSEWHERE)
        return orders


def _explain(picture: Picture, offers: dict[int, Opportunities], obstacles: dict[int, NoShot]) -> None:
    """Record for every track without a feasible shot the obstacle of the battery that came closest to one."""
    for i, track in enumerate(picture.track):
        seen = [offer.obstacle[i] for offer in offers.values()]
        if None not in seen:
            obstacles[int(track)] = max((o for o in seen if o is not None), key=RANK.__getitem__)
