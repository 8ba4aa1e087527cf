"""Confirmation and deletion against the binomial distribution and rules written out by hand."""

from math import comb

import numpy as np
import pytest

from cupola.tracking.lifecycle import CONFIRMED, DELETED, TENTATIVE, VACANT, Lifecycle


def play(tracks: Lifecycle, row: int, looks: str) -> list[int]:
    """Give one row the looks, + a hit and - a miss, and return its status after each."""
    out = []
    for look in looks:
        (tracks.hit if look == "+" else tracks.miss)([row])
        out.append(int(tracks.status[row]))
    return out


def test_three_of_five_confirm() -> None:
    tracks = Lifecycle(2, confirm_hits=3, confirm_window=5, delete_misses=4)
    assert tracks.begin([0, 1]).tolist() == []
    assert play(tracks, 0, "--++") == [TENTATIVE, TENTATIVE, TENTATIVE, CONFIRMED]
    assert play(tracks, 1, "+---") == [TENTATIVE, TENTATIVE, TENTATIVE, DELETED]
    assert tracks.confirmed().tolist() == [True, False]
    assert tracks.alive().tolist() == [True, False]


def test_a_tentative_track_goes_as_soon_as_it_can_no_longer_be_confirmed() -> None:
    tracks = Lifecycle(1, confirm_hits=3, confirm_window=4, delete_misses=9)
    tracks.begin([0])
    assert play(tracks, 0, "--") == [TENTATIVE, DELETED]


def test_one_report_confirms_where_one_is_enough() -> None:
    tracks = Lifecycle(1, confirm_hits=1, confirm_window=1, delete_misses=1)
    assert tracks.begin([0]).tolist() == [0]


def test_misses_in_a_row_delete_and_a_report_starts_the_count_again() -> None:
    tracks = Lifecycle(1, confirm_hits=1, confirm_window=1, delete_misses=3)
    tracks.begin([0])
    assert play(tracks, 0, "--+--+---") == [CONFIRMED] * 8 + [DELETED]


def test_misses_within_a_window_delete() -> None:
    tracks = Lifecycle(1, confirm_hits=1, confirm_window=1, delete_misses=3, delete_window=5)
    tracks.begin([0])
    assert play(tracks, 0, "-+-+-") == [CONFIRMED] * 4 + [DELETED]
    tracks.begin([0])
    assert play(tracks, 0, "-++-+-+-++-") == [CONFIRMED] * 5 + [CONFIRMED] * 2 + [DELETED] * 4


def test_hit_and_miss_return_what_they_changed() -> None:
    tracks = Lifecycle(4, confirm_hits=2, confirm_window=2, delete_misses=1)
    tracks.begin([0, 1, 2])
    assert tracks.hit([2, 0, 2]).tolist() == [0, 2]
    assert tracks.hits.tolist() == [2, 1, 2, 0]
    assert tracks.miss([0, 1, 3]).tolist() == [0, 1]
    assert tracks.status.tolist() == [DELETED, DELETED, CONFIRMED, VACANT]
    assert tracks.hit([0, 1, 3]).tolist() == []
    assert tracks.status.tolist() == [DELETED, DELETED, CONFIRMED, VACANT]


def test_the_share_that_is_confirmed_is_binomial() -> None:
    """With detection probability p, M of N with the first report given: P(at least M - 1 hits of N - 1 looks)."""
    n, m, size, p = 200_000, 3, 5, 0.6
    g = np.random.Generator(np.random.PCG64(7))
    tracks = Lifecycle(n, confirm_hits=m, confirm_window=size, delete_misses=60)
    tracks.begin(np.arange(n))
    for _ in range(size - 1):
        hit = g.random(n) < p
        tracks.hit(np.flatnonzero(hit))
        tracks.miss(np.flatnonzero(~hit))
    expected = sum(comb(size - 1, k) * p**k * (1 - p) ** (size - 1 - k) for k in range(m - 1, size))
    deviation = np.sqrt(expected * (1.0 - expected) / n)
    assert abs(tracks.confirmed().mean() - expected) < 4.0 * deviation
    assert not np.any(tracks.status == TENTATIVE)


def test_false_tracks_are_confirmed_as_rarely_as_they_should_be() -> None:
    """The closed form is small, and the sample large enough to tell: 4 of 5 at a false alarm probability of 0.05."""
    n, p = 200_000, 0.05
    g = np.random.Generator(np.random.PCG64(8))
    tracks = Lifecycle(n, confirm_hits=4, confirm_window=5, delete_misses=5)
    tracks.begin(np.arange(n))
    for _ in range(4):
        hit = g.random(n) < p
        tracks.hit(np.flatnonzero(hit))
        tracks.miss(np.flatnonzero(~hit))
    expected = 4 * p**3 * (1 - p) + p**4
    assert abs(tracks.confirmed().mean() - expected) < 4.0 * np.sqrt(expected / n)


def test_a_track_that_is_too_uncertain_is_deleted() -> None:
    tracks = Lifecycle(4, delete_sigma_m=10e3)
    tracks.begin([0, 1, 2])
    sigma = np.array([9e3, 11e3, np.nan, 1e9])
    assert tracks.uncertain(np.arange(4), sigma).tolist() == [1, 2]
    assert tracks.status.tolist() == [TENTATIVE, DELETED, DELETED, VACANT]


def test_rows_can_be_added_freed_and_taken_again() -> None:
    tracks = Lifecycle(1, confirm_hits=1, confirm_window=1)
    tracks.begin([0])
    tracks.resize(3)
    assert tracks.status.tolist() == [CONFIRMED, VACANT, VACANT]
    assert len(tracks) == 3
    tracks.begin([2])
    tracks.delete([0])
    assert tracks.vacant().tolist() == [1]
    tracks.vacate([0])
    assert tracks.vacant().tolist() == [0, 1]
    tracks.begin([0])
    assert tracks.looks.tolist() == [1, 0, 1]
    tracks.resize(1)
    assert tracks.status.tolist() == [CONFIRMED]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"confirm_hits": 4, "confirm_window": 3}, "confirm: got 4 of 3 looks"),
        ({"confirm_hits": 0}, "confirm: got 0 of 5"),
        ({"delete_misses": 5, "delete_window": 4}, "delete: got 5 of 4"),
        ({"delete_misses": 63}, "delete: got 63 of 63"),
        ({"delete_sigma_m": 0.0}, r"delete_sigma_m: got 0\.0 m"),
    ],
)
def test_rules_that_cannot_be_met_are_refused(rules: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Lifecycle(1, **rules)
