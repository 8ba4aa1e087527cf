"""The post of one run: messages that take their time, get lost, and are sent again."""

import numpy as np

from cupola.battle.network import LinkSpec
from cupola.core.chance import stream
from cupola.engine.events import EventQueue, Handler
from cupola.engine.record import EventKind


class Post:
    """Carries messages over links. Whether one is lost depends on its name alone, not on what else is sent."""

    def __init__(self, queue: EventQueue, seed: int, run: int) -> None:
        self._queue, self._seed, self._run = queue, seed, run

    def delay(self, link: LinkSpec, *names: str) -> float | None:
        """Return the time in s that the message of a name takes over a link, none if it is lost for good."""
        if link.loss == 0.0:
            return float(link.latency)
        return link.delay(stream(self._seed, self._run, "message", *names).random(link.tries))

    def send(
        self,
        time_s: float,
        link: LinkSpec,
        names: tuple[str, ...],
        kind: EventKind,
        deliver: Handler,
        *,
        ready_after_s: float = 0.0,
        lost: Handler | None = None,
    ) -> None:
        """Call ``deliver`` when a message arrives that is sent ``ready_after_s`` after ``time_s``: at once over an
        ideal link. Of one that never arrives, ``lost`` is called when the last sending has not been acknowledged.
        """
        takes_s = self.delay(link, *names)
        if takes_s is None:
            if lost is not None:
                self._queue.push(time_s + ready_after_s + link.tries * link.resend_after, kind, lost)
        elif takes_s + ready_after_s > 0.0:
            self._queue.push(time_s + ready_after_s + takes_s, kind, deliver)
        else:
            deliver(time_s)


def cut_time(network_cut_s: float | None, probability: float, chance: np.random.Generator) -> float:
    """Return when the national node is cut in this run; infinite if it is not."""
    if network_cut_s is None or not chance.random() < probability:
        return float("inf")
    return network_cut_s
