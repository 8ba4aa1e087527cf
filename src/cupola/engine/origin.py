"""What the reports of a scan truly came from, which nobody who takes them is told."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.sensors.detection import Measurements


class Origin(NamedTuple):
    """What reports truly came from, for the judge: the brightest of the ``objects`` (k,) in each, -1 for none, and
    where a run is kept the ``shares`` (k, n) of all.
    """

    objects: NDArray[np.int64]
    shares: Vector | None

    def followed_by(self, other: "Origin") -> "Origin":
        """Return the origin of these reports and the other's after them; false ones have no share of anything."""
        objects = np.append(self.objects, other.objects)
        if self.shares is None:
            return Origin(objects, None)
        return Origin(objects, np.concatenate([self.shares, np.zeros((len(other.objects), self.shares.shape[1]))]))


def false_origin(reports: Measurements) -> Origin:
    """Return the origin of false reports (k,)."""
    return Origin(np.full(len(reports), -1), None)
