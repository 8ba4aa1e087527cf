"""Turning a strict model's complaints into sentences that say where, what was given, and what is accepted."""

import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar, Union

from pydantic import BaseModel, ValidationError

from cupola.scenario.errors import KeyPath, Problem, ScenarioError, did_you_mean

_Model = TypeVar("_Model", bound=BaseModel)

_LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
    "too_short": ("at least this many entries:", "min_length"),
    "too_long": ("at most this many entries:", "max_length"),
}


def validated(model: type[_Model], data: Any, place: Callable[[KeyPath, str], Problem]) -> _Model:
    """Return ``data`` as a ``model``; raise one :class:`ScenarioError` with every problem, each placed by ``place``."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(*problems_of(error, model, data, place)) from None
    except RecursionError:
        raise ScenarioError(place((), "this is nested too deeply")) from None


def problems_of(
    error: ValidationError, model: type[BaseModel], data: Any, place: Callable[[KeyPath, str], Problem]
) -> list[Problem]:
    """Return one problem per complaint, with paths as the user wrote them."""
    found: list[Problem] = []
    for item in error.errors(include_url=False):
        path = _written_path(item["loc"], data)
        if item["type"] == "too_short" and len(_at(data, path, ())) >= item["ctx"]["min_length"]:
            continue  # entries are there; what is wrong with them is told on its own
        problem = place(path, _sentence(item, path, model, data))
        if problem not in found:
            found.append(problem)
    return found


def fields_at(model: Any, path: KeyPath) -> dict[str, str]:
    """Return the accepted keys (as written -> description) of the mapping at ``path`` below ``model``."""
    keys: dict[str, str] = {}
    for candidate in _models(model):
        if not path:
            keys.update({f.alias or name: f.description or "" for name, f in candidate.model_fields.items()})
            continue
        by_key = {f.alias or name: f.annotation for name, f in candidate.model_fields.items()}
        if path[0] in by_key:
            rest = path[1:]
            while rest and (isinstance(rest[0], int) or _is_mapping(by_key[path[0]])):
                rest = rest[1:]
            keys.update(fields_at(by_key[path[0]], rest))
    return keys


def _is_mapping(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (dict, Mapping)


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Return every model class an annotation may hold, through unions, lists, tuples and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _models(arguments[0])
    if origin in (Union, types.UnionType, tuple, list, dict):
        return [model for argument in arguments for model in _models(argument)]
    return []


def _written_path(loc: tuple[int | str, ...], data: Any) -> KeyPath:
    """Drop the union tags that pydantic weaves into a path: keep what leads through the data, and a last key."""
    path: list[int | str] = []
    here = data
    for index, step in enumerate(loc):
        last = index == len(loc) - 1
        if isinstance(step, str) and step.startswith(("<", "function-")):
            continue
        entry = isinstance(here, list | tuple) and isinstance(step, int) and step < len(here)
        if entry or (isinstance(here, dict) and step in here):
            here = here[step]
        elif not last or not isinstance(here, dict):
            continue
        path.append(step)
    return tuple(path)


def _sentence(item: Any, path: KeyPath, model: type[BaseModel], data: Any) -> str:
    kind, context, got = item["type"], item.get("ctx", {}), item["input"]
    if kind == "extra_forbidden":
        accepted = fields_at(model, path[:-1])
        keys = sorted(accepted)
        return f"unknown key {path[-1]!r}; accepted are {', '.join(keys)}{did_you_mean(path[-1], keys)}"
    if kind == "missing":
        return f"the key {path[-1]!r} is missing" if path else "a required key is missing"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", item["msg"]))
    if kind == "literal_error":
        accepted_text = context["expected"]
        words = [w.strip().strip("'") for w in accepted_text.replace(" or ", ", ").split(",")]
        return f"got {got!r}, accepted is {accepted_text}{did_you_mean(got, words)}"
    if kind in _LIMITS:
        return _limit(kind, context, path, data, got)
    if kind == "union_tag_not_found" or kind == "union_tag_invalid":
        return f"got {_short(got)}; {item['msg'][0].lower()}{item['msg'][1:]}"
    return f"got {_short(got)}, {item['msg'][0].lower()}{item['msg'][1:]}"


def _limit(kind: str, context: Any, path: KeyPath, data: Any, got: Any) -> str:
    words, key = _LIMITS[kind]
    written = _at(data, path, got)
    if path and path[-1] == "latitude":
        return f"got {written!r}: the site lies outside the Earth; accepted is -90 deg to 90 deg"
    if path and path[-1] == "longitude":
        return f"got {written!r}: the site lies outside the map; accepted is -180 deg to 180 deg"
    unit = " in SI units" if isinstance(written, str) and context[key] else ""
    return f"got {_short(written)}, accepted is {words} {context[key]:g}{unit}"


def _at(data: Any, path: KeyPath, otherwise: Any) -> Any:
    try:
        for step in path:
            data = data[step]
    except (KeyError, IndexError, TypeError):
        return otherwise
    return data


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
