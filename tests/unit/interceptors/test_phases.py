"""What a track is believed to do, from its motion model and its predicted path alone."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from cupola.core.earth import EQUATORIAL_RADIUS, MU, Vector
from cupola.interceptors.phases import CODE, PHASES, PhaseSpec, believed_phases, shows
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.scenario.catalogue import entry

TIMES = np.arange(0.0, 1300.0, 5.0)


def named(r: Vector, v: Vector, mode: str, burnout: float = -1.0) -> list[str]:
    """Return the phases of one track in ``mode`` on an equatorial path."""
    flags = {name: np.array([mode == name]) for name in ("burning", "gliding", "cruising")}
    found = believed_phases(
        PhaseSpec(), **flags, burnout_s=np.array([burnout]), times_s=TIMES[: len(r)], r=r[None], v=v[None]
    )
    return [PHASES[code] for code in found[0]]


def ballistic() -> tuple[Vector, Vector, Vector]:
    """A Kepler ellipse in the equator with its apogee at 1,000 km and its perigee far below ground: position, velocity,
    altitude.
    """
    apogee, perigee = EQUATORIAL_RADIUS + 1000e3, 1500e3
    a, e = 0.5 * (apogee + perigee), (apogee - perigee) / (apogee + perigee)
    n = math.sqrt(MU / a**3)
    mean = math.pi + n * (TIMES - 640.0)
    anomaly = mean.copy()
    for _ in range(50):
        anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    cos, sin, b = np.cos(anomaly), np.sin(anomaly), a * math.sqrt(1.0 - e * e)
    rate = n / (1.0 - e * cos)
    zero = np.zeros_like(cos)
    r = np.stack([a * (cos - e), b * sin, zero], axis=1)
    v = np.stack([-a * sin * rate, b * cos * rate, zero], axis=1)
    return r, v, np.linalg.norm(r, axis=1) - EQUATORIAL_RADIUS


def level(altitude: Vector, speed: float) -> tuple[Vector, Vector]:
    """A flight round the equator at given heights."""
    radius = EQUATORIAL_RADIUS + altitude
    turn = speed * TIMES[: len(altitude)] / EQUATORIAL_RADIUS
    r = radius[:, None] * np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)], axis=1)
    return r, np.gradient(r, TIMES[: len(altitude)], axis=0)


def test_a_falling_body_is_on_its_midcourse_until_it_sinks_into_the_air() -> None:
    r, v, altitude = ballistic()
    phases = named(r, v, "falling")
    before = TIMES < 640.0
    assert set(np.array(phases)[before & (altitude > 0.0)]) == {"midcourse"}, "also low on its way up"
    for phase, h, late in zip(phases, altitude, ~before, strict=True):
        if late:
            assert phase == ("terminal" if h < 80e3 else "midcourse")
    assert {"terminal", "midcourse"} == set(phases)


def test_a_burning_missile_is_in_boost_to_its_believed_burnout() -> None:
    r, v, _ = ballistic()
    phases = named(r, v, "burning", burnout=150.0)
    assert all((phase == "boost") == (t <= 150.0) for phase, t in zip(phases, TIMES, strict=True))


def test_what_holds_itself_up_glides_until_it_dives() -> None:
    high = np.linspace(48e3, 41e3, 150)
    down = np.linspace(41e3, 5e3, 6)  # 7 km in 5 s at 5 km/s: 15 deg and more
    r, v = level(np.concatenate([high, down]), 5000.0)
    phases = named(r, v, "gliding")
    assert set(phases[:149]) == {"glide"}
    assert set(phases[-5:]) == {"terminal"}
    assert set(named(r, v, "falling")[:140]) == {"terminal"}, "the same path, not believed to be held up"


def test_level_flight_in_air_that_an_engine_can_breathe_is_cruise() -> None:
    for altitude, phase in ((100.0, "cruise"), (25e3, "cruise"), (60e3, "glide")):
        r, v = level(np.full(50, altitude), 250.0)
        assert set(named(r, v, "cruising")) == {phase}


def test_a_seeker_sees_what_it_is_made_for() -> None:
    assert shows(("boost",), burning=True)
    assert not shows(("boost",), burning=False)
    assert not shows(("midcourse",), burning=True)
    assert shows(("terminal", "cruise"), burning=False)
    assert all(shows(("boost", "midcourse"), burning=burning) for burning in (True, False))


def test_engages_lists_each_phase_once_and_takes_a_single_word() -> None:
    said = entry("interceptors", "sbi-notional").spec.model_dump(mode="json")
    assert SpaceInterceptorSpec.model_validate({**said, "engages": "midcourse"}).engages == ("midcourse",)
    for wrong in ([], ["boost", "boost"], ["boost-and-midcourse"]):
        with pytest.raises(ValidationError):
            SpaceInterceptorSpec.model_validate({**said, "engages": wrong})
    assert sorted(CODE.values()) == [0, 1, 2, 3, 4]
