"""Radars on aircraft and low flyers: horizons in closed form, the racetrack, the clutter notch."""

import math

import numpy as np
import pytest
from radar_targets import looked, north_of, over, reasons

from cupola.core.earth import ecef_to_geodetic, eci_to_ecef, surface_velocity
from cupola.sensors.detection import NonDetection, Patrols, RadarSites, look
from cupola.sensors.radar_scan import over_clutter
from cupola.sensors.spec import AirborneRadarSpec, RadarSpec

HARDWARE = {
    "title": "test",
    "band": "l_band",
    "frequency": "1.3 GHz",
    "average_power": "50 kW",
    "aperture": "12 m^2",
    "gain": "34.5 dB",
    "system_temperature": "800 K",
    "losses": "10 dB",
    "dwell": "30 ms",
    "bandwidth": "2 MHz",
    "beamwidth": "1.4 deg",
    "elevation_beamwidth": "6 deg",
    "threshold_snr": "13 dB",
    "fluctuation": "steady",
    "azimuth_width": "360 deg",
    "maximum_range": "900 km",
    "revisit": "10 s",
}
AIRCRAFT = AirborneRadarSpec(
    **HARDWARE,
    minimum_elevation="-30 deg",
    maximum_elevation="20 deg",
    altitude="10 km",
    speed="210 m/s",
    leg="100 km",
    turn_radius="12 km",
    track_azimuth="90 deg",
)
MAST = RadarSpec(**HARDWARE, minimum_elevation="-1 deg", maximum_elevation="20 deg", antenna_height="50 m")
PLACE = (62.0, -60.0)
EFFECTIVE = 4.0 / 3.0 * 6_371_008.8


def hovering(spec: AirborneRadarSpec = AIRCRAFT) -> Patrols:
    """An aircraft that is over the place itself at time zero."""
    tight = spec.model_copy(update={"leg": 0.0, "turn_radius": 1.0})
    return Patrols.of(tight, [(math.radians(PLACE[0]), math.radians(PLACE[1]))], [()])


def farthest_seen(seen: object, low: float, high: float) -> float:
    """The distance in m at which a target is lost, by bisection."""
    assert callable(seen)
    assert seen(low)
    assert not seen(high)
    while high - low > 10.0:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if seen(middle) else (low, middle)
    return low


def test_a_cruise_missile_at_50_m_is_seen_by_a_50_m_mast_no_farther_than_its_horizon() -> None:
    """sqrt(2 k R h1) + sqrt(2 k R h2) = 58.3 km for 50 m and 50 m; 42.2 km for 50 m and 10 m."""
    mast = RadarSites.at([(math.radians(PLACE[0]), math.radians(PLACE[1]), 0.0)], [()], MAST.antenna_height)

    def seen_at(altitude: float) -> object:
        return lambda d: bool(looked(MAST, mast, over([north_of(*PLACE, d, altitude)])).hit[0, 0])

    for altitude, expected in ((50.0, 2.0 * math.sqrt(2.0 * EFFECTIVE * 50.0)), (10.0, 42.2e3)):
        # The ellipsoid's radius along the meridian at 62 deg is 0.15 % above the mean one.
        assert farthest_seen(seen_at(altitude), 20e3, 200e3) == pytest.approx(expected, rel=4e-3)
    beyond = looked(MAST, mast, over([north_of(*PLACE, 65e3, 50.0)]))
    assert reasons(beyond) == [NonDetection.BELOW_HORIZON]


def test_an_aircraft_at_10_km_sees_the_same_missile_out_to_its_own_horizon() -> None:
    def seen(distance: float) -> bool:
        return bool(looked(AIRCRAFT, hovering(), over([north_of(*PLACE, distance, 50.0)])).hit[0, 0])

    expected = math.sqrt(2.0 * EFFECTIVE * 10e3) + math.sqrt(2.0 * EFFECTIVE * 50.0)  # 412 km and 29 km
    assert farthest_seen(seen, 100e3, 800e3) == pytest.approx(expected, rel=4e-3)


def test_the_higher_the_aircraft_the_farther_it_sees() -> None:
    reach = []
    for altitude in (1e3, 3e3, 6e3, 10e3, 14e3):
        patrols = hovering(AIRCRAFT.model_copy(update={"altitude": altitude}))
        spec = AIRCRAFT.model_copy(update={"altitude": altitude})
        reach.append(
            farthest_seen(
                lambda d, p=patrols, s=spec: bool(looked(s, p, over([north_of(*PLACE, d, 50.0)])).hit[0, 0]),
                50e3,
                890e3,
            )
        )
    assert reach == sorted(reach)
    assert reach[-1] > 2.0 * reach[0]


def test_what_is_steep_below_the_aircraft_is_out_of_its_field() -> None:
    assert reasons(looked(AIRCRAFT, hovering(), over([north_of(*PLACE, 5e3, 50.0)]))) == [NonDetection.OUT_OF_FIELD]


def test_a_slow_radial_speed_is_lost_in_clutter_and_only_where_ground_is_in_the_beam() -> None:
    spec = AIRCRAFT.model_copy(update={"minimum_speed": 30.0})
    place = north_of(*PLACE, 200e3, 100.0)

    def reason(speed: float, heading: float, where: tuple[float, float, float] = place) -> NonDetection:
        return reasons(looked(spec, hovering(), over([where], speed=speed, heading_deg=heading)))[0]

    assert reason(240.0, 180.0) is NonDetection.NONE
    assert reason(240.0, 90.0) is NonDetection.TOO_SLOW
    # 29 and 31 m/s along the line, which is level within 5 deg.
    assert reason(29.0, 180.0) is NonDetection.TOO_SLOW
    assert reason(31.0, 180.0) is NonDetection.NONE
    # Crossing, but 7 deg and more above the ground at that range, or beyond the ground's horizon.
    assert reason(240.0, 90.0, north_of(*PLACE, 100e3, 15e3)) is NonDetection.NONE
    assert reason(240.0, 90.0, north_of(*PLACE, 450e3, 8e3)) is NonDetection.NONE


def test_ground_in_the_beam_by_plane_geometry_close_by_and_by_the_horizon_far_out() -> None:
    height, distance = 10e3, 20e3  # ground 30 deg down, on a flat Earth to 0.1 deg
    below = -math.asin(height / distance)
    assert over_clutter(height, distance, below + math.radians(2.8), math.radians(6.0))
    assert not over_clutter(height, distance, below + math.radians(3.2), math.radians(6.0))
    assert not over_clutter(height, 0.9 * height, -1.5, math.radians(6.0))
    horizon = math.sqrt(2.0 * EFFECTIVE * height + height**2)
    depression = -math.asin(horizon / (EFFECTIVE + height))
    assert over_clutter(height, horizon - 1.0, depression, math.radians(0.1))
    assert not over_clutter(height, horizon + 1.0, depression, math.radians(0.1))


def test_the_racetrack_closes_keeps_height_and_flies_as_fast_as_it_says() -> None:
    patrols = Patrols.of(AIRCRAFT, [(math.radians(PLACE[0]), math.radians(PLACE[1]))], [()])
    assert patrols.lap_s == pytest.approx((200e3 + math.tau * 12e3) / 210.0)
    centre, _, _ = hovering().at(0.0)
    for time_s in np.linspace(0.0, patrols.lap_s, 23):
        before, _, _ = patrols.at(time_s - 0.5)
        r, v, basis = patrols.at(time_s)
        after, _, _ = patrols.at(time_s + 0.5)
        assert np.allclose(after - before, v, atol=4.0)  # across a lap's corners the turn begins within the second
        assert np.linalg.norm(v - surface_velocity(r)) == pytest.approx(210.0, rel=1e-9)
        assert ecef_to_geodetic(*eci_to_ecef(r, time_s)[0])[2] == pytest.approx(10e3, abs=1e-3)
        assert np.allclose(basis[0] @ basis[0].T, np.eye(3))
        now, _, _ = hovering().at(time_s)
        assert np.linalg.norm(r - now) <= math.hypot(50e3, 12e3) + 13e3
    first, last = (eci_to_ecef(patrols.at(t)[0], t) for t in (0.0, patrols.lap_s))
    assert np.allclose(first, last, atol=1e-3)
    assert np.linalg.norm(patrols.at(0.0)[0] - centre) == pytest.approx(12e3, rel=2e-3)


def test_range_rate_is_the_derivative_of_the_distance_between_two_moving_things() -> None:
    spec = AIRCRAFT.model_copy(update={"doppler": True})
    patrols = Patrols.of(spec, [(math.radians(PLACE[0]), math.radians(PLACE[1]))], [()])
    targets = over([north_of(*PLACE, 200e3, 3e3)], speed=250.0, heading_deg=200.0, time_s=600.0)
    looks = looked(spec, patrols, targets, 600.0)

    def distance(dt: float) -> float:
        return float(np.linalg.norm(targets.r[0] + targets.v[0] * dt - patrols.at(600.0 + dt)[0][0]))

    assert looks.range_rate[0, 0] == pytest.approx((distance(0.1) - distance(-0.1)) / 0.2, abs=0.02)
    assert 0.0 < looks.sigma_range_rate[0, 0] < 2.0
    noisy = looked(spec, patrols, over([north_of(*PLACE, 200e3, 3e3)] * 4000, time_s=600.0), 600.0, noise=True)
    assert noisy.range_rate[0].std() == pytest.approx(noisy.sigma_range_rate[0, 0], rel=0.05)


def test_too_few_draws_and_too_few_boresights_are_refused() -> None:
    spec = AIRCRAFT.model_copy(update={"doppler": True})
    targets = over([north_of(*PLACE, 200e3, 3e3)])
    draws = {"uniforms": np.zeros((1, 1)), "normals": np.zeros((1, 1, 3)), "bias": np.zeros((1, 3))}
    with pytest.raises(ValueError, match="draws_per_look"):
        look(spec, hovering(), targets, 0.0, cloud_top_m=0.0, **draws)
    with pytest.raises(ValueError, match="one list each"):
        Patrols.of(AIRCRAFT, [(0.0, 0.0)], [])
    with pytest.raises(ValueError, match="airborne radars with Patrols"):
        look(MAST, hovering(), targets, 0.0, cloud_top_m=0.0, **draws)


def test_a_radar_without_height_reports_at_the_assumed_height_whatever_the_truth() -> None:
    flat = MAST.model_copy(update={"finds_height": False, "assumed_height": 4e3, "height_error": 2e3})
    mast = RadarSites.at([(math.radians(PLACE[0]), math.radians(PLACE[1]), 0.0)], [()], MAST.antenna_height)
    targets = over([north_of(*PLACE, 80e3, altitude) for altitude in (1e3, 4e3, 9e3, 11e3)])
    looks = looked(flat, mast, targets)
    assert reasons(looks)[3] is NonDetection.OUT_OF_FIELD  # more than three height errors above
    for j in range(3):
        reported = looks.r_sensors[0] + looks.range_m[0, j] * looks.u[0, j]
        assert ecef_to_geodetic(*reported)[2] == pytest.approx(4e3, abs=60.0)
        assert looks.sigma_angle[0, j, 1] * looks.range_m[0, j] == pytest.approx(2e3, rel=0.02)
        missed = np.linalg.norm(reported - targets.r[j])
        assert missed == pytest.approx(abs(targets.altitude[j] - 4e3), rel=0.1, abs=80.0)
