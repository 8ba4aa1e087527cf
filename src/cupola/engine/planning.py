"""Planning cycles: turns tracks into a picture, asks the battle manager, and passes its orders on."""

import functools
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cupola.battle.manager import Plan
from cupola.battle.picture import AerialBattery, Battery, LaserBattery, Picture, SpaceBattery
from cupola.battle.reasons import NoShot, further
from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.engine.record import EventKind
from cupola.engine.shooting import Shooting
from cupola.engine.situation import Situation
from cupola.engine.state import RunState
from cupola.engine.worth import worth_of
from cupola.interceptors.phases import believed_phases
from cupola.tracking.motion import BOOST, CRUISE, GLIDE
from cupola.tracking.picture import TrackPicture
from cupola.tracking.prediction import Prediction

Grid = Literal["boost", "coarse", "slow", "fine"]

LOW_REACH_M = 200e3
"""Layers that reach no higher are planned on a fine grid over the last minutes: warheads cross them fast."""
FARTHEST_M = 1e9
"""No threat goes so far from the Earth's centre"""
BOOST_STEP_S = 2.0
FINE_STEP_S, FINE_SPAN_S = 3.0, 240.0
SLOW_STEP_S, SLOW_SPAN_S = 6.0, 900.0
"""For layers that reach no higher but take their time: glide-phase weapons far out, and patrols that close in."""
COARSE_STEP_S, COARSE_SPAN_S = 20.0, 3000.0
"""Grids of candidate intercept times, fine enough that half the step changes no layer's kills beyond noise (tested)."""


class Planning:
    """Runs the planning cycles of one run: boost, wide-area and low layers each at their own pace."""

    def __init__(self, state: RunState, shooting: Shooting) -> None:
        self.state = state
        self.shooting = shooting
        self._layers = _layers_by_grid(state)
        self._patrols = [battery for battery in state.manager.batteries if isinstance(battery, AerialBattery)]
        self._last_reason: dict[tuple[str, int], NoShot] = {}
        self._unheld: dict[tuple[Grid, str], dict[int, NoShot]] = {}
        """Grid and layer alone -> objects that others hold and it does not, and why"""
        self._begun = False

    def start(self, time_s: float, layers: Sequence[str]) -> None:
        """Send up the patrols of ``layers`` that wait on alert, and begin planning cycles at the first call."""
        for battery in self._patrols:
            if battery.layer in layers:
                battery.alert(time_s)
        if self._begun:
            return
        self._begun = True
        for grid, planned in self._layers.items():
            if planned:
                self.state.queue.push(time_s, EventKind.PLAN, functools.partial(self._cycle, grid))

    def _cycle(self, grid: Grid, time_s: float) -> None:
        state, spec = self.state, self.state.manager.spec
        if state.over():
            return
        replan_s = spec.plan_interval_midcourse if grid == "coarse" else spec.plan_interval
        state.queue.push(time_s + replan_s, EventKind.PLAN, functools.partial(self._cycle, grid))
        self._fly_patrols(grid, time_s)
        candidates = [self._candidates(situation, grid, time_s) for situation in state.situations()]
        for situation, rows in zip(state.situations(), candidates, strict=True):
            if len(rows):
                self._consider(situation, grid, time_s, rows, replan_s)
        if state.alone:
            self._note_unheld(grid, time_s, candidates)

    def _consider(
        self, situation: Situation, grid: Grid, time_s: float, rows: NDArray[np.int64], replan_s: float
    ) -> None:
        """Plan the layers of a grid that one commander leads, where doctrine wants a shot at any track of ``rows``."""
        commander, layers = situation.commander, self._led(situation, grid)
        single = rows[~situation.whole(time_s)[rows]]
        commander.released(single, situation.tracker.last_report_s[single])
        lethal = situation.lethal_probability(time_s)[rows]
        needy = np.zeros(len(rows), dtype=np.bool_)
        for layer in layers:
            wanted, refusals = commander.wanted(layer, rows, lethal, time_s)
            needy |= wanted > 0
            self._remember(time_s, layer, refusals)
            self._hold_fire(time_s, layer, Plan(orders=(), obstacles=refusals, in_reach={}, satellites_in_reach={}))
        if needy.any():
            self._plan(situation, grid, time_s, rows[needy], lethal[needy], replan_s)

    def _led(self, situation: Situation, grid: Grid) -> tuple[str, ...]:
        """Return the layers of a grid that a commander decides for."""
        return tuple(layer for layer in self._layers[grid] if layer in situation.commander.layers)

    def _fly_patrols(self, grid: Grid, time_s: float) -> None:
        """Bring patrols to where they are now; without a new goal from this cycle's plan they turn back."""
        for battery in self._patrols:
            if battery.layer in self._layers[grid]:
                battery.move(time_s)
                battery.goal = None

    def _candidates(self, situation: Situation, grid: Grid, time_s: float) -> NDArray[np.int64]:
        """Return the firm tracks with recent reports in the phase of flight that a grid is for."""
        tracker = situation.tracker
        firm = _firm_and_fresh(situation, time_s)
        rows = np.flatnonzero(firm & ((tracker.mode == BOOST) == (grid == "boost")))
        if len(rows) == 0 or grid in ("boost", "coarse"):
            return rows
        r, v = tracker.x[rows, 0:3], tracker.x[rows, 3:6]
        radius = np.linalg.norm(r, axis=1)
        sinking = np.einsum("nc,nc->n", r, v) / radius
        span_s = FINE_SPAN_S if grid == "fine" else SLOW_SPAN_S
        return np.asarray(rows[radius + span_s * sinking < MEAN_RADIUS + LOW_REACH_M])

    def _plan(
        self,
        situation: Situation,
        grid: Grid,
        time_s: float,
        rows: NDArray[np.int64],
        lethal: Vector,
        replan_s: float,
    ) -> None:
        """Plan every layer of a grid that a commander leads; each sees the orders of those before it."""
        times = self._times(situation.tracker, grid, time_s, rows)
        if len(times) == 0:
            return
        picture = self._picture(situation, time_s, rows, lethal, times)
        for layer in self._led(situation, grid):
            plan = situation.commander.plan(picture, layer, replan_s)
            for order in plan.orders:
                self.shooting.order(time_s, order)
            self._remember(time_s, layer, plan.obstacles)
            self._hold_fire(time_s, layer, plan)
            self._count_reach(situation, plan)

    def _times(self, tracker: TrackPicture, grid: Grid, time_s: float, rows: NDArray[np.int64]) -> Vector:
        spec = self.state.manager.spec
        first = time_s + spec.message_delay
        if grid == "boost":
            last = float(tracker.burnout_s[rows].max())
            return np.arange(first + BOOST_STEP_S, last + 1e-9, BOOST_STEP_S)
        if grid == "fine":
            return np.arange(first + FINE_STEP_S, first + FINE_SPAN_S, FINE_STEP_S)
        if grid == "slow":
            return np.arange(first + SLOW_STEP_S, first + SLOW_SPAN_S, SLOW_STEP_S)
        return np.arange(first + COARSE_STEP_S, first + COARSE_SPAN_S, COARSE_STEP_S)

    def _picture(
        self, situation: Situation, time_s: float, rows: NDArray[np.int64], lethal: Vector, times: Vector
    ) -> Picture:
        tracker, spec = situation.tracker, self.state.manager.spec
        ahead = held_where_lost(tracker.predict(rows, times), tracker.x[rows, :3])
        return Picture(
            now_s=time_s,
            track=rows,
            burning=tracker.mode[rows] == BOOST,
            released=~situation.whole(time_s)[rows],
            burnout_s=tracker.burnout_s[rows],
            lethal=lethal,
            times_s=times,
            r=ahead.r,
            v=ahead.v,
            sigma=ahead.sigma,
            worth=worth_of(spec.priorities, self.state.world.assets, tracker, rows),
            phase=believed_phases(
                spec.phases,
                burning=tracker.mode[rows] == BOOST,
                gliding=tracker.mode[rows] == GLIDE,
                cruising=tracker.mode[rows] == CRUISE,
                burnout_s=tracker.burnout_s[rows],
                times_s=times,
                r=ahead.r,
                v=ahead.v,
            ),
        )

    def _remember(self, time_s: float, layer: str, obstacles: dict[int, NoShot]) -> None:
        """Keep for every object the furthest the layer came, and log each change of mind."""
        state = self.state
        for track, reason in obstacles.items():
            target = state.situation(layer).object_of(track)
            if target >= 0:
                self._met(layer, target, reason)
            if self._last_reason.get((layer, track)) is not reason:
                self._last_reason[layer, track] = reason
                state.note(time_s, EventKind.PLAN, state.name_of(target), layer, track=track, no_shot=reason.code)

    def _met(self, layer: str, target: int, reason: NoShot) -> None:
        """Keep the furthest that a layer came towards a shot at an object."""
        obstacles = self.state.fates[target].obstacles
        obstacles[layer] = further(obstacles.get(layer), reason)

    def _note_unheld(self, grid: Grid, time_s: float, candidates: Sequence[NDArray[np.int64]]) -> None:
        """Keep for every layer alone why it could not fire at what others hold tracks of (``candidates``, one array for
        each layer) and it does not.
        """
        state = self.state
        held = [
            {situation.object_of(track) for track in rows.tolist()}
            for situation, rows in zip(state.situations(), candidates, strict=True)
        ]
        known = set().union(*held) - {-1}
        for situation in state.situations():
            for layer in self._led(situation, grid):
                before, now = self._unheld.get((grid, layer), {}), _unheld(situation, layer, known, time_s)
                self._unheld[grid, layer] = now
                for target, reason in now.items():
                    self._met(layer, target, reason)
                    if before.get(target) is not reason:
                        state.note(time_s, EventKind.PLAN, state.name_of(target), layer, no_shot=reason.code)
                    for battery in state.manager.batteries:
                        if battery.layer == layer and state.recorder is not None:
                            state.hold_fire(time_s, battery.name, target, reason)

    def _hold_fire(self, time_s: float, layer: str, plan: Plan) -> None:
        """Keep for every group of a layer, if the run is recorded, what kept it from firing at each track."""
        if self.state.recorder is None:
            return
        taken = {(order.battery, order.track) for order in plan.orders}
        served = {order.track for order in plan.orders}
        asked = {track: i for i, track in enumerate(plan.considered.tolist())}
        situation = self.state.situation(layer)
        for index, battery in enumerate(self.state.manager.batteries):
            if battery.layer != layer:
                continue
            for track in dict.fromkeys([*plan.obstacles, *asked]):
                own = plan.offers[index].obstacle[asked[track]] if track in asked else None
                reason = own or (NoShot.OTHERS_CHOSEN if track in served else plan.obstacles.get(track))
                if reason is not None and (index, track) not in taken:
                    self.state.hold_fire(time_s, battery.name, situation.object_of(track), reason)

    def _count_reach(self, situation: Situation, plan: Plan) -> None:
        state = self.state
        for track, count in plan.in_reach.items():
            target = situation.object_of(track)
            if target >= 0:
                fate = state.fates[target]
                fate.in_reach = max(fate.in_reach, count)
        for battery, reached in plan.satellites_in_reach.items():
            known = state.satellites_in_reach.get(battery)
            state.satellites_in_reach[battery] = reached if known is None else known | reached


def _firm_and_fresh(situation: Situation, time_s: float) -> NDArray[np.bool_]:
    """Return which tracks (n,) are firm and were reported lately."""
    tracker, spec = situation.tracker, situation.commander.spec
    firm = tracker.firm(spec.firm_updates, spec.firm_error)
    return np.asarray(firm & (time_s - tracker.last_report_s < spec.firm_age))


def _unheld(situation: Situation, layer: str, known: set[int], time_s: float) -> dict[int, NoShot]:
    """Return which of the ``known`` objects a layer alone has no firm and fresh track of, and what it lacks."""
    held = {situation.object_of(track) for track in np.flatnonzero(_firm_and_fresh(situation, time_s)).tolist()}
    living = situation.tracker.living()
    seen = living[situation.commander.authority.sees(layer, living, time_s)]
    tracked = {situation.object_of(track) for track in seen.tolist()}
    return {
        target: NoShot.NOT_FIRM if target in tracked else NoShot.NOT_IN_OWN_PICTURE for target in sorted(known - held)
    }


def held_where_lost(ahead: Prediction, r_now: Vector) -> Prediction:
    """Return predictions with every point that a motion model has thrown to infinity put back to where its track is
    now, ``r_now`` (m, 3), with an infinite error: nobody fires there.
    """
    lost = ~(np.abs(ahead.r).max(axis=-1) < FARTHEST_M) | ~np.isfinite(ahead.v).all(axis=-1)
    if not lost.any():
        return ahead
    r = np.where(lost[..., None], r_now[:, None, :], ahead.r)
    return Prediction(r=r, v=np.where(lost[..., None], 0.0, ahead.v), sigma=np.where(lost, np.inf, ahead.sigma))


def _layers_by_grid(state: RunState) -> dict[Grid, tuple[str, ...]]:
    """Return which layers are planned on which grid of intercept times; a layer may be on several."""
    grids: dict[Grid, list[str]] = {"boost": [], "coarse": [], "slow": [], "fine": []}
    for layer in state.manager.layers:
        members = [battery for battery in state.manager.batteries if battery.layer == layer]
        if any("boost" in b.spec.engages for b in members):
            grids["boost"].append(layer)
        if any(b.spec.engages != ("boost",) for b in members):
            grids[_later_grid(members)].append(layer)
    return {grid: tuple(layers) for grid, layers in grids.items()}


def _later_grid(members: list[Battery]) -> Grid:
    """Return the grid on which a layer is planned against what does not burn."""
    if any(isinstance(b, SpaceBattery) or b.spec.maximum_altitude > LOW_REACH_M for b in members):
        return "coarse"
    return "slow" if any(_takes_its_time(b) for b in members) else "fine"


def _takes_its_time(battery: Battery) -> bool:
    if isinstance(battery, LaserBattery):
        return False
    closes_in = isinstance(battery, AerialBattery) and battery.spec.aircraft is not None
    return closes_in or battery.spec.maximum_flight_time > FINE_SPAN_S
