"""Walker geometry: the farthest point against brute force, symmetry of the patterns, numbers in view."""

import math

import numpy as np
import pytest

from cupola.orbits.coverage_walker import Pattern, farthest_point, least_in_view, mean_in_view, worst_point


def pattern(total, planes, phasing, inclination_deg, spacing_deg=None):
    return Pattern(
        total=total,
        planes=planes,
        phasing=phasing,
        inclination=math.radians(inclination_deg),
        spacing=None if spacing_deg is None else math.radians(spacing_deg),
    )


def sphere(count):
    """A Fibonacci lattice: no point of the sphere is farther than about 2 / sqrt(count) rad from one."""
    z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    turn = math.pi * (3.0 - math.sqrt(5.0)) * np.arange(count)
    level = np.sqrt(1.0 - z * z)
    return np.column_stack([level * np.cos(turn), level * np.sin(turn), z])


LATTICE = sphere(20_000)


def brute(directions):
    return math.acos(float((LATTICE @ directions.T).max(axis=1).min()))


def test_the_farthest_point_is_where_a_search_finds_it():
    rng = np.random.default_rng(3)
    for count in (2, 3, 4, 5, 8, 30, 200):
        u = rng.standard_normal((count, 3))
        u /= np.linalg.norm(u, axis=1)[:, None]
        angle, point = farthest_point(u)
        assert 0.0 <= angle - brute(u) < 0.02
        # The point it names is that far from all of them.
        assert math.acos(float((u @ point).max())) == pytest.approx(angle, abs=1e-7)


def test_satellites_of_one_circle_leave_the_far_side_bare():
    for latitude in (0.0, 0.3, -0.4):
        lon = np.arange(7) * math.tau / 7
        u = np.column_stack(
            [math.cos(latitude) * np.cos(lon), math.cos(latitude) * np.sin(lon), np.full(7, math.sin(latitude))]
        )
        angle, point = farthest_point(u)
        assert angle == pytest.approx(0.5 * math.pi + abs(latitude), abs=1e-9)
        assert point[2] == pytest.approx(-1.0 if latitude >= 0.0 else 1.0) or latitude == 0.0
    assert farthest_point(np.array([[0.0, 0.0, 1.0]] * 3))[0] == math.pi
    assert farthest_point(np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]))[0] == pytest.approx(0.5 * math.pi)


@pytest.mark.parametrize(
    "shape", [(6, 3, 1, 40.0), (8, 4, 2, 65.0), (9, 3, 0, 55.0), (12, 4, 3, 100.0), (10, 5, 2.5, 80.0, 35.0)]
)
def test_no_instant_of_a_whole_revolution_is_worse_than_the_one_found(shape):
    walker = pattern(*shape)
    worst = worst_point(walker)
    instants = np.linspace(0.0, math.tau, 1441)
    seen = max(farthest_point(walker.directions(u))[0] for u in instants)
    assert seen - math.radians(0.0041) <= worst.angle
    # The search hits the peak that a quarter-degree sweep may miss by what the satellites move meanwhile.
    assert worst.angle - seen < math.radians(0.26)
    assert farthest_point(walker.directions(worst.phase))[0] == pytest.approx(worst.angle, abs=1e-12)


def test_the_mean_in_view_is_a_simulated_mean():
    walker, angle = pattern(24, 6, 1, 55.0), math.radians(25.0)
    rng = np.random.default_rng(5)
    for latitude_deg in (0.0, 20.0, 50.0, 78.0, 90.0):
        latitude = math.radians(latitude_deg)
        total = 0
        for u in rng.uniform(0.0, math.tau, 400):
            lon = rng.uniform(0.0, math.tau, 50)
            level = math.cos(latitude)
            points = np.column_stack([level * np.cos(lon), level * np.sin(lon), np.full(50, math.sin(latitude))])
            total += int((points @ walker.directions(u).T >= math.cos(angle)).sum())
        assert mean_in_view(walker, latitude, angle) == pytest.approx(total / 20_000, abs=0.05)


def test_the_least_in_view_is_what_a_fine_search_finds():
    for shape in ((24, 6, 1, 55.0), (66, 6, 3, 90.0, 31.42)):
        walker, angle = pattern(*shape), math.radians(35.0)
        lon = np.linspace(0.0, math.tau, 1440, endpoint=False)
        start, end = walker.phases
        for latitude_deg in (0.0, 33.0, 71.0):
            latitude = math.radians(latitude_deg)
            points = np.column_stack(
                [math.cos(latitude) * np.cos(lon), math.cos(latitude) * np.sin(lon), np.full(1440, math.sin(latitude))]
            )
            counts = [
                (sign * points @ walker.directions(start + (end - start) * (k + 0.5) / 48).T >= math.cos(angle))
                .sum(axis=1)
                .min()
                for k in range(48)
                for sign in (1.0, -1.0)
            ]
            # Gaps narrower than the search's quarter degree are all that it can miss.
            assert min(counts) - 1 <= least_in_view(walker, latitude, angle) <= min(counts)


def test_a_pole_beyond_reach_is_never_seen():
    walker = pattern(24, 6, 1, 40.0)
    angle = math.radians(30.0)
    assert mean_in_view(walker, math.radians(70.5), angle) == 0.0
    assert least_in_view(walker, math.radians(70.5), angle) == 0
    assert mean_in_view(walker, math.radians(69.5), angle) > 0.0


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((10, 3, 0, 50.0), "multiple of the planes"),
        ((9, 3, 3, 50.0), "phasing of 3 for 3 planes"),
        ((9, 3, 1.5, 50.0), "whole numbers"),
        ((9, 3, 1, 200.0), "inclination of 200 deg"),
        ((9, 3, 1, 90.0, 181.0), "spacing of 181 deg"),
    ],
)
def test_what_is_no_pattern_is_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        pattern(*shape)
