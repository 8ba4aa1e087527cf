"""Kill assessment: late and fallible looks at what was shot at, and further looks at what was declared dead."""

import functools

from cupola.battle.manager import BattleManager
from cupola.engine.record import EventKind
from cupola.engine.shot import Shot
from cupola.engine.state import RunState


class Assessing:
    """Looks at the targets of shots and tells whoever commands the layer that fired."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        self._rules = state.manager.spec.assessment

    def judge(self, time_s: float, shot: Shot, *, killed: bool) -> None:
        """Look whether a shot destroyed its target, with the two kinds of error, and send the verdict."""
        wrong = bool(shot.draws[2] < (self._rules.missed_kill if killed else self._rules.false_kill))
        self.state.post.send(
            time_s,
            self.state.manager.spec.network.from_sensors,
            ("verdict", *shot.called),
            EventKind.ASSESSMENT,
            lambda t: self._assess(t, shot, declared_dead=killed != wrong, right=not wrong),
            ready_after_s=self._rules.delay,
            lost=lambda t: self._give_up(t, shot),
        )

    def _commander(self, shot: Shot) -> BattleManager:
        return self.state.situation(shot.order.layer).commander

    def _assess(self, time_s: float, shot: Shot, *, declared_dead: bool, right: bool) -> None:
        """Hear the verdict on a shot; a new belief that its target is dead is looked at again."""
        state, track = self.state, shot.order.track
        belief = self._commander(shot).belief(track)
        before = belief.believed_dead
        whole = bool(state.situation(shot.order.layer).whole(time_s)[track])
        self._commander(shot).assess(track, shot.number, declared_dead=declared_dead, time_s=time_s, whole=whole)
        state.note(
            time_s, EventKind.ASSESSMENT, state.name_of(shot.target), shot.shooter,
            shot=shot.number, declared_dead=declared_dead, right=right,
        )  # fmt: skip
        if belief.believed_dead and not before:
            self._schedule_look(time_s, shot, 1)

    def _give_up(self, time_s: float, shot: Shot) -> None:
        """Wait no longer for a verdict that was lost: the target counts as alive."""
        state, order = self.state, shot.order
        self._commander(shot).unassessed(order.track, shot.number)
        state.note(
            time_s, EventKind.MESSAGE, state.name_of(shot.target), shot.shooter,
            shot=shot.number, layer=order.layer, status="verdict-lost",
        )  # fmt: skip

    def _schedule_look(self, time_s: float, shot: Shot, number: int) -> None:
        if number <= self._rules.further_looks:
            look = functools.partial(self._look, shot, number)
            self.state.queue.push(time_s + self._rules.look_interval, EventKind.ASSESSMENT, look)

    def _look(self, shot: Shot, number: int, time_s: float) -> None:
        """Look again at what the track that was shot at follows now, and send what it shows."""
        state = self.state
        if state.over():
            return
        target = state.situation(shot.order.layer).object_of(shot.order.track)
        dead = target < 0 or not state.fates[target].alive
        draw = float(state.stream("look", *shot.called, str(number)).random())
        wrong = draw < (self._rules.missed_kill if dead else self._rules.false_kill)
        self.state.post.send(
            time_s,
            state.manager.spec.network.from_sensors,
            ("look", *shot.called, str(number)),
            EventKind.ASSESSMENT,
            lambda t: self._hear(t, shot, number, says_dead=dead != wrong, right=not wrong),
            lost=lambda t: self._schedule_look(t, shot, number + 1),
        )

    def _hear(self, time_s: float, shot: Shot, number: int, *, says_dead: bool, right: bool) -> None:
        """Weigh one more look; looking goes on while the target is believed dead."""
        state, track = self.state, shot.order.track
        believed_dead = self._commander(shot).look_again(track, says_dead=says_dead)
        target = state.situation(shot.order.layer).object_of(track)
        state.note(
            time_s, EventKind.ASSESSMENT, state.name_of(target), shot.shooter,
            shot=shot.number, look=number, declared_dead=says_dead, right=right, believed_dead=believed_dead,
        )  # fmt: skip
        if believed_dead:
            self._schedule_look(time_s, shot, number + 1)
