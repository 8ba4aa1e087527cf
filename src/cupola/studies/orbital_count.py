"""Counting a constellation's satellites in reach of missiles at many phases, and what the counts come to."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from cupola.core.chance import stream
from cupola.core.earth import Vector
from cupola.interceptors.orbit_count import Counts, Planes, count, maps_of, mean_count, planes_of
from cupola.interceptors.orbit_reach import Flags, Target
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.constellation import Constellation, of
from cupola.orbits.spec import WalkerSpec
from cupola.studies.orbital_spec import PhasesSpec, Requirement
from cupola.studies.orbital_threats import NoReach

# Kronecker's lattice over a square by the plastic number (Roberts 2018): any number of its points lie evenly.
_PLASTIC = 1.324717957244746


@dataclass(frozen=True, kw_only=True)
class Phases:
    """Turns of all nodes and slides along all orbits, (f,) in rad: the launch comes when nobody knows."""

    turns: Vector
    slides: Vector


@dataclass(frozen=True, kw_only=True)
class InReach:
    """How many satellites reach one missile: ``counts`` (f,) at every phase, the ``mean`` over all there are, or why
    none ever does.
    """

    counts: Counts
    mean: float
    reason: NoReach | None


def phases_of(spec: PhasesSpec, seed: int) -> Phases:
    """Return the phases that a file asks for, the same for the same seed."""
    chance = stream(seed, 0, "phases")
    if spec.kind == "random":
        turns, slides = chance.random((2, spec.count)) * math.tau
        return Phases(turns=turns, slides=slides)
    start = chance.random(2)
    steps = np.arange(1, spec.count + 1)
    return Phases(
        turns=(start[0] + steps / _PLASTIC) % 1.0 * math.tau, slides=(start[1] + steps / _PLASTIC**2) % 1.0 * math.tau
    )


def layer_of(walkers: Sequence[WalkerSpec]) -> Constellation:
    """Return the satellites of one or more shells as one constellation."""
    parts = [of(walker) for walker in walkers]
    return Constellation(
        radius=np.concatenate([part.radius for part in parts]),
        inclination=np.concatenate([part.inclination for part in parts]),
        node=np.concatenate([part.node for part in parts]),
        argument=np.concatenate([part.argument for part in parts]),
        node_rate=np.concatenate([part.node_rate for part in parts]),
        argument_rate=np.concatenate([part.argument_rate for part in parts]),
        plane=np.concatenate([part.plane for part in parts]),
    )


def satellites_of(walkers: Sequence[WalkerSpec]) -> Planes:
    """Return the satellites of one or more shells as planes."""
    return planes_of(layer_of(walkers))


def in_reach(
    spec: SpaceInterceptorSpec,
    planes: Planes,
    targets: Sequence[Target | NoReach],
    phases: Phases,
    there: Flags | None = None,
) -> tuple[InReach, ...]:
    """Return who reaches every target, in its order; targets are shared out over the processors."""

    def one(target: Target | NoReach) -> InReach:
        none = np.zeros(len(phases.turns), dtype=np.int32)
        if isinstance(target, NoReach):
            return InReach(counts=none, mean=0.0, reason=target)
        maps = maps_of(spec, target, planes)
        mean = mean_count(maps, planes)
        reason = None
        if mean == 0.0:
            reason = NoReach.TOO_FAR if any(len(each.start) for each in maps) else NoReach.NO_PLANE
        counts = count(spec, maps, planes, phases.turns, phases.slides, there)
        return InReach(counts=counts, mean=mean, reason=None if counts.any() else reason)

    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(one, targets))


def met(counts: Sequence[Counts], needed: int, requirement: Requirement) -> tuple[bool, float]:
    """Return whether counts (f,) of every missile meet a requirement, and the share of times (and missiles) that do:
    of the worst missile, or of all together.
    """
    shares = [float((each >= needed).mean()) for each in counts]
    share = min(shares) if requirement.over == "worst" else float(np.mean(shares))
    return share >= requirement.probability - 1e-12, share
