"""A centre that joins tracks: honest with common process noise, no worse than the better tracker, numbers that last."""

import math

import numpy as np
import pytest

from cupola.core.earth import ROTATION_RATE, Vector, gravity
from cupola.sensors.looks import Measurements
from cupola.tracking.centre import Centre, Members, usable
from cupola.tracking.fusion import covariance_intersection
from cupola.tracking.joining import with_parameters
from cupola.tracking.motion import BOOST, COAST, CRUISE, CRUISE_SIGMA, CRUISE_TIME, GLIDE, NONE, REENTRY, step
from cupola.tracking.spec import TrackingSpec

RADARS = np.array([[6.9e6, 2.0e6, 0.0], [6.6e6, -1.5e6, 2.0e6]])
SPACE = np.array([6.9e6, 1e5, 2e5])
COASTING = np.array([-500.0, 5200.0, 3300.0])


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def ranged(
    points: Vector,
    time_s: float,
    radar: Vector,
    noise: np.random.Generator,
    *,
    number: int,
    sigma_angle: float = 2e-5,
    sigma_range: float = 30.0,
) -> Measurements:
    """Unbiased reports with range of points (m, 3), in no telling order."""
    points = noise.permutation(np.atleast_2d(points), axis=0)
    n = len(points)
    offset = points - radar
    distance = np.linalg.norm(offset, axis=1)
    u = offset / distance[:, None] + sigma_angle * noise.standard_normal((n, 3))
    return Measurements(
        sensor=np.full(n, number),
        time_s=np.full(n, time_s),
        r_sensor=np.tile(radar, (n, 1)),
        v_sensor=np.zeros((n, 3)),
        u=u / np.linalg.norm(u, axis=1)[:, None],
        sigma_angle=np.full((n, 2), sigma_angle),
        bias_angle=np.zeros(n),
        range_m=distance + sigma_range * noise.standard_normal(n),
        sigma_range=np.full(n, sigma_range),
        bias_range=np.zeros(n),
        range_rate=np.full(n, np.nan),
        sigma_range_rate=np.full(n, np.nan),
        burning=np.zeros(n, np.bool_),
        sees_plumes=np.zeros(n, np.bool_),
        feature=np.full(n, np.nan),
    )


def feed(centre: Centre, rows: Measurements, group: int, time_s: float) -> Vector:
    return centre.process(rows, time_s=time_s, group=group, burn_time_s=np.full(len(rows), np.nan)).owner


def falling(times: Vector, start: Vector = SPACE) -> Vector:
    """Positions (k, 3) of a body in free fall at rising times, by small steps."""
    out, r, v, now = [], start.astype(float), COASTING.astype(float), 0.0
    for t in times:
        steps = max(int((t - now) / 0.5), 1)
        h = (t - now) / steps
        for _ in range(steps):
            middle = r + 0.5 * h * v
            v = v + h * np.array(gravity(*middle))
            r = middle + 0.5 * h * v
        now = t
        out.append(r)
    return np.array(out)


def cruise_truth(noise: np.random.Generator, times: Vector) -> Vector:
    """States (k, 6) of a cruise missile whose accelerations are drawn from the tracker's own model."""
    x, h = np.zeros(9), 0.5
    x[:3] = (6_388e3, 0.0, 0.0)
    x[3:6] = (0.0, 6_388e3 * ROTATION_RATE, 250.0)
    sigma, memory = np.array(CRUISE_SIGMA), np.array(CRUISE_TIME)
    x[6:] = sigma * noise.standard_normal(3)
    out = []
    for _ in range(round(times[-1] / h) + 1):
        out.append(x[:6].copy())
        step(CRUISE, x, h)
        x[6:] += sigma * np.sqrt(1.0 - np.exp(-2.0 * h / memory)) * noise.standard_normal(3)
    return np.array(out)[np.rint(times / h).astype(int)]


def nees(error: Vector, p: Vector) -> float:
    size = np.sqrt(np.diag(p))
    return float((error / size) @ np.linalg.solve(p / np.outer(size, size), error / size))


def test_the_joined_track_is_honest_with_common_process_noise_and_added_informations_are_not() -> None:
    """A weaving cruise missile before two radars: both local errors hold the same unforeseen turns."""
    runs, times = 150, np.arange(0.0, 91.0, 10.0)
    sites = np.array([[6_400e3, 3e4, 9e4], [6_400e3, -2e4, 9e4]])
    joined, naive = np.zeros(runs), np.zeros(runs)
    for run in range(runs):
        noise = rng(run)
        truth = cruise_truth(noise, times)
        centre = Centre(TrackingSpec(), groups=2)
        for t, state in zip(times, truth, strict=True):
            for group in (0, 1):
                rows = ranged(state[:3], t, sites[group], noise, number=group, sigma_angle=3e-4, sigma_range=20.0)
                owner = feed(centre, rows, group, t)
        i = int(owner[0])
        joined[run] = nees(centre.x[i, :6] - truth[-1], centre.p[i, :6, :6])
        tracks = [
            (local.x[j, :6], local.p[j, :6, :6]) for local, j in zip(centre.local, centre.members[i], strict=True)
        ]
        information = [np.linalg.inv(p) for _, p in tracks]
        p = np.linalg.inv(sum(information))
        x = p @ sum(each @ state for each, (state, _) in zip(information, tracks, strict=True))
        naive[run] = nees(x - truth[-1], p)
    limit = 6.0 + 3.0 * math.sqrt(12.0 / runs)
    assert joined.mean() < limit
    assert naive.mean() > limit


def test_two_radars_together_are_no_worse_than_the_better_one() -> None:
    """The determinant is the yardstick: it stays the same in free flight, so what is best now is best at intercept. A
    young track of good position and poor velocity is worse by it, and may have the smaller position error for a while.
    """
    noise, times = rng(1), np.arange(0.0, 121.0, 5.0)
    centre = Centre(TrackingSpec(), groups=2)
    for t, point in zip(times, falling(times), strict=True):
        for group in (0, 1):
            owner = feed(centre, ranged(point, t, RADARS[group], noise, number=group), group, t)
        if t < 15.0:
            continue
        i = int(owner[0])
        alone = [local.p[j] for local, j in zip(centre.local, centre.members[i], strict=True)]
        better = min(math.sqrt(np.trace(p[:3, :3])) for p in alone)
        assert centre.sigma_position(i) <= better * (1.25 if t < 35.0 else 1.0 + 1e-9)
        ours, best = centre.p[i, :6, :6], min(np.linalg.slogdet(p[:6, :6])[1] for p in alone)
        assert np.linalg.slogdet(ours)[1] <= best + 1e-6
    assert np.linalg.norm(centre.x[i, :3] - point) < 3.0 * centre.sigma_position(i)
    assert centre.confirmed()[i]
    assert centre.predict(np.array([i]), np.array([200.0])).r.shape == (1, 1, 3)


def test_numbers_last_while_local_tracks_hold_and_late_tracks_join_them() -> None:
    """Three bodies 20 km apart; the second group sends what is 8 s old, after newer tracks of the first."""
    noise, times = rng(2), np.arange(0.0, 301.0, 4.0)
    starts = SPACE + 2e4 * np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    paths = np.array([falling(times, start) for start in starts])
    centre = Centre(TrackingSpec(), groups=2, latest_s=8.0)
    taken: list[set[int]] = []
    for k, t in enumerate(times):
        owner = feed(centre, ranged(paths[:, k], t, RADARS[0], noise, number=0), 0, t)
        if k >= 2:
            late = times[k - 2]
            owner = feed(centre, ranged(paths[:, k - 2], late, RADARS[1], noise, number=1), 1, late)
        if k > 6:
            taken.append(set(owner.tolist()))
    assert all(each == {0, 1, 2} for each in taken)
    assert centre.count == 3
    error = np.linalg.norm(centre.x[:3, None, :3] - paths[None, :, -1], axis=2)
    assert sorted(error.argmin(axis=1)) == [0, 1, 2]
    assert (centre.time_s[:3] == times[-1]).all()


def test_a_local_track_that_dies_leaves_the_system_track_to_the_others() -> None:
    noise, times = rng(3), np.arange(0.0, 151.0, 5.0)
    centre = Centre(TrackingSpec(delete_after="60 s"), groups=2)
    for t, point in zip(times, falling(times), strict=True):
        for group in (0, 1):
            if group == 0 or t <= 40.0:
                owner = feed(centre, ranged(point, t, RADARS[group], noise, number=group), group, t)
        if t == 40.0:
            assert (centre.members[0] >= 0).all()
    assert owner.tolist() == [0]
    assert centre.members[0].tolist() == [0, -1]
    np.testing.assert_allclose(centre.p[0], centre.local[0].p[0], rtol=1e-9)
    nothing = ranged(np.empty((0, 3)), 300.0, RADARS[0], noise, number=0)
    assert feed(centre, nothing, 0, 300.0).tolist() == []
    assert centre.mode[0] == NONE
    assert len(centre.living()) == 0


def test_two_numbers_of_one_object_become_one_when_their_tracks_agree() -> None:
    """The second radar stands 30 km off the place that it states, until that is mended."""
    noise, times = rng(4), np.arange(0.0, 121.0, 5.0)
    centre, shift, ended = Centre(TrackingSpec(delete_after="30 s"), groups=2), np.array([0.0, 3e4, 0.0]), []
    for t, point in zip(times, falling(times), strict=True):
        for group in (0, 1):
            place = point + (shift if group == 1 and t < 30.0 else 0.0)
            rows = ranged(place, t, RADARS[group], noise, number=group)
            events = centre.process(rows, time_s=t, group=group, burn_time_s=np.full(1, np.nan))
            ended += events.ended.tolist()
        if t == 25.0:
            assert centre.count == 2
    assert centre.living().tolist() == [0]
    assert ended == [1]
    assert (centre.members[0] >= 0).all()


def covariances(noise: np.random.Generator, k: int) -> Vector:
    size = np.array([300.0, 500.0, 200.0, 2.0, 4.0, 3.0, 1e-5, 2e-5, 3e-5])
    root = noise.normal(size=(k, 9, 12)) * size[:, None] * noise.uniform(0.3, 3.0, (k, 9, 1))
    return np.asarray(root @ np.swapaxes(root, 1, 2))


@pytest.mark.parametrize("mode", [COAST, REENTRY, GLIDE])
def test_parameters_of_another_model_follow_the_leader_by_regression(mode: int) -> None:
    """The closed form: marginal F of position and velocity, gain G = C^T A^-1 and residual S of the leader alone, joint
    covariance (F, F G^T; G F, S / omega + G F G^T).
    """
    noise = rng(5)
    ps, xs = covariances(noise, 2), noise.normal(size=(2, 9))
    dimension = {COAST: 6, REENTRY: 7, GLIDE: 9}[mode]
    for p in ps:
        p[dimension:] = p[:, dimension:] = 0.0
    fused = covariance_intersection(xs[:, :6], ps[:, :6, :6])
    lead = int(fused.omega.argmax())
    modes = np.full(2, BOOST)
    modes[lead] = mode
    x, p = np.empty(9), np.empty((9, 9))
    assert with_parameters(xs, ps, modes, fused.omega, x, p) == lead
    np.testing.assert_allclose(p[:6, :6], fused.p, rtol=1e-7)
    np.testing.assert_allclose(x[:6], fused.x, rtol=1e-6, atol=1e-6)
    gain = np.linalg.solve(ps[lead, :6, :6], ps[lead, :6, 6:dimension]).T
    residual = ps[lead, 6:dimension, 6:dimension] - gain @ ps[lead, :6, 6:dimension]
    expected = residual / fused.omega[lead] + gain @ fused.p @ gain.T
    np.testing.assert_allclose(p[6:dimension, 6:dimension], expected, rtol=1e-6)
    np.testing.assert_allclose(p[6:dimension, :6], gain @ fused.p, rtol=1e-5)
    size = np.sqrt(np.diag(p)[:dimension])
    assert np.linalg.eigvalsh(p[:dimension, :dimension] / np.outer(size, size)).min() > 0.0


def test_tracks_of_one_model_join_their_parameters_too() -> None:
    noise = rng(6)
    ps, xs = covariances(noise, 3), noise.normal(size=(3, 9))
    omega = np.array([0.5, 0.3, 0.2])
    x, p = np.empty(9), np.empty((9, 9))
    with_parameters(xs, ps, np.full(3, GLIDE), omega, x, p)
    size = np.sqrt(np.diagonal(ps, axis1=1, axis2=2).mean(axis=0))
    information = np.linalg.inv(ps / np.outer(size, size))
    joined = np.linalg.inv(np.einsum("k,kij->ij", omega, information))
    np.testing.assert_allclose(p, joined * np.outer(size, size), rtol=1e-6)
    expected = joined @ np.einsum("k,kij,kj->i", omega, information, xs / size) * size
    np.testing.assert_allclose(x / size, expected / size, rtol=1e-6, atol=1e-9)


def test_while_a_plume_is_seen_only_tracks_that_believe_in_thrust_are_joined() -> None:
    def members(burning: bool) -> Members:
        return Members(
            groups=np.arange(3),
            tracks=np.zeros(3, np.int64),
            x=np.zeros((3, 9)),
            p=np.zeros((3, 9, 9)),
            mode=np.array([BOOST, COAST, BOOST]),
            weight=np.zeros((3, 5)),
            last_report_s=np.zeros(3),
            burning=np.array([burning, False, False]),
        )

    everything = np.ones(3, np.bool_)
    assert usable(members(True), everything).tolist() == [0, 2]
    assert usable(members(False), everything).tolist() == [0, 1, 2]
    assert usable(members(True), np.array([False, True, True])).tolist() == [1, 2]
