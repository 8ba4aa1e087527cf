"""When a track is believed, and when it is given up: M of N hits confirm it, misses or uncertainty delete it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Flags, Indices

VACANT, TENTATIVE, CONFIRMED, DELETED = 0, 1, 2, 3
LONGEST_WINDOW = 62  # looks that one 64-bit history holds


class Lifecycle:
    """The standing of ``n`` track rows, structure of arrays: ``status`` (n,) VACANT, TENTATIVE, CONFIRMED or DELETED.

    A tentative track has ``confirm_window`` looks, its first report included, to collect ``confirm_hits`` reports; it
    is deleted as soon as it can no longer do so. A confirmed track is deleted after ``delete_misses`` misses within
    its last ``delete_window`` looks (by default in a row), and any track by :meth:`uncertain` whose position sigma
    exceeds ``delete_sigma_m``. Only looks that should have seen the track are counted.

    ``hits`` and ``looks`` (n,) count reports and looks since :meth:`begin`, ``missed`` (n,) the misses since the last
    report. One call of :meth:`hit` or :meth:`miss` is one look for each of its rows, however often a row is listed.
    Rows that are vacant or deleted are left alone. Raises ``ValueError`` for counts that do not fit their window and a
    sigma that is not positive.
    """

    def __init__(
        self,
        n: int,
        confirm_hits: int = 3,
        confirm_window: int = 5,
        delete_misses: int = 5,
        delete_window: int | None = None,
        delete_sigma_m: float = np.inf,
    ) -> None:
        window = delete_misses if delete_window is None else delete_window
        for name, count, size in (("confirm", confirm_hits, confirm_window), ("delete", delete_misses, window)):
            if not 1 <= count <= size <= LONGEST_WINDOW:
                raise ValueError(f"{name}: got {count} of {size} looks, accepted is 1 <= M <= N <= {LONGEST_WINDOW}")
        if not delete_sigma_m > 0.0:
            raise ValueError(f"delete_sigma_m: got {delete_sigma_m} m, accepted are positive values")
        self.status = np.zeros(n, np.int8)
        self.hits = np.zeros(n, np.int64)
        self.looks = np.zeros(n, np.int64)
        self.missed = np.zeros(n, np.int64)
        self._history = np.zeros(n, np.int64)  # the latest look in the lowest bit, 1 for a miss
        self._confirm_hits = confirm_hits
        self._misses_allowed = confirm_window - confirm_hits
        self._delete_misses = delete_misses
        self._delete_bits = (1 << window) - 1
        self._delete_sigma_m = delete_sigma_m

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.status)

    def resize(self, n: int) -> None:
        """Keep the first ``n`` rows, or add vacant ones up to ``n``."""
        keep = min(n, len(self))
        for name in ("status", "hits", "looks", "missed", "_history"):
            old = getattr(self, name)
            new = np.zeros(n, old.dtype)
            new[:keep] = old[:keep]
            setattr(self, name, new)

    def begin(self, rows: ArrayLike) -> Indices:
        """Start tentative tracks in ``rows`` with their first report, whatever the rows held; return those confirmed
        at once.
        """
        i = _indices(rows)
        if len(i) == 0:
            return i
        i = ascending(i)
        self.status[i] = TENTATIVE
        self.hits[i] = self.looks[i] = 1
        self.missed[i] = self._history[i] = 0
        new = i[self.hits[i] >= self._confirm_hits]
        self.status[new] = CONFIRMED
        return np.asarray(new)

    def hit(self, rows: ArrayLike) -> Indices:
        """Count a report for ``rows`` and return those that became confirmed by it."""
        i = _indices(rows)
        if len(i) == 0:
            return i
        return np.asarray(_hit(self.status, self._counts(), i, self._delete_bits, self._confirm_hits))

    def miss(self, rows: ArrayLike) -> Indices:
        """Count a look that gave no report and return the rows deleted by it.

        Only a look that should have seen the track is one: the sensor pointed there, in range, in front of the Earth.
        """
        i = _indices(rows)
        if len(i) == 0:
            return i
        limits = (self._delete_bits, self._misses_allowed, self._delete_misses)
        return np.asarray(_miss(self.status, self._counts(), i, limits))

    def uncertain(self, rows: ArrayLike, sigma_m: Vector) -> Indices:
        """Delete those of ``rows`` (k,) whose position sigma ``sigma_m`` (k,) in m is above the limit or no number, and
        return them.
        """
        i = np.asarray(rows, dtype=np.int64)
        lost = ~(np.asarray(sigma_m, dtype=np.float64) <= self._delete_sigma_m)
        return self.delete(i[lost])

    def delete(self, rows: ArrayLike) -> Indices:
        """Delete living tracks and return their rows."""
        i = _indices(rows)
        if len(i) == 0:
            return i
        i = _living(self.status, i)
        self.status[i] = DELETED
        return np.asarray(i)

    def vacate(self, rows: ArrayLike) -> None:
        """Free rows for new tracks."""
        self.status[_indices(rows)] = VACANT

    def vacant(self) -> Indices:
        """Return the rows that hold no track."""
        return np.flatnonzero(self.status == VACANT)

    def alive(self) -> Flags:
        """Return which rows (n,) hold a tentative or confirmed track."""
        return np.asarray((self.status == TENTATIVE) | (self.status == CONFIRMED))

    def confirmed(self) -> Flags:
        """Return which rows (n,) hold a confirmed track."""
        return np.asarray(self.status == CONFIRMED)

    def _counts(self) -> tuple[Indices, Indices, Indices, Indices]:
        return self.hits, self.looks, self.missed, self._history


def _indices(rows: ArrayLike) -> Indices:
    return np.ascontiguousarray(rows, dtype=np.int64)


@kernel
def ascending(rows: Indices) -> Indices:
    """Return row numbers (k,) in rising order, each once."""
    out = np.empty_like(rows)
    count = 0
    # By insertion: lists are short, and most come sorted.
    for row in rows:
        at = count
        while at > 0 and out[at - 1] > row:
            at -= 1
        if at > 0 and out[at - 1] == row:
            continue
        for j in range(count, at, -1):
            out[j] = out[j - 1]
        out[at] = row
        count += 1
    return out[:count]


@kernel
def _living(status: NDArray[np.int8], rows: Indices) -> Indices:
    """Return those of ``rows`` (k,) that hold a tentative or confirmed track, ascending."""
    out = ascending(rows)
    count = 0
    for i in out:
        if status[i] == TENTATIVE or status[i] == CONFIRMED:
            out[count] = i
            count += 1
    return out[:count]


@kernel
def _hit(
    status: NDArray[np.int8],
    counts: tuple[Indices, Indices, Indices, Indices],
    rows: Indices,
    window: int,
    enough: int,
) -> Indices:
    """Count a report for the living of ``rows`` (k,) and return those confirmed by it; ``window`` masks the history."""
    hits, looks, missed, history = counts
    out = _living(status, rows)
    count = 0
    for i in out:
        hits[i] += 1
        looks[i] += 1
        missed[i] = 0
        history[i] = history[i] << 1 & window
        if status[i] == TENTATIVE and hits[i] >= enough:
            status[i] = CONFIRMED
            out[count] = i
            count += 1
    return out[:count]


@kernel
def _miss(
    status: NDArray[np.int8],
    counts: tuple[Indices, Indices, Indices, Indices],
    rows: Indices,
    limits: tuple[int, int, int],
) -> Indices:
    """Count a miss for the living of ``rows`` (k,), delete and return those it ends; ``limits`` are the history's mask,
    the misses a tentative track may have, and those in the history that end a confirmed one.
    """
    hits, looks, missed, history = counts
    window, allowed, most = limits
    out = _living(status, rows)
    count = 0
    for i in out:
        looks[i] += 1
        missed[i] += 1
        history[i] = (history[i] << 1 | 1) & window
        lost = looks[i] - hits[i] > allowed if status[i] == TENTATIVE else _ones(history[i]) >= most
        if lost:
            status[i] = DELETED
            out[count] = i
            count += 1
    return out[:count]


@kernel
def _ones(bits: int) -> int:
    """Return how many bits of a number that is not negative are set."""
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count
