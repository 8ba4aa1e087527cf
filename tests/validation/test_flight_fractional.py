"""Fractional orbital flight against two-body closed forms and SciPy's DOP853 at 1e-12, forces written out plainly."""

import math
from typing import Literal

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.atmosphere import air
from cupola.core.burns import SpaceStageSpec, fly_burn
from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    J2,
    MEAN_RADIUS,
    MU,
    ROTATION_RATE,
    STANDARD_GRAVITY,
    Vector,
    ecef_to_geodetic,
    gravity,
)
from cupola.core.rocket import coast
from cupola.core.trajectory import Trajectory
from cupola.scenario.catalogue import entry
from cupola.threats.flight import Flight
from cupola.threats.fractional import descent_angle, fly_fractional
from cupola.threats.fractional_injection import Injector

OMEGA = np.array([0.0, 0.0, ROTATION_RATE])
SPEC = entry("threats", "fractional-orbital-notional").spec
PAD, AIM = (math.radians(46.0), math.radians(63.0), 100.0), (math.radians(38.9), math.radians(-77.0))
Steer = Literal["along", "against", "level"]
STAGE = SpaceStageSpec(propellant_mass="400 kg", inert_mass="200 kg", specific_impulse="300 s", burn_time="80 s")


@pytest.fixture(scope="module", name="flight")
def _flight() -> Flight:
    return fly_fractional(SPEC, PAD, AIM)


def _retard(r: Vector, v: Vector, area_over_mass: float) -> Vector:
    wind = v - np.cross(OMEGA, r)
    return -0.5 * air(ecef_to_geodetic(*r)[2])[0] * area_over_mass * float(np.linalg.norm(wind)) * wind


def _exactly(y: Vector, times: Vector, area: float, mass: float, thrust: float = 0.0, flow: float = 0.0,
             steer: Steer = "along") -> Vector:  # fmt: skip
    """Return states (6, k) at ``times``; thrust begins at the first of them."""

    def rate(t: float, y: Vector) -> Vector:
        r, v = y[:3], y[3:]
        now = mass - flow * (t - times[0])
        direction = v - (v @ r) / (r @ r) * r if steer == "level" else -v if steer == "against" else v
        push = thrust / now * direction / np.linalg.norm(direction)
        return np.concatenate([v, np.array(gravity(*r)) + _retard(r, v, area / now) + push])

    solution = solve_ivp(
        rate, (times[0], times[-1]), y, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times, max_step=20.0
    )
    return np.asarray(solution.y)


def _between(path: Trajectory, start: float, end: float) -> Vector:
    t = path.t[(path.t >= start) & (path.t <= end)]
    middles = 0.5 * (t[1:] + t[:-1])
    return np.unique(np.concatenate([[start], middles[:: max(len(middles) // 60, 1)], [end]]))


def _circular(radius: float, inclination: float = 0.0) -> tuple[Vector, Vector]:
    speed = math.sqrt(MU / radius)
    return np.array([radius, 0.0, 0.0]), speed * np.array([0.0, math.cos(inclination), math.sin(inclination)])


@pytest.mark.parametrize("steer", ["along", "against", "level"])
def test_burns(steer: Steer) -> None:
    r, v = _circular(MEAN_RADIUS + 170e3, 1.1)
    v = v + np.array([90.0, 0.0, 0.0])
    burn = fly_burn(r, v, 40.0, STAGE, payload=1_500.0, steer=steer, duration=80.0, ballistic_coefficient=350.0)
    times = _between(burn, 40.0, 120.0)
    thrust = 400.0 / 80.0 * 300.0 * STANDARD_GRAVITY
    exact = _exactly(np.concatenate([r, v]), times, 2_100.0 / 350.0, 2_100.0, thrust, 5.0, steer)
    positions, velocities, _ = burn.states(times)
    assert np.max(np.linalg.norm(positions - exact[:3].T, axis=1)) < 0.1
    assert np.max(np.linalg.norm(velocities - exact[3:].T, axis=1)) < 1e-3


def test_a_burn_follows_the_rocket_equation() -> None:
    """A short level burn on a circular orbit meets no loss to gravity: v = Isp g0 ln(m0 / m1)."""
    stage = STAGE.model_copy(update={"burn_time": 1.0})
    r, v = _circular(MEAN_RADIUS + 300e3)
    burn = fly_burn(r, v, 0.0, stage, payload=1_500.0, steer="level", duration=1.0)
    gained = float(np.linalg.norm(burn.v[-1]) - np.linalg.norm(v))
    assert gained == pytest.approx(300.0 * STANDARD_GRAVITY * math.log(2_100.0 / 1_700.0), rel=1e-4)
    assert stage.ideal_speed(1_500.0) == pytest.approx(gained, rel=1e-4)
    assert stage.time_to_gain(stage.ideal_speed(1_500.0), 1_500.0) == pytest.approx(1.0)


def test_separation_to_impact(flight: Flight) -> None:
    path = flight.payloads[0].trajectory
    rv, retro = SPEC.reentry_vehicle, SPEC.retro
    heavy = rv.mass + retro.propellant_mass + retro.inert_mass
    area, area_rv = heavy / SPEC.orbital_ballistic_coefficient, rv.mass / rv.ballistic_coefficient
    flow = retro.propellant_mass / retro.burn_time
    orbit, burn, fall = path.phases[0], path.phases[1], (path.phases[2].start_s, path.end_s)
    y, worst = np.concatenate([path.r[0], path.v[0]]), 0.0
    legs = [
        (orbit.start_s, orbit.end_s, area, heavy, 0.0, 0.0),
        (burn.start_s, burn.end_s, area, heavy, flow * retro.specific_impulse * STANDARD_GRAVITY, flow),
        (*fall, area_rv, rv.mass, 0.0, 0.0),
    ]
    for start, end, surface, mass, thrust, rate in legs:
        times = _between(path, start, end)
        exact = _exactly(y, times, surface, mass, thrust, rate, "against")
        worst = max(worst, float(np.linalg.norm(path.states(times)[0] - exact[:3].T, axis=1).max()))
        y = exact[:, -1]
    assert worst < 10.0


def test_cutoff_to_separation(flight: Flight) -> None:
    """The rise to the apogee, the injection burn and the drift after it, in one piece."""
    path, stage = flight.booster, SPEC.injection
    above = SPEC.reentry_vehicle.mass + SPEC.retro.propellant_mass + SPEC.retro.inert_mass
    heavy = above + stage.propellant_mass + stage.inert_mass
    rise, burn, bus = path.phases[-3:]
    flow = stage.propellant_mass / stage.burn_time
    area = above / SPEC.orbital_ballistic_coefficient
    y, worst = np.concatenate(path.state(rise.start_s)), 0.0
    legs = [
        (rise.start_s, rise.end_s, heavy, 0.0, 0.0),
        (burn.start_s, burn.end_s, heavy, flow * stage.specific_impulse * STANDARD_GRAVITY, flow),
        (bus.start_s, bus.end_s, above, 0.0, 0.0),
    ]
    for start, end, mass, thrust, rate in legs:
        times = _between(path, start, end)
        exact = _exactly(y, times, area, mass, thrust, rate, "level")
        worst = max(worst, float(np.linalg.norm(path.states(times)[0] - exact[:3].T, axis=1).max()))
        y = exact[:, -1]
    assert worst < 10.0


def test_injection_ends_at_circular_speed(flight: Flight) -> None:
    r, v = flight.booster.state(flight.burnout.time_s)
    radius = float(np.linalg.norm(r))
    assert np.linalg.norm(v) == pytest.approx(math.sqrt(MU / radius), abs=0.01)
    eccentricity = np.cross(v, np.cross(r, v)) / MU - r / radius
    assert np.linalg.norm(eccentricity) < 0.003
    assert radius - MEAN_RADIUS == pytest.approx(SPEC.orbit_altitude, abs=10e3)


def test_propellant_and_velocity_are_accounted_for(flight: Flight) -> None:
    """The injection burn gives what the rocket equation says of the propellant it used."""
    phase = next(p for p in reversed(flight.booster.phases) if p.name.startswith("boost-"))
    stage, above = SPEC.injection, SPEC.reentry_vehicle.mass + SPEC.retro.wet_mass
    used = stage.flow * (phase.end_s - phase.start_s)
    assert 0.0 < used < stage.propellant_mass
    start = above + stage.wet_mass
    ideal = stage.specific_impulse * STANDARD_GRAVITY * math.log(start / (start - used))
    before, after = (float(np.linalg.norm(flight.booster.state(t)[1])) for t in (phase.start_s, phase.end_s))
    assert after - before == pytest.approx(ideal, rel=0.03)


def test_least_velocity_is_above_the_two_body_bound() -> None:
    """No ascent needs less than the two impulses of a flight from the ground to the orbit (Hohmann), Earth at rest
    but for the pad's own speed; gravity and air cost more, some 10 to 25 %.
    """
    injector = Injector(SPEC, PAD, 180e3)
    ground, top = MEAN_RADIUS, MEAN_RADIUS + 180e3
    hohmann = (
        math.sqrt(2.0 * MU * top / (ground * (ground + top)))
        + math.sqrt(MU / top)
        - math.sqrt(2.0 * MU * ground / (top * (ground + top)))
    )
    pad = ROTATION_RATE * EQUATORIAL_RADIUS * math.cos(PAD[0])
    for azimuth, help_by_turning in ((0.5 * math.pi, pad), (1.5 * math.pi, -pad)):
        needed = injector.cheapest(azimuth).velocity
        assert 1.08 < needed / (hohmann - help_by_turning) < 1.25


@pytest.mark.parametrize("altitude", [150e3, 200e3, 400e3])
def test_period_and_conserved_quantities_in_vacuum(altitude: float) -> None:
    """In the equator's plane J2 leaves a central force, mu (1 + 1.5 J2 (Re/r)^2) / r^2: a circle closes after 2 pi
    sqrt(r^3 / mu').
    """
    radius = EQUATORIAL_RADIUS + altitude
    heavier = MU * (1.0 + 1.5 * J2 * (EQUATORIAL_RADIUS / radius) ** 2)
    r, v = np.array([radius, 0.0, 0.0]), np.array([0.0, math.sqrt(heavier / radius), 0.0])
    period = math.tau * math.sqrt(radius**3 / heavier)
    turn = coast(r, v, 0.0, math.inf, period)
    assert np.linalg.norm(turn.r[-1] - r) < 10.0
    at, moving, _ = turn.states(np.linspace(0.0, period, 300))
    np.testing.assert_allclose(np.linalg.norm(at, axis=1), radius, atol=1.0)
    np.testing.assert_allclose(np.sum(moving**2, axis=1), heavier / radius, rtol=1e-7)
    np.testing.assert_allclose(at[:, 0] * moving[:, 1] - at[:, 1] * moving[:, 0], radius * v[1], rtol=1e-7)


def test_an_inclined_orbit_conserves_energy_and_polar_momentum() -> None:
    r, v = _circular(MEAN_RADIUS + 180e3, 1.2)
    at, moving, _ = coast(r, v, 0.0, math.inf, 5_300.0).states(np.linspace(0.0, 5_300.0, 300))
    distance = np.linalg.norm(at, axis=1)
    oblate = J2 * (EQUATORIAL_RADIUS / distance) ** 2 * (1.5 * (at[:, 2] / distance) ** 2 - 0.5)
    energy = 0.5 * np.sum(moving**2, axis=1) - MU / distance * (1.0 - oblate)
    momentum = at[:, 0] * moving[:, 1] - at[:, 1] * moving[:, 0]
    # 1e-7 of the energy is a speed error below 1 mm/s.
    np.testing.assert_allclose(energy, energy[0], rtol=1e-7)
    np.testing.assert_allclose(momentum, momentum[0], rtol=1e-7)


def _angle_down(mu: float, radius: float, speed: float, ground: float) -> float:
    """Return the angle from the apogee of an ellipse to a lower radius (Vallado 2013, eq. 1-24)."""
    momentum = radius * speed
    parameter = momentum**2 / mu
    eccentricity = 1.0 - parameter / radius
    return math.pi - math.acos((parameter / ground - 1.0) / eccentricity)


@pytest.mark.parametrize(("altitude", "velocity"), [(150e3, 150.0), (180e3, 400.0), (250e3, 250.0)])
def test_deorbit_range_angle_in_vacuum(altitude: float, velocity: float) -> None:
    """From a circle in the equator's plane, where J2 adds to the Earth's pull: at least its share at the orbit, at most
    its share at the surface. The integrated descent lies between the two closed forms.
    """
    radius = EQUATORIAL_RADIUS + altitude
    weak = MU * (1.0 + 1.5 * J2 * (EQUATORIAL_RADIUS / radius) ** 2)
    strong = MU * (1.0 + 1.5 * J2)
    r, v = np.array([radius, 0.0, 0.0]), np.array([0.0, math.sqrt(weak / radius), 0.0])
    propellant = 1_000.0 * math.expm1(velocity / (300.0 * STANDARD_GRAVITY))
    impulse = STAGE.model_copy(update={"propellant_mass": propellant, "inert_mass": 0.0, "burn_time": 0.01})
    burn = fly_burn(r, v, 0.0, impulse, payload=1_000.0, steer="against", duration=0.01)
    fall = coast(burn.r[-1], burn.v[-1], burn.end_s, math.inf)
    swept = math.atan2(fall.r[-1][1], fall.r[-1][0]) % math.tau
    far, near = (_angle_down(mu, radius, v[1] - velocity, EQUATORIAL_RADIUS) for mu in (weak, strong))
    assert near - 2e-5 < swept < far + 2e-5
    assert far - near < 0.002
    plain = _angle_down(MU, radius, math.sqrt(MU / radius) - velocity, EQUATORIAL_RADIUS)
    assert descent_angle(radius, velocity, EQUATORIAL_RADIUS) == pytest.approx(plain, rel=1e-12)


def test_a_weak_retro_burn_does_not_come_down() -> None:
    assert math.isnan(descent_angle(MEAN_RADIUS + 180e3, 40.0, MEAN_RADIUS))
