"""The event queue: a total order by (time, kind, sequence), so that a run is the same every time."""

import heapq
from collections.abc import Callable

from cupola.engine.record import EventKind

Handler = Callable[[float], None]


class EventQueue:
    """Future events of one run. Handlers take the time at which they are called."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, Handler]] = []
        self._sequence = 0

    def push(self, time_s: float, kind: EventKind, handler: Handler) -> None:
        """Schedule ``handler`` at ``time_s``; equal times run in the order of their kinds, then of scheduling."""
        heapq.heappush(self._heap, (time_s, int(kind), self._sequence, handler))
        self._sequence += 1

    def run(self) -> None:
        """Play events in order until none is left."""
        while self._heap:
            time_s, _, _, handler = heapq.heappop(self._heap)
            handler(time_s)
