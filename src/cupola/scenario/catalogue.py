"""The catalogue: sourced YAML entries, checked value by value and turned into the specs that the rooms declare.

Every leaf of an entry is ``{value, unit?, source, confidence, note?}``. ``source`` is a bibliography key or
``assumed``; an assumption carries a note with its reasoning. Nothing in the catalogue may be without.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from cupola.core.spec import Spec
from cupola.economics.cost import PriceSpec
from cupola.interceptors.kinds import InterceptorSpec
from cupola.orbits.spec import EllipticSpec, GeostationarySpec, WalkerSpec
from cupola.scenario.checking import problems_of, validated
from cupola.scenario.document import Document, read_document
from cupola.scenario.errors import KeyPath, Problem, ScenarioError, did_you_mean, dotted
from cupola.scenario.places import (
    AssetListSpec,
    CapabilitySpec,
    ProgrammeSpec,
    RegionSpec,
    SiteGroupSpec,
    SiteListSpec,
    SiteSpec,
)
from cupola.scenario.schema import Confidence, Reference, SourcedValue
from cupola.sensors.spec import SensorSpec
from cupola.threats.kinds import ThreatSpec
from cupola.threats.spec import DecoySpec

ROOT = Path(str(files("cupola.scenario"))) / "catalog"
ASSUMED = "assumed"

# Group (folder) -> the word for one entry, and what its values must be.
GROUPS: dict[str, tuple[str, Any]] = {
    "threats": ("threat", ThreatSpec),
    "decoys": ("decoy", DecoySpec),
    "sensors": ("sensor", SensorSpec),
    "interceptors": ("interceptor", InterceptorSpec),
    "sites": ("site", Annotated[SiteSpec | SiteGroupSpec | SiteListSpec, Field(discriminator="kind")]),
    "regions": ("region", RegionSpec),
    "assets": ("asset list", AssetListSpec),
    "programmes": ("programme", ProgrammeSpec),
    "capabilities": ("capability", CapabilitySpec),
    "costs": ("price", PriceSpec),
}

_LEAF_KEYS = {"value", "unit", "source", "confidence", "note"}
_ENTRY_KEYS = {"kind", "title", "note", "values", "deployment"}
_REQUIRED_KEYS = ("kind", "title", "values")
_SOURCED_KEYS = ("values", "deployment")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One catalogue entry: its spec, the constellation it is deployed as (if any), and every value with its source."""

    group: str
    name: str
    title: str
    note: str
    spec: Any
    deployment: WalkerSpec | GeostationarySpec | EllipticSpec | None
    values: tuple[SourcedValue, ...]


@functools.cache
def names(group: str) -> tuple[str, ...]:
    """Return the names of a group's entries, sorted."""
    return tuple(sorted(path.stem for path in (ROOT / group).glob("*.yaml")))


@functools.cache
def entry(group: str, name: str) -> Entry:
    """Return one entry. Raises :class:`ScenarioError` when there is none of that name or it is not sound."""
    word, _ = GROUPS[group]
    if name not in names(group):
        known = ", ".join(names(group)) or "none"
        raise ScenarioError(f"unknown {word} {name!r}; the catalogue has {known}{did_you_mean(name, names(group))}")
    return read_entry(group, ROOT / group / f"{name}.yaml")


def listing(group: str | None = None) -> list[dict[str, str]]:
    """Return group, name and title of every entry or of one group's. Raises :class:`ScenarioError` if there is none."""
    if group is not None and group not in GROUPS:
        raise ScenarioError(f"unknown group {group!r}; accepted are {', '.join(GROUPS)}{did_you_mean(group, GROUPS)}")
    return [
        {"group": each, "name": name, "title": entry(each, name).title}
        for each in GROUPS
        if group in (None, each)
        for name in names(each)
    ]


def find(name: str) -> Entry:
    """Return the entry called ``name`` or ``group/name``. Raises :class:`ScenarioError` when none or several are."""
    group, slash, rest = name.rpartition("/")
    groups = [g for g in GROUPS if rest in names(g) and (not slash or g == group)]
    if len(groups) == 1:
        return entry(groups[0], rest)
    if groups:
        raise ScenarioError(f"{name!r} could be {' or '.join(f'{g}/{rest}' for g in groups)}")
    known = [n for g in GROUPS for n in names(g)]
    raise ScenarioError(f"the catalogue has no entry {name!r}{did_you_mean(rest, known)}; see cupola catalog list")


def read_entry(group: str, path: Path) -> Entry:
    """Return the entry that a file holds, checked in full: keys, every leaf's source and confidence, units, limits."""
    document = read_document(path)
    data = document.data
    sourced = [key for key in _SOURCED_KEYS if key in data]
    accepted = ", ".join(sorted(_ENTRY_KEYS))
    problems = [
        document.problem((k,), f"unknown key {k!r}; accepted are {accepted}") for k in data.keys() - _ENTRY_KEYS
    ]
    problems += [document.problem((), f"the key {key!r} is missing") for key in _REQUIRED_KEYS if key not in data]
    problems += [problem for key in sourced for problem in _leaf_problems(document, (key,), data[key])]
    if problems:
        raise ScenarioError(*problems)
    return Entry(
        group=group,
        name=path.stem,
        title=data["title"],
        note=str(data.get("note") or ""),
        spec=_spec(group, document),
        deployment=_deployment(document) if "deployment" in data else None,
        values=tuple(_sourced(path.stem, where, leaf) for key in sourced for where, leaf in _leaves((key,), data[key])),
    )


def _sourced(name: str, where: KeyPath, leaf: dict[str, Any]) -> SourcedValue:
    inner = where[1:] if where[0] == "values" else where
    return SourcedValue(
        path=dotted((name, *inner)),
        value=_shown(leaf["value"]),
        unit=str(leaf.get("unit") or ""),
        source=leaf["source"],
        confidence=leaf["confidence"],
        note=str(leaf.get("note") or ""),
    )


@functools.cache
def references() -> dict[str, Reference]:
    """Return the bibliography, key -> entry, merged from every file of ``bibliography/``; keys are unique."""
    merged: dict[str, Reference] = {}
    for path in sorted((ROOT / "bibliography").glob("*.yaml")):
        document = read_document(path)
        for key, fields in document.data.items():
            if key in merged:
                raise ScenarioError(document.problem((key,), f"the bibliography key {key!r} is given twice"))
            data = {**fields, "key": key, "year": str(fields.get("year", ""))} if isinstance(fields, dict) else fields
            merged[key] = validated(Reference, data, _below(document, (key,)))
    return merged


def cited(keys: set[str]) -> tuple[Reference, ...]:
    """Return the bibliography entries of ``keys``, sorted. Raises :class:`ScenarioError` for a key it does not hold."""
    known = references()
    missing = sorted(keys - known.keys() - {ASSUMED, "scenario"})
    if missing:
        raise ScenarioError(
            *(f"the source {key!r} is not in the bibliography{did_you_mean(key, known)}" for key in missing)
        )
    return tuple(known[key] for key in sorted(keys & known.keys()))


def _leaves(path: KeyPath, tree: Any) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    if isinstance(tree, dict) and "value" in tree:
        yield path, tree
    elif isinstance(tree, dict):
        for key, child in tree.items():
            yield from _leaves((*path, key), child)
    elif isinstance(tree, list):
        for index, child in enumerate(tree):
            yield from _leaves((*path, index), child)


def _leaf_problems(document: Document, path: KeyPath, tree: Any) -> Iterator[Problem]:
    if isinstance(tree, list):
        for index, child in enumerate(tree):
            yield from _leaf_problems(document, (*path, index), child)
        return
    if not isinstance(tree, dict):
        yield document.problem(
            path, f"got the bare value {tree!r}, accepted is {{value, unit, source, confidence, note}}"
        )
        return
    if "value" not in tree:
        for key, child in tree.items():
            yield from _leaf_problems(document, (*path, key), child)
        return
    for key in tree.keys() - _LEAF_KEYS:
        yield document.problem((*path, key), f"unknown key {key!r}; accepted are {', '.join(sorted(_LEAF_KEYS))}")
    if not tree.get("source"):
        yield document.problem(path, "this value has no source")
    elif tree["source"] == ASSUMED and not tree.get("note"):
        yield document.problem(path, "this value is assumed without a note that gives the reasoning")
    elif tree["source"] == ASSUMED and tree.get("confidence") != ASSUMED:
        yield document.problem(path, "this value has the source 'assumed', so its confidence is 'assumed' as well")
    elif tree["source"] != ASSUMED and tree["source"] not in references():
        yield document.problem(path, f"the source {tree['source']!r} is not in the bibliography")
    if tree.get("confidence") not in get_args(Confidence):
        accepted = ", ".join(get_args(Confidence))
        yield document.problem(path, f"got the confidence {tree.get('confidence')!r}, accepted is {accepted}")


def _spec(group: str, document: Document) -> Any:
    _, model = GROUPS[group]
    data = {"kind": document.data["kind"], "title": document.data["title"], **_plain(document.data["values"])}
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise ScenarioError(*problems_of(error, model, data, _below(document, ("values",)))) from None


def _deployment(document: Document) -> WalkerSpec | GeostationarySpec | EllipticSpec:
    tree = document.data["deployment"]
    plain = _plain(tree)
    if set(plain) == {"walker"}:
        return validated(WalkerSpec, plain["walker"], _below(document, ("deployment", "walker")))
    if set(plain) == {"longitudes"}:
        return validated(GeostationarySpec, plain, _below(document, ("deployment",)))
    if set(plain) == {"elliptic"}:
        return validated(EllipticSpec, plain["elliptic"], _below(document, ("deployment", "elliptic")))
    accepted = "accepted is walker, longitudes or elliptic"
    raise ScenarioError(document.problem(("deployment",), f"got {sorted(plain)}, {accepted}"))


def _below(document: Document, base: KeyPath) -> Any:
    return lambda path, message: document.problem((*base, *path), message)


def _plain(tree: Any) -> Any:
    """Return the tree with every leaf as a user would write it: ``"20780 kg"``, ``0.8``, ``["1 deg", "2 deg"]``."""
    if isinstance(tree, list):
        return [_plain(child) for child in tree]
    if "value" not in tree:
        return {key: _plain(child) for key, child in tree.items()}
    value, unit = tree["value"], tree.get("unit")
    if unit is None or isinstance(value, str | bool):
        return value
    return [f"{entry} {unit}" for entry in value] if isinstance(value, list) else f"{value} {unit}"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def unstated(spec: Spec, path: KeyPath = ()) -> list[str]:
    """Return the paths of numeric fields that a spec took from its defaults: what an entry hides."""
    found: list[str] = []
    for name in type(spec).model_fields:
        value = getattr(spec, name)
        if name not in spec.model_fields_set and isinstance(value, int | float) and not isinstance(value, bool):
            found.append(dotted((*path, name)))
        for index, child in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(child, Spec):
                found += unstated(child, (*path, name, index) if isinstance(value, tuple) else (*path, name))
    return found
