"""Ground interceptors of three kinds, small enough to read."""

from typing import Any

import pytest

from cupola.interceptors.spec import GroundInterceptorSpec


def _stage(
    propellant: float, inert: float, isp: float, burn: float, diameter: float, coast: float = 0.0
) -> dict[str, str]:
    return {
        "propellant_mass": f"{propellant} kg",
        "inert_mass": f"{inert} kg",
        "specific_impulse": f"{isp} s",
        "burn_time": f"{burn} s",
        "exit_area": f"{0.3 * diameter**2} m^2",
        "diameter": f"{diameter} m",
        "coast_after": f"{coast} s",
    }


def _spec(**change: Any) -> GroundInterceptorSpec:
    kill_vehicle = {
        "mass": "60 kg",
        "divert": "0.7 km/s",
        "divert_acceleration": "4 g_0",
        "seeker_range": "400 km",
        "seeker_field": "9 km",
        "kill_probability": 0.8,
    }
    base: dict[str, Any] = {
        "title": "test",
        "layer": "midcourse",
        "engages": ["midcourse", "terminal"],
        "drag_coefficient": 0.3,
        "shroud_mass": "50 kg",
        "shroud_time": "60 s",
        "vertical_rise_time": "1 s",
        "pitch_over_time": "4 s",
        "reliability": 0.9,
        "kill_vehicle": kill_vehicle,
    }
    return GroundInterceptorSpec.model_validate({**base, **change})


@pytest.fixture(scope="session")
def midcourse() -> GroundInterceptorSpec:
    """Three stages, burnout near 4.5 km/s."""
    return _spec(
        stages=[
            _stage(468, 264, 245, 6, 0.53),
            _stage(800, 220, 265, 45, 0.53, 2),
            _stage(200, 60, 285, 25, 0.53),
        ],
        minimum_altitude="90 km",
        maximum_altitude="1200 km",
        maximum_range="2200 km",
        maximum_flight_time="600 s",
    )


@pytest.fixture(scope="session")
def terminal() -> GroundInterceptorSpec:
    """One stage, burnout near 2.7 km/s, inside and just above the air."""
    return _spec(
        stages=[_stage(640, 190, 270, 17, 0.37)],
        shroud_mass="10 kg",
        shroud_time="17 s",
        minimum_altitude="40 km",
        maximum_altitude="150 km",
        maximum_range="200 km",
        maximum_flight_time="150 s",
    )
