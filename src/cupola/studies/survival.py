"""What is left of a layer in space when satellites are lost, and how cover comes back by motion and by replacement.

A sensitivity study at the level of policy: satellites are lost at random, by planes, or over a place; no word of how.
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cupola.core.chance import stream
from cupola.core.earth import EQUATORIAL_RADIUS, ROTATION_RATE, Vector
from cupola.interceptors.orbit_count import maps_of, members, planes_of
from cupola.orbits.constellation import Constellation, positions
from cupola.orbits.stereo import custody
from cupola.studies import orbital_spec, stereo_spec
from cupola.studies.orbital_count import Phases, layer_of, phases_of
from cupola.studies.orbital_spec import PhasesSpec
from cupola.studies.orbital_threats import NoReach, flown, missiles_of, target
from cupola.studies.stereo import Judge, watched
from cupola.studies.survival_document import REFILLED, document_of
from cupola.studies.survival_spec import LossSpec, Question, SurvivabilitySpec, ask, read_question

_GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)

Flags = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]

PASSAGE_S = 20.0
"""Between the instants at which is asked who is over a place"""
SETTLED = 8
"""Places of the layer, for each phase of the loss, at which long after it is asked"""


class Cover(Protocol):
    """What a layer gives: ``at`` returns cover and whether it is enough, (f,) each, by phase."""

    unit: str

    def at(self, after_s: float, there: Flags, phases: Phases) -> tuple[Vector, Vector]:
        """Return the figures ``after_s`` seconds after a loss that left the satellites ``there`` (f, s)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One loss: its size by phase ``lost`` (f,), cover and share of the times that it is enough by time (t,) after it,
    with the least over the phases; the same, averaged over time, with shares ``REFILLED`` of the lost back.
    """

    spec: LossSpec
    lost: NDArray[np.int64]
    cover: Vector
    worst: Vector
    enough: Vector
    refilled: Vector
    refilled_enough: Vector


@dataclass(frozen=True, kw_only=True)
class Survival:
    """The answer: ``times_s`` (t,) after the loss, cover of the whole layer (t,), the losses, the ``document``."""

    question: Question
    unit: str
    total: int
    times_s: Vector
    whole: Vector
    whole_enough: Vector
    losses: tuple[Loss, ...]
    document: dict[str, Any]


def size_survivability(
    question: str | Path | SurvivabilitySpec, progress: Progress = lambda text, done, total: None
) -> Survival:
    """Return what losses leave of a layer, by time after them and by what is replaced.

    ``progress`` is told what is being done, how much of it is, and out of how much.
    Raises :class:`cupola.scenario.errors.ScenarioError` for what is not accepted or cannot be flown.
    """
    asked = ask(question) if isinstance(question, SurvivabilitySpec) else read_question(question)
    spec = asked.spec
    progress("flying the missiles", 0, 1)
    layer = layer_of([shell.walker for shell in spec.shells])
    phases = phases_of(PhasesSpec(count=spec.phases), spec.seed)
    cover = _cover(asked, layer)
    times = np.arange(0.0, spec.duration + 1e-9, spec.step)
    masks = [there_after(asked, loss, layer, phases) for loss in spec.losses]
    everyone = np.ones((spec.phases, layer.count), dtype=np.bool_)
    columns: list[list[tuple[Vector, Vector]]] = []
    for done, time in enumerate(times.tolist()):
        columns.append([cover.at(time, there, phases) for there in (everyone, *masks)])
        progress("following cover after the losses", done + 1, len(times))
    losses = tuple(
        _followed(asked, loss, masks[i], [column[i + 1] for column in columns], cover)
        for i, loss in enumerate(spec.losses)
    )
    found = Survival(
        question=asked,
        unit=cover.unit,
        total=layer.count,
        times_s=times,
        whole=np.array([column[0][0].mean() for column in columns]),
        whole_enough=np.array([column[0][1].mean() for column in columns]),
        losses=losses,
        document={},
    )
    found.document.update(document_of(found))
    return found


def there_after(question: Question, loss: LossSpec, layer: Constellation, phases: Phases) -> Flags:
    """Return which satellites (f, s) a loss leaves at every phase."""
    count = len(phases.turns)
    chance = stream(question.spec.seed, 0, "loss", loss.name)
    there = np.ones((count, layer.count), dtype=np.bool_)
    if loss.share is not None:
        gone = round(loss.share * layer.count)
        for f in range(count):
            there[f, chance.permutation(layer.count)[:gone]] = False
    elif loss.planes is not None:
        numbers = np.cumsum(np.concatenate([[0], np.diff(planes_of(layer).begin)]))
        start = chance.random()
        for f in range(count):
            # Steps of the golden section: every plane is the first of the lost about as often.
            first = int((start + f * _GOLDEN) % 1.0 * (len(numbers) - 1))
            for plane in range(first, first + loss.planes):
                k = plane % (len(numbers) - 1)
                there[f, numbers[k] : numbers[k + 1]] = False
    elif loss.above is not None:
        _lose_above(question, loss, layer, phases, there)
    return there


def _lose_above(question: Question, loss: LossSpec, layer: Constellation, phases: Phases, there: Flags) -> None:
    """Take out those that pass over a place from ``during`` before time zero until then."""
    above = loss.above
    if above is None:
        return
    points = np.array(
        [
            [math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)]
            for lat, lon in question.places[loss.name]
        ]
    )
    cosine = math.cos(min(above.within / EQUATORIAL_RADIUS, math.pi))
    instants = np.linspace(-above.during, 0.0, max(1, math.ceil(above.during / PASSAGE_S)) + 1)

    def one(f: int) -> None:
        for time in instants.tolist():
            turn = float(phases.turns[f]) - ROTATION_RATE * time
            r, _ = positions(layer, time, turn_rad=turn, slide_rad=float(phases.slides[f]))
            up = r / np.linalg.norm(r, axis=1)[:, None]
            there[f] &= (up @ points.T).max(axis=1) < cosine

    with ThreadPoolExecutor() as pool:
        list(pool.map(one, range(len(phases.turns))))


def _followed(
    question: Question,
    loss: LossSpec,
    there: Flags,
    columns: list[tuple[Vector, Vector]],
    cover: Cover,
) -> Loss:
    chance = stream(question.spec.seed, 0, "refill", loss.name)
    order = chance.random(there.shape)
    refilled: list[float] = []
    enough: list[float] = []
    # Long after the loss the layer stands anywhere over the Earth: places that have nothing to do with the loss's.
    turns, slides = chance.random((2, SETTLED, len(there))) * math.tau
    for share in REFILLED:
        back = there | (order < share)
        figures = [cover.at(0.0, back, Phases(turns=turns[k], slides=slides[k])) for k in range(SETTLED)]
        refilled.append(float(np.mean([each[0].mean() for each in figures])))
        enough.append(float(np.mean([each[1].mean() for each in figures])))
    return Loss(
        spec=loss,
        lost=(~there).sum(axis=1),
        cover=np.array([each[0].mean() for each in columns]),
        worst=np.array([each[0].min() for each in columns]),
        enough=np.array([each[1].mean() for each in columns]),
        refilled=np.array(refilled),
        refilled_enough=np.array(enough),
    )


def later(layer: Constellation, after_s: float) -> Constellation:
    """Return a constellation as it stands over the Earth ``after_s`` seconds later, for a launch at time zero."""
    return replace(
        layer,
        node=layer.node + (layer.node_rate - ROTATION_RATE) * after_s,
        argument=layer.argument + layer.argument_rate * after_s,
    )


def _cover(question: Question, layer: Constellation) -> Cover:
    if question.reach is not None:
        return ReachCover(question.reach, layer)
    if question.stereo is None:
        raise ValueError("got neither an interceptor nor a sensor")
    return StereoCover(question.stereo, layer)


class ReachCover:
    """Interceptors in reach of each missile, the mean over the missiles; enough: as many as are required."""

    unit = "interceptors in reach of each missile"

    def __init__(self, question: orbital_spec.Question, layer: Constellation) -> None:
        self.spec, self.layer = question.interceptor, layer
        self.needed = question.spec.satellites_needed
        planes = planes_of(layer)
        goals = [target(missile, question.interceptor) for missile in missiles_of(question)]
        self.maps = [() if isinstance(goal, NoReach) else maps_of(self.spec, goal, planes) for goal in goals]
        self._asked: tuple[float, Phases | None] = (math.nan, None)
        self._reached: list[Flags] = []

    def at(self, after_s: float, there: Flags, phases: Phases) -> tuple[Vector, Vector]:
        """See :class:`Cover`."""
        counts = np.array([(reached & there).sum(axis=1) for reached in self._at(after_s, phases)])
        return counts.mean(axis=0), (counts >= self.needed).mean(axis=0)

    def _at(self, after_s: float, phases: Phases) -> list[Flags]:
        """Return who reaches each missile, kept for the next loss at the same time and phases."""
        if self._asked[0] != after_s or self._asked[1] is not phases:
            planes = planes_of(later(self.layer, after_s))
            with ThreadPoolExecutor() as pool:
                found = pool.map(lambda m: members(self.spec, m, planes, phases.turns, phases.slides), self.maps)
            self._asked, self._reached = (after_s, phases), list(found)
        return self._reached


class StereoCover:
    """Share of the flights in stereo, the mean over the flights; enough: no gap longer than is required."""

    unit = "share of the flights in stereo"

    def __init__(self, question: stereo_spec.Question, layer: Constellation) -> None:
        flights = flown(question.spec.threats, question.problem)
        self.judge = Judge(question, tuple(watched(question, each) for each in flights))
        self.layer, self.allowed = layer, question.spec.allowed_run

    def at(self, after_s: float, there: Flags, phases: Phases) -> tuple[Vector, Vector]:
        """See :class:`Cover`."""
        moved = later(self.layer, after_s)

        def one(f: int) -> tuple[float, float]:
            phase = slice(f, f + 1)
            found = [
                custody(
                    moved, part, self.judge.rules, phases.turns[phase], phases.slides[phase],
                    allowed_run=self.allowed, there=there[f],
                )
                for part in self.judge.watched
            ]  # fmt: skip
            held = [each.held[0] / len(part.times) for each, part in zip(found, self.judge.watched, strict=True)]
            return float(np.mean(held)), float(np.mean([each.failed == 0 for each in found]))

        with ThreadPoolExecutor() as pool:
            rows = np.array(list(pool.map(one, range(len(phases.turns)))))
        return rows[:, 0], rows[:, 1]
