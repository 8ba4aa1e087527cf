"""One flight asked for in words: what is passed on, and what is never passed off as an answer."""

import math
from dataclasses import replace
from typing import Any

import pytest

from cupola.scenario.errors import ScenarioError
from cupola.scenario.points import parse_point, written
from cupola.studies import flights
from cupola.studies.flights import describe, fly
from cupola.threats import kinds
from cupola.threats.flight import Flight, InfeasibleFlight


@pytest.fixture(scope="module", name="scud")
def _scud() -> Flight:
    return fly("srbm-scud-b-class", (39.0, 125.7), range="250 km")


def test_a_flight_that_ends_elsewhere_is_no_answer(scud: Flight, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = replace(scud, impact=(scud.impact[0] + 2e-4, scud.impact[1]))
    monkeypatch.setattr(flights.kinds, "fly", lambda *arguments, **options: lost)
    with pytest.raises(InfeasibleFlight, match="no flight was found that ends at"):
        fly("srbm-scud-b-class", (39.0, 125.7), range="250 km")


def test_waypoints_reach_the_threats_that_follow_them(scud: Flight, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def follow(spec: Any, launch: Any, aim: Any, apogee: Any, *, waypoints: Any = ()) -> Flight:
        seen["waypoints"] = waypoints
        return replace(scud, impact=aim)

    monkeypatch.setattr(kinds, "fly", follow)
    fly("srbm-scud-b-class", (39.0, 125.7), (40.0, 126.0), waypoints=["39.5,125.8", (39.7, 126.1)])
    assert seen["waypoints"] == (parse_point("39.5,125.8"), parse_point("39.7,126.1"))


def test_a_spec_of_ones_own_flies_without_the_catalogue(scud: Flight) -> None:
    own = fly(scud.spec, (39.0, 125.7), range="250 km")
    assert own.flight_time_s == scud.flight_time_s
    document = describe(own)
    assert document["title"] == scud.spec.title
    assert (document["sources"], document["values"]) == ([], 0)


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("39.0,125.7", 39.0, 125.7),
        (" -33.9 , +151.2 ", -33.9, 151.2),
        ("33.9S, 151.2 e", -33.9, 151.2),
        ("38.9°N,77.0°W", 38.9, -77.0),
        ("90,180", 90.0, 180.0),
        (".5,-1e1", 0.5, -10.0),
    ],
)
def test_places_are_read_as_people_write_them(text: str, latitude: float, longitude: float) -> None:
    assert [math.degrees(value) for value in parse_point(text)] == pytest.approx([latitude, longitude])


def test_a_city_of_a_state_is_found_and_places_are_written_back() -> None:
    assert parse_point("Portland, Maine") != parse_point("Portland, Oregon")
    assert written(*parse_point("-33.9,151.2")) == "33.90° S, 151.20° E"
    with pytest.raises(ScenarioError, match="unknown city 'Portland, Main'"):
        parse_point("Portland, Main")
