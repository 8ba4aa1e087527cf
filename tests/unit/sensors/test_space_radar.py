"""Moving-target radars in space: grazing angle, squint, clutter notch, range equation, coarse height."""

import math

import numpy as np
import pytest
from radar_targets import looked, over, reasons

from cupola.core.earth import geodetic_to_ecef
from cupola.scenario.catalogue import entry
from cupola.sensors.detection import NonDetection
from cupola.sensors.radar import detection_range
from cupola.sensors.spec import SpaceRadarSpec

HEIGHT = 500e3


def changed(**fields: object) -> SpaceRadarSpec:
    spec = entry("sensors", "smti-notional").spec
    assert isinstance(spec, SpaceRadarSpec)
    return spec.model_copy(update={"fluctuation": "steady", "maximum_range": 5e6, **fields})


def satellite() -> tuple[np.ndarray, np.ndarray]:
    """Over 0 N 0 E at time zero, flying north."""
    r = np.array([geodetic_to_ecef(0.0, 0.0, HEIGHT)])
    return r, np.array([[0.0, 0.0, 7_613.0]])


def at_grazing(grazing_deg: float) -> float:
    """Longitude in deg at which a ray from the satellite meets a sphere at that angle, by the sine rule."""
    radius = 6_378_137.0
    g = math.radians(grazing_deg)
    return math.degrees(math.acos(radius / (radius + HEIGHT) * math.cos(g)) - g)


def reason(spec: SpaceRadarSpec, place: tuple[float, float, float], speed: float, heading_deg: float) -> NonDetection:
    return reasons(looked(spec, satellite(), over([place], speed=speed, heading_deg=heading_deg)))[0]


def test_it_looks_between_its_grazing_angles() -> None:
    spec = changed(minimum_grazing=math.radians(6.0), maximum_grazing=math.radians(70.0))
    expected = {5.8: "GRAZING", 6.2: "NONE", 30.0: "NONE", 69.0: "NONE", 71.0: "GRAZING"}
    for grazing, code in expected.items():
        assert reason(spec, (0.0, at_grazing(grazing), 0.0), 250.0, 270.0) is NonDetection[code], grazing
    assert reason(spec, (0.0, 30.0, 0.0), 250.0, 270.0) is NonDetection.BEHIND_EARTH
    assert reason(changed(maximum_range=8e5), (0.0, at_grazing(20.0), 0.0), 250.0, 270.0) is NonDetection.OUT_OF_RANGE


def test_it_looks_to_the_side_not_ahead() -> None:
    spec = changed(squint_limit=math.radians(60.0))
    # At 10 deg of grazing the ray lies asin(0.927 cos 10 deg) = 66 deg off nadir, all of it along the motion.
    ahead = at_grazing(10.0)
    assert reason(spec, (ahead, 0.0, 0.0), 250.0, 180.0) is NonDetection.OUT_OF_FIELD
    assert reason(spec, (0.7 * ahead, 0.7 * ahead, 0.0), 250.0, 225.0) is NonDetection.NONE


def test_what_moves_across_the_line_or_slowly_along_it_is_clutter() -> None:
    spec = changed(minimum_speed=25.0)
    grazing = 30.0
    place = (0.0, at_grazing(grazing), 0.0)
    along = math.cos(math.radians(grazing))
    assert reason(spec, place, 25.5 / along, 270.0) is NonDetection.NONE
    assert reason(spec, place, 24.5 / along, 270.0) is NonDetection.TOO_SLOW
    assert reason(spec, place, 250.0, 0.0) is NonDetection.TOO_SLOW
    # Standing still on the turning Earth is standing still.
    assert reason(spec, place, 0.0, 0.0) is NonDetection.TOO_SLOW


def test_signal_follows_the_range_equation() -> None:
    spec = changed()
    targets = over([(0.0, at_grazing(20.0), 0.0)], speed=250.0, heading_deg=270.0, rcs=0.1)
    distance = float(np.linalg.norm(targets.r[0] - satellite()[0][0]))
    looks = looked(spec, satellite(), targets)
    assert looks.snr[0, 0] == pytest.approx((detection_range(spec, 0.1, 0.0) / distance) ** 4, rel=1e-9)


def test_its_place_is_fine_on_the_ground_and_its_height_is_not_measured() -> None:
    spec = changed(range_bias=0.0, angle_bias=0.0)
    targets = over(
        [(0.0, at_grazing(30.0), altitude) for altitude in (200.0, 5e3, 9e3)], speed=250.0, heading_deg=270.0
    )
    looks = looked(spec, satellite(), targets)
    reported = satellite()[0][0] + looks.range_m[0][:, None] * looks.u[0]
    assert np.allclose(np.linalg.norm(reported, axis=1), 6_378_137.0 + 5e3, atol=30.0)
    assert np.linalg.norm(reported[1] - targets.r[1]) < 30.0
    # A height wrong by 5 km slides the report along the arc of equal range by 5 km / cos(grazing).
    sigma = looks.sigma_angle[0, :, 1] * looks.range_m[0]
    assert sigma[0] == pytest.approx(5e3 / math.cos(math.radians(30.0)), rel=0.02)
    off = np.linalg.norm(reported - targets.r, axis=1)
    assert off[0] == pytest.approx(4.8e3 / math.cos(math.radians(30.0)), rel=0.03)
    assert (looks.sigma_angle[0, :, 0] * looks.range_m[0] < 500.0).all()


def test_grazing_limits_out_of_order_are_refused() -> None:
    fields = entry("sensors", "smti-notional").spec.model_dump(mode="json")
    with pytest.raises(ValueError, match="maximum_grazing must be above"):
        SpaceRadarSpec(**{**fields, "maximum_grazing": "3 deg"})
