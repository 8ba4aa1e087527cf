"""What a track is worth stopping for: the people where it is foretold to come down, as surely as that is foretold."""

from typing import Literal

import numpy as np
from pydantic import Field

from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.core.spec import Length, PositiveCount, Spec


class PrioritiesSpec(Spec):
    """What shots are shared out by when there are not enough for all."""

    by: Literal["nothing", "people"] = Field(
        default="nothing",
        description="nothing: one warhead is worth another; people: those at its predicted impact point, by the "
        "defended assets",
    )
    radius: Length = Field(
        default="10 km", gt=0.0, description="Distance at which a warhead does exp(-1/2) of its harm to an asset"
    )
    elsewhere: PositiveCount = Field(
        default=10_000, description="People that an impact far from every asset counts for"
    )


def expected_people(latitude: float, longitude: float, covariance: Vector, assets: Vector, *, radius: float) -> float:
    """Return the people expected to be harmed by an impact at a place in rad with ``covariance`` (2, 2) in m2, east
    and north; ``assets`` (k, 3) are latitude and longitude in rad and people.

    An impact at distance d from an asset harms the share exp(-d^2 / 2 R^2) of its people. Averaged over a normal error
    S of the impact point at offset x that is sqrt(det R^2 I / det (R^2 I + S)) exp(-x' (R^2 I + S)^-1 x / 2), the
    convolution of two normal densities.
    """
    offset = _offsets(latitude, longitude, assets)
    spread = np.asarray(covariance) + radius * radius * np.eye(2)
    square = np.einsum("ki,ij,kj->k", offset, np.linalg.inv(spread), offset)
    return float(radius * radius / np.sqrt(np.linalg.det(spread)) * (assets[:, 2] @ np.exp(-0.5 * square)))


def _offsets(latitude: float, longitude: float, assets: Vector) -> Vector:
    """Return east and north in m (k, 2) from a place to the assets, true in distance and bearing from the place."""
    turn = assets[:, 1] - longitude
    east = np.cos(assets[:, 0]) * np.sin(turn)
    north = np.cos(latitude) * np.sin(assets[:, 0]) - np.sin(latitude) * np.cos(assets[:, 0]) * np.cos(turn)
    along = np.sin(latitude) * np.sin(assets[:, 0]) + np.cos(latitude) * np.cos(assets[:, 0]) * np.cos(turn)
    sine = np.hypot(east, north)
    distance = MEAN_RADIUS * np.arctan2(sine, along)
    return np.asarray(np.stack([east, north], axis=1) * (distance / np.maximum(sine, 1e-15))[:, None])
