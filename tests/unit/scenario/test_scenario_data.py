"""The packaged tables, against facts of geography."""

import functools

import numpy as np
from numpy.typing import NDArray

from cupola.scenario.data import cities, coastlines


@functools.cache
def segments() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the starts and ends (n, 2) of every piece of coastline that is not level."""
    starts = np.concatenate([line[:-1] for line in coastlines()])
    ends = np.concatenate([line[1:] for line in coastlines()])
    rises = starts[:, 1] != ends[:, 1]
    return starts[rises], ends[rises]


def inside(longitude: float, latitude: float) -> bool:
    """Whether a point is on land: the parity of coastlines crossed going east (ray casting)."""
    a, b = segments()
    straddle = (a[:, 1] > latitude) != (b[:, 1] > latitude)
    meet = a[:, 0] + (latitude - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return int(np.count_nonzero(straddle & (meet > longitude))) % 2 == 1


def test_coastlines_are_closed_and_on_the_map() -> None:
    for line in coastlines():
        assert np.array_equal(line[0], line[-1])
        assert np.abs(line[:, 0]).max() <= 180.0
        assert np.abs(line[:, 1]).max() <= 90.0


def test_land_is_land_and_sea_is_sea() -> None:
    for longitude, latitude in ((-98.5, 39.8), (126.0, 39.5), (-150.0, 65.0), (134.0, -25.0), (25.0, -29.0)):
        assert inside(longitude, latitude)
    for longitude, latitude in ((-40.0, 35.0), (-160.0, 0.0), (135.0, 40.0), (51.0, 42.0), (80.0, -30.0)):
        assert not inside(longitude, latitude)


def test_nearly_every_large_city_stands_on_the_drawn_land() -> None:
    large = [city for city in cities() if city.population >= 2_000_000]
    on_land = sum(inside(city.longitude_deg, city.latitude_deg) for city in large)
    assert on_land / len(large) > 0.9


def test_cities_are_sorted_and_on_the_map() -> None:
    populations = [city.population for city in cities()]
    assert populations == sorted(populations, reverse=True)
    assert all(abs(city.latitude_deg) <= 90 and abs(city.longitude_deg) <= 180 for city in cities())
    washington = next(city for city in cities() if city.name == "Washington")
    assert (round(washington.latitude_deg, 1), round(washington.longitude_deg, 1)) == (38.9, -77.0)
