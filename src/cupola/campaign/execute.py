"""Executors: the same tasks in this process, or in local worker processes that may die without losing the campaign.

Workers are spawned, not forked (threads and compiled code do not survive a fork safely). They leave as soon as the
campaign's process closes its end of a pipe or dies: neither Ctrl-C nor ``kill -9`` leaves orphans that still write.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import Protocol

from cupola.campaign.bench import Task, Work, Worker
from cupola.campaign.errors import CampaignFailed

DEATHS_ALLOWED = 3
"""A task is given up after this many worker deaths while it was in flight."""

_THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Executor(Protocol):
    """Does tasks in any order and says which are done."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Task]:
        """Do the tasks; yields each when it is finished. Raises what the first failing task raised."""

    def close(self) -> None:
        """Stop at once; unfinished tasks are abandoned."""


class InProcess:
    """Everything in this process, one task after the other."""

    def __init__(self, job: Work) -> None:
        self._worker = job.worker()

    def run(self, tasks: Sequence[Task]) -> Iterator[Task]:
        """See :class:`Executor`."""
        for task in tasks:
            self._worker.work(task)
            yield task

    def close(self) -> None:
        """Nothing to stop."""


class Processes:
    """A pool of worker processes, restarted when one dies."""

    def __init__(self, job: Work, workers: int) -> None:
        self._job = job
        self._workers = workers
        self._deaths: Counter[Task] = Counter()
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        leave, self._stay = context.Pipe(duplex=False)
        self._leave = leave
        self._pool = ProcessPoolExecutor(
            max_workers=self._workers, mp_context=context, initializer=_begin, initargs=(self._job, leave)
        )

    def run(self, tasks: Sequence[Task]) -> Iterator[Task]:
        """See :class:`Executor`. Few tasks are in flight at a time, so that memory does not grow with the plan."""
        waiting = deque(tasks)
        flying: dict[Future[None], Task] = {}
        while waiting or flying:
            try:
                while waiting and len(flying) < 2 * self._workers:
                    future = self._submit(waiting[0])
                    flying[future] = waiting.popleft()
                finished, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in sorted(finished, key=lambda f: flying[f].index):
                    future.result()
                    yield flying.pop(future)
            except BrokenProcessPool:
                done = [f for f in flying if f.done() and not f.cancelled() and f.exception() is None]
                finished_tasks = [flying.pop(future) for future in done]
                lost = list(flying.values())
                flying.clear()
                self._restart(lost)
                waiting.extendleft(reversed(lost))
                yield from finished_tasks

    def _submit(self, task: Task) -> Future[None]:
        with _quiet_spawn():
            return self._pool.submit(_work, task)

    def _restart(self, lost: Sequence[Task]) -> None:
        self._deaths.update(lost)
        self.close()
        if not lost or max(self._deaths[task] for task in lost) >= DEATHS_ALLOWED:
            suspects = ", ".join(self._job.words(task) for task in lost if self._deaths[task] >= DEATHS_ALLOWED)
            raise CampaignFailed(
                f"a worker process died {DEATHS_ALLOWED} times during {suspects or 'its start'} "
                f"(killed from outside, or out of memory: try fewer --workers)"
            )
        self._start()

    def close(self) -> None:
        """Let the workers leave and collect them."""
        self._stay.close()
        self._leave.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


def executor_of(job: Work, workers: int) -> Executor:
    """Return what does the work with this many processes; one worker means this process."""
    return InProcess(job) if workers == 1 else Processes(job, workers)


_worker: Worker | None = None


def _begin(job: Work, leave: connection.Connection) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    watched = [leave] if parent is None else [leave, parent.sentinel]
    threading.Thread(target=_leave_when, args=(watched,), daemon=True).start()
    _worker = job.worker()


def _leave_when(watched: list[connection.Connection | int]) -> None:
    connection.wait(watched)
    os._exit(1)


def _work(task: Task) -> None:
    if _worker is None:
        raise CampaignFailed("a worker process was not started properly")
    _worker.work(task)


@contextlib.contextmanager
def _quiet_spawn() -> Iterator[None]:
    """Spawn workers with one thread each and deaf to Ctrl-C, which is this process's to handle.

    A worker inherits the blocked signal, so that it never prints a traceback of its own; ours is delivered right after.
    """
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
