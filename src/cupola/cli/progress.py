"""Progress on stderr: a live bar on a terminal, a line now and then in a log file."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

SPARSE_S = 10.0
"""Least time between two lines in a log."""


class _Rate(ProgressColumn):
    """Runs a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} runs/s", style="progress.data.speed")


class LiveProgress:
    """A bar with count, rate, elapsed and remaining time; use as a context manager."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            speed_estimate_period=60.0,
        )
        self._task = self._bar.add_task("setting up", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def start(self, *, total: int, done: int) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        self._bar.remove_task(self._task)
        self._task = self._bar.add_task("simulating", total=total, completed=done)

    def advance(self, runs: int) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        self._bar.advance(self._task, runs)

    def note(self, text: str) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        self._bar.console.print(text, highlight=False)


class PlainProgress:
    """One line at the start, at the end, and no oftener than every ten seconds in between."""

    def __init__(self) -> None:
        self._total = self._done = self._fresh = 0
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Self:
        self.note("setting up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to clean up."""

    def start(self, *, total: int, done: int) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        self._total, self._done = total, done
        self._began = self._said = time.monotonic()
        self.note(f"simulating {total} runs" + (f", {done} of them finished before" if done else ""))

    def advance(self, runs: int) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        self._done += runs
        self._fresh += runs
        now = time.monotonic()
        if self._fresh == 0 or (now - self._said < SPARSE_S and self._done < self._total):
            return
        self._said = now
        rate = self._fresh / max(now - self._began, 1e-9)
        left = "" if self._done >= self._total else f", about {(self._total - self._done) / rate:.0f} s left"
        self.note(f"{self._done} of {self._total} runs ({100 * self._done // self._total} %), {rate:.1f} runs/s{left}")

    def note(self, text: str) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def progress_on_stderr() -> LiveProgress | PlainProgress:
    """Return the progress that suits where stderr goes."""
    console = Console(stderr=True)
    return LiveProgress(console) if console.is_terminal else PlainProgress()
