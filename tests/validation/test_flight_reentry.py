"""Re-entry against Allen and Eggers (1958), NACA report 1381: a straight, fast, steep entry.

With drag alone, v = V exp(-X / (2 beta sin gamma)) where X is the mass of air per area above; the greatest deceleration
is V2 sin gamma / (2 e H), whatever the ballistic coefficient, at the speed V exp(-1/2). A vertical fall at the pole
over an Earth at rest keeps its path straight.
"""

import math

import numpy as np
import pytest

from cupola.core.atmosphere import air, height
from cupola.core.earth import POLAR_RADIUS
from cupola.core.rocket import coast
from cupola.core.trajectory import Trajectory

SPEED = 7_000.0


def _entry(beta: float) -> Trajectory:
    r = np.array([0.0, 0.0, POLAR_RADIUS + 130e3])
    return coast(r, np.array([0.0, 0.0, -SPEED]), 0.0, beta, rotation_rate=0.0, fine=0.1)


@pytest.mark.parametrize("beta", [1_000.0, 3_000.0, 8_000.0])
def test_speed_down_the_atmosphere(beta: float) -> None:
    flight = _entry(beta)
    times = np.linspace(0.0, flight.end_s, 400)
    r, v, _ = flight.states(times)
    for point, velocity in zip(r, v, strict=True):
        altitude, speed = height(*point), float(np.linalg.norm(velocity))
        if altitude > 100e3 or speed < 0.4 * SPEED:
            continue
        column = air(altitude)[1] / 9.75
        # The closed form leaves gravity out: it adds some 1.5 % to the speed on the way down.
        expected = math.sqrt(SPEED**2 + 2.0 * 9.6 * (130e3 - altitude)) * math.exp(-column / (2.0 * beta))
        assert speed == pytest.approx(expected, rel=0.01)


# These bodies slow down most between 11 and 20 km, where the air is isothermal and thins exponentially, as the closed
# form asks.
@pytest.mark.parametrize("beta", [700.0, 1_000.0, 2_000.0])
def test_greatest_deceleration(beta: float) -> None:
    flight = _entry(beta)
    times = np.linspace(0.0, flight.end_s, 4_000)
    r, v, a = flight.states(times)
    worst = int(np.argmax(a[:, 2]))
    altitude = height(*r[worst])
    assert 11e3 < altitude < 20e3
    scale = 10.0 / math.log(air(altitude - 5.0)[0] / air(altitude + 5.0)[0])
    arrival = math.sqrt(SPEED**2 + 2.0 * 9.6 * (130e3 - altitude))
    assert a[worst, 2] + 9.8 == pytest.approx(arrival**2 / (2.0 * math.e * scale), rel=0.01)
    assert np.linalg.norm(v[worst]) == pytest.approx(arrival * math.exp(-0.5), rel=0.01)
