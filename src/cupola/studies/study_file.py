"""The files that ask a study: as strict as a scenario, naming the scenario that the study is about."""

from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from cupola.core.spec import Count, PositiveCount, Spec
from cupola.scenario.checking import validated
from cupola.scenario.document import Document, read_layers
from cupola.scenario.errors import KeyPath, ScenarioError
from cupola.scenario.load import load
from cupola.scenario.schema import Scenario
from cupola.scenario.values import with_values

VERSION = 1
Value = bool | int | float | str


class StudySpec(Spec):
    """What every study file says."""

    cupola: Literal[1] = Field(description="Version of this format")
    name: str = Field(min_length=1, description="One line that says what is asked")
    description: str = Field(default="", description="What it is for, and what it leaves out")
    scenario: str = Field(description="Scenario file that the study is about, from this file's folder")
    set: dict[str, Value] = Field(
        default_factory=dict, description="Path -> value changed in every point, as --set of cupola run"
    )
    runs: PositiveCount | None = Field(default=None, description="Runs of every point; none: the scenario's")
    seed: Count | None = Field(default=None, description="Campaign seed of every point; none: the scenario's")


_Study = TypeVar("_Study", bound=Spec)


def read_study(path: str | Path, model: type[_Study], kind: str) -> tuple[_Study, Document]:
    """Return a file of one kind that asks something.

    Raises :class:`ScenarioError` with file, line and path of everything wrong, what was given and what is accepted.
    """
    document = read_layers(Path(path))
    check_kind(document, kind)
    return validated(model, document.data, document.problem), document


def check_kind(document: Document, kind: str) -> None:
    """Refuse files of another version or kind. Raises :class:`ScenarioError`."""
    data = document.data
    if "cupola" not in data:
        raise ScenarioError(
            document.problem((), f"the key 'cupola' is missing; the file begins with 'cupola: {VERSION}'")
        )
    if data["cupola"] != VERSION or isinstance(data["cupola"], bool):
        raise ScenarioError(document.problem(("cupola",), f"got version {data['cupola']!r}, accepted is {VERSION}"))
    if "kind" not in data:
        hint = "; hint: a file with a raid is a scenario, for cupola run" if "raid" in data else ""
        raise ScenarioError(document.problem((), f"the key 'kind' is missing; accepted is 'kind: {kind}'{hint}"))
    if data["kind"] != kind:
        raise ScenarioError(document.problem(("kind",), f"got {data['kind']!r}, accepted is {kind!r}"))


def base_of(spec: StudySpec, document: Document) -> Scenario:
    """Return the scenario that a study is about, with what the study sets in every point."""
    scenario = scenario_at(spec.scenario, document, ("scenario",))
    return changed(scenario, spec.set, document, ("set",))


def scenario_at(name: str, document: Document, path: KeyPath) -> Scenario:
    """Return the scenario named at ``path`` of a study file, looked for from the folder of the file that names it."""
    beside = document.origin[path][0].parent / name if path in document.origin else Path(name)
    if not beside.is_file():
        raise ScenarioError(document.problem(path, f"got {name!r}, but there is no file {beside}"))
    return load(beside)


def changed(scenario: Scenario, values: dict[str, Any], document: Document, path: KeyPath) -> Scenario:
    """Return the scenario with values set as ``--set`` does; what is wrong is placed below ``path`` of the file."""
    for each, value in values.items():
        try:
            scenario = with_values(scenario, {each: value}, record=True)
        except ScenarioError as error:
            problems = [document.problem((*path, each), found.message) for found in error.problems]
            raise ScenarioError(*problems) from None
    return scenario
