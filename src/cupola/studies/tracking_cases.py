"""Two cases with a known answer for a tracker: a re-entry before a radar, and a coast before two infrared satellites.

Truths are drawn from the filter's own model, so the posterior Cramér-Rao bound says how good any filter can be at all.
Notional numbers throughout: a warhead of 10,000 kg/m2 at the speed of an intercontinental missile.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cupola.core.chance import stream
from cupola.core.earth import MU, Vector, geodetic_to_ecef, local_basis
from cupola.core.kernel import kernel
from cupola.tracking.bound import Moment, posterior_bounds
from cupola.tracking.linear import cholesky
from cupola.tracking.reentry import (
    STATES,
    ReentryModel,
    advance,
    process_noise,
    sight,
    sight_slope,
    transition,
)
from cupola.tracking.reentry_filter import Followed, LookPlan, follow
from cupola.tracking.unscented import Spread


@dataclass(frozen=True, kw_only=True)
class TrackingCase:
    """A motion, the looks at it, and where a filter starts."""

    model: ReentryModel
    plan: LookPlan
    mean: Vector
    """(7,)"""
    covariance: Vector
    """(7, 7)"""
    states: int
    """How many of the seven are unknown: 6 where the ballistic coefficient plays no part."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """Truths (runs, k, 7) at the looks, starting states (runs, 7) and measurements (runs, k, 3)."""

    start: Vector
    truth: Vector
    z: Vector


def radar_reentry(*, count: int = 200, interval_s: float = 0.2) -> TrackingCase:
    """Return the re-entry case: from 120 km down to about 12 km at 6.9 km/s and 23 degrees, seen by one radar at 5 Hz.

    The radar (20 m, 0.5 mrad) stands 36 km short of where the looks end, 20 km beside the path.
    """
    latitude, longitude = 0.84, -1.7
    site = np.array(geodetic_to_ecef(latitude, longitude, 0.0))
    axes = local_basis(latitude, longitude)
    there = latitude + 290e3 / 6.38e6, longitude + 20e3 / (6.38e6 * math.cos(latitude))
    _, north, up = local_basis(*there)
    steep = math.radians(23.0)
    mean = np.empty(STATES)
    mean[:3] = geodetic_to_ecef(*there, 120e3)
    mean[3:6] = 6900.0 * (-math.cos(steep) * north - math.sin(steep) * up)
    mean[6] = 1e-4
    return TrackingCase(
        model=ReentryModel(acceleration_noise=25.0, parameter_noise=1e-12),
        plan=LookPlan.of_radar(site, axes, interval_s, count, 0.5e-3, 20.0),
        mean=mean,
        covariance=np.diag([1e3, 1e3, 1e3, 100.0, 100.0, 100.0, 1e-5]) ** 2,
        states=7,
    )


def stereo_coast(*, count: int = 60, interval_s: float = 10.0) -> TrackingCase:
    """Return the coasting case: ten minutes of midcourse, two satellites at 1,000 km, 30 microradians every 10 s."""
    start = np.array([6.3e6, -1.8e6, 2.0e6, 900.0, 4300.0, 4600.0, 0.0])
    model = ReentryModel(rotation_rate=0.0, surface_density=0.0, acceleration_noise=1e-5, parameter_noise=0.0)
    x, work = start.copy(), np.empty((2, STATES))
    interval, site, axes = [], [], []
    radius = 7.378e6
    rate = math.sqrt(MU / radius**3)
    for k in range(count):
        advance(x, interval_s, model.constants, work)
        for satellite, (phase, tilt) in enumerate(((-0.45, 1.3), (0.15, 1.9))):
            angle = phase + rate * interval_s * (k + 1)
            position = radius * np.array(
                [math.cos(angle), math.sin(angle) * math.cos(tilt), math.sin(angle) * math.sin(tilt)]
            )
            line = x[:3] - position
            line /= np.linalg.norm(line)
            side = np.cross(line, position)
            side /= np.linalg.norm(side)
            interval.append(interval_s if satellite == 0 else 0.0)
            site.append(position)
            axes.append([side, line, np.cross(side, line)])
    looks = len(interval)
    return TrackingCase(
        model=model,
        plan=LookPlan(
            interval_s=np.array(interval),
            site=np.array(site),
            axes=np.array(axes),
            sigma=np.tile([30e-6, 30e-6, 1.0], (looks, 1)),
            ranged=np.zeros(looks, np.bool_),
        ),
        mean=start,
        covariance=np.diag([5e3, 5e3, 5e3, 50.0, 50.0, 50.0, 0.0]) ** 2,
        states=6,
    )


@kernel
def _draw(
    start: Vector,
    constants: Vector,
    interval: Vector,
    site: Vector,
    axes: Vector,
    sigma: Vector,
    chance: Vector,
    truth: Vector,
    z: Vector,
) -> None:
    x, work, q, lower = start.copy(), np.empty((2, 7)), np.empty((7, 7)), np.empty((7, 7))
    for k in range(len(interval)):
        if interval[k] > 0.0:
            advance(x, interval[k], constants, work)
            process_noise(interval[k], constants, q)
            cholesky(q, lower)
            for i in range(7):
                for j in range(i + 1):
                    x[i] += lower[i, j] * chance[k, j]
        truth[k] = x
        sight(x, site[k], axes[k], z[k])
        for c in range(3):
            z[k, c] += sigma[k, c] * chance[k, 7 + c]


def draw(case: TrackingCase, runs: int, *, seed: int = 0) -> Played:
    """Draw ``runs`` starts, truths and measurements from the case's own model."""
    k, plan = len(case.plan), case.plan
    start, truth, z = np.empty((runs, STATES)), np.empty((runs, k, STATES)), np.empty((runs, k, 3))
    lower = np.empty((STATES, STATES))
    cholesky(case.covariance, lower)
    for run in range(runs):
        generator = stream(seed, run, "tracking-case")
        start[run] = case.mean + lower @ generator.normal(size=STATES)
        chance = generator.normal(size=(k, STATES + 3))
        _draw(
            start[run],
            case.model.constants,
            plan.interval_s,
            plan.site,
            plan.axes,
            plan.sigma,
            chance,
            truth[run],
            z[run],
        )
    return Played(start=start, truth=truth, z=z)


def follow_all(case: TrackingCase, played: Played, *, unscented: Spread | None = None) -> Followed:
    """Follow every run; the arrays have one more axis in front, the runs."""
    every = [follow(case.model, case.plan, case.mean, case.covariance, z, unscented=unscented) for z in played.z]
    return Followed(
        x=np.array([one.x for one in every]), p=np.array([one.p for one in every]), nis=np.array([e.nis for e in every])
    )


@kernel
def _transitions(x: Vector, h: float, constants: Vector, f: Vector) -> None:
    work = np.empty((8, 7))
    for i in range(len(x)):
        transition(x[i], h, constants, f[i], work)


@kernel
def _slopes(x: Vector, site: Vector, axes: Vector, h: Vector) -> None:
    for i in range(len(x)):
        sight_slope(x[i], site, axes, h[i])


def _moments(case: TrackingCase, played: Played) -> Iterator[Moment]:
    plan, n, constants = case.plan, case.states, case.model.constants
    before = played.start
    first = 0
    while first < len(plan):
        last = first + 1
        while last < len(plan) and plan.interval_s[last] == 0.0:
            last += 1
        f, q = np.empty((len(before), STATES, STATES)), np.empty((STATES, STATES))
        _transitions(before, plan.interval_s[first], constants, f)
        process_noise(plan.interval_s[first], constants, q)
        now = np.ascontiguousarray(played.truth[:, first])
        slopes, sigma = [], []
        for k in range(first, last):
            h = np.empty((len(now), 3, STATES))
            _slopes(now, plan.site[k], plan.axes[k], h)
            m = 3 if plan.ranged[k] else 2
            slopes.append(h[:, :m, :n])
            sigma.append(plan.sigma[k, :m])
        yield Moment(
            transition=f[:, :n, :n],
            noise=q[:n, :n],
            slopes=np.concatenate(slopes, axis=1),
            sigma=np.concatenate(sigma),
        )
        before, first = now, last


def case_bounds(case: TrackingCase, played: Played) -> tuple[Vector, Vector]:
    """Return the looks (i,) that end an instant and the bounds (i, n, n) on any filter's covariance there."""
    bounds = posterior_bounds(case.covariance[: case.states, : case.states], _moments(case, played))
    begins = np.flatnonzero(case.plan.interval_s > 0.0)
    return np.append(begins[1:], len(case.plan)) - 1, bounds
