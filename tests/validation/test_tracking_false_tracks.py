"""How many false tracks false alarms confirm, against an independent simulation of the same rule.

Each report that no track takes begins one, of unknown velocity; 3 reports within 5 scans confirm it. The plain
simulation below tracks in straight lines with one Kalman filter per track and knows nothing of gravity, of models of
motion or of the engine's gating.
"""

import math

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import chi2

from cupola.scenario.catalogue import entry
from cupola.sensors.detection import stations_of
from cupola.sensors.false_alarms import false_reports
from cupola.tracking.initiation import ORBITAL_SPREAD
from cupola.tracking.spec import TrackingSpec
from cupola.tracking.tracker import Tracker

REVISIT_S = 5.0
SPEC = entry("sensors", "tpy-2").spec.model_copy(
    update={
        "maximum_range": 600e3,
        "minimum_elevation": math.radians(20.0),
        "beamwidth": math.radians(8.0),
        "bandwidth": 50e3,
        "feature_quality": 0.0,
    }
)
"""A short, blunt radar: reports crowd in a small volume and look coarse, so that chance alignments are common"""


def rows(per_scan, scans, seed):
    """Scans of false alarms at ``per_scan`` a scan."""
    generator = np.random.default_rng(seed)
    station = stations_of(SPEC, [(0.7, 2.0, 0.0)], [(1.0,)])
    for k in range(scans):
        time_s = REVISIT_S * k
        count = generator.poisson(per_scan, 1)
        yield time_s, false_reports(SPEC, station, time_s, count, generator, bias=np.zeros((1, 3)))


def confirmed_by_tracker(per_scan, scans, seed):
    tracker = Tracker(TrackingSpec())
    total = 0
    for time_s, reports in rows(per_scan, scans, seed):
        events = tracker.process(reports, time_s=time_s, group=0, burn_time_s=np.full(len(reports), np.nan))
        total += len(events.confirmed)
    return total


class Plain:
    """One straight-line track: state (6,), covariance (6, 6), hits and looks."""

    def __init__(self, z, noise):
        self.x, self.hits, self.looks = np.concatenate([z, np.zeros(3)]), 1, 1
        self.p = np.zeros((6, 6))
        self.p[:3, :3], self.p[3:, 3:] = noise, ORBITAL_SPREAD**2 * np.eye(3)

    def advance(self):
        f = np.eye(6)
        f[:3, 3:] = REVISIT_S * np.eye(3)
        self.x, self.p = f @ self.x, f @ self.p @ f.T

    def distance(self, z, noise):
        s = self.p[:3, :3] + noise
        off = z - self.x[:3]
        square = off @ np.linalg.solve(s, off)
        return square, 0.5 * square + 0.5 * np.linalg.slogdet(s)[1]

    def take(self, z, noise):
        gain = self.p[:, :3] @ np.linalg.inv(self.p[:3, :3] + noise)
        self.x = self.x + gain @ (z - self.x[:3])
        self.p = self.p - gain @ self.p[:3, :]
        self.hits += 1


def confirmed_by_plain(per_scan, scans, seed):
    gate, total, tracks = chi2.ppf(0.9999, 3), 0, []
    for _, reports in rows(per_scan, scans, seed):
        z = reports.range_m[:, None] * reports.u  # from the radar, which moves by 2 km in a scan: no matter here
        noises = []
        for u, distance, sigma in zip(reports.u, reports.range_m, reports.sigma_angle[:, 0], strict=True):
            noises.append(
                np.outer(u, u) * reports.sigma_range[0] ** 2 + (np.eye(3) - np.outer(u, u)) * (sigma * distance) ** 2
            )
        for track in tracks:
            track.advance()
            track.looks += 1
        cost = np.full((len(tracks), len(z)), 1e6)
        for i, track in enumerate(tracks):
            for j in range(len(z)):
                square, value = track.distance(z[j], noises[j])
                if square < gate:
                    cost[i, j] = value
        used = set()
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if cost[i, j] < 1e6:
                tracks[i].take(z[j], noises[j])
                used.add(j)
                total += tracks[i].hits == 3
        # A tentative track is given up as soon as it can no longer have 3 of 5; a confirmed one leaves the crowd.
        tracks = [t for t in tracks if t.hits < 3 and t.looks - t.hits <= 2]
        tracks += [Plain(z[j], noises[j]) for j in range(len(z)) if j not in used]
    return total


def test_confirmed_false_tracks_are_of_the_number_that_chance_alignments_give():
    found, expected = confirmed_by_tracker(8.0, 400, 1), confirmed_by_plain(8.0, 400, 1)
    assert expected > 25
    assert 0.5 * expected < found < 2.0 * expected


def test_they_grow_faster_than_the_rate_and_vanish_at_low_ones():
    few, many = (confirmed_by_tracker(rate, 300, 2) for rate in (4.0, 8.0))
    assert many > 3 * few > 0, "three alarms must line up: the number grows with about the cube of the rate"
    assert confirmed_by_tracker(0.1, 400, 3) == 0
