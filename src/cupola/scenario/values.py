"""Changing single values of a resolved scenario by path: overrides, ``--set`` and sampled uncertainty all come here.

A path begins with a catalogue model in use (``sbi-notional.speed``: every use of it), or with a part of the scenario
(``battle.commit_delay``, ``common_mode_failure``, ``raid.0.salvo``, ``interceptors.sbi.constellation.total``; lists
take an index, a ``name``, or a model's name for every entry of it). A field that stands deeper in a model may be named
alone where that is unambiguous: ``sbi-notional.kill_probability`` is ``sbi-notional.kill_vehicle.kill_probability``.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from cupola.scenario.checking import validated
from cupola.scenario.document import parse_value
from cupola.scenario.errors import KeyPath, Problem, ScenarioError, did_you_mean
from cupola.scenario.schema import OverrideRecord, Scenario, Settings, SourcedValue

_LISTS = ("raid", "sensors", "interceptors")
SETTABLE = (
    "battle", "common_mode_failure", "environment", "feature_correlation", "interceptors", "raid", "runs", "seed",
    "sensors", "tracking", "name",
)  # fmt: skip


def with_values(scenario: Scenario, values: Mapping[str, object], *, record: bool = False) -> Scenario:
    """Return the scenario with each path set to a value written as a user would (``"5 km/s"``, ``"0.8"``).

    ``record`` lists the changes in ``overrides``, marks the catalogue values they replace, and ends any sampling of
    them; drawing a sample leaves it off.
    Raises :class:`ScenarioError` for an unknown path or a value that the field does not accept.
    """
    edited: dict[KeyPath, Any] = {}
    changes: list[OverrideRecord] = []
    for path, written in values.items():
        value = parse_value(written) if isinstance(written, str) else written
        canonical, places = locate(scenario, path)
        for place in places:
            root = place[:2] if isinstance(getattr(scenario, str(place[0])), tuple) else place[:1]
            if root not in edited:
                edited[root] = _json(_follow(scenario, root))
            before = _set(edited, root, place[len(root) :], value)
        changes.append(OverrideRecord(path=canonical, from_=_text(before), to=_text(value)))
    changed = scenario.model_copy(update=_rebuilt(scenario, edited))
    return _recorded(changed, changes) if record else changed


def leaves_below(scenario: Scenario, path: str) -> list[tuple[str, str]]:
    """Return (path in full, value as text in SI units) of the value at a path, or of all values below it."""
    canonical, places = locate(scenario, path, whole=True)
    node = _json(_follow(scenario, places[0]))
    found = []
    for below in _leaves(node):
        leaf = node
        for step in below:
            leaf = leaf[step]
        if leaf is not None:
            found.append((".".join([canonical, *map(str, below)]), _text(leaf)))
    return found


def locate(scenario: Scenario, path: str, *, whole: bool = False) -> tuple[str, list[KeyPath]]:
    """Return a path in full and the places in the scenario that it means. Raises :class:`ScenarioError` for none."""
    parts = path.split(".")
    uses = model_uses(scenario)
    if parts[0] in uses:
        spec = _follow(scenario, uses[parts[0]][0])
        inner = _inside(spec, parts[1:], path, whole)
        return ".".join([parts[0], *map(str, inner)]), [(*use, *inner) for use in uses[parts[0]]]
    if parts[0] in _LISTS and len(parts) > 1:
        entries = getattr(scenario, parts[0])
        inners = {index: _inside(entries[index], parts[2:], path, whole) for index in _entries(entries, parts[1], path)}
        tail = next(iter(inners.values()))
        return ".".join([*parts[:2], *map(str, tail)]), [(parts[0], index, *inner) for index, inner in inners.items()]
    if parts[0] in SETTABLE:
        inner = _inside(getattr(scenario, parts[0]), parts[1:], path, whole)
        return ".".join([parts[0], *map(str, inner)]), [(parts[0], *inner)]
    known = [*sorted(uses), *SETTABLE]
    raise ScenarioError(
        Problem(
            path=path,
            message=f"{parts[0]!r} is no model in this scenario and no part of it; accepted are {', '.join(known)}"
            f"{did_you_mean(parts[0], known)}",
        )
    )


def model_uses(scenario: Scenario) -> dict[str, list[KeyPath]]:
    """Return catalogue name -> where in the scenario its spec stands."""
    uses: dict[str, list[KeyPath]] = {}
    for i, raid in enumerate(scenario.raid):
        uses.setdefault(raid.model, []).append(("raid", i, "threat"))
        for j, decoy in enumerate(raid.decoys):
            uses.setdefault(decoy.model, []).append(("raid", i, "decoys", j, "spec"))
    for i, sensor in enumerate(scenario.sensors):
        uses.setdefault(sensor.model, []).append(("sensors", i, "spec"))
    for i, interceptor in enumerate(scenario.interceptors):
        uses.setdefault(interceptor.model, []).append(("interceptors", i, "spec"))
    return uses


def _inside(node: Any, parts: list[str], path: str, whole: bool) -> KeyPath:
    steps: list[str | int] = []
    for index, part in enumerate(parts):
        step = _step(node, part)
        if step is None:
            deeper = [found for found in _leaves(node) if found[-len(parts[index:]) :] == tuple(parts[index:])]
            if len(deeper) == 1:
                return (*steps, *deeper[0])
            choices = _choices(node)
            several = f"; it could be {' or '.join('.'.join(map(str, d)) for d in deeper)}" if deeper else ""
            raise ScenarioError(
                Problem(
                    path=path,
                    message=f"there is no {part!r} here; accepted are {', '.join(choices)}"
                    f"{did_you_mean(part, [*choices, *(str(leaf[-1]) for leaf in _leaves(node) if leaf)])}{several}",
                )
            )
        steps.append(step)
        node = _child(node, step)
    if not whole and isinstance(node, BaseModel | tuple | dict) and not (isinstance(node, tuple) and _is_flat(node)):
        raise ScenarioError(
            Problem(path=path, message=f"this is not a single value; it holds {', '.join(_choices(node))}")
        )
    return tuple(steps)


def _entries(entries: tuple[Any, ...], part: str, path: str) -> list[int]:
    if part.isdecimal() and int(part) < len(entries):
        return [int(part)]
    chosen = [i for i, e in enumerate(entries) if e.name == part] or [
        i for i, e in enumerate(entries) if e.model == part
    ]
    if not chosen:
        known = sorted({name for e in entries for name in (e.name, e.model)})
        message = f"there is no {part!r} here; accepted are {', '.join(known) or 'none'}{did_you_mean(part, known)}"
        raise ScenarioError(Problem(path=path, message=message))
    return chosen


def _is_flat(node: tuple[Any, ...]) -> bool:
    return not any(isinstance(entry, BaseModel) for entry in node)


def _step(node: Any, part: str) -> str | int | None:
    if isinstance(node, BaseModel):
        return part if part in type(node).model_fields else None
    if isinstance(node, dict):
        return part if part in node else None
    if isinstance(node, tuple):
        if part.isdecimal() and int(part) < len(node):
            return int(part)
        names = [getattr(entry, "name", None) for entry in node]
        return names.index(part) if part in names else None
    return None


def _choices(node: Any) -> list[str]:
    if isinstance(node, BaseModel):
        return sorted(type(node).model_fields)
    if isinstance(node, dict):
        return sorted(node) or ["nothing"]
    if isinstance(node, tuple):
        return [str(getattr(entry, "name", index)) for index, entry in enumerate(node)] or ["nothing"]
    return ["nothing below it"]


def _leaves(node: Any, path: KeyPath = ()) -> Iterable[KeyPath]:
    children: Iterable[tuple[str | int, Any]]
    if isinstance(node, BaseModel):
        children = ((name, getattr(node, name)) for name in type(node).model_fields)
    elif isinstance(node, dict):
        children = node.items()
    elif isinstance(node, tuple):
        children = enumerate(node)
    else:
        yield path
        return
    for key, child in children:
        yield from _leaves(child, (*path, key))


def _child(node: Any, step: str | int) -> Any:
    return getattr(node, str(step)) if isinstance(node, BaseModel) else node[step]


def _follow(node: Any, path: KeyPath) -> Any:
    for step in path:
        node = _child(node, step)
    return node


def _json(node: Any) -> Any:
    return node.model_dump(mode="json") if isinstance(node, BaseModel) else node


def _set(edited: dict[KeyPath, Any], root: KeyPath, rest: KeyPath, value: Any) -> Any:
    if not rest:
        before, edited[root] = edited[root], value
        return before
    holder = edited[root]
    for step in rest[:-1]:
        holder = holder[step]
    before, holder[rest[-1]] = holder[rest[-1]], value
    return before


def _rebuilt(scenario: Scenario, edited: dict[KeyPath, Any]) -> dict[str, Any]:
    update: dict[str, Any] = {}
    settings = {str(root[0]): data for root, data in edited.items() if str(root[0]) in Settings.model_fields}
    if settings:
        current = {name: getattr(scenario, name) for name in Settings.model_fields}
        new_settings = validated(Settings, {**current, **settings}, lambda p, m: _problem(scenario, p, m))
        update.update({name: getattr(new_settings, name) for name in settings})
    for root, data in edited.items():
        name = str(root[0])
        if name in settings:
            continue
        part: BaseModel = _follow(scenario, root)
        new = validated(type(part), data, _placed_below(scenario, root))
        if len(root) == 1:
            update[name] = new
        else:
            entries = list(update.get(name, getattr(scenario, name)))
            entries[int(root[1])] = new
            update[name] = tuple(entries)
    return update


def _placed_below(scenario: Scenario, root: KeyPath) -> Callable[[KeyPath, str], Problem]:
    return lambda path, message: _problem(scenario, (*root, *path), message)


def _problem(scenario: Scenario, path: KeyPath, message: str) -> Problem:
    shown = list(map(str, path))
    if len(path) > 1 and path[0] in _LISTS:
        shown[1] = str(_follow(scenario, path[:2]).name)
    return Problem(path=".".join(shown), message=message)


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _recorded(scenario: Scenario, changes: list[OverrideRecord]) -> Scenario:
    by_path = {change.path: change for change in changes}
    values = [
        SourcedValue(
            path=old.path,
            value=by_path[old.path].to,
            source="scenario",
            confidence="assumed",
            note=f"Overridden; the catalogue has {old.value} {old.unit} ({old.source})".replace("  ", " "),
        )
        if old.path in by_path
        else old
        for old in scenario.values
    ]
    sampled = {path: text for path, text in scenario.uncertainty.items() if path not in by_path}
    overrides = (*scenario.overrides, *changes)
    return scenario.model_copy(update={"values": tuple(values), "overrides": overrides, "uncertainty": sampled})
