"""How many space interceptors it takes: those in reach of each missile, and the smallest constellation."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cupola.core.earth import Vector
from cupola.interceptors.orbit_count import Planes
from cupola.orbits.spec import WalkerSpec
from cupola.studies.orbital_count import InReach, Phases, in_reach, met, phases_of, satellites_of
from cupola.studies.orbital_document import document_of
from cupola.studies.orbital_pairs import Pairs, pairs_of
from cupola.studies.orbital_profiles import Outline, by_delay, by_latitude, outlines, per_second
from cupola.studies.orbital_salvo import SalvoServed, salvo_served
from cupola.studies.orbital_search import Found, Search
from cupola.studies.orbital_spec import OrbitalSpec, Question, ask, read_question
from cupola.studies.orbital_threats import Missile, missiles_of, target

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One constellation looked at closely.

    ``reached`` per missile; ``enough`` and ``share_met`` by the requirement; ``latitude`` group -> mean in reach at
    each latitude; ``delays_s`` (d,) and ``after_delay`` (d, m) means; ``slope`` (m,) change per second of delay;
    ``outlines`` of the ``worst`` missile that is reached at all; ``salvo`` spread over all flights, where there is one.
    """

    walkers: tuple[WalkerSpec, ...]
    planes: Planes
    reached: tuple[InReach, ...]
    enough: bool
    share_met: float
    latitude: dict[str, Vector]
    delays_s: Vector
    after_delay: Vector
    slope: Vector
    worst: int
    outlines: tuple[Outline, ...]
    salvo: SalvoServed | None

    @property
    def total(self) -> int:
        """Satellites."""
        return len(self.planes.argument)

    @property
    def means(self) -> Vector:
        """Mean number in reach (m,) of each missile, over all phases there are."""
        return np.array([each.mean for each in self.reached])


@dataclass(frozen=True, kw_only=True)
class Sized:
    """The answer: the ``given`` constellation examined, what a search ``found`` and its ``best`` examined, the
    ``pairs`` of speed and delay asked for, and the ``document`` of ``--json``.
    """

    question: Question
    missiles: tuple[Missile, ...]
    phases: Phases
    given: Examined | None
    found: Found | None
    best: Examined | None
    pairs: Pairs | None
    document: dict[str, Any]

    @property
    def subject(self) -> Examined | None:
        """The constellation that the figures are about: the best one found, or the given one."""
        return self.best or self.given


def size_orbital(question: str | Path | OrbitalSpec, progress: Progress = lambda text, done, total: None) -> Sized:
    """Return how many interceptors of a file, or of a spec, reach each missile, and the smallest constellation.

    ``progress`` is told what is being done, how much of it is, and out of how much.
    Raises :class:`cupola.scenario.errors.ScenarioError` for what is not accepted or cannot be flown.
    """
    asked = ask(question) if isinstance(question, OrbitalSpec) else read_question(question)
    spec = asked.spec
    progress("flying the missiles", 0, 1)
    missiles = missiles_of(asked)
    phases = phases_of(spec.phases, spec.seed)
    given = None
    if spec.shells:
        progress("counting the given constellation", 0, 1)
        given = examined(asked, missiles, phases, tuple(shell.walker for shell in spec.shells))
    found, best = None, None
    if spec.search is not None:
        targets = [target(missile, asked.interceptor) for missile in missiles]
        step = functools.partial(progress, "searching")
        search = Search(spec.satellites_needed, spec.requirement, spec.search, asked.interceptor, targets, phases, step)
        found = search.run()
        if found.best is not None and found.best.walker is not None:
            progress("examining the best", 0, 1)
            best = examined(asked, missiles, phases, (found.best.walker,))
    pairs = None
    if spec.pairs is not None and given is not None:
        tell = functools.partial(progress, "trying pairs of speed and delay")
        pairs = pairs_of(asked, spec.pairs, given.planes, missiles, tell)
    sized = Sized(
        question=asked, missiles=missiles, phases=phases, given=given, found=found, best=best, pairs=pairs, document={}
    )
    sized.document.update(document_of(sized))
    return sized


def examined(
    asked: Question, missiles: tuple[Missile, ...], phases: Phases, walkers: tuple[WalkerSpec, ...]
) -> Examined:
    """Return a constellation looked at closely."""
    spec, interceptor = asked.spec, asked.interceptor
    planes = satellites_of(walkers)
    goals = [target(missile, interceptor) for missile in missiles]
    reached = in_reach(interceptor, planes, goals, phases)
    enough, share = met([each.counts for each in reached], spec.satellites_needed, spec.requirement)
    first = {missile.group: missile for missile in reversed(missiles)}
    delays, after = by_delay(interceptor, planes, missiles)
    means = np.array([each.mean if each.mean > 0.0 else math.inf for each in reached])
    worst = int(np.argmin(means))
    return Examined(
        walkers=walkers,
        planes=planes,
        reached=reached,
        enough=enough,
        share_met=share,
        latitude={group: by_latitude(interceptor, planes, missile) for group, missile in sorted(first.items())},
        delays_s=delays,
        after_delay=after,
        slope=per_second(interceptor, planes, missiles),
        worst=worst,
        outlines=outlines(interceptor, planes, goals[worst]),
        salvo=salvo_served(spec, interceptor, planes, goals, phases) if spec.requirement.salvo > 1 else None,
    )
