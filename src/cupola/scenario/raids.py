"""From what a user writes of a raid to launch points, aim points and specs."""

import heapq
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import EQUATORIAL_RADIUS, central_angle, great_circle_point
from cupola.scenario.catalogue import Entry, entry
from cupola.scenario.data import City, cities
from cupola.scenario.errors import ScenarioError, did_you_mean
from cupola.scenario.places import AssetListSpec, RegionSpec, SiteSpec
from cupola.scenario.schema import Aim, DecoyGroup, DefendedRecord, Place, RaidGroup
from cupola.scenario.user import DecoyCounts, FromRegion, FromSite, Point, RaidEntry, ToAssets, ToCity

DECOYS = {
    "credible": "decoy-credible-notional",
    "light": "decoy-light-notional",
    "tank": "tank-notional",
    "debris": "debris-notional",
}

# The golden angle spreads any number of launchers evenly over a disc (Vogel 1979, Mathematical Biosciences 44).
_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))


def raid_group(raid: RaidEntry, name: str, default_to: ToAssets | None, nations: Sequence[str]) -> RaidGroup:
    """Return a raid entry looked up: threat, launches, aims; ``default_to`` stands in for a missing ``to``."""
    to = raid.to if raid.to is not None else default_to
    if to is None:
        raise ScenarioError("the key 'to' is missing, and the scenario names no 'defended' assets to aim at")
    return RaidGroup.model_construct(
        name=name,
        model=raid.threat,
        threat=entry("threats", raid.threat).spec,
        launches=launches(raid.from_, raid.count),
        aims=aims(to, raid.count, nations if raid.to is None else ()),
        further_aims=tuple(_single(further, "a further aim") for further in raid.further_aims),
        waypoints=tuple(_single(point, "a waypoint") for point in raid.waypoints),
        salvo=raid.timing.salvo,
        start=raid.timing.start,
        apogee=raid.apogee,
        decoys=decoys(raid.decoys),
    )


def decoys(counts: DecoyCounts) -> tuple[DecoyGroup, ...]:
    """Return what a raid entry releases beside warheads, by kind, leaving out kinds of which there are none."""
    return tuple(
        DecoyGroup(
            model=model, spec=entry("decoys", model).spec, count=getattr(counts, kind), credible=kind == "credible"
        )
        for kind, model in DECOYS.items()
        if getattr(counts, kind)
    )


def launches(origin: FromRegion | FromSite | Point, count: int) -> tuple[Place, ...]:
    """Return ``count`` launch points: one point repeated, or a region's areas in turn, dispersed around each."""
    if isinstance(origin, Point):
        name = origin.name or f"{math.degrees(origin.latitude):.2f}, {math.degrees(origin.longitude):.2f}"
        place = Place.model_construct(**{**origin.model_dump(), "name": name, "boresights": ()})
        return (place,) * count
    if isinstance(origin, FromSite):
        site = entry("sites", origin.site)
        if not isinstance(site.spec, SiteSpec):
            raise ScenarioError(f"got {origin.site!r}, which is a group of sites; accepted is one site")
        return (site_place(site, ()),) * count
    region: RegionSpec = entry("regions", origin.region).spec
    areas = list(region.areas.items())
    in_area = [count // len(areas) + (index < count % len(areas)) for index in range(len(areas))]
    out = []
    for launch in range(count):
        index, turn = launch % len(areas), launch // len(areas)
        name, area = areas[index]
        radius = region.dispersal * math.sqrt((turn + 0.5) / in_area[index]) if in_area[index] > 1 else 0.0
        latitude, longitude = great_circle_point(*area.position, turn * _GOLDEN_ANGLE, radius / EQUATORIAL_RADIUS)
        out.append(_place(name, latitude, longitude, region.nation))
    return tuple(out)


def aims(to: ToAssets | ToCity | Point, count: int, nations: Sequence[str] = ()) -> tuple[Aim, ...]:
    """Return ``count`` aim points, in the order in which launches are given them."""
    if isinstance(to, Point):
        name = to.name or f"{math.degrees(to.latitude):.2f}, {math.degrees(to.longitude):.2f}"
        aim = Aim.model_construct(
            name=name, latitude=to.latitude, longitude=to.longitude, population=0, nation=to.nation
        )
        return (aim,) * count
    if isinstance(to, ToCity):
        return (city_aim(find_city(to.city)),) * count
    listed = asset_cities(to.assets, nations)
    if to.allocate == "by-population":
        order = webster([city.population for city in listed], count)
    elif to.allocate == "uniform":
        order = evenly(len(listed), count)
    else:
        if count > len(listed):
            raise ScenarioError(f"got {count} missiles one each; accepted are at most the {len(listed)} assets")
        order = list(range(count))
    return tuple(city_aim(listed[index]) for index in order)


def _single(to: ToAssets | ToCity | Point, what: str) -> Aim:
    if isinstance(to, ToAssets):
        raise ScenarioError(f"got the asset list {to.assets!r} as {what}; accepted is a city or a point")
    return aims(to, 1)[0]


def webster(weights: Sequence[int], seats: int) -> list[int]:
    """Return which index each of ``seats`` goes to, in order, by Webster's method.

    Each goes to the largest weight / (2 n + 1), n being what it holds already (Balinski and Young 1982, Fair
    Representation): none strays less from proportion, and a further missile never moves an earlier one.
    Ties go to the earlier index.
    """
    queue = [(-float(weight), index, 0) for index, weight in enumerate(weights) if weight > 0]
    heapq.heapify(queue)
    order = []
    for _ in range(seats):
        _, index, held = heapq.heappop(queue)
        order.append(index)
        heapq.heappush(queue, (-weights[index] / (2.0 * (held + 1) + 1.0), index, held + 1))
    return order


def evenly(size: int, count: int) -> list[int]:
    """Return ``count`` indexes spread evenly over a list of ``size``, each used once before any is used again."""
    whole, rest = divmod(count, size)
    return [*list(range(size)) * whole, *((2 * i + 1) * size // (2 * rest) for i in range(rest))]


def asset_cities(name: str, nations: Sequence[str] = ()) -> tuple[City, ...]:
    """Return the cities of an asset list, the largest first, only those in ``nations`` when any are given."""
    rule: AssetListSpec = entry("assets", name).spec
    chosen: list[City] = []
    for city in cities():
        if rule.limit is not None and len(chosen) == rule.limit:
            break
        if city.population < rule.minimum_population or (rule.nations and city.nation not in rule.nations):
            continue
        if rule.separation and any(_distance(city, other) < rule.separation for other in chosen):
            continue
        chosen.append(city)
    listed = tuple(city for city in chosen if not nations or city.nation in nations)
    if not listed:
        raise ScenarioError(f"the asset list {name!r} holds nothing in {', '.join(nations)}")
    return listed


def defended_places(defended: DefendedRecord | None) -> NDArray[np.float64]:
    """Return latitude and longitude in rad and people (k, 3) of what a scenario defends.

    Raises :class:`ScenarioError` where it says nothing of that, or was resolved with another list of cities.
    """
    if defended is None:
        raise ScenarioError("got people, but the scenario names no 'defended' assets, whose people would count")
    listed = asset_cities(defended.assets, defended.nations)
    if sum(city.population for city in listed) != defended.population:
        raise ScenarioError(f"the catalogue's list {defended.assets!r} is not the one that this scenario was made with")
    table = np.array([(city.latitude_deg, city.longitude_deg, city.population) for city in listed], dtype=np.float64)
    table[:, :2] = np.radians(table[:, :2])
    return table


def find_city(text: str) -> City:
    """Return the largest city that ``"Portland"``, ``"Portland, Maine"`` or ``"Portland, Maine, US"`` means."""
    name, *where = [part.strip() for part in text.split(",")]
    for city in cities():
        if city.name.casefold() == name.casefold() and all(w in (city.region, city.nation) for w in where):
            return city
    raise ScenarioError(f"unknown city {text!r}{did_you_mean(name, {city.name for city in cities()})}")


def city_aim(city: City) -> Aim:
    """Return a city as an aim point."""
    return Aim.model_construct(
        name=city.name,
        latitude=math.radians(city.latitude_deg),
        longitude=math.radians(city.longitude_deg),
        population=city.population,
        nation=city.nation,
    )


def site_place(site: Entry, boresights: Sequence[float]) -> Place:
    """Return a catalogue site as a place with a radar's boresights in rad."""
    spec: SiteSpec = site.spec
    return Place.model_construct(
        name=site.name,
        latitude=spec.position[0],
        longitude=spec.position[1],
        altitude=spec.altitude,
        nation=spec.nation,
        boresights=tuple(boresights),
    )


def _place(name: str, latitude: float, longitude: float, nation: str) -> Place:
    return Place.model_construct(
        name=name, latitude=latitude, longitude=longitude, altitude=0.0, nation=nation, boresights=()
    )


def _distance(a: City, b: City) -> float:
    angles = (math.radians(x) for x in (a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg))
    return EQUATORIAL_RADIUS * central_angle(*angles)
