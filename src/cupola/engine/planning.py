"""Planning cycles: turns tracks into a picture, asks the battle manager, and passes its orders on."""

import functools
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cupola.battle.manager import Plan
from cupola.battle.picture import AerialBattery, Battery, LaserBattery, Picture, SpaceBattery
from cupola.battle.reasons import NoShot, further
from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.engine.record import EventKind
from cupola.engine.shooting import Shooting
from cupola.engine.state import RunState
from cupola.engine.worth import worth_of
from cupola.interceptors.phases import believed_phases
from cupola.tracking.motion import BOOST, CRUISE, GLIDE
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

    def start(self, time_s: float) -> None:
        """Begin planning cycles at ``time_s``, and send up the patrols that wait on alert."""
        for battery in self._patrols:
            battery.alert(time_s)
        for grid, layers in self._layers.items():
            if layers:
                self.state.queue.push(time_s, EventKind.PLAN, functools.partial(self._cycle, grid))

    def _cycle(self, grid: Grid, time_s: float) -> None:
        state, spec = self.state, self.state.manager.spec
        if state.over():
            return
        replan_s = spec.plan_interval_midcourse if grid == "coarse" else spec.plan_interval
        state.queue.push(time_s + replan_s, EventKind.PLAN, functools.partial(self._cycle, grid))
        self._fly_patrols(grid, time_s)
        rows = self._candidates(grid, time_s)
        if len(rows) == 0:
            return
        single = rows[~state.whole(time_s)[rows]]
        for commander in state.commanders():
            commander.released(single, state.tracker.last_report_s[single])
        lethal = {layer: state.lethal_probability(time_s, layer)[rows] for layer in self._layers[grid]}
        needy = np.zeros(len(rows), dtype=np.bool_)
        for layer in self._layers[grid]:
            wanted, refusals = state.commander(layer).wanted(layer, rows, lethal[layer], time_s)
            needy |= wanted > 0
            self._remember(time_s, layer, refusals)
            self._hold_fire(time_s, layer, Plan(orders=(), obstacles=refusals, in_reach={}, satellites_in_reach={}))
        if needy.any():
            self._plan(grid, time_s, rows[needy], {layer: odds[needy] for layer, odds in lethal.items()}, replan_s)

    def _fly_patrols(self, grid: Grid, time_s: float) -> None:
        """Bring patrols to where they are now; without a new goal from this cycle's plan they turn back."""
        for battery in self._patrols:
            if battery.layer in self._layers[grid]:
                battery.move(time_s)
                battery.goal = None

    def _candidates(self, grid: Grid, time_s: float) -> NDArray[np.int64]:
        """Return the firm tracks with recent reports in the phase of flight that a grid is for."""
        tracker, spec = self.state.tracker, self.state.manager.spec
        firm = tracker.firm(spec.firm_updates, spec.firm_error)
        firm &= time_s - tracker.last_report_s < spec.firm_age
        rows = np.flatnonzero(firm & ((tracker.mode == BOOST) == (grid == "boost")))
        if len(rows) == 0 or grid in ("boost", "coarse"):
            return rows
        r, v = tracker.x[rows, 0:3], tracker.x[rows, 3:6]
        radius = np.linalg.norm(r, axis=1)
        sinking = np.einsum("nc,nc->n", r, v) / radius
        span_s = FINE_SPAN_S if grid == "fine" else SLOW_SPAN_S
        return np.asarray(rows[radius + span_s * sinking < MEAN_RADIUS + LOW_REACH_M])

    def _plan(
        self, grid: Grid, time_s: float, rows: NDArray[np.int64], lethal: dict[str, Vector], replan_s: float
    ) -> None:
        """Plan every layer of a grid; each sees the orders of those before it, unless it is alone."""
        times = self._times(grid, time_s, rows)
        if len(times) == 0:
            return
        picture = self._picture(time_s, rows, lethal[self._layers[grid][0]], times)
        for layer in self._layers[grid]:
            if self.state.alone:
                picture = replace(picture, lethal=lethal[layer])
            plan = self.state.commander(layer).plan(picture, layer, replan_s)
            for order in plan.orders:
                self.shooting.order(time_s, order)
            self._remember(time_s, layer, plan.obstacles)
            self._hold_fire(time_s, layer, plan)
            self._count_reach(plan)

    def _times(self, grid: Grid, time_s: float, rows: NDArray[np.int64]) -> Vector:
        spec = self.state.manager.spec
        first = time_s + spec.message_delay
        if grid == "boost":
            last = float(self.state.tracker.burnout_s[rows].max())
            return np.arange(first + BOOST_STEP_S, last + 1e-9, BOOST_STEP_S)
        if grid == "fine":
            return np.arange(first + FINE_STEP_S, first + FINE_SPAN_S, FINE_STEP_S)
        if grid == "slow":
            return np.arange(first + SLOW_STEP_S, first + SLOW_SPAN_S, SLOW_STEP_S)
        return np.arange(first + COARSE_STEP_S, first + COARSE_SPAN_S, COARSE_STEP_S)

    def _picture(self, time_s: float, rows: NDArray[np.int64], lethal: Vector, times: Vector) -> Picture:
        tracker = self.state.tracker
        ahead = held_where_lost(tracker.predict(rows, times), tracker.x[rows, :3])
        return Picture(
            now_s=time_s,
            track=rows,
            burning=tracker.mode[rows] == BOOST,
            released=~self.state.whole(time_s)[rows],
            burnout_s=tracker.burnout_s[rows],
            lethal=lethal,
            times_s=times,
            r=ahead.r,
            v=ahead.v,
            sigma=ahead.sigma,
            worth=worth_of(self.state, rows),
            phase=believed_phases(
                self.state.manager.spec.phases,
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
            target = state.object_of(track)
            if target >= 0:
                obstacles_met = state.fates[target].obstacles
                obstacles_met[layer] = further(obstacles_met.get(layer), reason)
            if self._last_reason.get((layer, track)) is not reason:
                self._last_reason[layer, track] = reason
                state.note(time_s, EventKind.PLAN, state.name_of(target), layer, track=track, no_shot=reason.code)

    def _hold_fire(self, time_s: float, layer: str, plan: Plan) -> None:
        """Keep for every group of a layer, if the run is recorded, what kept it from firing at each track."""
        if self.state.recorder is None:
            return
        taken = {(order.battery, order.track) for order in plan.orders}
        served = {order.track for order in plan.orders}
        asked = {track: i for i, track in enumerate(plan.considered.tolist())}
        for index, battery in enumerate(self.state.manager.batteries):
            if battery.layer != layer:
                continue
            for track in dict.fromkeys([*plan.obstacles, *asked]):
                own = plan.offers[index].obstacle[asked[track]] if track in asked else None
                reason = own or (NoShot.OTHERS_CHOSEN if track in served else plan.obstacles.get(track))
                if reason is not None and (index, track) not in taken:
                    self.state.hold_fire(time_s, battery.name, track, reason)

    def _count_reach(self, plan: Plan) -> None:
        state = self.state
        for track, count in plan.in_reach.items():
            if state.object_of(track) >= 0:
                fate = state.fates[state.object_of(track)]
                fate.in_reach = max(fate.in_reach, count)
        for battery, reached in plan.satellites_in_reach.items():
            known = state.satellites_in_reach.get(battery)
            state.satellites_in_reach[battery] = reached if known is None else known | reached


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
