"""Published results as data: what was claimed, the inputs, how far to trust it, where it stands.

A case file is told in the head of ``cases/flight.yaml``. Topics are the files of the folder: a new file is a new topic.
"""

import functools
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import Spec
from cupola.scenario.checking import validated
from cupola.scenario.document import read_document
from cupola.scenario.errors import ScenarioError, did_you_mean

CASES = Path(str(files("cupola.studies"))) / "cases"

Status = Literal["exact", "published", "recalled"]
Inputs = Mapping[str, str]
Found = Mapping[str, float | str]
"""What a method returns: quantities by name, in SI (money in millions of dollars), or a word."""


class Expected(Spec):
    """What was published of one quantity."""

    value: str | tuple[str, str] = Field(description="The figure with its unit, two of them for a span, or a word")
    tolerance: str = Field(default="", description="With a unit, or per cent of the figure; none for a word")
    spread: str = Field(
        default="", description="How far off the publication itself calls its figure, wider than the tolerance"
    )


class OpenInput(Spec):
    """An input that the publication does not give: it is swept, and what would reproduce the claim is told."""

    values: Annotated[tuple[str, ...], Field(min_length=2)] = Field(
        description="In rising order with units, or words; what lies between two of them is found too"
    )
    why: str = Field(default="", description="What the publication says of it, and where the ends come from")
    refine: int = Field(default=24, ge=0, le=60, description="Halvings between two values; 0: a straight line instead")


class Case(Spec):
    """One published result with all that it takes to check it."""

    id: str
    title: str = Field(description="What is claimed, in a line")
    status: Status
    source: str
    method: str = Field(default="", description="Which function plays it; none where inputs are missing")
    inputs: dict[str, str] = Field(default={}, description="What the method gets")
    open: dict[str, OpenInput] = Field(default={}, description="Inputs that were not published, to be swept")
    expected: Annotated[dict[str, Expected], Field(min_length=1)]
    missing: str = Field(default="", description="What was not published, so that nothing can be played")
    finding: str = Field(default="", description="What the comparison shows; where ours differs it then does not fail")
    headline: str = Field(default="", description="Who claims it, for the short table; not in it without")

    @model_validator(mode="after")
    def _either_played_or_missing(self) -> "Case":
        if bool(self.method) == bool(self.missing):
            raise ValueError(f"{self.id}: accepted is either a 'method' or what is 'missing'")
        twice = sorted(set(self.inputs) & set(self.open))
        if twice:
            raise ValueError(f"{self.id}: {', '.join(twice)} is both among 'inputs' and 'open'")
        return self


class CaseFile(Spec):
    """The cases of one topic, with what the page says of it."""

    title: str = Field(default="", description="Heading of the topic in reports")
    cases: tuple[Case, ...]


def topics() -> tuple[str, ...]:
    """Return the topics that have cases."""
    return tuple(sorted(path.stem for path in CASES.glob("*.yaml")))


@functools.cache
def case_file(topic: str) -> CaseFile:
    """Return a topic's file. Raises :class:`ScenarioError` when it is not sound."""
    document = read_document(CASES / f"{topic}.yaml")
    return validated(CaseFile, document.data, document.problem)


def cases(topic: str) -> tuple[Case, ...]:
    """Return a topic's cases. Raises :class:`ScenarioError` when its file is not sound."""
    return case_file(topic).cases


def heading(topic: str) -> str:
    """Return what a topic is called in reports."""
    return case_file(topic).title or topic[0].upper() + topic[1:].replace("-", " ")


def chosen(names: Sequence[str]) -> tuple[tuple[str, Case], ...]:
    """Return (topic, case) of every topic (``flight``) or case (``flight/boost-solid``) named, all when none is."""
    every = [(topic, case) for topic in topics() for case in cases(topic)]
    known = [*topics(), *(f"{topic}/{case.id}" for topic, case in every)]
    for name in names:
        if name not in known:
            raise ScenarioError(f"unknown case {name!r}; topics are {', '.join(topics())}{did_you_mean(name, known)}")
    return tuple((topic, case) for topic, case in every if not names or topic in names or f"{topic}/{case.id}" in names)
