"""Reading YAML as data with the line each key stands on, and layering one file over another with ``extends``.

Only plain data is read: mappings, lists, text, numbers, ``true``/``false`` and null, as in YAML 1.2's core schema, so
that ``NO`` stays Norway and ``12:30`` stays text. Tags are refused; so are repeated keys, which YAML readers drop.
"""

import re
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from cupola.scenario.errors import KeyPath, Problem, ScenarioError, dotted, shortened

PRESETS = Path(str(files("cupola.scenario"))) / "presets"

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
}
_MAXIMUM_NODES = 100_000
_MAXIMUM_DEPTH = 50
_MAXIMUM_BYTES = 20_000_000


@dataclass(frozen=True, kw_only=True)
class Document:
    """Plain ``data`` and, for every key path in it, the file and line where it stands."""

    data: dict[str, Any]
    file: Path
    origin: dict[KeyPath, tuple[Path, int]] = field(default_factory=dict)

    def problem(self, path: KeyPath, message: str) -> Problem:
        """Return a problem at ``path``, placed at the nearest key that stands in a file."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.origin:
                file, line = self.origin[path[:end]]
                return Problem(message=message, path=dotted(path), file=shortened(file), line=line)
        return Problem(message=message, path=dotted(path), file=shortened(self.file))

    def inherited(self, path: KeyPath) -> bool:
        """Whether what stands at ``path`` comes from a file that this one extends."""
        return path in self.origin and self.origin[path][0] != self.file


def placed(document: Document | None, path: KeyPath, message: str) -> Problem:
    """Return a problem at ``path`` of a document, or of a specification that came from no file."""
    return Problem(message=message, path=dotted(path)) if document is None else document.problem(path, message)


def read_document(path: Path) -> Document:
    """Return one file's mapping. Raises :class:`ScenarioError` for anything but one mapping of plain data."""
    text = _read_text(path)
    name = shortened(path)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ScenarioError(Problem(message=f"this is not YAML: {error.problem}", file=name, line=line)) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ScenarioError(Problem(message=f"this is not YAML: {str(error).splitlines()[0]}", file=name)) from None
    except RecursionError:
        raise ScenarioError(Problem(message="this is nested too deeply to be a scenario", file=name)) from None
    if node is None:
        raise ScenarioError(Problem(message="the file is empty; a scenario begins with 'cupola: 1'", file=name))
    builder = _Builder(path)
    data = builder.build(node, ())
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else f"the single value {str(data)[:40]!r}"
        raise ScenarioError(
            Problem(message=f"got {kind}, accepted is a mapping of keys such as 'name:' and 'raid:'", file=name)
        )
    return Document(data=data, file=path, origin=builder.origin)


def read_layers(path: Path) -> Document:
    """Return the mapping of a file laid over those it ``extends``: mappings merge, all else replaces."""
    return _layers(path, ())


def parse_value(text: str) -> Any:
    """Return what a value written on a command line means: a number, true/false, a list, or the text itself."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError:
        return text
    return None if node is None else _Builder(Path()).build(node, ())


def _layers(path: Path, below: tuple[Path, ...]) -> Document:
    path = path if path.is_absolute() else Path.cwd() / path
    if path.resolve() in below:
        chain = " -> ".join(shortened(p) for p in (*below, path))
        raise ScenarioError(Problem(message=f"the files extend each other in a circle: {chain}", file=shortened(path)))
    document = read_document(path)
    parents = document.data.pop("extends", None)
    if parents is None:
        return document
    names = parents if isinstance(parents, list) else [parents]
    if not all(isinstance(name, str) for name in names):
        raise ScenarioError(
            document.problem(("extends",), f"got {parents!r}, accepted is a file name or a list of them")
        )
    merged: dict[str, Any] = {}
    origin: dict[KeyPath, tuple[Path, int]] = {}
    for name in names:
        parent = _layers(_find(name, document), (*below, path.resolve()))
        _merge(merged, parent.data, origin, parent.origin, ())
    _merge(merged, document.data, origin, document.origin, ())
    return Document(data=merged, file=path, origin=origin)


def _find(name: str, document: Document) -> Path:
    beside = document.file.parent / name
    if beside.is_file():
        return beside
    packaged = PRESETS / Path(name).name
    if Path(name).parts[:1] == ("presets",) and len(Path(name).parts) == 2 and packaged.is_file():
        return packaged
    known = ", ".join(f"presets/{p.name}" for p in sorted(PRESETS.glob("*.yaml")))
    raise ScenarioError(
        document.problem(
            ("extends",), f"got {name!r}, which is neither a file beside this one nor a preset; presets are {known}"
        )
    )


def _merge(
    into: dict[str, Any],
    layer: dict[str, Any],
    origin: dict[KeyPath, tuple[Path, int]],
    layer_origin: dict[KeyPath, tuple[Path, int]],
    path: KeyPath,
) -> None:
    for key, value in layer.items():
        here = (*path, key)
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            origin[here] = layer_origin[here]
            _merge(into[key], value, origin, layer_origin, here)
            continue
        for old in [p for p in origin if p[: len(here)] == here]:
            del origin[old]
        origin.update({p: place for p, place in layer_origin.items() if p[: len(here)] == here})
        into[key] = value


def _read_text(path: Path) -> str:
    name = shortened(path)
    if path.is_dir():
        raise ScenarioError(Problem(message="got a folder, accepted is a YAML file", file=name))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ScenarioError(Problem(message="there is no such file", file=name)) from None
    except OSError as error:
        raise ScenarioError(Problem(message=f"the file cannot be read: {error.strerror}", file=name)) from None
    if len(raw) > _MAXIMUM_BYTES:
        raise ScenarioError(Problem(message=f"got {len(raw)} bytes, accepted are at most {_MAXIMUM_BYTES}", file=name))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(
            Problem(message="got bytes that are not UTF-8 text, accepted is a YAML file", file=name)
        ) from None


class _Builder:
    """Turns YAML nodes into plain data and remembers lines. Aliases are expanded, up to a sane size."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.origin: dict[KeyPath, tuple[Path, int]] = {}
        self._nodes = 0

    def build(self, node: Any, path: KeyPath) -> Any:
        self._nodes += 1
        if self._nodes > _MAXIMUM_NODES or len(path) > _MAXIMUM_DEPTH:
            raise self._error(node, path, "this is too large or nested too deeply to be a scenario")
        self.origin.setdefault(path, (self.file, node.start_mark.line + 1))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        if node.tag not in _PLAIN_TAGS:
            raise self._error(node, path, f"got the tag {node.tag!r}, accepted is plain data without tags")
        return node.value if node.style else _plain(node.value)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error(key_node, path, "got a list or mapping as a key, accepted is a word")
            key = str(key_node.value)
            if key in out:
                raise self._error(key_node, (*path, key), f"the key {key!r} is given twice")
            self.origin[(*path, key)] = (self.file, key_node.start_mark.line + 1)
            out[key] = self.build(value_node, (*path, key))
        return out

    def _error(self, node: yaml.Node, path: KeyPath, message: str) -> ScenarioError:
        line = node.start_mark.line + 1
        return ScenarioError(Problem(message=message, path=dotted(path), file=shortened(self.file), line=line))


def _plain(text: str) -> Any:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
