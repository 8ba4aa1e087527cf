"""Playing many cases: in this process, or topics side by side in several."""

import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cupola.studies.reproduce import Row, run_case
from cupola.studies.reproduce_case import Case, chosen
from cupola.studies.reproduce_words import document

if TYPE_CHECKING:
    from cupola.campaign.bench import Task


def play(
    names: Sequence[str] = (), workers: int = 1, tell: Callable[[int, int], None] | None = None
) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Yield (topic, rows) of every case chosen, in their order; several ``workers`` play topics side by side.

    ``tell`` is called with how many cases of how many are played: after each, or after each topic with several workers.
    A script that asks for several workers must do so under ``if __name__ == "__main__"``, as with any process pool.
    Raises :class:`~cupola.scenario.errors.ScenarioError` for names that do not exist.
    """
    wanted = chosen(names)
    topics = list(dict.fromkeys(topic for topic, _ in wanted))
    workers = min(workers, len(topics))
    if workers <= 1:
        for number, (topic, case) in enumerate(wanted, 1):
            rows = run_case(case)
            if tell:
                tell(number, len(wanted))
            yield topic, rows
        return
    parts = tuple(tuple(case for other, case in wanted if other == topic) for topic in topics)
    with tempfile.TemporaryDirectory() as folder:
        _play_beside(_Cases(topics=tuple(topics), parts=parts, folder=Path(folder)), workers, tell)
        for index, topic in enumerate(topics):
            yield from ((topic, rows) for rows in _read(Path(folder), index))


def reproduce(*names: str, workers: int = 1) -> dict[str, Any]:
    """Return published results beside ours, as ``cupola reproduce --json`` prints them.

    ``names`` are topics (``"aei"``) or cases (``"aei/salvo-5"``), all when there is none; ``workers`` and errors are
    those of :func:`play`.
    """
    return document(list(play(names, workers)))


def _play_beside(work: "_Cases", workers: int, tell: Callable[[int, int], None] | None) -> None:
    # The campaign's executor: its workers die with this process and leave Ctrl-C to it.
    from cupola.campaign.bench import Task
    from cupola.campaign.execute import executor_of

    executor = executor_of(work, workers)
    try:
        done = 0
        for task in executor.run([Task(kind="chunk", index=index) for index in range(len(work.topics))]):
            done += len(work.parts[task.index])
            if tell:
                tell(done, sum(map(len, work.parts)))
    finally:
        executor.close()


@dataclass(frozen=True, kw_only=True)
class _Cases:
    """What the processes must know: cases by topic, and the folder that they leave their rows in."""

    topics: tuple[str, ...]
    parts: tuple[tuple[Case, ...], ...]
    folder: Path

    def worker(self) -> "_Cases":
        return self

    def words(self, task: "Task") -> str:
        return f"the cases of {self.topics[task.index]}"

    def work(self, task: "Task") -> None:
        rows = [run_case(case) for case in self.parts[task.index]]
        (self.folder / str(task.index)).write_bytes(pickle.dumps(rows))


def _read(folder: Path, index: int) -> list[tuple[Row, ...]]:
    rows: list[tuple[Row, ...]] = pickle.loads((folder / str(index)).read_bytes())
    return rows
