"""When a track is believed, and when it is given up: M of N hits confirm it, misses or uncertainty delete it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cupola.core.earth import Vector
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
        i = _unique(rows)
        self.status[i] = TENTATIVE
        self.hits[i] = self.looks[i] = 1
        self.missed[i] = self._history[i] = 0
        return self._confirm(i)

    def hit(self, rows: ArrayLike) -> Indices:
        """Count a report for ``rows`` and return those that became confirmed by it."""
        i = self._living(rows)
        self.hits[i] += 1
        self.looks[i] += 1
        self.missed[i] = 0
        self._history[i] = self._history[i] << 1 & self._delete_bits
        return self._confirm(i)

    def miss(self, rows: ArrayLike) -> Indices:
        """Count a look that gave no report and return the rows deleted by it.

        Only a look that should have seen the track is one: the sensor pointed there, in range, in front of the Earth.
        """
        i = self._living(rows)
        self.looks[i] += 1
        self.missed[i] += 1
        self._history[i] = (self._history[i] << 1 | 1) & self._delete_bits
        tentative = self.status[i] == TENTATIVE
        hopeless = self.looks[i] - self.hits[i] > self._misses_allowed
        lapsed = np.bitwise_count(self._history[i]) >= self._delete_misses
        return self.delete(i[np.where(tentative, hopeless, lapsed)])

    def uncertain(self, rows: ArrayLike, sigma_m: Vector) -> Indices:
        """Delete those of ``rows`` (k,) whose position sigma ``sigma_m`` (k,) in m is above the limit or no number, and
        return them.
        """
        i = np.asarray(rows, dtype=np.int64)
        lost = ~(np.asarray(sigma_m, dtype=np.float64) <= self._delete_sigma_m)
        return self.delete(i[lost])

    def delete(self, rows: ArrayLike) -> Indices:
        """Delete living tracks and return their rows."""
        i = self._living(rows)
        self.status[i] = DELETED
        return i

    def vacate(self, rows: ArrayLike) -> None:
        """Free rows for new tracks."""
        self.status[_unique(rows)] = VACANT

    def vacant(self) -> Indices:
        """Return the rows that hold no track."""
        return np.flatnonzero(self.status == VACANT)

    def alive(self) -> Flags:
        """Return which rows (n,) hold a tentative or confirmed track."""
        return np.asarray((self.status == TENTATIVE) | (self.status == CONFIRMED))

    def confirmed(self) -> Flags:
        """Return which rows (n,) hold a confirmed track."""
        return np.asarray(self.status == CONFIRMED)

    def _living(self, rows: ArrayLike) -> NDArray[np.int64]:
        i = _unique(rows)
        status = self.status[i]
        return np.asarray(i[(status == TENTATIVE) | (status == CONFIRMED)])

    def _confirm(self, i: Indices) -> Indices:
        new = i[(self.status[i] == TENTATIVE) & (self.hits[i] >= self._confirm_hits)]
        self.status[new] = CONFIRMED
        return np.asarray(new)


def _unique(rows: ArrayLike) -> Indices:
    return np.unique(np.asarray(rows, dtype=np.int64))
