"""Skin temperatures against the formula written out, SciPy's integration of the stored heat, and common sense."""

import math
from functools import cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.atmosphere import height, standard_air
from cupola.scenario.catalogue import entry
from cupola.threats.ballistic import fly_ballistic
from cupola.threats.flight import Flight
from cupola.threats.reentry_heat import ABLATION, ROCKET_ANGLE, SAMPLES, VEHICLE_ANGLE, ascent_skin, reentry_skin

SIGMA = 5.670374419e-8


@cache
def flight() -> Flight:
    return fly_ballistic(entry("threats", "minuteman-iii-class").spec, (0.68, 2.2, 100.0), (0.83, -2.13))


def flux(path, time, angle):
    r, v = path.state(time)
    (density,), _, _ = standard_air(np.array([height(*r)]))
    speed = math.hypot(v[0] + 7.292115e-5 * r[1], v[1] - 7.292115e-5 * r[0], v[2])
    laminar = 2.53e-5 * math.cos(angle) ** 0.5 * math.sin(angle) * density**0.5 * speed**3.2
    return min(laminar, 0.5 * density * speed**3 * math.sin(angle))


def test_a_vehicle_radiates_what_its_flank_receives() -> None:
    path, body = flight().payloads[0].trajectory, flight().payloads[0].body
    skin = reentry_skin(path, body)
    assert skin is not None
    assert len(skin.times_s) == SAMPLES
    assert skin.temperature[0] == body.temperature
    for time, temperature in zip(skin.times_s[1:], skin.temperature[1:], strict=True):
        balance = body.emissivity * SIGMA * (temperature**4 - body.temperature**4)
        assert balance == pytest.approx(flux(path, time, VEHICLE_ANGLE), rel=1e-6, abs=1e-3)
        assert temperature <= ABLATION


def test_the_glow_begins_softly_and_high() -> None:
    path, body = flight().payloads[0].trajectory, flight().payloads[0].body
    skin = reentry_skin(path, body)
    assert skin is not None
    assert height(*path.state(skin.times_s[0])[0]) == pytest.approx(150e3, abs=5e3)
    assert skin.temperature[1] < body.temperature + 30.0


def test_ablation_caps_a_steep_fast_vehicle() -> None:
    spec = entry("threats", "icbm-liquid-notional").spec
    steep = fly_ballistic(spec, (0.68, 2.2, 100.0), (0.81, 2.2), apogee_m=4_475e3)
    skin = steep.payloads[0].skin
    assert skin is not None
    assert skin.temperature.max() == pytest.approx(ABLATION)


def test_a_rocket_stores_the_heat_of_its_ascent() -> None:
    path, body = flight().booster, flight().booster_body
    skin = ascent_skin(path, body)

    def rate(time, temperature):
        shed = body.emissivity * SIGMA * (temperature[0] ** 4 - body.temperature**4)
        return [(flux(path, time, ROCKET_ANGLE) - shed) / (0.004 * 2_700.0 * 900.0)]

    exact = solve_ivp(rate, (0.0, path.end_s), [body.temperature], t_eval=skin.times_s, rtol=1e-8, max_step=1.0)
    np.testing.assert_allclose(skin.temperature, exact.y[0], atol=0.5)
    assert 310.0 < skin.temperature.max() < 400.0


def test_what_does_not_re_enter_has_no_skin_of_its_own() -> None:
    assert reentry_skin(flight().booster, flight().booster_body) is None
