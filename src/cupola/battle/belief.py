"""What a battle manager thinks of one track: what is under way at it, and whether it lives."""

import copy
import math
from dataclasses import dataclass, field

from cupola.battle.spec import AssessmentSpec


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A shot in flight or not yet assessed."""

    layer: str
    intercept_s: float
    kill_probability: float


@dataclass(kw_only=True)
class Belief:
    """What the battle manager thinks of one track."""

    believed_dead: bool = False
    verdict_on_whole_s: float = math.inf
    """When it was declared dead while it was a missile with its load; infinite if it was not"""
    log_odds: float = 0.0
    """What all looks since the verdict of dead say together, for death and against it"""
    pending: dict[int, Pending] = field(default_factory=dict)
    """By shot number"""
    shots_by_layer: dict[str, int] = field(default_factory=dict)

    @property
    def survival(self) -> float:
        """The chance that the track survives the shots already under way at it."""
        return math.prod(1.0 - shot.kill_probability for shot in self.pending.values())

    def declare(self, *, dead: bool, rules: AssessmentSpec, time_s: float, whole: bool) -> None:
        """Take the first look at a shot; ``whole`` says that the track is a missile with its load on board.

        Where no further looks are taken one verdict of dead stands, whatever those on other shots say.
        """
        if dead and not self.believed_dead:
            self.believed_dead, self.log_odds = True, rules.weight(dead=True)
            self.verdict_on_whole_s = time_s if whole else math.inf
        elif self.believed_dead and rules.further_looks:
            self.look_again(dead=dead, rules=rules)

    def look_again(self, *, dead: bool, rules: AssessmentSpec) -> None:
        """Weigh one more look at a track that is believed dead; it lives again when it is likelier alive."""
        if not self.believed_dead:
            return
        self.log_odds += rules.weight(dead=dead)
        if self.log_odds < 0.0:
            self.revive()

    def revive(self) -> None:
        """Believe it alive."""
        self.believed_dead, self.verdict_on_whole_s, self.log_odds = False, math.inf, 0.0

    def of_layer(self, layer: str) -> "Belief":
        """Return what one layer knows by itself: verdicts so far, and its own shots alone."""
        out = copy.copy(self)
        out.pending = {number: shot for number, shot in self.pending.items() if shot.layer == layer}
        out.shots_by_layer = {name: count for name, count in self.shots_by_layer.items() if name == layer}
        return out
