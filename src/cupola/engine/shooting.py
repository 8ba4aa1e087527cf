"""Shots: orders sent and released, course corrections from the track, endgame against the truth."""

import numpy as np

from cupola.battle.network import LinkSpec
from cupola.battle.picture import LaserBattery, Order, SpaceBattery
from cupola.battle.reasons import NoShot, further
from cupola.core.earth import Vector
from cupola.engine.assessing import Assessing
from cupola.engine.beams import beam_end, beam_error
from cupola.engine.homing import foreseen, last_leg, times_of
from cupola.engine.record import EventKind, ShotRow
from cupola.engine.shot import Shot
from cupola.engine.solutions import solution
from cupola.engine.state import RunState, place_of
from cupola.interceptors.aerial import AerialInterceptorSpec
from cupola.interceptors.endgame import LastLeg, ShotOutcome, course_correction, finish
from cupola.interceptors.kinds import InterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.interceptors.phases import shows
from cupola.interceptors.spec import GroundInterceptorSpec, KillVehicleSpec, SpaceInterceptorSpec
from cupola.tracking.motion import NONE

CORRECTION_POINTS = (0.3, 0.5, 0.7, 0.85)
"""Shares of the flight after which the interceptor is sent a new predicted intercept point (assumed)."""

HomingSpec = SpaceInterceptorSpec | GroundInterceptorSpec | AerialInterceptorSpec

DESTROYED = (ShotOutcome.KILL, ShotOutcome.HIT_DECOY)


class Shooting:
    """Carries out orders."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        self._failed_types = {
            model
            for model in sorted({battery.model for battery in state.manager.batteries})
            if state.stream("common-mode", model).random() < state.world.scenario.common_mode_failure
        }
        self._assessing = Assessing(state)
        self._fired_at: dict[tuple[str, str], int] = {}

    def order(self, time_s: float, order: Order) -> None:
        """Book an order and schedule its flight."""
        state, battery = self.state, self.state.manager.batteries[order.battery]
        situation = state.situation(order.layer)
        number = situation.commander.committed(order)
        target = situation.object_of(order.track)
        name = state.name_of(target)
        ordinal = self._fired_at.get((name, order.layer), 0)
        self._fired_at[name, order.layer] = ordinal + 1
        r_launch, v_arrival, burn_s = solution(battery, order)
        relative = order.v_track - v_arrival
        closing = float(np.linalg.norm(relative))
        called = (name, order.layer, str(ordinal))
        chance = state.stream("shot", *called)
        shot = Shot(
            number=number,
            called=called,
            order=order,
            ordered_s=time_s,
            target=target,
            shooter=f"{battery.name} #{order.shooter}" if isinstance(battery, SpaceBattery) else battery.name,
            weapon=battery.model,
            r_launch=r_launch,
            r_aim=order.r_intercept,
            v_arrival=v_arrival,
            closing_dir=relative / closing,
            closing_speed=closing,
            burn_ends_s=order.release_s + burn_s,
            first_sigma_m=order.sigma_m,
            draws=chance.random(4),
            noise=chance,
        )
        if target >= 0:
            state.fates[target].shots += 1
        latitude, longitude, altitude = place_of(order.r_intercept, order.intercept_s)
        state.note(
            time_s, EventKind.ORDER, name, shot.shooter,
            shot=number, track=order.track, layer=order.layer, weapon=shot.weapon,
            release_s=order.release_s, intercept_s=order.intercept_s,
            sigma_m=order.sigma_m, intercept_lat_deg=latitude, intercept_lon_deg=longitude, intercept_alt_m=altitude,
        )  # fmt: skip
        self._send_order(time_s, shot)

    def _send_order(self, time_s: float, shot: Shot) -> None:
        """Schedule the flight if the order reaches its battery before the release; else take it off the books when no
        release was reported.
        """
        order = shot.order
        link = self.state.situation(order.layer).commander.link(order.layer)
        takes_s = self.state.post.delay(link, "order", *shot.called)
        if takes_s is not None and time_s + takes_s <= order.release_s:
            self._schedule(shot)
        else:
            when = order.release_s + link.latency
            self.state.queue.push(when, EventKind.MESSAGE, lambda t: self._withdraw(t, shot))

    def _withdraw(self, time_s: float, shot: Shot) -> None:
        state, order = self.state, shot.order
        state.situation(order.layer).commander.withdrawn(order, shot.number)
        if shot.target >= 0:
            fate = state.fates[shot.target]
            fate.shots -= 1
            fate.obstacles[order.layer] = further(fate.obstacles.get(order.layer), NoShot.MESSAGE_LOST)
        state.note(
            time_s, EventKind.MESSAGE, state.name_of(shot.target), shot.shooter,
            shot=shot.number, layer=order.layer, status="order-lost",
        )  # fmt: skip

    def _schedule(self, shot: Shot) -> None:
        queue, order = self.state.queue, shot.order
        spec = self.state.manager.batteries[order.battery].spec
        queue.push(order.release_s, EventKind.RELEASE, lambda t: self._release(t, shot))
        queue.push(order.intercept_s, EventKind.INTERCEPT, lambda t: self._intercept(t, shot))
        if isinstance(spec, LaserSpec):
            return
        kv = spec.kill_vehicle
        flight = order.intercept_s - order.release_s
        handover = order.intercept_s - min(kv.seeker_range / shot.closing_speed, 0.9 * flight)
        shot.handover_s = handover
        link = self.state.situation(order.layer).commander.link(order.layer)
        sent = [order.release_s + share * flight for share in CORRECTION_POINTS]
        for when in [t for t in sent if t < handover - 0.5]:
            self._schedule_correction(shot, link, when, EventKind.UPDATE, kv)
        # The last one is sent so that it arrives as the seeker opens.
        self._schedule_correction(shot, link, handover - link.latency, EventKind.HANDOVER, kv)
        queue.push(handover, EventKind.HANDOVER, lambda t: self._hand_over(t, shot, spec))

    def _release(self, time_s: float, shot: Shot) -> None:
        latitude, longitude, altitude = place_of(shot.r_launch, time_s)
        self.state.note(
            time_s, EventKind.RELEASE, self.state.name_of(shot.target), shot.shooter,
            shot=shot.number, lat_deg=latitude, lon_deg=longitude, alt_m=altitude,
        )  # fmt: skip

    def _schedule_correction(
        self, shot: Shot, link: LinkSpec, sent_s: float, kind: EventKind, kv: KillVehicleSpec
    ) -> None:
        """Schedule the news of the target that leaves at ``sent_s``; what would come after handover is of no use."""
        takes_s = self.state.post.delay(link, "update", *shot.called, repr(sent_s))
        if takes_s is None or sent_s < shot.order.release_s or sent_s + takes_s > shot.handover_s + 1e-6:
            return
        queue, news = self.state.queue, []
        if takes_s == 0.0:
            queue.push(sent_s, kind, lambda t: self._correct(t, shot, self._predict(t, shot), kv))
            return
        queue.push(sent_s, EventKind.UPDATE, lambda t: news.append(self._predict(t, shot)))
        arrives_s = min(sent_s + takes_s, shot.handover_s)
        queue.push(arrives_s, kind, lambda t: self._correct(t, shot, news.pop(), kv))

    def _predict(self, time_s: float, shot: Shot) -> Vector | None:
        """Return where the target's track now says it will be at the intercept time, or None when the track is gone or
        unknown to who guides the shot.
        """
        situation, layer = self.state.situation(shot.order.layer), shot.order.layer
        tracker, which = situation.tracker, np.array([shot.order.track])
        known = situation.commander.authority.sees(layer, which, time_s)
        if tracker.mode[shot.order.track] == NONE or not known.all():
            return None
        ahead = tracker.predict(which, np.array([shot.order.intercept_s]))
        return np.asarray(ahead.r[0, 0]) if np.isfinite(ahead.r).all() else None

    def _correct(self, time_s: float, shot: Shot, r_new: Vector | None, kv: KillVehicleSpec) -> None:
        """Turn an interceptor to a newly predicted intercept point; after its main burn that costs divert."""
        if r_new is None:
            return
        change = r_new - shot.r_aim
        shot.r_aim = r_new
        spent = 0.0
        if time_s > shot.burn_ends_s:
            left_s = shot.order.intercept_s - time_s
            spent = course_correction(change, shot.closing_dir, left_s, kv.divert_acceleration)
            shot.divert_used += spent
        self.state.note(
            time_s, EventKind.UPDATE, self.state.name_of(shot.target), shot.shooter,
            shot=shot.number, moved_m=float(np.linalg.norm(change)), divert_m_s=spent, divert_used_m_s=shot.divert_used,
        )  # fmt: skip

    def _hand_over(self, time_s: float, shot: Shot, spec: HomingSpec) -> None:
        """Let the seeker look around the last predicted point: it takes the nearest thing it can see across the closing
        direction, whatever that is, and the offset is what it must bridge. Sent after a false track, it takes what lies
        in its field alone.
        """
        state, when = self.state, shot.order.intercept_s
        tracker = state.situation(shot.order.layer).tracker
        shot.foreseen = foreseen(tracker, shot.order.track, times_of(time_s, when))
        nearest = spec.kill_vehicle.seeker_field if shot.target < 0 else np.inf
        for i, (threat, fate) in enumerate(zip(state.threats, state.fates, strict=True)):
            intended = i == shot.target
            there = fate.alive and threat.start_s <= when < threat.end_s
            if not intended and not (there and shows(spec.engages, burning=when <= threat.burnout_s)):
                continue
            error = shot.r_aim - threat.trajectory.state(min(max(when, threat.start_s), threat.end_s))[0]
            along = float(error @ shot.closing_dir)
            if not intended and abs(along) > spec.kill_vehicle.seeker_range:
                continue
            across = float(np.linalg.norm(error - along * shot.closing_dir))
            if intended and not there:
                shot.handover_error_m = across if np.isnan(shot.handover_error_m) else shot.handover_error_m
            elif across < nearest:
                nearest, shot.target, shot.handover_error_m = across, i, across
        state.note(
            time_s, EventKind.HANDOVER, state.name_of(shot.target), shot.shooter,
            shot=shot.number, offset_m=shot.handover_error_m, to_go_s=when - time_s,
        )  # fmt: skip

    def _intercept(self, time_s: float, shot: Shot) -> None:
        state = self.state
        battery = state.manager.batteries[shot.order.battery]
        outcome = (
            self._shine(time_s, shot, battery)
            if isinstance(battery, LaserBattery)
            else self._home(time_s, shot, battery.spec)
        )
        if outcome in DESTROYED:
            self._kill(time_s, shot)
        self._record(time_s, shot, outcome)
        dead = outcome in DESTROYED or outcome is ShotOutcome.TARGET_ALREADY_DEAD
        self._assessing.judge(time_s, shot, killed=dead)

    def _home(self, time_s: float, shot: Shot, spec: HomingSpec) -> ShotOutcome:
        """Fly the last leg and return how it ends."""
        end = finish(
            spec.kill_vehicle,
            self._last_leg(time_s, shot, spec),
            divert_left=spec.kill_vehicle.divert - shot.divert_used,
            reliable=bool(shot.draws[0] < spec.reliability),
            common_mode_failed=shot.weapon in self._failed_types,
            uniform=float(shot.draws[1]),
            noise=shot.noise,
            **self._met(time_s, shot.target, spec),
        )
        if end.homed is not None:
            shot.divert_used += end.homed.divert
            shot.miss_m = end.homed.miss_m
        return end.outcome

    def _shine(self, time_s: float, shot: Shot, battery: LaserBattery) -> ShotOutcome:
        """Return how the dwell of a laser ends."""
        path = None
        if shot.target >= 0:
            path = self.state.threats[shot.target].trajectory
            shot.handover_error_m = beam_error(battery, shot.order, path.state(time_s)[0])
        return beam_end(
            battery,
            shot.order,
            path,
            reliable=bool(shot.draws[0] < battery.spec.reliability),
            common_mode_failed=shot.weapon in self._failed_types,
            uniform=float(shot.draws[1]),
            **self._met(time_s, shot.target, battery.spec),
        )

    def _last_leg(self, time_s: float, shot: Shot, spec: HomingSpec) -> LastLeg | None:
        """Return the homing at what the seeker found, if it found anything."""
        if shot.target < 0:
            return None
        times = times_of(shot.handover_s, time_s)
        return last_leg(
            spec.kill_vehicle,
            self.state.threats[shot.target].trajectory,
            times_s=times,
            r_aim=shot.r_aim,
            v_arrival=shot.v_arrival,
            closing_dir=shot.closing_dir,
            closing_speed=shot.closing_speed,
            foreseen=np.zeros((len(times), 3)) if shot.foreseen is None else shot.foreseen,
        )

    def _met(self, time_s: float, target: int, spec: InterceptorSpec) -> dict[str, bool]:
        """Return what is true of a shot's target when the shot arrives, as the endgame asks it."""
        if target < 0:
            return {"target_lethal": False, "target_observable": False}
        threat, fate = self.state.threats[target], self.state.fates[target]
        return {
            "target_lethal": threat.lethal or threat.role == "booster",
            "target_gone": time_s >= threat.end_s,
            "target_dead": bool(fate.killed_by),
            "target_observable": shows(spec.engages, burning=time_s <= threat.burnout_s),
        }

    def _kill(self, time_s: float, shot: Shot) -> None:
        state = self.state
        threat, fate = state.threats[shot.target], state.fates[shot.target]
        truth, _ = threat.trajectory.state(time_s)
        fate.alive, fate.end_time_s, fate.killed_by = False, time_s, shot.order.layer
        fate.kill_place = place_of(truth, time_s)
        if threat.role != "booster":
            return
        for other, child in zip(state.threats, state.fates, strict=True):
            if other.missile_id == threat.missile_id and other.role != "booster":
                child.alive, child.end_time_s, child.died_with_booster = False, time_s, True
                child.killed_by, child.kill_place = shot.order.layer, fate.kill_place

    def _record(self, time_s: float, shot: Shot, outcome: ShotOutcome) -> None:
        state, order = self.state, shot.order
        name = state.name_of(shot.target)
        launch = place_of(shot.r_launch, order.release_s)
        place = place_of(shot.r_aim, order.intercept_s)
        state.note(
            time_s, EventKind.INTERCEPT, name, shot.shooter,
            shot=shot.number, layer=order.layer, outcome=outcome.code, handover_error_m=shot.handover_error_m,
            divert_used_m_s=shot.divert_used, closing_speed_m_s=shot.closing_speed, alt_m=place[2],
            **({} if np.isnan(shot.miss_m) else {"miss_m": shot.miss_m}),
        )  # fmt: skip
        state.shots.append(
            ShotRow(
                run=state.run,
                shot=shot.number,
                layer=order.layer,
                weapon=shot.weapon,
                shooter=shot.shooter,
                object=name,
                order_time_s=shot.ordered_s,
                launch_time_s=order.release_s,
                intercept_time_s=order.intercept_s,
                launch_lat_deg=launch[0],
                launch_lon_deg=launch[1],
                launch_alt_m=launch[2],
                intercept_lat_deg=place[0],
                intercept_lon_deg=place[1],
                intercept_alt_m=place[2],
                closing_speed_m_s=shot.closing_speed,
                predicted_sigma_m=shot.first_sigma_m,
                handover_error_m=shot.handover_error_m,
                divert_used_m_s=shot.divert_used,
                kill=outcome in DESTROYED,
                outcome=outcome.code,
            )
        )
