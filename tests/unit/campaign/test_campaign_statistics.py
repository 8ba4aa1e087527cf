import numpy as np
import pytest
from scipy import stats

from cupola.campaign.statistics import clustered_proportion, mean_interval, paired_difference, ratio_interval, wilson


def chance(name: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(name))


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 7), (190, 200)])
def test_wilson_agrees_with_scipy(k: int, n: int) -> None:
    theirs = stats.binomtest(k, n).proportion_ci(method="wilson")
    ours = wilson(k, n)
    assert (ours.mean, ours.low, ours.high) == pytest.approx((k / n, theirs.low, theirs.high), abs=1e-12)


def test_wilson_of_certainty_touches_it() -> None:
    assert wilson(20, 20).high == 1.0
    assert wilson(0, 20).low == 0.0
    assert wilson(0, 20).high == pytest.approx(1.959963984540054**2 / (20 + 1.959963984540054**2))


@pytest.mark.parametrize(("successes", "trials"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes: float, trials: float) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(successes, trials)
    with pytest.raises(ValueError, match="no trials"):
        clustered_proportion([], [])


def coverage(draw: "np.ndarray", truth: float, size: int) -> float:
    """Share of campaigns (rows of counts per run) whose interval holds the truth."""
    inside = [clustered_proportion(row, np.full(row.shape, size)) for row in draw]
    return float(np.mean([interval.low <= truth <= interval.high for interval in inside]))


@pytest.mark.parametrize("truth", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("runs", [20, 200])
def test_independent_objects_are_covered(truth: float, runs: int) -> None:
    draw = chance(1).binomial(10, truth, size=(2000, runs))
    assert coverage(draw, truth, 10) == pytest.approx(0.955, abs=0.02)


@pytest.mark.parametrize(("truth", "spread"), [(0.3, 2.0), (0.5, 0.5), (0.8, 1.0)])
def test_objects_that_share_a_fate_are_covered_where_plain_wilson_fails(truth: float, spread: float) -> None:
    generator = chance(2)
    fate = generator.beta(truth * spread, (1.0 - truth) * spread, size=(2000, 100))
    draw = generator.binomial(10, fate)
    assert coverage(draw, truth, 10) == pytest.approx(0.95, abs=0.02)
    plain = [wilson(row.sum(), 1000) for row in draw]
    assert np.mean([interval.low <= truth <= interval.high for interval in plain]) < 0.85


def test_capacity_limited_defense_is_sharper_than_independent_objects() -> None:
    """Ten missiles against a magazine that stops five, now and then four: runs scatter less than coin tosses would."""
    leaked = np.where(chance(3).random(200) < 0.1, 6, 5)
    ours = clustered_proportion(leaked, np.full(200, 10))
    plain = wilson(leaked.sum(), 2000)
    assert ours.high - ours.low < 0.5 * (plain.high - plain.low)
    assert ours.low < leaked.mean() / 10 < ours.high


def test_unanimous_runs_still_have_a_width() -> None:
    nothing = clustered_proportion(np.zeros(200), np.full(200, 10))
    assert (nothing.mean, nothing.low) == (0.0, 0.0)
    assert nothing.high == pytest.approx(wilson(0, 200).high)
    half = clustered_proportion(np.full(200, 5), np.full(200, 10))
    assert half.low < 0.5 < half.high
    assert half.high - 0.5 == pytest.approx(1.96**2 / 200 / 10, rel=0.1)


def test_mean_is_covered() -> None:
    draw = chance(4).poisson(3.0, size=(400, 40))
    inside = [mean_interval(row, chance(i)) for i, row in enumerate(draw)]
    assert np.mean([i.low <= 3.0 <= i.high for i in inside]) == pytest.approx(0.95, abs=0.03)


def test_mean_interval_is_the_bootstrap_over_runs() -> None:
    values = chance(5).poisson(4.0, size=60)
    ours = mean_interval(values, chance(6))
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", rng=chance(7), n_resamples=9999
    ).confidence_interval
    # Expanded percentiles are wider than plain ones by about t sqrt(n/(n-1)) / z, 2.9 % for 60 runs.
    assert ours.high - ours.low == pytest.approx(1.03 * (theirs.high - theirs.low), rel=0.04)


def test_ratio_is_covered_and_has_no_value_without_kills() -> None:
    generator = chance(8)
    shots = generator.integers(5, 15, size=(300, 50))
    kills = generator.binomial(shots, 0.4)
    inside = [ratio_interval(s, k, chance(i)) for i, (s, k) in enumerate(zip(shots, kills, strict=True))]
    assert np.mean([i is not None and i.low <= 2.5 <= i.high for i in inside]) == pytest.approx(0.95, abs=0.035)
    assert ratio_interval([3, 4], [0, 0], generator) is None


def test_ratio_with_rare_kills_has_no_upper_limit() -> None:
    interval = ratio_interval([10] * 50, [1] + [0] * 49, chance(9))
    assert interval is not None
    assert interval.mean == 500.0
    assert np.isnan(interval.high)


def test_intervals_depend_on_the_stream_alone() -> None:
    values = chance(10).poisson(4.0, size=60)
    assert mean_interval(values, chance(11)) == mean_interval(values, chance(11))


def test_paired_differences_are_covered_and_sharper_than_unpaired_ones() -> None:
    """Two campaigns that share most of their luck: the true difference is known, and pairing saves variance."""
    generator = chance(6)
    luck = generator.poisson(4.0, size=(400, 60))
    before, after = luck + generator.poisson(0.3, luck.shape), luck + generator.poisson(0.7, luck.shape)
    found = [paired_difference(a, b, chance(i)) for i, (a, b) in enumerate(zip(before, after, strict=True))]
    inside = [pair.difference.low <= 0.4 <= pair.difference.high for pair in found]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
    # Var(a) + Var(b) = 2 * 4 + 0.3 + 0.7 against Var(b - a) = 0.3 + 0.7.
    assert np.median([pair.gain for pair in found]) == pytest.approx(9.0, rel=0.1)


def test_pairs_that_never_differ_are_known_as_well_as_the_campaign_resolves() -> None:
    same = paired_difference([1, 2, 3, 2], [1, 2, 3, 2], chance())
    assert (same.difference.mean, same.gain) == (0.0, np.inf)
    assert same.difference.low < 0.0 < same.difference.high
    once = paired_difference([1], [3], chance())
    assert once.difference.mean == 2.0
    assert np.isnan(once.difference.low)
    with pytest.raises(ValueError, match="pairs of runs"):
        paired_difference([1, 2], [1], chance())
