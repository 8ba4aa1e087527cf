"""Progress of a study on stderr: a live bar on a terminal, a line for each stage in a log file."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

SPARSE_S = 10.0
"""Least time between two lines of one stage in a log"""

Tell = Callable[[str, int, int], None]


@contextmanager
def study_progress() -> Iterator[Tell]:
    """Give a function that is told the stage, how much of it is done and out of how much."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain()
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("setting up", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield tell


def _plain() -> Tell:
    stage_before, said = "", 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal stage_before, said
        now = time.monotonic()
        if stage == stage_before and now - said < SPARSE_S:
            return
        stage_before, said = stage, now
        sys.stderr.write(f"{stage}, {done} of {total}\n" if total > 1 else f"{stage}\n")
        sys.stderr.flush()

    return tell
