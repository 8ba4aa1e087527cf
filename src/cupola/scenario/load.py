"""Loading a scenario file, whether a user wrote it or a run folder kept it, and writing the resolved form."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from cupola.scenario.checking import validated
from cupola.scenario.document import Document, parse_value, read_layers
from cupola.scenario.errors import ScenarioError
from cupola.scenario.resolve import resolve
from cupola.scenario.schema import Scenario
from cupola.scenario.user import UserScenario

RESOLVED = "resolved-scenario"
VERSION = 1


def load(path: str | Path) -> Scenario:
    """Return the resolved scenario of a file.

    ``path`` is a file that a user wrote, or the ``scenario.yaml`` of a run folder. Raises
    :class:`~cupola.scenario.errors.ScenarioError`, a ``ValueError``, with file, line and path of everything wrong, what
    was given and what is accepted.
    """
    document = read_layers(Path(path))
    _check_version(document)
    if document.data.get("kind") == RESOLVED:
        data = {key: value for key, value in document.data.items() if key not in ("cupola", "kind")}
        return validated(Scenario, data, document.problem)
    user = validated(UserScenario, document.data, document.problem)
    return resolve(user, document)


def dump(scenario: Scenario) -> str:
    """Return the resolved scenario as YAML that loads back to the identical object, floats bit for bit."""
    data = {"cupola": VERSION, "kind": RESOLVED, **scenario.model_dump(mode="json")}
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def scenario_hash(scenario: Scenario) -> str:
    """Return the SHA-256 (hex) of what is simulated: everything but the number of runs and the seed."""
    data = scenario.model_dump(mode="json", exclude={"runs", "seed"})
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _check_version(document: Document) -> None:
    got = document.data.get("cupola")
    if got is None:
        raise ScenarioError(
            document.problem((), f"the key 'cupola' is missing; a scenario begins with 'cupola: {VERSION}'")
        )
    if got != VERSION or isinstance(got, bool):
        raise ScenarioError(document.problem(("cupola",), f"got version {got!r}, accepted is {VERSION}"))


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # same bytes, twice as fast
    """Quotes every text that would otherwise be read back as a number, and shares nothing by alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    quoted = not isinstance(parse_value(text), str) if len(text) < 40 else False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if quoted else None)


_Dumper.add_representer(str, _text)
