import math

import numpy as np
import pytest

from cupola.core.earth import great_circle_point
from cupola.scenario.catalogue import entry
from cupola.threats.ballistic import fly_ballistic
from cupola.threats.flight import InfeasibleFlight, distance
from cupola.threats.raid import objects_of

LAUNCH = (0.66, 1.76, 1500.0)
LOS_ANGELES = (math.radians(34.05), math.radians(-118.24))
SAN_DIEGO = (math.radians(32.72), math.radians(-117.16))
LAS_VEGAS = (math.radians(36.17), math.radians(-115.14))


def _fly(*further, **changes):
    spec = entry("threats", "icbm-solid-china-notional").spec.model_copy(update=changes)
    return fly_ballistic(spec, LAUNCH, LOS_ANGELES, further_aims=further)


def test_each_vehicle_has_its_own_aim():
    flight = _fly(SAN_DIEGO, LAS_VEGAS)
    assert [payload.aim for payload in flight.payloads] == [LOS_ANGELES, SAN_DIEGO, LAS_VEGAS]
    assert flight.miss_m < 20.0
    objects = objects_of(
        flight, missile_id="M", threat="x", launch_s=30.0, aims=[("LA", 3), ("San Diego", 2), ("Las Vegas", 1)]
    )
    assert [o.aim for o in objects] == ["LA", "LA", "San Diego", "Las Vegas"]
    assert [o.aim_population for o in objects] == [3, 3, 2, 1]
    assert objects[3].aim_latitude == LAS_VEGAS[0]


def test_later_vehicles_ride_on_the_bus_until_their_turn():
    flight = _fly(SAN_DIEGO, LAS_VEGAS)
    first, second, third = (payload.trajectory for payload in flight.payloads)
    wait = flight.spec.release_interval
    assert [p.name for p in third.phases] == ["bus", "bus", "midcourse", "re-entry"]
    assert second.phases[0].end_s == pytest.approx(flight.booster.end_s + wait)
    at = flight.booster.end_s + 0.7 * wait
    np.testing.assert_allclose(second.state(at)[0], third.state(at)[0], atol=1e-6)
    assert np.linalg.norm(first.state(at)[0] - third.state(at)[0]) > 10.0


def test_the_bus_spends_least_where_the_miss_is_linear():
    # An impulse at release moves the impact by its time to go times roughly its own speed: 180 km in 25 min asks for
    # some 100 m/s, and no vehicle can do with less than the miss over the time to go and a factor of order one.
    flight = _fly(SAN_DIEGO)
    bus, second = flight.booster, flight.payloads[1].trajectory
    push = float(np.linalg.norm(second.v[0] - bus.v[-1]))
    to_go = second.end_s - bus.end_s
    assert 0.3 < push * to_go / distance(LOS_ANGELES, SAN_DIEGO) < 1.5


def test_left_over_vehicles_go_to_the_last_aim():
    flight = _fly(SAN_DIEGO)
    assert [payload.aim for payload in flight.payloads] == [LOS_ANGELES, SAN_DIEGO, SAN_DIEGO]
    assert flight.miss_m < 20.0


@pytest.mark.parametrize(
    ("further", "changes", "words"),
    [
        ((SAN_DIEGO,) * 3, {}, "got 3, accepted are at most 2"),
        ((SAN_DIEGO,), {"bus_velocity": 40.0}, "needs more than .* m/s to reach 32.72, -117.16, and has 40 m/s"),
        ((great_circle_point(*LOS_ANGELES, 1.0, 0.7),), {}, "further aims: .*hint: take aim points nearer"),
        ((SAN_DIEGO,), {"reentry_vehicles": 1}, "accepted are at most 0"),
    ],
)
def test_what_the_bus_cannot_do_is_said(further, changes, words):
    with pytest.raises(InfeasibleFlight, match=words):
        _fly(*further, **changes)
