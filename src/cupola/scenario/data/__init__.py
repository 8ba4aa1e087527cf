"""Packaged tables: the world's cities and coastlines. Where they come from stands in SOURCES.md beside them."""

import csv
import functools
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_HERE = files("cupola.scenario.data")


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """A city of the world table; ``region`` is the state or province in the United States and Canada, else empty."""

    name: str
    region: str
    nation: str
    latitude_deg: float
    longitude_deg: float
    population: int


@functools.cache
def cities() -> tuple[City, ...]:
    """Return the world's cities of 100,000 people or more (50,000 in the US and Canada), the largest first."""
    with (_HERE / "cities.csv").open("r", encoding="utf-8") as file:
        return tuple(
            City(
                name=row["name"],
                region=row["region"],
                nation=row["nation"],
                latitude_deg=float(row["latitude_deg"]),
                longitude_deg=float(row["longitude_deg"]),
                population=int(row["population"]),
            )
            for row in csv.DictReader(file)
        )


@functools.cache
def coastlines() -> tuple[NDArray[np.float64], ...]:
    """Return the world's coastlines as closed lines (n, 2) of longitude, latitude in degrees, to about 5 km."""
    with (_HERE / "coastline.npz").open("rb") as file, np.load(file) as data:
        points, starts = data["points"].astype(np.float64) / 100.0, data["starts"]
    return tuple(points[a:b] for a, b in pairwise(starts))
