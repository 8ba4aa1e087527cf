"""Track life: start, pairing of late sight lines, burnout, staging, children, loss, prediction."""

import math
from dataclasses import replace

import numpy as np
import pytest
from simulated_raid import BURNOUT, Watchers, boost_flight

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.sensors.looks import Measurements
from cupola.tracking.motion import BOOST, COAST, NONE
from cupola.tracking.prediction import predict
from cupola.tracking.tracker import TrackBank

SENSORS = np.array([[7.0e6, 2.0e6, 0.0], [6.6e6, -1.5e6, 2.0e6]])
POINT = np.array([6.42e6, 1e5, 2e5])


def reports(
    point: np.ndarray,
    time_s: float,
    *,
    use: tuple[int, ...] = (0, 1),
    burning: bool = True,
    plumes: bool = True,
    ranged: bool = False,
    target: int = 0,
) -> Measurements:
    sensors = SENSORS[list(use)]
    offset = point - sensors
    distance = np.sqrt((offset**2).sum(axis=1))
    n = len(use)
    return Measurements(
        sensor=np.array(use, np.int64),
        target=np.full(n, target, np.int64),
        time_s=np.full(n, time_s),
        r_sensor=sensors,
        v_sensor=np.zeros_like(sensors),
        u=offset / distance[:, None],
        sigma_angle=np.full((n, 2), 2e-5),
        bias_angle=np.full(n, 1e-5),
        range_m=distance if ranged else np.full(n, np.nan),
        sigma_range=np.full(n, 30.0),
        bias_range=np.full(n, 10.0),
        range_rate=np.full(n, np.nan),
        sigma_range_rate=np.full(n, np.nan),
        burning=np.full(n, burning),
        sees_plumes=np.full(n, plumes),
        feature=np.full(n, np.nan),
    )


def rising(time_s: float) -> np.ndarray:
    up = POINT / np.linalg.norm(POINT)
    return POINT + up * (600.0 * time_s + 0.5 * 20.0 * time_s**2)


def boosting(until: float, interval: float = 5.0) -> TrackBank:
    bank = TrackBank(3)
    for t in np.arange(0.0, until + 1e-9, interval):
        bank.process(reports(rising(t), t))
    return bank


def test_two_sight_lines_start_a_boost_track_and_one_does_not() -> None:
    bank = TrackBank(2)
    assert list(bank.process(reports(POINT, 50.0, use=(0,))).initiated) == []
    assert bank.mode[0] == NONE
    assert math.isinf(bank.sigma_position(0))
    events = bank.process(reports(POINT, 60.0))
    assert list(events.initiated) == [0]
    assert list(events.updated) == [0]
    assert bank.mode[0] == BOOST
    assert bank.sigma_position(0) < 200.0
    assert bank.mode[1] == NONE


def test_sight_lines_a_few_seconds_apart_are_paired_with_honest_noise() -> None:
    late, together, never = TrackBank(1), TrackBank(1), TrackBank(1)
    late.process(reports(POINT, 50.0, use=(0,)))
    late.process(reports(POINT, 53.0, use=(1,)))
    together.process(reports(POINT, 53.0))
    never.process(reports(POINT, 40.0, use=(0,)))
    never.process(reports(POINT, 53.0, use=(1,)))
    assert late.mode[0] == BOOST
    assert never.mode[0] == NONE
    assert 3_000.0 < late.sigma_position(0) < 15_000.0
    assert late.sigma_position(0) > 10.0 * together.sigma_position(0)


def test_a_radar_range_starts_a_track_alone() -> None:
    bank = TrackBank(1)
    bank.process(reports(POINT, 50.0, use=(1,), burning=False, plumes=False, ranged=True))
    assert bank.mode[0] == COAST
    assert bank.sigma_position(0) < 200.0
    np.testing.assert_allclose(bank.x[0, :3], POINT, atol=1.0)


def test_the_expected_motion_of_a_new_missile_covers_real_boosters() -> None:
    flight = boost_flight(60.0)
    state = flight.at(32.0)
    bank = TrackBank(1)
    bank.process(reports(state[:3], 32.0))
    error = bank.x[0, 3:6] - state[3:]
    assert error @ np.linalg.solve(bank.p[0, 3:6, 3:6], error) < 7.8  # 95 % of chi-square 3


def test_believed_burnout_follows_launch_and_assumed_burn_time() -> None:
    flight = boost_flight(60.0)
    for time_s in (32.0, 50.0):
        bank = TrackBank(1, burn_time_s=180.0)
        bank.process(reports(flight.at(time_s)[:3], time_s))
        assert bank.burnout_s[0] == pytest.approx(180.0, abs=12.0)


@pytest.mark.parametrize("broken", [-1.0, math.nan, math.inf])
def test_a_track_whose_covariance_ran_out_of_digits_is_dropped_and_may_start_anew(
    broken: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = boosting(40.0)

    def spoil(*_: object) -> None:
        bank.p[0, 0, 0] = broken

    with monkeypatch.context() as patch:
        patch.setattr("cupola.tracking.tracker._take_all", spoil)
        bank.process(reports(rising(41.0), 41.0))
    assert bank.mode[0] == NONE
    assert math.isinf(bank.sigma_position(0))
    assert list(bank.process(reports(rising(45.0), 45.0)).initiated) == [0]


def test_two_dark_reports_end_the_boost_and_widen_the_covariance() -> None:
    bank = boosting(40.0)
    assert list(bank.process(reports(rising(45.0), 45.0, burning=False)).coasting) == []
    before = bank.p[0, 3:6, 3:6].trace()
    events = bank.process(reports(rising(50.0), 50.0, burning=False))
    assert list(events.coasting) == [0]
    assert bank.mode[0] == COAST
    assert bank.p[0, 3:6, 3:6].trace() > before
    assert bank.burnout_s[0] == 40.0


def test_reports_of_sensors_that_see_no_plumes_do_not_end_the_boost() -> None:
    bank = boosting(40.0)
    for t in (45.0, 50.0, 55.0):
        bank.process(reports(rising(t), t, burning=False, plumes=False, ranged=True))
    assert bank.mode[0] == BOOST


def test_a_plume_after_a_pause_is_a_new_stage() -> None:
    bank = boosting(40.0)
    for t in (45.0, 50.0):
        bank.process(reports(rising(t), t, burning=False))
    events = bank.process(reports(rising(55.0), 55.0))
    assert list(events.relit) == [0]
    assert bank.mode[0] == BOOST


def test_silence_past_the_believed_burnout_is_burnout() -> None:
    bank = boosting(40.0)
    bank.burnout_s[0] = 44.0
    empty = reports(POINT, 0.0, use=())
    assert list(bank.process(empty, 50.0).coasting) == []
    assert list(bank.process(empty, 60.0).coasting) == [0]
    assert bank.mode[0] == COAST
    assert 40.0 <= bank.burnout_s[0] <= 45.0


def test_children_inherit_the_track_with_the_separation_speed() -> None:
    bank = boosting(40.0)
    assert bank.spawn(0, 1, 5.0)
    assert not bank.spawn(0, 1, 5.0)
    assert not bank.spawn(2, 0, 5.0)
    assert bank.mode[1] == COAST
    np.testing.assert_array_equal(bank.x[1, :6], bank.x[0, :6])
    assert np.all(np.diag(bank.p[1])[3:6] >= np.diag(bank.p[0])[3:6] + 25.0 - 1e-9)
    assert bank.updates[1] == bank.updates[0]
    bank.process(reports(rising(45.0), 45.0, burning=False, target=1))
    assert bank.time_s[1] == 45.0
    assert bank.time_s[0] == 40.0


def test_firm_needs_updates_and_accuracy_and_dropped_tracks_are_gone() -> None:
    bank = boosting(40.0)
    assert bool(bank.firm(3, 1e3)[0])
    assert not bank.firm(30, 1e3)[0]
    assert not bank.firm(3, 1.0)[0]
    bank.drop(0)
    assert not bank.firm(0, 1e9).any()
    with pytest.raises(ValueError, match="accepted are objects with a track"):
        bank.predict(np.array([0]), np.array([50.0]))
    bank.process(reports(rising(50.0), 50.0))
    assert bank.mode[0] == BOOST


def test_rows_of_several_objects_in_any_order_give_the_same_tracks() -> None:
    one, two = reports(POINT, 50.0, target=0), reports(POINT + 5e4, 50.0, target=1)
    ordered, shuffled = TrackBank(2), TrackBank(2)
    ordered.process(Measurements.join([one, two]))
    both = Measurements.join([two, one])
    mixed = np.array([2, 0, 3, 1])
    shuffled.process(replace(both, **{name: values[mixed] for name, values in vars(both).items()}))
    np.testing.assert_allclose(ordered.x, shuffled.x, rtol=1e-12)


def test_prediction_of_a_coasting_track_is_free_flight() -> None:
    flight = boost_flight(700.0)
    state = flight.at(250.0)
    x = np.concatenate([state, [1e-4]])[None]
    p = np.diag([100.0, 100.0, 100.0, 1.0, 1.0, 1.0, 1e-8])[None]
    times = np.array([200.0, 300.0, 450.0, 690.0])
    ahead = predict(x, p, np.array([COAST]), np.array([250.0]), np.array([0.0]), times)
    np.testing.assert_array_equal(ahead.r[0, 0], state[:3])
    for k in (1, 2, 3):
        np.testing.assert_allclose(ahead.r[0, k], flight.at(times[k])[:3], atol=100.0)
    assert np.all(np.diff(ahead.sigma[0]) >= 0.0)
    # Position spread after 440 s: mostly the velocity's, 1 m/s an axis.
    assert ahead.sigma[0, 3] == pytest.approx(math.sqrt(3.0 * (100.0 + 440.0**2)), rel=0.15)


def test_prediction_in_boost_thrusts_to_the_believed_burnout_and_doubts_it() -> None:
    bank = boosting(40.0)
    bank.burnout_s[0] = 60.0
    times = np.array([41.0, 59.0, 61.0, 120.0])
    ahead = bank.predict(np.array([0]), times)
    speeds = np.sqrt((ahead.v[0] ** 2).sum(axis=1))
    assert speeds[1] > speeds[0] + 200.0
    assert speeds[3] < speeds[2]
    bank.burnout_s[0] = 200.0
    sure = bank.predict(np.array([0]), times)
    assert ahead.sigma[0, 3] > 20e3
    assert sure.sigma[0, 1] == pytest.approx(ahead.sigma[0, 1])


def test_a_prediction_ends_at_the_ground() -> None:
    x = np.array([[EQUATORIAL_RADIUS + 50e3, 0.0, 0.0, -3000.0, 1000.0, 0.0, 1e-4]])
    ahead = predict(
        x, np.eye(9)[None] * 1e-6, np.array([COAST]), np.zeros(1), np.zeros(1), np.array([5.0, 60.0, 300.0, 900.0])
    )
    np.testing.assert_array_equal(ahead.r[0, 2], ahead.r[0, 3])
    assert -30e3 < np.linalg.norm(ahead.r[0, 3]) - EQUATORIAL_RADIUS < 1e3


def test_times_must_rise() -> None:
    with pytest.raises(ValueError, match="in rising order"):
        predict(np.zeros((1, 9)), np.eye(9)[None], np.array([COAST]), np.zeros(1), np.zeros(1), np.array([5.0, 1.0]))


def test_satellites_track_a_booster_from_cloud_top_through_burnout() -> None:
    flight = boost_flight(260.0)
    watchers = Watchers(generator=np.random.Generator(np.random.PCG64(8)))
    bank = TrackBank(1)
    started = ended = None
    for t in np.arange(20.0, 250.0, 5.0):
        events = bank.process(watchers.report(flight.at(t), t), t)
        started = t if len(events.initiated) else started
        ended = t if len(events.coasting) else ended
    assert started is not None
    assert 28.0 <= started <= 45.0
    assert ended is not None
    assert BURNOUT < ended <= BURNOUT + 20.0
