"""From what a user writes of sensors and interceptors to groups at real places, minus what allies do not share."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cupola.interceptors.aerial import AerialInterceptorSpec
from cupola.interceptors.kinds import InterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.orbits.spec import GeostationarySpec, WalkerSpec
from cupola.scenario.catalogue import entry, names
from cupola.scenario.data import City
from cupola.scenario.errors import ScenarioError
from cupola.scenario.places import CapabilitySpec, SiteGroupSpec, SiteListSpec, SiteSpec
from cupola.scenario.raids import asset_cities, city_aim, site_place
from cupola.scenario.schema import AllyRecord, InterceptorGroup, Place, SensorGroup
from cupola.scenario.user import (
    Ally,
    GroundInterceptors,
    GroundSensors,
    InlineSite,
    SiteReference,
    SpaceInterceptors,
    SpaceSensors,
)

HOME = "US"
IN_ORBIT = ("infrared", "space-radar")
"""Kinds of sensors that satellites carry; all others stand at sites or, on aircraft, about them"""


@dataclass(frozen=True, kw_only=True)
class Coalition:
    """Which nation shares what, and a tally of what that used and removed."""

    allies: Mapping[str, Ally]
    used: dict[str, list[str]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)

    def grants(self, model: str, place: Place) -> bool:
        """Whether the nation in which ``place`` lies lets ``model`` there take part; the answer is tallied."""
        ally = self.allies.get(place.nation)
        allowed = ally is None or (ally.participates and (ally.shares is None or model in _models(ally.shares)))
        if place.nation and (ally is not None or place.nation != HOME):
            (self.used if allowed else self.removed).setdefault(place.nation, []).append(f"{model}@{place.name}")
        return allowed

    def records(self) -> tuple[AllyRecord, ...]:
        """Return one record per nation that is named or has a site in the scenario."""
        nations = sorted({*self.allies, *self.used, *self.removed})
        return tuple(self._record(nation, self.allies.get(nation, Ally())) for nation in nations)

    def _record(self, nation: str, ally: Ally) -> AllyRecord:
        placed = {name.rpartition("@")[0] for name in (*self.used.get(nation, ()), *self.removed.get(nation, ()))}
        shared = [entry("capabilities", n) for n in ally.shares or () if n in names("capabilities")]
        idle = [each for each in shared if not placed.intersection(each.spec.sensors)]
        return AllyRecord(
            nation=nation,
            participates=ally.participates,
            shares=ally.shares,
            used=tuple(self.used.get(nation, ())),
            removed=tuple(self.removed.get(nation, ())),
            not_simulated=tuple(f"{each.title}: {_why_idle(each.spec)}" for each in idle),
        )


def _models(shares: Sequence[str]) -> set[str]:
    """Return the models that shares let take part: those named, and those that a named capability is made of."""
    capabilities = names("capabilities")
    made_of = {
        model for share in shares if share in capabilities for model in entry("capabilities", share).spec.sensors
    }
    return {*shares, *made_of}


def _why_idle(capability: CapabilitySpec) -> str:
    if not capability.sensors:
        return capability.reason
    return f"the scenario places none of its sensors there ({', '.join(capability.sensors)})"


def sensor_group(item: SpaceSensors | GroundSensors, coalition: Coalition) -> SensorGroup | None:
    """Return a sensor entry with its model and places looked up; none when allies share none of its sites."""
    if isinstance(item, SpaceSensors):
        model = entry("sensors", item.constellation)
        if model.spec.kind not in IN_ORBIT:
            raise ScenarioError(
                f"{model.name!r} is a radar on the ground or in the air; accepted is {{site: {model.name}, at: ...}}"
            )
        row = None if item.longitudes is None else GeostationarySpec.model_construct(longitudes=item.longitudes)
        constellation = item.walker or item.elliptic or row or model.deployment
        if constellation is None:
            raise ScenarioError(
                f"{model.name!r} has no deployment in the catalogue; give it a walker, longitudes or elliptic"
            )
        return SensorGroup.model_construct(
            name=item.name or model.name, model=model.name, spec=model.spec, constellation=constellation, sites=()
        )
    model = entry("sensors", item.site)
    if model.spec.kind in IN_ORBIT:
        raise ScenarioError(f"{model.name!r} is carried by satellites; accepted is {{constellation: {model.name}}}")
    sites = tuple(
        place for place in places(model.name, item.at, item.boresights) if coalition.grants(model.name, place)
    )
    for place in sites:
        if not place.boresights and model.spec.azimuth_width < math.tau - 1e-9:
            width = math.degrees(model.spec.azimuth_width)
            raise ScenarioError(
                f"{model.name!r} covers {width:.0f} deg of azimuth, and it has no known boresight at {place.name!r}; "
                "give the entry boresights, e.g. ['310 deg']"
            )
    if not sites:
        return None
    name = item.name or (_named(model.name, sites[0]) if len(item.at) == 1 and len(sites) == 1 else model.name)
    return SensorGroup.model_construct(name=name, model=model.name, spec=model.spec, constellation=None, sites=sites)


def interceptor_groups(item: SpaceInterceptors | GroundInterceptors, coalition: Coalition) -> list[InterceptorGroup]:
    """Return an interceptor entry as groups, one per site or one for the constellation."""
    if isinstance(item, SpaceInterceptors):
        return [_space_group(item)]
    model = entry("interceptors", item.site)
    if model.spec.kind == "space-based":
        raise ScenarioError(f"{model.name!r} waits in orbit; accepted is {{constellation: {model.name}, walker: ...}}")
    _fits(item, model.name, model.spec)
    groups = []
    everywhere = places(model.name, item.at, None)
    for place in everywhere:
        if not coalition.grants(model.name, place):
            continue
        groups.append(
            InterceptorGroup.model_construct(
                name=item.name if item.name and len(everywhere) == 1 else _named(item.name or model.name, place),
                model=model.name,
                layer=item.layer or model.spec.layer,
                spec=model.spec,
                constellation=None,
                per_satellite=1,
                availability=None,
                site=place,
                launcher=item.launcher,
                patrol=item.patrol,
                inventory=_inventory(item, model.name, model.spec, place),
            )
        )
    return groups


def _fits(item: GroundInterceptors, model: str, spec: InterceptorSpec) -> None:
    """Raise :class:`ScenarioError` where launchers or aircraft are given to a weapon that has none, or lack."""
    flown = isinstance(spec, AerialInterceptorSpec) and spec.aircraft is not None
    if flown and item.patrol is None:
        raise ScenarioError(f"{model!r} is carried by aircraft; give the entry a patrol, e.g. {{aircraft: 2}}")
    if item.patrol is not None and not flown:
        raise ScenarioError(f"{model!r} is not carried by aircraft; take the patrol out")
    if item.patrol is not None and item.inventory is not None:
        raise ScenarioError(f"{model!r} has as many missiles as its aircraft carry; take the inventory out")
    if item.launcher is not None and (flown or isinstance(spec, LaserSpec)):
        raise ScenarioError(f"{model!r} has no launchers to reload; take the launcher out")


def _inventory(item: GroundInterceptors, model: str, spec: InterceptorSpec, place: Place) -> int:
    if item.inventory is not None:
        return item.inventory
    if isinstance(spec, AerialInterceptorSpec) and spec.aircraft is not None and item.patrol is not None:
        return item.patrol.aircraft * spec.aircraft.missiles
    return spec.magazine if isinstance(spec, LaserSpec) else _public_inventory(model, place)


def _space_group(item: SpaceInterceptors) -> InterceptorGroup:
    model = entry("interceptors", item.constellation)
    if model.spec.kind != "space-based":
        raise ScenarioError(f"{model.name!r} stands on the ground; accepted is {{site: {model.name}, at: ...}}")
    walker = item.walker or model.deployment
    if not isinstance(walker, WalkerSpec):
        raise ScenarioError(f"{model.name!r} has no deployment in the catalogue; give it a walker")
    return InterceptorGroup.model_construct(
        name=item.name or model.name,
        model=model.name,
        layer=item.layer or model.spec.layer,
        spec=model.spec,
        constellation=walker,
        per_satellite=item.per_satellite,
        availability=item.availability,
        site=None,
        launcher=None,
        patrol=None,
        inventory=walker.total * item.per_satellite,
    )


def places(model: str, at: Sequence[SiteReference], boresights: Sequence[float] | None) -> list[Place]:
    """Return where ``at`` is: catalogue sites, site groups spelled out, inline sites; with boresights for ``model``."""
    out: list[Place] = []
    for reference in at:
        if isinstance(reference, InlineSite):
            fields = reference.model_dump()
            out.append(Place.model_construct(**{**fields, "boresights": tuple(boresights or fields["boresights"])}))
            continue
        site = entry("sites", reference)
        if isinstance(site.spec, SiteGroupSpec):
            out += [_city_place(city, boresights or ()) for city in asset_cities(site.spec.assets)]
            continue
        if isinstance(site.spec, SiteListSpec):
            out += [_listed_place(name, site.spec, boresights or ()) for name in site.spec.positions]
            continue
        spec: SiteSpec = site.spec
        out.append(site_place(site, boresights if boresights is not None else spec.boresights.get(model, ())))
    return out


def _listed_place(name: str, sites: SiteListSpec, boresights: Sequence[float]) -> Place:
    latitude, longitude = sites.positions[name]
    return Place.model_construct(
        name=name,
        latitude=latitude,
        longitude=longitude,
        altitude=sites.altitude,
        nation=sites.nation,
        boresights=tuple(boresights),
    )


def _city_place(city: City, boresights: Sequence[float]) -> Place:
    aim = city_aim(city)
    return Place.model_construct(
        name=aim.name,
        latitude=aim.latitude,
        longitude=aim.longitude,
        altitude=0.0,
        nation=aim.nation,
        boresights=tuple(boresights),
    )


def _named(model: str, place: Place) -> str:
    """Return a group name that can stand in a path: ``thaad-new-york-city``."""
    return f"{model}-{place.name.lower().replace(' ', '-').replace('.', '')}"


def _public_inventory(model: str, place: Place) -> int:
    known = names("sites")
    inventory: dict[str, int] = entry("sites", place.name).spec.inventory if place.name in known else {}
    if model not in inventory:
        raise ScenarioError(f"no public inventory of {model!r} is known at {place.name!r}; give the entry an inventory")
    return inventory[model]
