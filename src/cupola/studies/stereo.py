"""The smallest layer of satellites that keeps given flights in stereo, by height, inclination and number of planes.

Every size from one satellite a plane up is tried at all phases, by geometry: a larger layer can do worse than a smaller
one whose satellites happen to stand better.
"""

import functools
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cupola.core.earth import Vector
from cupola.orbits.constellation import Constellation, of
from cupola.orbits.spec import WalkerSpec
from cupola.orbits.stereo import Custody, SightRules, Watched, custody
from cupola.studies.orbital_count import Phases, phases_of
from cupola.studies.orbital_spec import PhasesSpec
from cupola.studies.orbital_threats import Launched, flown, rises_to
from cupola.studies.stereo_document import document_of
from cupola.studies.stereo_spec import Question, SensorsSpec, ask, read_question
from cupola.threats.flight import altitudes_of

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One layer: custody of every flight, and whether and at which share of the times the requirement is met."""

    walker: WalkerSpec
    custody: tuple[Custody, ...]
    enough: bool
    share_met: float


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One height, inclination and number of planes: the smallest ``walker`` that is enough, none up to the limit."""

    altitude: float
    inclination: float
    planes: int
    walker: WalkerSpec | None
    share_met: float


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The answer: flights and what of them is watched, the layers ``given``, all that was ``tried``, the ``best``
    judged, smaller and larger ones of its shape (``curve``), and the ``document`` of ``--json``.
    """

    question: Question
    flights: tuple[Launched, ...]
    watched: tuple[Watched, ...]
    given: tuple[Judged, ...]
    tried: tuple[Tried, ...]
    best: Judged | None
    curve: tuple[Judged, ...]
    document: dict[str, Any]


def size_sensors(question: str | Path | SensorsSpec, progress: Progress = lambda text, done, total: None) -> Layers:
    """Return the smallest layer of a file, or of a spec, that keeps its flights in stereo.

    ``progress`` is told what is being done, how much of it is, and out of how much.
    Raises :class:`cupola.scenario.errors.ScenarioError` for what is not accepted or cannot be flown.
    """
    asked = ask(question) if isinstance(question, SensorsSpec) else read_question(question)
    spec = asked.spec
    progress("flying the missiles", 0, 1)
    flights = flown(spec.threats, asked.problem)
    layers = Judge(asked, tuple(watched(asked, each) for each in flights))
    given = tuple(layers.judged(entry.walker) for entry in spec.layers)
    tried: tuple[Tried, ...] = ()
    best: Judged | None = None
    curve: tuple[Judged, ...] = ()
    if spec.search is not None:
        tried = layers.searched(functools.partial(progress, "searching"))
        found = [each.walker for each in tried if each.walker is not None]
        if found:
            walker = min(found, key=lambda each: (each.total, each.altitude, each.planes))
            best = layers.judged(walker)
            progress("looking around the best", 0, 1)
            curve = layers.around(walker)
    sized = Layers(
        question=asked,
        flights=flights,
        watched=layers.watched,
        given=given,
        tried=tried,
        best=best,
        curve=curve,
        document={},
    )
    sized.document.update(document_of(sized))
    return sized


def watched(question: Question, launched: Launched) -> Watched:
    """Return the part of a flight that is to be watched: bright while it burns, cold after."""
    watch, path = question.spec.watch, launched.flight.trajectory
    cloud_top = question.spec.environment.cloud_top
    begin = rises_to(path, cloud_top if watch.rises_above is None else watch.rises_above)
    # At the very moment it comes out of the clouds no slanting line of sight clears them.
    times = np.arange(begin + watch.step if math.isfinite(begin) else path.end_s, path.end_s, watch.step)
    r, _, _ = path.states(times)
    above = np.flatnonzero(altitudes_of(r) >= watch.falls_below)
    last = int(above[-1]) + 1 if len(above) else int((times <= launched.flight.burnout.time_s).sum())
    if last == 0:
        raise question.problem(
            ("watch",),
            f"{launched.name}: nothing of the flight is left to watch; hint: a lower rises_above or falls_below",
        )
    times, r = times[:last], r[:last]
    return Watched(times=times, r=r, bright=times <= launched.flight.burnout.time_s)


class Judge:
    """Judges layers against one set of watched flights."""

    def __init__(self, question: Question, flights: tuple[Watched, ...]) -> None:
        spec, sensor = question.spec, question.sensor
        self.spec, self.watched = spec, flights
        self.phases: Phases = phases_of(PhasesSpec(count=spec.phases), spec.seed)
        self.rules = SightRules(
            reach=sensor.maximum_range,
            cloud_top=spec.environment.cloud_top if sensor.sees_plumes else math.inf,
            limb=sensor.minimum_tangent_height if sensor.sees_bodies else math.inf,
            crossing=spec.requirement.minimum_crossing,
        )

    def held(self, layer: Constellation, target: Watched, stop_after: int | None = None) -> Custody:
        """Return the custody of one flight."""
        return custody(
            layer, target, self.rules, self.phases.turns, self.phases.slides,
            allowed_run=self.spec.allowed_run, stop_after=stop_after,
        )  # fmt: skip

    def judged(self, walker: WalkerSpec) -> Judged:
        """Return one layer judged in full."""
        layer = of(walker)
        with ThreadPoolExecutor() as pool:
            found = tuple(pool.map(lambda target: self.held(layer, target), self.watched))
        share = self._share([each.failed for each in found])
        enough = share >= self.spec.requirement.probability - 1e-12
        return Judged(walker=walker, custody=found, enough=enough, share_met=share)

    def searched(self, step: Callable[[int, int], None]) -> tuple[Tried, ...]:
        """Return the smallest layer at every point of the grid."""
        search = self.spec.search
        if search is None:
            return ()
        points = [(h, i, p) for h in search.altitudes for i in search.inclinations for p in search.planes]
        found: list[Tried] = []
        with ThreadPoolExecutor() as pool:
            for done, each in enumerate(pool.map(lambda point: self._smallest(*point), points)):
                step(done + 1, len(points))
                found.append(each)
        return tuple(found)

    def shape(self, altitude: float, inclination: float, planes: int, seats: int) -> WalkerSpec:
        """Return the Walker pattern of a number of planes with so many satellites in each."""
        search = self.spec.search
        return WalkerSpec.model_construct(
            total=planes * seats,
            planes=planes,
            phasing=(1 if search is None else search.phasing) % planes,
            altitude=altitude,
            altitude_top=None,
            inclination=inclination,
            pattern="delta" if search is None else search.pattern,
        )

    def around(self, best: WalkerSpec) -> tuple[Judged, ...]:
        """Return layers of the best's planes with fewer and with more satellites in each."""
        seats = best.total // best.planes
        sizes = sorted({max(1, round(seats * share)) for share in (0.4, 0.6, 0.75, 0.9, 1.0, 1.15, 1.4)})
        return tuple(self.judged(self.shape(best.altitude, best.inclination, best.planes, size)) for size in sizes)

    def enough(self, walker: WalkerSpec) -> tuple[bool, float]:
        """Return whether a layer meets the requirement, and at which share of the times; hopeless ones are left when
        that is clear.
        """
        layer, requirement = of(walker), self.spec.requirement
        worst = requirement.over == "worst"
        phases = len(self.phases.turns)
        bearable = math.floor((1.0 - requirement.probability) * phases * (1 if worst else len(self.watched)) + 1e-9)
        failures: list[int] = []
        for target in self.watched:
            left = bearable if worst else bearable - sum(failures)
            failures.append(self.held(layer, target, stop_after=left).failed)
            if failures[-1] > left:
                return False, self._share(failures)
        return True, self._share(failures)

    def _share(self, failures: list[int]) -> float:
        shares = 1.0 - np.array(failures) / len(self.phases.turns)
        return float(shares.min() if self.spec.requirement.over == "worst" else shares.mean())

    def _smallest(self, altitude: float, inclination: float, planes: int) -> Tried:
        most = 0 if self.spec.search is None else self.spec.search.most // planes
        # Custody does not only grow with size: where satellites happen to stand matters. So every size is tried.
        for seats in range(1, most + 1):
            walker = self.shape(altitude, inclination, planes, seats)
            good, share = self.enough(walker)
            if good:
                return Tried(altitude=altitude, inclination=inclination, planes=planes, walker=walker, share_met=share)
        return Tried(altitude=altitude, inclination=inclination, planes=planes, walker=None, share_met=0.0)


def stereo_by_time(found: Custody, phases: int) -> Vector:
    """Return the share of phases (k,) in stereo at each instant."""
    return found.by_time / phases
