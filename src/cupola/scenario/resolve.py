"""From the file that a user wrote to the resolved scenario: names looked up, overrides applied, sources kept."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cupola.battle.network import NetworkSpec
from cupola.scenario.catalogue import ASSUMED, Entry, cited, entry, names, references
from cupola.scenario.defaults import unstated_settings
from cupola.scenario.deploy import Coalition, interceptor_groups, sensor_group
from cupola.scenario.document import Document
from cupola.scenario.errors import KeyPath, Problem, ScenarioError, did_you_mean
from cupola.scenario.raids import asset_cities, defended_places, raid_group
from cupola.scenario.schema import (
    DefendedRecord,
    InterceptorGroup,
    ProgrammeFact,
    ProgrammeRecord,
    RaidGroup,
    Scenario,
    SensorGroup,
    SourcedValue,
)
from cupola.scenario.uncertainty import Distribution, is_distribution
from cupola.scenario.user import FromRegion, FromSite, SpaceInterceptors, SpaceSensors, ToAssets, UserScenario
from cupola.scenario.values import leaves_below, locate, with_values

_Result = TypeVar("_Result")

_TAKEN_OVER = (
    "name",
    "description",
    "seed",
    "runs",
    "environment",
    "tracking",
    "common_mode_failure",
    "feature_correlation",
    "compare",
)

# Shares of a distribution that must still give an accepted value: a campaign's samples stay well within.
_TAILS = (1e-9, 0.5, 1.0 - 1e-9)


@dataclass(kw_only=True)
class _Findings:
    """Problems found so far, so that a user sees all of them at once."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def attempt(self, path: KeyPath, work: Callable[..., _Result], *arguments: Any) -> _Result | None:
        """Return what ``work(*arguments)`` gives, or note its problems at ``path`` and return none."""
        try:
            return work(*arguments)
        except ScenarioError as error:
            self.problems += [p if p.file else self.document.problem(path, p.message) for p in error.problems]
            return None

    def stop_if_any(self) -> None:
        """Raise everything found as one error."""
        if self.problems:
            raise ScenarioError(*self.problems)


def resolve(user: UserScenario, document: Document) -> Scenario:
    """Return the resolved scenario of a user's file. Raises one :class:`ScenarioError` that lists everything wrong."""
    findings = _Findings(document=document)
    _check_allies(user, findings)
    coalition = Coalition(allies=user.allies)
    raid = _raid(user, findings)
    sensors = _sensors(user, coalition, findings)
    interceptors = _interceptors(user, coalition, findings)
    defended = findings.attempt(("defended",), _defended, user)
    programme = findings.attempt(("programme", "preset"), _programme, user)
    battle = user.battle.model_copy(
        update={
            "doctrine": _doctrine(user, interceptors, findings),
            "network": _network(user, sensors, interceptors, findings),
        }
    )
    if battle.priorities.by == "people":
        findings.attempt(("battle", "priorities", "by"), defended_places, defended)
    findings.stop_if_any()
    scenario = Scenario.model_construct(
        **{name: getattr(user, name) for name in _TAKEN_OVER},
        raid=raid,
        sensors=sensors,
        interceptors=interceptors,
        battle=battle,
        defended=defended,
        allies=coalition.records(),
        programme=programme,
        values=tuple(_catalogue_values(user, raid, sensors, interceptors)),
    )
    scenario = _overridden(user, scenario, findings)
    scenario = _stated_sources(user, scenario, findings)
    scenario = _uncertain(user, scenario, findings)
    scenario = scenario.model_copy(update={"values": (*scenario.values, *unstated_settings(scenario))})
    bibliography = findings.attempt((), cited, _sources(scenario))
    findings.stop_if_any()
    # Validated again as a whole, so that what is handed out is exactly what its own dump loads back to.
    complete = scenario.model_copy(update={"references": bibliography})
    return Scenario.model_validate(complete.model_dump(mode="json"))


def _check_allies(user: UserScenario, findings: _Findings) -> None:
    known = {name for group in ("sensors", "interceptors", "capabilities") for name in names(group)}
    for nation, ally in user.allies.items():
        for share in ally.shares or ():
            if share not in known:
                message = (
                    f"unknown model {share!r}; accepted are {', '.join(sorted(known))}{did_you_mean(share, known)}"
                )
                findings.problems.append(findings.document.problem(("allies", nation, "shares"), message))


def _raid(user: UserScenario, findings: _Findings) -> tuple[RaidGroup, ...]:
    defended = user.defended
    default_to = ToAssets(assets=defended.assets) if defended else None
    nations = defended.nations if defended else ()
    found: list[RaidGroup] = []
    for index, item in enumerate(user.raid):
        name = _unique(item.name or item.threat, [group.name for group in found])
        group = findings.attempt(
            ("raid", index), lambda item=item, name=name: raid_group(item, name, default_to, nations)
        )
        found += [group] if group else []
    return tuple(found)


def _sensors(user: UserScenario, coalition: Coalition, findings: _Findings) -> tuple[SensorGroup, ...]:
    found: list[SensorGroup] = []
    for index, item in enumerate(user.sensors):
        group = findings.attempt(("sensors", index), sensor_group, item, coalition)
        if group:
            found.append(group.model_copy(update={"name": _unique(group.name, [other.name for other in found])}))
    return tuple(found)


def _interceptors(user: UserScenario, coalition: Coalition, findings: _Findings) -> tuple[InterceptorGroup, ...]:
    found: list[InterceptorGroup] = []
    for index, item in enumerate(user.interceptors):
        groups = findings.attempt(("interceptors", index), interceptor_groups, item, coalition)
        for group in groups or ():
            found.append(group.model_copy(update={"name": _unique(group.name, [other.name for other in found])}))
    return tuple(found)


def _unique(name: str, taken: list[str]) -> str:
    number = 2
    candidate = name
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate


def _defended(user: UserScenario) -> DefendedRecord | None:
    if user.defended is None:
        return None
    listed = asset_cities(user.defended.assets, user.defended.nations)
    return DefendedRecord(
        assets=user.defended.assets,
        nations=user.defended.nations,
        places=len(listed),
        population=sum(city.population for city in listed),
    )


def _programme(user: UserScenario) -> ProgrammeRecord | None:
    if user.programme is None:
        return None
    found = entry("programmes", user.programme.preset)
    facts = [
        ProgrammeFact(date=v.path.split(".")[2], fact=v.value, source=v.source, confidence=v.confidence)
        for v in found.values
    ]
    return ProgrammeRecord(name=found.name, title=found.title, facts=tuple(sorted(facts, key=lambda fact: fact.date)))


def _doctrine(user: UserScenario, groups: tuple[InterceptorGroup, ...], findings: _Findings) -> dict[str, Any]:
    """Return the doctrine of the layers there are; one inherited for a layer that this file replaced falls away."""
    layers = sorted({group.layer for group in groups})
    path = ("battle", "doctrine")
    kept = _known(((name, (*path, name)) for name in user.battle.doctrine), "layer", layers, findings)
    return {layer: user.battle.doctrine[layer] for layer in kept}


def _network(
    user: UserScenario,
    sensors: tuple[SensorGroup, ...],
    groups: tuple[InterceptorGroup, ...],
    findings: _Findings,
) -> NetworkSpec:
    """Return the network between the sensors and layers there are; what is inherited for others falls away."""
    network, place = user.battle.network, ("battle", "network")
    layers, names = sorted({group.layer for group in groups}), [sensor.name for sensor in sensors]

    def listed(part: str, what: str, known: Sequence[str]) -> list[str]:
        return _known(((name, (*place, part, name)) for name in getattr(network, part)), what, known, findings)

    own: dict[str, tuple[str, ...]] = {}
    for layer in listed("own_sensors", "layer", layers):
        paths = ((name, (*place, "own_sensors", layer, i)) for i, name in enumerate(network.own_sensors[layer]))
        own[layer] = tuple(_known(paths, "sensor group", names, findings))
        doctrine = user.battle.doctrine.get(layer)
        if not own[layer] and doctrine is not None and doctrine.authority == "layer":
            message = "got layer, but none of its own sensors is in this scenario; accepted are national and delegated"
            path = ("battle", "doctrine", layer, "authority")
            findings.problems.append(findings.document.problem(path, message))
    return network.model_copy(
        update={
            "sensors": {name: network.sensors[name] for name in listed("sensors", "sensor group", names)},
            "layers": {name: network.layers[name] for name in listed("layers", "layer", layers)},
            "own_sensors": own,
        }
    )


def _known(given: Iterable[tuple[str, KeyPath]], what: str, known: Sequence[str], findings: _Findings) -> list[str]:
    """Return the names that are known; others are problems, unless they were inherited for what is no more."""
    kept = []
    for name, path in given:
        if name in known:
            kept.append(name)
        elif not findings.document.inherited(path) and not findings.problems:
            accepted = ", ".join(known) or f"none, as there is no {what}"
            message = f"unknown {what} {name!r}; accepted are {accepted}{did_you_mean(name, known)}"
            findings.problems.append(findings.document.problem(path, message))
    return kept


def _catalogue_values(
    user: UserScenario,
    raid: tuple[RaidGroup, ...],
    sensors: tuple[SensorGroup, ...],
    interceptors: tuple[InterceptorGroup, ...],
) -> Iterable[SourcedValue]:
    used: dict[tuple[str, str], Entry] = {}

    def add(group: str, name: str) -> None:
        if name in names(group):
            used.setdefault((group, name), entry(group, name))

    for item, group in zip(user.raid, raid, strict=True):
        add("threats", group.model)
        for decoy in group.decoys:
            add("decoys", decoy.model)
        if isinstance(item.from_, FromRegion):
            add("regions", item.from_.region)
        elif isinstance(item.from_, FromSite):
            add("sites", item.from_.site)
        if isinstance(item.to, ToAssets):
            add("assets", item.to.assets)
    for sensor in sensors:
        add("sensors", sensor.model)
        for place in sensor.sites:
            add("sites", place.name)
    for interceptor in interceptors:
        add("interceptors", interceptor.model)
        if interceptor.site:
            add("sites", interceptor.site.name)
    for entries in user.sensors, user.interceptors:
        for deployed in entries:
            for reference in getattr(deployed, "at", ()):
                if isinstance(reference, str):
                    add("sites", reference)
    if user.defended:
        add("assets", user.defended.assets)
    written_out = {
        item.constellation
        for item in (*user.sensors, *user.interceptors)
        if isinstance(item, SpaceSensors | SpaceInterceptors)
        and any(getattr(item, name, None) is not None for name in ("walker", "longitudes", "elliptic"))
    }
    for (_, name), found in used.items():
        hidden = f"{name}.deployment." if name in written_out else None
        yield from (v for v in found.values if hidden is None or not v.path.startswith(hidden))


def _stated_sources(user: UserScenario, scenario: Scenario, findings: _Findings) -> Scenario:
    """Return the scenario with the sources that its file states for its own numbers, its overrides among them."""
    known = {value.path: value for value in scenario.values}
    stated: dict[str, SourcedValue] = {}
    for path, note in user.sources.items():
        place: KeyPath = ("sources", path)
        if note.source != ASSUMED and note.source not in references():
            hint = did_you_mean(note.source, references())
            findings.problems.append(findings.document.problem(place, f"unknown source {note.source!r}{hint}"))
            continue
        leaves = _unless_inherited(findings, place, leaves_below, scenario, path)
        for leaf, value in leaves or ():
            reason = f"{note.note}. {known[leaf].note}" if leaf in known else note.note
            stated[leaf] = SourcedValue(
                path=leaf, value=value, source=note.source, confidence=note.confidence, note=reason
            )
    kept = tuple(value for value in scenario.values if value.path not in stated)
    return scenario.model_copy(update={"values": (*kept, *stated.values())})


def _overridden(user: UserScenario, scenario: Scenario, findings: _Findings) -> Scenario:
    for path, value in user.overrides.items():
        changed = _unless_inherited(findings, ("overrides", path), _fixed, scenario, path, value, True)
        scenario = changed or scenario
    return scenario


def _fixed(scenario: Scenario, path: str, value: object, record: bool) -> Scenario:
    return with_values(scenario, {path: value}, record=record)


def _uncertain(user: UserScenario, scenario: Scenario, findings: _Findings) -> Scenario:
    sampled: dict[str, str] = {}
    for path, written in user.uncertainty.items():
        place: KeyPath = ("uncertainty", path)
        if isinstance(written, str) and is_distribution(written):
            full_path = _unless_inherited(findings, place, _sampled, scenario, path, written)
            if full_path:
                sampled[full_path] = written
            continue
        replaces_a_value = path not in ("common_mode_failure", "feature_correlation")
        changed = _unless_inherited(findings, place, _fixed, scenario, path, written, replaces_a_value)
        scenario = changed or scenario
    return scenario.model_copy(update={"uncertainty": sampled})


def _sampled(scenario: Scenario, path: str, text: str) -> str:
    """Return the full path of an uncertain value after trying its tails on the field."""
    if path in ("seed", "runs", "name"):
        raise ScenarioError(f"{path!r} cannot be uncertain")
    distribution = Distribution.parse(text)
    for share in _TAILS:
        try:
            with_values(scenario, {path: distribution.quantile(share)})
        except ScenarioError as error:
            reason = error.problems[0].message
            raise ScenarioError(f"{text!r} reaches values that the field refuses: {reason}") from None
    return locate(scenario, path)[0]


def _unless_inherited(
    findings: _Findings, path: KeyPath, work: Callable[..., _Result], *arguments: Any
) -> _Result | None:
    """Attempt ``work``; what an extended file says about something that this file replaced falls away in silence."""
    before = len(findings.problems)
    result = findings.attempt(path, work, *arguments)
    if findings.document.inherited(path):
        del findings.problems[before:]
    return result


def _sources(scenario: Scenario) -> set[str]:
    keys = {value.source for value in scenario.values}
    keys |= {fact.source for fact in scenario.programme.facts} if scenario.programme else set()
    keys |= {scenario.compare.source} if scenario.compare else set()
    keys |= {"geonames"} if any(aim.population for group in scenario.raid for aim in group.aims) else set()
    return keys
