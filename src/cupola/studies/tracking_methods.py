"""How published results of tracking are played: the planar re-entry problem, consistency bands, distances of sets."""

from collections.abc import Callable

import numpy as np

from cupola.core.earth import Vector
from cupola.core.units import parse_quantity
from cupola.studies.reproduce_case import Found, Inputs

FILTERS = ("extended", "unscented")


def _planar_fall(inputs: Inputs) -> Found:
    from cupola.studies.planar_reentry import fall

    x = fall(parse_quantity(inputs["time"], "time"))
    return {"x": 1e3 * float(x[0]), "y": 1e3 * float(x[1])}


def _planar_filter(inputs: Inputs) -> Found:
    from cupola.studies.planar_reentry import play

    kind = inputs["filter"]
    if kind not in FILTERS:
        raise ValueError(f"got the filter {kind!r}, accepted are {' and '.join(FILTERS)}")
    played = play(FILTERS.index(kind), int(inputs["runs"]), seed=int(inputs["seed"]))
    return {"position_rmse": 1e3 * played.rmse, "average_nees": played.anees}


def _nees_band(inputs: Inputs) -> Found:
    from cupola.tracking.consistency import average_band

    confidence = parse_quantity(inputs["confidence"], "dimensionless")
    low, high = average_band(int(inputs["runs"]), float(inputs["dimension"]), confidence)
    return {"band_low": low, "band_high": high}


def _set_distance(inputs: Inputs) -> Found:
    """Return how far two sets of points on a line are apart."""
    from cupola.tracking.metrics import gospa, ospa

    truth, tracks = _points(inputs["truth"]), _points(inputs["tracks"])
    cutoff, order = float(inputs["cutoff"]), float(inputs["order"])
    return {
        "ospa": ospa(truth, tracks, cutoff=cutoff, order=order).distance,
        "gospa": gospa(truth, tracks, cutoff=cutoff, order=order).distance,
    }


def _points(text: str) -> Vector:
    return np.array([[float(part)] for part in text.split(",")])


METHODS: dict[str, Callable[[Inputs], Found]] = {
    "planar-fall": _planar_fall,
    "planar-filter": _planar_filter,
    "nees-band": _nees_band,
    "set-distance": _set_distance,
}
