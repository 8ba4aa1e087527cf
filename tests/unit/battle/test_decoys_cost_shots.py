"""Decoys draw shots as far as discrimination fails: readings, beliefs and doctrine against the binormal closed form."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from cupola.battle.manager import BattleManager
from cupola.battle.picture import GroundBattery
from cupola.battle.spec import BattleSpec, LayerDoctrine
from cupola.scenario.catalogue import entry
from cupola.sensors.features import class_means, own_deviations, read_features
from cupola.tracking.discrimination import Discriminator

PRIOR, LINE, QUALITY, LOOKS = 0.3, 0.4, 0.8, 4


def shots(warheads: int, decoys: int, distance: float) -> tuple[int, int]:
    """Shots that a layer wants at warheads and at decoys of a K-factor, after some looks of one sensor group."""
    n, rng = warheads + decoys, np.random.default_rng(7)
    spec = BattleSpec(
        lethal_prior=PRIOR,
        assumed_feature_distance=distance,
        doctrine={"upper": LayerDoctrine(policy="barrage", shots=1, maximum_shots=1, lethal_threshold=LINE)},
    )
    kind = (np.arange(n) >= warheads).astype(np.int64)
    means = class_means(np.array(spec.class_distances))
    known = Discriminator(n, 1, class_prior=np.array(spec.class_prior), means=means)
    deviation, quality = own_deviations(rng, kind, axes=2), np.full(n, QUALITY)
    for _ in range(LOOKS):
        readings = read_features(means[kind], quality, deviation, rng.standard_normal((n, 2)))
        known.absorb(np.arange(n), np.zeros(n, np.int64), readings, quality)
    stock = GroundBattery(
        name="site", model="gbi", layer="upper", spec=entry("interceptors", "gbi").spec, table=None,
        r_site_ecef=np.zeros(3), remaining=n,
    )  # fmt: skip
    wanted, _ = BattleManager(spec, [stock]).wanted("upper", np.arange(n), known.lethal_probability(), 0.0)
    return int(wanted[:warheads].sum()), int(wanted[warheads:].sum())


def closed_form(distance: float, sign: float) -> float:
    """Share engaged: log odds of a warhead are normal with mean +-s^2 / 2 and variance s^2 (Green and Swets 1966)."""
    s = QUALITY * distance / math.sqrt(1.0 + 1.0 / LOOKS)
    to_line = math.log(PRIOR / (1.0 - PRIOR)) - math.log(LINE / (1.0 - LINE))
    return float(norm.cdf((to_line + sign * 0.5 * s * s) / s))


@pytest.mark.parametrize("distance", [0.7, 1.5, 3.0, 6.0])
def test_the_share_of_decoys_that_is_fired_at_is_that_of_the_closed_form(distance: float) -> None:
    n = 4000
    at_warheads, at_decoys = shots(n, n, distance)
    for found, sign in ((at_warheads, 1.0), (at_decoys, -1.0)):
        share = closed_form(distance, sign)
        assert found / n == pytest.approx(share, abs=4.0 * math.sqrt(share * (1.0 - share) / n) + 1e-9)


def test_shots_grow_with_the_decoys_and_shrink_with_what_tells_them_apart() -> None:
    none, some, many = (shots(500, decoys, 1.5)[1] for decoys in (0, 2000, 4000))
    assert none == 0
    assert many == pytest.approx(2 * some, rel=0.1)
    by_distance = [shots(500, 2000, distance)[1] for distance in (1.5, 3.0, 6.0)]
    assert by_distance == sorted(by_distance, reverse=True)
    assert by_distance[-1] < 0.1 * by_distance[0]
