"""Track life from reports that nobody labels: start, pairing, burnout, parting, loss, late reports."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from simulated_raid import BURNOUT, Watchers, boost_flight

from cupola.core.earth import MU, surface_velocity
from cupola.core.sight import radial_altitude
from cupola.sensors.looks import Measurements
from cupola.tracking.motion import BOOST, COAST, CRUISE, NONE
from cupola.tracking.spec import TrackingSpec
from cupola.tracking.tracker import Tracker

FILTERS = ("extended", "unscented")
SENSORS = np.array([[7.0e6, 2.0e6, 0.0], [6.6e6, -1.5e6, 2.0e6]])
POINT = np.array([6.42e6, 1e5, 2e5])
SPACE = np.array([6.9e6, 1e5, 2e5])
COASTING = np.array([-500.0, 5200.0, 3300.0])


def reports(
    points: np.ndarray,
    time_s: float,
    *,
    use: tuple[int, ...] = (0, 1),
    burning: bool = True,
    plumes: bool = True,
    ranged: bool = False,
    noise: np.random.Generator | None = None,
) -> Measurements:
    """Reports by the sensors ``use`` of every point (m, 3), in no telling order when noise is given."""
    points = np.atleast_2d(points)
    which = np.repeat(np.array(use, np.int64), len(points))
    sensors = SENSORS[which]
    offset = np.tile(points, (len(use), 1)) - sensors
    distance = np.sqrt((offset**2).sum(axis=1))
    n = len(which)
    u = offset / distance[:, None]
    measured = distance.copy()
    order = np.arange(n)
    if noise is not None:
        u = u + 2e-5 * noise.standard_normal((n, 3))
        u /= np.linalg.norm(u, axis=1)[:, None]
        measured += 30.0 * noise.standard_normal(n)
        order = noise.permutation(n)
    rows = Measurements(
        sensor=which,
        time_s=np.full(n, time_s),
        r_sensor=sensors,
        v_sensor=np.zeros_like(sensors),
        u=u,
        sigma_angle=np.full((n, 2), 2e-5),
        bias_angle=np.full(n, 1e-5),
        range_m=measured if ranged else np.full(n, np.nan),
        sigma_range=np.full(n, 30.0),
        bias_range=np.full(n, 10.0),
        range_rate=np.full(n, np.nan),
        sigma_range_rate=np.full(n, np.nan),
        burning=np.full(n, burning),
        sees_plumes=np.full(n, plumes),
        feature=np.full(n, np.nan),
    )
    return Measurements(**{f.name: getattr(rows, f.name)[order] for f in fields(rows)})


def feed(tracker: Tracker, rows: Measurements, group: int = 0) -> np.ndarray:
    time_s = float(rows.time_s[0]) if len(rows) else 0.0
    burn = np.where(rows.burning, 170.0, np.nan)
    return tracker.process(rows, time_s=time_s, group=group, burn_time_s=burn).owner


def rising(time_s: float) -> np.ndarray:
    up = POINT / np.linalg.norm(POINT)
    return POINT + up * (600.0 * time_s + 0.5 * 20.0 * time_s**2)


def falling(time_s: float, start: np.ndarray = SPACE, v: np.ndarray = COASTING) -> np.ndarray:
    """A point-mass fall by small steps, good to metres over some minutes."""
    r, w, steps = start.astype(float), v.astype(float), max(int(time_s / 0.5), 1)
    h = time_s / steps
    for _ in range(steps):
        middle = r + 0.5 * h * w
        w = w - h * MU * middle / np.linalg.norm(middle) ** 3
        r = middle + 0.5 * h * w
    return r


def boosting(until: float, interval: float = 5.0) -> Tracker:
    tracker = Tracker(TrackingSpec())
    for t in np.arange(0.0, until + 1e-9, interval):
        feed(tracker, reports(rising(t), t))
    return tracker


def test_reports_have_no_room_for_whose_they_are() -> None:
    assert not {f.name for f in fields(Measurements)} & {"target", "origin", "object", "truth", "missile"}


def test_two_sight_lines_start_a_boost_track_and_one_does_not() -> None:
    tracker = Tracker(TrackingSpec())
    feed(tracker, reports(POINT, 50.0, use=(0,)))
    assert tracker.count == 0
    owner = feed(tracker, reports(POINT, 60.0))
    assert list(owner) == [0, 0]
    assert tracker.mode[0] == BOOST
    assert tracker.sigma_position(0) < 200.0


def test_sight_lines_a_few_seconds_apart_are_paired_with_honest_noise() -> None:
    late, together, never = (Tracker(TrackingSpec()) for _ in range(3))
    feed(late, reports(POINT, 50.0, use=(0,)))
    feed(late, reports(POINT, 53.0, use=(1,)))
    feed(together, reports(POINT, 53.0))
    feed(never, reports(POINT, 40.0, use=(0,)))
    feed(never, reports(POINT, 53.0, use=(1,)))
    assert late.mode[0] == BOOST
    assert never.count == 0
    assert 3_000.0 < late.sigma_position(0) < 15_000.0
    assert late.sigma_position(0) > 10.0 * together.sigma_position(0)


def test_a_radar_range_starts_a_track_alone() -> None:
    tracker = Tracker(TrackingSpec())
    feed(tracker, reports(SPACE, 50.0, use=(1,), burning=False, plumes=False, ranged=True))
    assert tracker.mode[0] == COAST
    assert tracker.sigma_position(0) < 200.0
    np.testing.assert_allclose(tracker.x[0, :3], SPACE, atol=1.0)


def test_two_radar_ranges_start_a_track_as_two_point_differencing_does() -> None:
    """cov(r) = R2 and cov(v) = (R1 + R2) / dt^2: Bar-Shalom, Li and Kirubarajan (2001), eq. 5.5.3-4, for R written out
    from the noise of the test's reports. The errors of 100 starts are as large as stated.
    """
    chance, seconds, runs = np.random.default_rng(6), 10.0, 100
    where = falling(seconds)
    velocity = (falling(seconds + 0.5) - falling(seconds - 0.5)) / 1.0
    squares = []
    for _ in range(runs):
        tracker = Tracker(TrackingSpec(), capacity=4)
        for t, point in ((50.0, SPACE), (50.0 + seconds, where)):
            rows = reports(point, t, use=(1,), burning=False, plumes=False, ranged=True, noise=chance)
            feed(tracker, replace(rows, bias_angle=np.zeros(1), bias_range=np.zeros(1)))
        assert tracker.count == 1
        p = tracker.tracks.p[0, COAST - 1, :6, :6]
        error = tracker.tracks.x[0, COAST - 1, :6] - np.concatenate([where, velocity])
        squares.append(error @ np.linalg.solve(p, error))
    distance = [np.linalg.norm(point - SENSORS[1]) for point in (SPACE, where)]
    variance = [2.0 * (2e-5 * d) ** 2 + 30.0**2 for d in distance]
    assert np.trace(p[:3, :3]) == pytest.approx(variance[1], rel=0.02)
    assert np.trace(p[3:, 3:]) == pytest.approx(sum(variance) / seconds**2, rel=0.05)
    assert np.mean(squares) == pytest.approx(6.0, abs=3.0 * math.sqrt(12.0 / runs))


def low(time_s: float, climb: float, level: float, start_m: float = 11e3) -> np.ndarray:
    """Where a body is that rises and flies along over the turning Earth, from ``start_m`` up."""
    up = POINT / np.linalg.norm(POINT)
    along = np.cross([0.0, 0.0, 1.0], up)
    along /= np.linalg.norm(along)
    ground = up * (np.linalg.norm(POINT) - float(radial_altitude(*POINT)) + start_m)
    return ground + time_s * (surface_velocity(ground) + climb * up + level * along)


def test_a_missile_that_a_radar_first_sees_low_keeps_the_track_that_it_began() -> None:
    """It climbs at 900 m/s, fifteen sigmas of what cruises: one track, not one for every report."""
    tracker = Tracker(TrackingSpec())
    times = (50.0, 55.0, 60.0, 65.0)
    for t in times:
        feed(tracker, reports(low(t - 50.0, 900.0, 500.0), t, use=(1,), burning=False, plumes=False, ranged=True))
    assert tracker.count == 1
    assert tracker.confirmed()[0]
    velocity = (low(15.1, 900.0, 500.0) - low(14.9, 900.0, 500.0)) / 0.2
    assert np.linalg.norm(tracker.x[0, 3:6] - velocity) < 3.0 * math.sqrt(np.trace(tracker.p[0, 3:6, 3:6]))
    assert np.linalg.norm(tracker.x[0, 3:6] - velocity) < 100.0


def test_what_cruises_low_is_no_missile_however_it_was_first_seen() -> None:
    """Two of a kind 40 km apart that a radar sees in turn stay two, and stay cruising."""
    tracker = Tracker(TrackingSpec())
    aside = 40e3 * np.cross(POINT / np.linalg.norm(POINT), [0.0, 0.0, 1.0])
    for k, t in enumerate((50.0, 55.0, 60.0, 65.0, 70.0, 75.0)):
        where = low(t - 50.0, 0.0, 250.0) + (k % 2) * aside
        feed(tracker, reports(where, t, use=(1,), burning=False, plumes=False, ranged=True))
    assert tracker.count == 2
    assert set(tracker.mode[:2].tolist()) == {CRUISE}


def test_a_track_is_confirmed_by_three_scans_and_a_chance_crossing_is_given_up() -> None:
    tracker = Tracker(TrackingSpec())
    for k, t in enumerate((0.0, 5.0, 10.0)):
        feed(tracker, reports(rising(t), t))
        assert bool(tracker.confirmed()[0]) is (k == 2)
    ghost = Tracker(TrackingSpec())
    feed(ghost, reports(POINT, 0.0))
    for t in (5.0, 10.0, 15.0, 20.0, 25.0):
        feed(ghost, reports(POINT + 3e5, t))
    assert ghost.mode[0] == NONE


def test_believed_burnout_follows_launch_and_assumed_burn_time() -> None:
    flight = boost_flight(60.0)
    for time_s in (32.0, 50.0):
        tracker = Tracker(TrackingSpec())
        rows = reports(flight.at(time_s)[:3], time_s)
        tracker.process(rows, time_s=time_s, group=0, burn_time_s=np.full(2, 180.0))
        assert tracker.burnout_s[0] == pytest.approx(180.0, abs=12.0)


def test_dark_reports_end_the_boost_and_those_of_radars_do_not() -> None:
    dark, radar = boosting(60.0), boosting(60.0)
    for t in (65.0, 70.0, 75.0, 80.0):
        up = POINT / np.linalg.norm(POINT)
        feed(dark, reports(falling(t - 60.0, rising(60.0), 1800.0 * up), t, burning=False))
        feed(radar, reports(rising(t), t, burning=False, plumes=False, ranged=True))
    assert dark.mode[0] != BOOST
    assert radar.mode[0] == BOOST


def test_the_order_of_reports_changes_nothing() -> None:
    rows = reports(np.array([POINT, POINT + 5e4]), 50.0)
    mixed = np.array([2, 0, 3, 1])
    shuffled = Measurements(**{f.name: getattr(rows, f.name)[mixed] for f in fields(rows)})
    first, second = Tracker(TrackingSpec()), Tracker(TrackingSpec())
    feed(first, rows)
    feed(second, shuffled)
    assert first.count == second.count == 2
    a = first.x[:2][np.argsort(first.x[:2, 1])]
    b = second.x[:2][np.argsort(second.x[:2, 1])]
    np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("association", ["nearest", "joint"])
def test_a_crowd_keeps_its_tracks_apart(association: str, kind: str) -> None:
    """Ten bodies some 10 km apart, two sensors, no labels: each track must stay on its own body."""
    chance = np.random.default_rng(4)
    starts = SPACE + 10e3 * chance.standard_normal((10, 3))
    tracker = Tracker(TrackingSpec(association=association, filter=kind))
    last = np.empty(0, np.int64)
    for t in np.arange(0.0, 121.0, 5.0):
        points = np.array([falling(t, start) for start in starts])
        last = feed(tracker, reports(points, t, burning=False, noise=chance))
    tracks = np.unique(last[last >= 0])
    assert len(tracks) == 10
    error = np.linalg.norm(tracker.x[tracks, None, :3] - points[None], axis=2)
    assert sorted(error.argmin(axis=1)) == list(range(10))
    sigma = np.array([tracker.sigma_position(int(i)) for i in tracks])
    assert (error.min(axis=1) / sigma).max() < 3.0
    assert sigma.max() < 300.0


def test_what_parts_from_a_missile_is_tracked_from_its_parents_state() -> None:
    chance = np.random.default_rng(5)
    tracker = Tracker(TrackingSpec())
    for t in np.arange(0.0, 61.0, 5.0):
        feed(tracker, reports(falling(t), t, burning=t < 20.0, noise=chance))
    kick = np.array([0.0, 6.0, -6.0])
    owner = np.empty(0, np.int64)
    for t in np.arange(65.0, 150.0, 5.0):
        points = np.array([falling(t)])
        if t > 100.0:
            points = np.array([falling(t), falling(t) + kick * (t - 20.0)])
        owner = feed(tracker, reports(points, t, burning=False, noise=chance))
        if t == 105.0:
            child = int(owner.max())
            assert tracker.parent[child] == 0
            assert tracker.split[0]
            assert np.linalg.norm(tracker.x[child, 3:6] - COASTING) < 1_500.0
    assert len(np.unique(owner)) == 2


def test_a_silent_track_ends_where_its_object_is_gone_and_a_twin_at_once() -> None:
    tracker = Tracker(TrackingSpec(delete_after="60 s"))
    for t in np.arange(0.0, 31.0, 5.0):
        feed(tracker, reports(falling(t), t, burning=False))
    far = SPACE + np.array([0.0, 0.0, 2e6])
    feed(tracker, reports(far, 85.0, burning=False))
    assert tracker.mode[0] != NONE
    feed(tracker, reports(far, 95.0, burning=False))
    assert tracker.mode[0] == NONE
    with pytest.raises(ValueError, match="accepted are tracks that live"):
        tracker.predict(np.array([0]), np.array([100.0]))


def test_firm_needs_confirmation_updates_and_accuracy() -> None:
    tracker = boosting(40.0)
    assert bool(tracker.firm(3, 1e3)[0])
    assert not tracker.firm(30, 1e3)[0]
    assert not tracker.firm(3, 1.0)[0]


@pytest.mark.parametrize("broken", [-1.0, math.nan, math.inf])
def test_a_track_whose_covariance_ran_out_of_digits_is_dropped_and_begins_anew(broken: float) -> None:
    tracker = boosting(40.0)
    tracker.tracks.p[0, :, 0, 0] = broken
    feed(tracker, reports(rising(45.0), 45.0))
    feed(tracker, reports(rising(50.0), 50.0))
    assert tracker.mode[0] == NONE or np.isfinite(tracker.p[0]).all()
    owner = feed(tracker, reports(rising(55.0), 55.0))
    assert (owner >= 0).all()
    assert np.isfinite(tracker.p[owner[0]]).all()


def batches(seed: int) -> list[tuple[int, Measurements]]:
    """Scans of two groups: sensor 0 every 4 s, sensor 1 half-way between, of three falling bodies."""
    chance = np.random.default_rng(seed)
    starts = SPACE + 20e3 * chance.standard_normal((3, 3))
    out = []
    for t in np.arange(0.0, 80.0, 2.0):
        points = np.array([falling(t, start) for start in starts])
        both = t < 8.0
        use = (0, 1) if both else ((0,) if t % 4.0 == 0.0 else (1,))
        out.append((int(t % 4.0 == 2.0), reports(points, t, use=use, burning=False, noise=chance)))
    return out


def test_late_reports_leave_the_tracks_as_if_they_had_come_in_order() -> None:
    scans = batches(7)
    ordered, late = Tracker(TrackingSpec()), Tracker(TrackingSpec(), latest_s=4.0)
    for group, rows in scans:
        feed(ordered, rows, group)
    # From the fifth on, every scan of the second group comes after the next of the first.
    shuffled = scans[:6]
    for k in range(6, len(scans) - 1, 2):
        shuffled += [scans[k + 1], scans[k]]
    for group, rows in shuffled:
        feed(late, rows, group)
    assert late.count == ordered.count
    live = ordered.living()
    assert len(live) == 3
    np.testing.assert_allclose(late.x[live], ordered.x[live], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(late.p[live], ordered.p[live], rtol=1e-6, atol=1e-6)


def test_a_late_report_of_what_began_after_it_starts_no_second_track() -> None:
    tracker = Tracker(TrackingSpec(), latest_s=10.0)
    feed(tracker, reports(falling(6.0), 6.0, burning=False))
    owner = feed(tracker, reports(falling(2.0), 2.0, burning=False, ranged=True), group=1)
    assert (owner < 0).all()
    assert tracker.count == 1


def test_satellites_track_a_booster_from_cloud_top_through_burnout() -> None:
    flight = boost_flight(260.0)
    found = []
    for kind in FILTERS:
        watchers = Watchers(generator=np.random.Generator(np.random.PCG64(8)))
        tracker = Tracker(TrackingSpec(filter=kind))
        ended = None
        for t in np.arange(20.0, 250.0, 5.0):
            rows = watchers.report(flight.at(t), t)
            burn = np.where(rows.burning, 170.0, np.nan)
            events = tracker.process(rows, time_s=float(t), group=0, burn_time_s=burn)
            ended = t if len(events.coasting) else ended
        assert tracker.count == 1
        assert ended is not None
        assert abs(ended - BURNOUT) < 20.0
        assert np.linalg.norm(tracker.x[0, :3] - flight.at(float(tracker.time_s[0]))[:3]) < 1_000.0
        found.append(tracker.x[0])
    assert 0.0 < np.linalg.norm(found[0][:3] - found[1][:3]) < 100.0  # two filters, each at work


def test_a_spec_confirms_within_its_window() -> None:
    with pytest.raises(ValueError, match="exceed confirm_scans"):
        TrackingSpec(confirm_hits=6, confirm_scans=5)
    assert replace(reports(POINT, 1.0), time_s=np.zeros(2)).time_s.sum() == 0.0
