"""The missiles that a space layer must meet, each as a target: when it may be met, where it is then, or why never."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import MEAN_RADIUS, great_circle_point
from cupola.core.reason import Reason
from cupola.core.trajectory import Trajectory
from cupola.interceptors.orbit_reach import Target, target_of
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.scenario.catalogue import entry
from cupola.scenario.errors import KeyPath, ScenarioError
from cupola.scenario.raids import aims, launches
from cupola.scenario.schema import Place
from cupola.scenario.user import ToAssets
from cupola.studies.orbital_spec import Question, ThreatEntry, Timeline, WindowSpec
from cupola.threats.flight import Flight, InfeasibleFlight, altitudes_of
from cupola.threats.kinds import fly

STEP_S = 2.0
"""Between the instants at which a missile may be met, counted back from the last: as the engine plans boosts"""

PlacedError = Callable[[KeyPath, str], ScenarioError]


class NoReach(Reason):
    """Why no satellite ever reaches a missile; the earliest obstacle counts."""

    NEVER_SEEN = "It never rises to the height at which it is first detected."
    TOO_LATE = "The time in which it may be met is over before an interceptor is released."
    TOO_LOW = "While it may be met it stays below the interceptor's lowest altitude."
    NO_PLANE = "No orbit of these inclinations passes near enough to it."
    TOO_FAR = "No satellite covers the distance in the time that is left."


@dataclass(frozen=True, kw_only=True)
class Missile:
    """One flight: its name and group, where it starts, and the times in s from launch that matter.

    ``release_s`` is infinite where it is never detected; ``begin_s`` and ``end_s`` bound when it may be met.
    """

    name: str
    group: str
    threat: str
    launch: Place
    aim: str
    flight: Flight
    path: Trajectory
    burnout_s: float
    release_s: float
    begin_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Launched:
    """One flight of an entry: from a launch point to what it is aimed at."""

    item: ThreatEntry
    launch: Place
    aim: str
    flight: Flight

    @property
    def group(self) -> str:
        """The entry's name for lists."""
        return self.item.name or self.item.threat

    @property
    def name(self) -> str:
        """The flight's name for lists."""
        return f"{self.group}: {self.launch.name} to {self.aim}"


def flown(threats: Sequence[ThreatEntry], problem: PlacedError) -> tuple[Launched, ...]:
    """Fly every entry from every point to every aim; ``problem`` makes an error at a path of the file.

    Raises what ``problem`` returns for names that there are not and for a flight that cannot be flown.
    """
    asked = [
        (index, item, place, aim)
        for index, item in enumerate(threats)
        for place in _places(problem, index, item)
        for aim in _aims(problem, index, item, place)
    ]

    def one(each: tuple[int, ThreatEntry, Place, tuple[str, float, float]]) -> Launched:
        index, item, place, (aim, latitude, longitude) = each
        start = (place.latitude, place.longitude, place.altitude)
        try:
            flight = fly(entry("threats", item.threat).spec, start, (latitude, longitude), item.apogee)
        except InfeasibleFlight as error:
            raise problem(("threats", index), f"{place.name} to {aim}: {error}") from None
        return Launched(item=item, launch=place, aim=aim, flight=flight)

    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(one, asked))


def missiles_of(question: Question) -> tuple[Missile, ...]:
    """Return the missiles of a question with their times.

    Raises :class:`ScenarioError` for a flight that cannot be flown, placed in the file.
    """
    spec = question.spec
    return tuple(missile_of(spec.timeline, spec.window, each) for each in flown(spec.threats, question.problem))


def missile_of(timeline: Timeline, window: WindowSpec, launched: Launched) -> Missile:
    """Return a flight with its times."""
    flight = launched.flight
    path = flight.trajectory
    end = flight.burnout.time_s if window.until is None else min(window.until, path.end_s)
    seen = timeline.detection
    if seen is None:
        seen = rises_to(path, timeline.detection_altitude or 0.0)
    return Missile(
        name=launched.name,
        group=launched.group,
        threat=launched.item.threat,
        launch=launched.launch,
        aim=launched.aim,
        flight=flight,
        path=path,
        burnout_s=flight.burnout.time_s,
        release_s=seen + timeline.tracking + timeline.decision + timeline.message,
        begin_s=window.after,
        end_s=end - window.margin,
    )


def target(missile: Missile, spec: SpaceInterceptorSpec, *, later_s: float = 0.0) -> Target | NoReach:
    """Return what interceptors released ``later_s`` after their time are to reach, or why it is out of the
    question."""
    release = missile.release_s + later_s
    if math.isinf(release):
        return NoReach.NEVER_SEEN
    if max(release, missile.begin_s) >= missile.end_s:
        return NoReach.TOO_LATE
    times = instants(max(release, missile.begin_s), missile.end_s)
    r, _, _ = missile.path.states(times)
    found = target_of(spec, release, times, r)
    return found if found.possible else NoReach.TOO_LOW


def instants(release_s: float, end_s: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the instants (k,) in (release, end], rising, the last one the end itself: it leaves most time to fly."""
    steps = math.ceil((end_s - release_s) / STEP_S - 1e-9)
    return np.ascontiguousarray(end_s - STEP_S * np.arange(steps, dtype=np.float64)[::-1])


def rises_to(path: Trajectory, height: float) -> float:
    """Return when in s a flight first rises to a height in m over the ellipsoid; infinite for never."""
    heights = altitudes_of(path.r)
    above = np.flatnonzero(heights >= height)
    if not len(above):
        return math.inf
    i = int(above[0])
    if i == 0:
        return path.start_s
    share = (height - heights[i - 1]) / max(heights[i] - heights[i - 1], 1e-9)
    return float(path.t[i - 1] + share * (path.t[i] - path.t[i - 1]))


def _places(problem: PlacedError, index: int, item: ThreatEntry) -> tuple[Place, ...]:
    try:
        return launches(item.from_, item.points)
    except ScenarioError as error:
        raise problem(("threats", index, "from"), error.problems[0].message) from None


def _aims(problem: PlacedError, index: int, item: ThreatEntry, place: Place) -> Iterator[tuple[str, float, float]]:
    for number, to in enumerate(item.to):
        if isinstance(to, ToAssets):
            raise problem(
                ("threats", index, "to", number), f"got the asset list {to.assets!r}, accepted is a city or a point"
            )
        try:
            aim = aims(to, 1)[0]
        except ScenarioError as error:
            raise problem(("threats", index, "to", number), error.problems[0].message) from None
        yield aim.name, aim.latitude, aim.longitude
    for azimuth in item.azimuths:
        latitude, longitude = great_circle_point(
            place.latitude, place.longitude, azimuth, (item.range or 0.0) / MEAN_RADIUS
        )
        yield f"{math.degrees(azimuth) % 360.0:.0f}°", latitude, longitude
