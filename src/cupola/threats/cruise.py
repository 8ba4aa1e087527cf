"""Cruise missiles and one-way drones: one call flies them from launch over way points to the aim point.

They fly on wings at a commanded height and speed relative to the ground (no wind), so the path is geometry: a route of
geodesics and coordinated turns, a height profile of slopes and parabolas within the acceleration limits, and speeds
that change at the rate the vehicle can. Aerodynamics and fuel stand in the spec as those limits and as the range.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from cupola.core.earth import MEAN_RADIUS, ROTATION_RATE, STANDARD_GRAVITY, Vector, geodetic_of, surface_velocity
from cupola.core.rocket import trajectory_of
from cupola.core.surface import fly_segments
from cupola.core.trajectory import Phase, Trajectory
from cupola.threats.cruise_profile import (
    Profile,
    Start,
    low_descent,
    over_ellipsoid,
    rows_of,
    start_of,
)
from cupola.threats.cruise_skin import skin_temperature
from cupola.threats.cruise_spec import CruiseSpec
from cupola.threats.cruise_terrain import over_terrain
from cupola.threats.flight import Flight, InfeasibleFlight, Payload, Skin, flight_of
from cupola.threats.route import Point, Route, leg_lengths, route_of
from cupola.threats.terrain import Terrain

PHASE_SAMPLES = 400
GROUND_SLACK = 0.5  # m by which a path may touch the terrain between its samples


def fly_cruise(
    spec: CruiseSpec,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    waypoints: Sequence[Point] = (),
    terrain: Terrain | None = None,
) -> Flight:
    """Fly from ``launch`` (latitude, longitude in rad, altitude in m) over ``waypoints`` to ``aim`` (latitude,
    longitude in rad).

    Way points are flown by: the turn cuts the corner. Without ``terrain`` the ground is the ellipsoid. What is released
    from the air starts at its carrier's altitude. Hits the aim within a metre; error below 10 m anywhere. Raises
    :class:`InfeasibleFlight` where the threat cannot, or where an apogee is asked of it.
    """
    if apogee_m is not None:
        raise InfeasibleFlight(
            f"apogee: got {apogee_m / 1e3:.1f} km, but this threat flies on wings; hint: leave the apogee out and set "
            "cruise.altitude"
        )
    points = [(launch[0], launch[1]), *((p[0], p[1]) for p in waypoints), (aim[0], aim[1])]
    legs = leg_lengths(points)
    ground_height = launch[2]
    if terrain is not None:
        ground_height = max(ground_height, float(_heights(terrain, np.array([launch[0]]), np.array([launch[1]]))[0]))
    start = start_of(spec, ground_height)
    route = _routed(spec, start, points, legs)
    _in_range(spec, start, route)
    if terrain is None:
        profile = over_ellipsoid(spec, start, route.length)
    else:
        profile = over_terrain(spec, start, route.length, lambda at: _heights(terrain, *route.points(at)))
    _turns_fit(profile, route)
    rows, names = rows_of(start, profile, route.lengths, route.turns, spec.longitudinal_acceleration)
    nodes, ends = fly_segments(route.start, start.height, start.climb, start.speed, rows)
    booster, payload = _split(nodes, ends, names, len(start.phases))
    if terrain is not None:
        _above_ground(terrain, booster, payload)
    return flight_of(
        spec=spec,
        propellant="solid" if spec.boost is not None else "liquid",
        launch=(launch[0], launch[1], start.height),
        aim=aim,
        booster=booster,
        booster_body=spec.body,
        plume=None if spec.boost is None else spec.boost.plume,
        payloads=(Payload(trajectory=payload, body=spec.body, aim=aim, skin=_skin(spec, payload)),),
        burnout_s=booster.end_s,
        full_burn_s=booster.end_s,
        azimuth=route.azimuth,
    )


def turn_radius(spec: CruiseSpec, speed: float) -> float:
    """Return the radius in m of a coordinated turn at a speed in m/s: v^2 / (g tan bank)."""
    return float(speed**2 / (STANDARD_GRAVITY * math.tan(spec.bank_angle)))


def _routed(spec: CruiseSpec, start: Start, points: list[Point], legs: list[float]) -> Route:
    """Return the route, its turns as wide as the greatest speed that is flown in each asks for."""
    if sum(legs) > 3.0 * spec.maximum_range:
        _refuse_range(spec, sum(legs))
    corners = list(itertools.accumulate(legs[:-1]))
    radii = [_radius_between(spec, start, sum(legs), at, at) for at in corners]
    while True:
        route = route_of(points, radii)
        before = list(radii)
        for i in np.flatnonzero(route.corners >= 0):
            end = float(route.ends[i])
            asked = _radius_between(spec, start, route.length, end - float(route.lengths[i]), end)
            radii[route.corners[i]] = max(radii[route.corners[i]], asked)
        if radii == before:
            return route


def _radius_between(spec: CruiseSpec, start: Start, length: float, begin: float, end: float) -> float:
    """Return the turn radius on the ellipsoid in m that the greatest speed between two distances along the route
    asks for.
    """
    cruise = spec.cruise.speed_m_s
    change = start.end_speed**2 - cruise**2
    settled = start.end_distance + abs(change) / (2.0 * spec.longitudinal_acceleration)
    speed, altitude = cruise, spec.cruise.altitude
    if begin < settled:
        speed = max(speed, start.end_speed)
    if spec.low is not None:
        low = spec.low.speed_m_s
        descent = low_descent(spec)
        slowing = abs(cruise**2 - low**2) / (2.0 * spec.longitudinal_acceleration)
        if begin >= length - spec.low.distance + max(0.0, slowing - descent):
            speed, altitude = low, spec.low.altitude
        elif end > length - spec.low.distance - descent:
            speed, altitude = max(speed, low), 0.0
    return turn_radius(spec, speed) / (1.0 + float(altitude) / MEAN_RADIUS)


def _in_range(spec: CruiseSpec, start: Start, route: Route) -> None:
    if route.length > spec.maximum_range:
        _refuse_range(spec, route.length)
    if len(route.lengths) > 1 and route.lengths[0] < start.end_distance:
        raise InfeasibleFlight(
            f"waypoints: the first turn begins {route.lengths[0] / 1e3:.2f} km from launch, but boost or drop go "
            f"straight for {start.end_distance / 1e3:.2f} km; hint: move the first way point farther away"
        )


def _refuse_range(spec: CruiseSpec, length: float) -> None:
    raise InfeasibleFlight(
        f"range: got a route of {length / 1e3:,.0f} km, but the greatest range is {spec.maximum_range / 1e3:,.0f} km; "
        "hint: launch from nearer, leave way points out, or raise maximum_range"
    )


def _turns_fit(profile: Profile, route: Route) -> None:
    """Refuse turns in the pop-up and the dive."""
    arcs = np.flatnonzero(route.turns)
    level_end = next(mark.start for mark in profile.marks if mark.phase in ("pop-up", "dive"))
    if len(arcs) and float(route.ends[arcs[-1]]) > level_end:
        raise InfeasibleFlight(
            f"waypoints: the last turn ends {(route.length - route.ends[arcs[-1]]) / 1e3:.2f} km before the aim, "
            f"but the end of the flight goes straight for {(route.length - level_end) / 1e3:.2f} km; "
            "hint: move the last way point farther away from the aim"
        )


def _fixed(r: Vector, times: Vector) -> Vector:
    """Return the Earth-fixed places (k, 3) of inertial ones, each at its own time."""
    cos, sin = np.cos(ROTATION_RATE * times), np.sin(ROTATION_RATE * times)
    return np.stack([cos * r[:, 0] + sin * r[:, 1], cos * r[:, 1] - sin * r[:, 0], r[:, 2]], axis=1)


def _heights(terrain: Terrain, latitude: Vector, longitude: Vector) -> Vector:
    heights = np.asarray(terrain(latitude, longitude), dtype=np.float64)
    if heights.shape != latitude.shape:
        raise ValueError(
            f"terrain: got heights of shape {heights.shape} for {latitude.shape} points, accepted is one each"
        )
    gaps = np.flatnonzero(~np.isfinite(heights))
    if len(gaps):
        where = f"({math.degrees(latitude[gaps[0]]):.4f}, {math.degrees(longitude[gaps[0]]):.4f}) deg"
        raise InfeasibleFlight(
            f"terrain: it has no height at {where}, where the flight passes; hint: bring a grid that covers the route"
        )
    return heights


def _above_ground(terrain: Terrain, *paths: Trajectory) -> None:
    """Refuse a path that the ground cuts in boost, climb or dive (level flight is above it by construction)."""
    phases = [(path, phase) for path in paths for phase in path.phases if phase.name not in ("cruise", "low")]
    times = np.concatenate([np.linspace(phase.start_s, phase.end_s, PHASE_SAMPLES) for _, phase in phases])
    r = np.concatenate([path.states(np.linspace(p.start_s, p.end_s, PHASE_SAMPLES))[0] for path, p in phases])
    places = geodetic_of(_fixed(r, times))
    above = places[:, 2] - _heights(terrain, places[:, 0].copy(), places[:, 1].copy())
    deep = int(np.argmin(above))
    if above[deep] < -GROUND_SLACK:
        raise InfeasibleFlight(
            f"terrain: {times[deep]:.0f} s after launch the path is {-above[deep]:.0f} m below the ground at "
            f"({math.degrees(places[deep, 0]):.4f}, {math.degrees(places[deep, 1]):.4f}) deg; hint: launch elsewhere, "
            "add a way point around the height, or make climb and dive steeper"
        )


def _split(nodes: Vector, ends: Vector, names: tuple[str, ...], release: int) -> tuple[Trajectory, Trajectory]:
    """Return booster and payload, the latter from the end of the segments before ``release``, with their phases."""
    phases: list[Phase] = []
    begun = 0.0
    for name, group in itertools.groupby(zip(names, ends, strict=True), key=lambda pair: pair[0]):
        end = float(list(group)[-1][1])
        phases.append(Phase(name=name, start_s=begun, end_s=end))
        begun = end
    moment = float(ends[release - 1])
    cut = int(np.flatnonzero(nodes[:, 0] == moment)[0]) + 1
    before = tuple(phase for phase in phases if phase.end_s <= moment)
    after = tuple(phase for phase in phases if phase.end_s > moment)
    return trajectory_of(nodes[:cut], before), trajectory_of(nodes[cut:], after)


def _skin(spec: CruiseSpec, payload: Trajectory) -> Skin:
    """Return the skin's temperature half-way along the body at the borders of the phases."""
    times = np.unique([moment for phase in payload.phases for moment in (phase.start_s, phase.end_s)])
    r, v, _ = payload.states(times)
    speeds = np.linalg.norm(v - surface_velocity(r), axis=1)
    heights = geodetic_of(r)[:, 2]
    warmth = [
        skin_temperature(float(h), float(u), 0.5 * spec.length, spec.body.emissivity)
        for h, u in zip(heights, speeds, strict=True)
    ]
    return Skin(times_s=times, temperature=np.array(warmth))
