"""Planning cycles: turns the track bank into a picture, asks the battle manager, and passes its orders on."""

import numpy as np
from numpy.typing import NDArray

from cupola.battle.manager import Plan
from cupola.battle.picture import GroundBattery, Picture, SpaceBattery
from cupola.battle.reasons import RANK, NoShot
from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.engine.record import EventKind
from cupola.engine.shooting import Shooting
from cupola.engine.state import RunState
from cupola.tracking.motion import BOOST

LOW_REACH_M = 200e3
"""Layers that reach no higher are planned on a fine grid over the last minutes: warheads cross them fast."""
FINE_STEP_S, FINE_SPAN_S = 3.0, 420.0
COARSE_STEP_S, COARSE_SPAN_S = 20.0, 3000.0
"""Grids of candidate intercept times."""


class Planning:
    """Runs the planning cycles of one run."""

    def __init__(self, state: RunState, shooting: Shooting) -> None:
        self.state = state
        self.shooting = shooting
        self._layers = _layers_by_grid(state)
        self._last_reason: dict[tuple[str, int], NoShot] = {}

    def start(self, time_s: float) -> None:
        """Begin planning cycles at ``time_s``."""
        self.state.queue.push(time_s, EventKind.PLAN, self._cycle)

    def _cycle(self, time_s: float) -> None:
        state, spec = self.state, self.state.manager.spec
        if state.over():
            return
        lethal = state.lethal_probability()
        rows = self._worth_planning(lethal)
        urgent = bool((state.bank.mode == BOOST).any())
        if len(rows):
            urgent = self._plan(time_s, rows, lethal[rows]) or urgent
        step = spec.plan_interval if urgent else spec.plan_interval_midcourse
        state.queue.push(time_s + step, EventKind.PLAN, self._cycle)

    def _worth_planning(self, lethal: Vector) -> NDArray[np.int64]:
        """Return the firm tracks that some layer may still want to fire at."""
        spec = self.state.manager.spec
        firm = np.flatnonzero(self.state.bank.firm(spec.firm_updates, spec.firm_error))
        return np.array([i for i in firm if self.state.manager.wants_shots(int(i), float(lethal[i]))], dtype=np.int64)

    def _plan(self, time_s: float, rows: NDArray[np.int64], lethal: Vector) -> bool:
        """Plan every layer on its grid of times; True when warheads are near, so that the next cycle must be soon."""
        state, spec = self.state, self.state.manager.spec
        burning = state.bank.mode[rows] == BOOST
        near = False
        for grid, layers in self._layers.items():
            picked = burning if grid == "boost" else ~burning
            if not layers or not picked.any():
                continue
            times = self._times(grid, time_s, rows[picked])
            if len(times) == 0:
                continue
            picture = self._picture(time_s, rows[picked], lethal[picked], times, fine=grid == "fine")
            if len(picture.track) == 0:
                continue
            near = near or grid == "fine"
            replan_s = spec.plan_interval_midcourse if grid == "coarse" else spec.plan_interval
            for layer in layers:
                plan = state.manager.plan(picture, layer, replan_s)
                for order in plan.orders:
                    self.shooting.order(time_s, order)
                self._remember(time_s, layer, plan)
        return near

    def _times(self, grid: str, time_s: float, rows: NDArray[np.int64]) -> Vector:
        spec = self.state.manager.spec
        first = time_s + spec.message_delay
        if grid == "boost":
            last = float(self.state.bank.burnout_s[rows].max())
            return np.arange(first + spec.plan_interval, last + 1e-9, spec.plan_interval)
        if grid == "fine":
            return np.arange(first + FINE_STEP_S, first + FINE_SPAN_S, FINE_STEP_S)
        return np.arange(first + COARSE_STEP_S, first + COARSE_SPAN_S, COARSE_STEP_S)

    def _picture(self, time_s: float, rows: NDArray[np.int64], lethal: Vector, times: Vector, *, fine: bool) -> Picture:
        bank = self.state.bank
        ahead = bank.predict(rows, times)
        picture = Picture(
            now_s=time_s,
            track=rows,
            burning=bank.mode[rows] == BOOST,
            released=~self.state.boosters[rows],
            burnout_s=bank.burnout_s[rows],
            lethal=lethal,
            times_s=times,
            r=ahead.r,
            v=ahead.v,
            sigma=ahead.sigma,
        )
        if fine:
            radius = np.linalg.norm(ahead.r, axis=-1)
            return picture.only(np.asarray((radius < MEAN_RADIUS + LOW_REACH_M).any(axis=1)))
        return picture

    def _remember(self, time_s: float, layer: str, plan: Plan) -> None:
        """Keep for every object the furthest the layer came, and log each change of mind."""
        state = self.state
        for track, reason in plan.obstacles.items():
            known = state.fates[track].obstacles.get(layer)
            if known is None or RANK[reason] > RANK[known]:
                state.fates[track].obstacles[layer] = reason
            if self._last_reason.get((layer, track)) is not reason:
                self._last_reason[layer, track] = reason
                state.note(time_s, EventKind.PLAN, state.threats[track].object_id, layer, no_shot=reason.code)
        for track, count in plan.in_reach.items():
            state.fates[track].in_reach = max(state.fates[track].in_reach, count)
        for battery, reached in plan.satellites_in_reach.items():
            known_reached = state.satellites_in_reach.get(battery)
            state.satellites_in_reach[battery] = reached if known_reached is None else known_reached | reached


def _layers_by_grid(state: RunState) -> dict[str, tuple[str, ...]]:
    """Return which layers are planned on which grid of intercept times."""
    grids: dict[str, list[str]] = {"boost": [], "coarse": [], "fine": []}
    for layer in state.manager.layers:
        members = [battery for battery in state.manager.batteries if battery.layer == layer]
        if all(isinstance(b, SpaceBattery) and b.spec.engages == "boost" for b in members):
            grids["boost"].append(layer)
        elif all(isinstance(b, GroundBattery) and b.spec.maximum_altitude <= LOW_REACH_M for b in members):
            grids["fine"].append(layer)
        else:
            grids["coarse"].append(layer)
    return {grid: tuple(layers) for grid, layers in grids.items()}
