"""Sharing missiles out among aim points, spreading launchers, finding cities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cupola.core.earth import MEAN_RADIUS, central_angle
from cupola.scenario.data import cities
from cupola.scenario.errors import ScenarioError
from cupola.scenario.raids import aims, asset_cities, evenly, find_city, launches, raid_group, webster
from cupola.scenario.raids import decoys as released
from cupola.scenario.user import DecoyCounts, FromRegion, RaidEntry, ToAssets


def test_webster_agrees_with_the_first_apportionment_of_the_house() -> None:
    # The census of 1790 by Webster's method, as Jefferson and Hamilton disputed it for 105 seats: Balinski and Young
    # (1982), Fair Representation, appendix B, give Virginia 18, Delaware 2, Massachusetts 14.
    people = {
        "Connecticut": 236841, "Delaware": 55540, "Georgia": 70835, "Kentucky": 68705, "Maryland": 278514,
        "Massachusetts": 475327, "New Hampshire": 141822, "New Jersey": 179570, "New York": 331589,
        "North Carolina": 353523, "Pennsylvania": 432879, "Rhode Island": 68446, "South Carolina": 206236,
        "Vermont": 85533, "Virginia": 630560,
    }  # fmt: skip
    order = webster(list(people.values()), 105)
    seats = dict(zip(people, (order.count(i) for i in range(len(people))), strict=True))
    expected = [7, 2, 2, 2, 8, 14, 4, 5, 10, 10, 13, 2, 6, 2, 18]
    assert seats == dict(zip(people, expected, strict=True))


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=30), st.integers(0, 60))
def test_one_more_missile_moves_no_other(weights: list[int], count: int) -> None:
    assert webster(weights, count + 1)[:count] == webster(weights, count)


@given(st.integers(1, 50), st.integers(0, 200))
def test_even_allocation_uses_each_asset_as_often_as_any_other(size: int, count: int) -> None:
    uses = [evenly(size, count).count(i) for i in range(size)]
    assert sum(uses) == count
    assert max(uses) - min(uses) <= 1


def test_ten_missiles_by_population_go_to_the_largest_cities() -> None:
    named = [aim.name for aim in aims(ToAssets(assets="us-cities"), 10)]
    assert named[:2] == ["New York City", "Los Angeles"]
    assert named.count("New York City") == 3
    assert {"Chicago", "Houston", "Phoenix"} <= set(named)


def test_one_each_refuses_more_missiles_than_assets() -> None:
    with pytest.raises(ScenarioError, match="got 400 missiles one each"):
        aims(ToAssets(assets="us-cities", allocate="one-each"), 400)


def test_launchers_of_one_area_stand_apart_but_within_its_dispersal() -> None:
    places = launches(FromRegion(region="north-korea"), 23)
    assert len({(place.latitude, place.longitude) for place in places}) == 23
    home = [place for place in places if place.name == "sunan"]
    for place in home:
        away = MEAN_RADIUS * central_angle(math.radians(39.2), math.radians(125.7), place.latitude, place.longitude)
        assert away <= 20.1e3


def test_cities_are_found_by_region_and_refused_with_a_hint() -> None:
    assert find_city("Portland").region == "Oregon"
    assert find_city("Portland, Maine").nation == "US"
    assert find_city("washington").population > 600_000
    with pytest.raises(ScenarioError, match="did you mean 'Washington'"):
        find_city("Washingtn")


def test_nobody_lives_in_two_cities() -> None:
    # New York's boroughs stood beside the city in the source; so did parts of Memphis, Boston and Montreal.
    names = {(city.name, city.region) for city in cities() if city.nation in ("US", "CA")}
    for part in ("Brooklyn", "Queens", "Manhattan", "The Bronx"):
        assert (part, "New York") not in names
    assert ("New South Memphis", "Tennessee") not in names
    sums = {n: sum(c.population for c in cities() if c.nation == n) for n in ("US", "CA", "JP", "GB", "CN", "RU", "KP")}
    # Share of each nation's people (United Nations, World Urbanization Prospects 2018) who live in listed cities.
    people = {"US": 327e6, "CA": 37e6, "JP": 127e6, "GB": 66e6, "CN": 1428e6, "RU": 146e6, "KP": 25.5e6}
    for nation, total in sums.items():
        assert 0.2 < total / people[nation] < 0.8, nation


def test_regional_sectors_reach_alaska_and_hawaii_and_stand_apart() -> None:
    sectors = asset_cities("us-regional-sectors")
    assert {"Anchorage", "Honolulu", "New York City"} <= {city.name for city in sectors}
    for i, a in enumerate(sectors):
        for b in sectors[:i]:
            angles = [math.radians(x) for x in (a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)]
            assert MEAN_RADIUS * central_angle(*angles) > 199e3


def _group(*further: dict[str, str]) -> list[str]:
    written = {
        "threat": "icbm-solid-china-notional",
        "count": 2,
        "from": {"region": "china"},
        "to": {"city": "Los Angeles"},
        "further_aims": further,
    }
    return [aim.name for aim in raid_group(RaidEntry.model_validate(written), "x", None, ()).further_aims]


def test_further_aims_are_cities_or_points() -> None:
    assert _group({"city": "San Diego"}, {"latitude": "36 deg", "longitude": "-115 deg"}) == [
        "San Diego",
        "36.00, -115.00",
    ]
    written = {"threat": "cruise-sea-notional", "count": 1, "to": {"city": "Seattle"}}
    written |= {"from": {"latitude": "48 deg", "longitude": "-130 deg"}, "waypoints": [{"city": "Vancouver"}]}
    assert [p.name for p in raid_group(RaidEntry.model_validate(written), "x", None, ()).waypoints] == ["Vancouver"]
    with pytest.raises(ScenarioError, match="asset list 'us-cities' as a further aim; accepted is a city or a point"):
        _group({"assets": "us-cities"})


def test_a_raid_releases_tanks_and_debris_that_weigh_nothing_on_the_way_up() -> None:
    groups = released(DecoyCounts(light=2, tank=1, debris=5))
    assert [(g.model, g.spec.object_class, g.count) for g in groups] == [
        ("decoy-light-notional", "decoy", 2),
        ("tank-notional", "tank", 1),
        ("debris-notional", "debris", 5),
    ]
    assert [g.credible for g in groups] == [False] * 3
    assert [g.spec.payload_mass for g in groups] == [1.5, 0.0, 0.0]
    assert released(DecoyCounts()) == ()


@pytest.mark.parametrize("counts", [{"tank": -1}, {"debris": 2.5}, {"tanks": 1}, {"debris": "many"}])
def test_counts_of_what_is_released_are_whole_numbers_of_known_kinds(counts: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(counts))):
        DecoyCounts.model_validate(counts)
