"""Reports that arrive late or out of order: the track goes back to before the late report and takes all in order.

Replaying is exact for every filter, whatever its models, at the cost of remembering the latest states and reports.
What comes later than the memory reaches is refused, with the reason.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cupola.core.reason import Reason

DEPTH = 16  # reports that a track remembers: half a minute of three sensors that each look every five seconds

Snapshot = TypeVar("Snapshot")
Report = TypeVar("Report")


class Reception(Reason):
    """What became of a report."""

    IN_ORDER = "It was the newest report of its track and was taken at once."
    REPLAYED = "It came late: the track went back to before it and took the reports since then again."
    TOO_OLD = "It is older than the state that its track can still go back to, and was left out."
    NO_TRACK = "No track was begun for it."


@dataclass(kw_only=True, slots=True)
class _Memory(Generic[Snapshot, Report]):
    """Reports in order of their time, and beside each the state that it found; ``oldest_s`` is when the first of these
    states came about.
    """

    oldest_s: float
    times_s: list[float] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    before: list[Snapshot] = field(default_factory=list)


class ReplayHistory(Generic[Snapshot, Report]):
    """The latest ``depth`` reports of each track, with the state that each of them found.

    ``snapshot(row)`` returns a copy of all that a track is: state, covariance, mode probabilities, biases, time.
    ``restore(row, snapshot)`` copies it back. ``apply(row, report)`` predicts the track to the report's time and
    updates it. None of them may depend on anything else that changes between reports, or a replay would differ.

    Raises ``ValueError`` for a depth below 1.
    """

    def __init__(
        self,
        *,
        snapshot: Callable[[int], Snapshot],
        restore: Callable[[int, Snapshot], None],
        apply: Callable[[int, Report], None],
        depth: int = DEPTH,
    ) -> None:
        if depth < 1:
            raise ValueError(f"got a depth of {depth} reports, accepted is 1 or more")
        self._snapshot, self._restore, self._apply = snapshot, restore, apply
        self._depth = depth
        self._memory: dict[int, _Memory[Snapshot, Report]] = {}

    def begin(self, row: int, time_s: float) -> None:
        """Start to remember a track whose state is of ``time_s``; what the row held before is forgotten."""
        self._memory[row] = _Memory(oldest_s=time_s)

    def forget(self, row: int) -> None:
        """Forget a track."""
        self._memory.pop(row, None)

    def take(self, row: int, time_s: float, report: Report) -> Reception:
        """Give a track a report of ``time_s`` and return what became of it. Of reports of one time, the one that
        arrived first is taken first.
        """
        memory = self._memory.get(row)
        if memory is None:
            return Reception.NO_TRACK
        if time_s < memory.oldest_s:
            return Reception.TOO_OLD
        place = bisect_right(memory.times_s, time_s)
        late = place < len(memory.times_s)
        if late:
            self._restore(row, memory.before[place])
        memory.times_s.insert(place, time_s)
        memory.reports.insert(place, report)
        del memory.before[place:]
        for each in memory.reports[place:]:
            memory.before.append(self._snapshot(row))
            self._apply(row, each)
        if len(memory.times_s) > self._depth:
            memory.oldest_s = memory.times_s[0]
            for part in (memory.times_s, memory.reports, memory.before):
                del part[0]
        return Reception.REPLAYED if late else Reception.IN_ORDER
