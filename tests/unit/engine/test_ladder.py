"""The quality ladder's tally over scans made by hand, and what it asks for in a scenario."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from cupola.engine.ladder import LadderTally, ladders_of, thresholds_of
from cupola.sensors.looks import CODE
from cupola.sensors.quality import QualityThresholds

THRESHOLDS = QualityThresholds(track_error=20e3, fire_control_error=1e3)
ABSENT, BELOW, OUT, CLOUD = (CODE[name] for name in ("ABSENT", "BELOW_HORIZON", "OUT_OF_RANGE", "CLOUD"))
SEEN, UNCONFIRMED, UNRESOLVED = (CODE[name] for name in ("NONE", "UNCONFIRMED", "UNRESOLVED"))
# Two sensors 1,000 km from three objects: 0.1 mrad is 100 m across, 5 mrad 5 km, 50 mrad 50 km.
R_OBJECTS = np.tile([7e6, 0.0, 0.0], (3, 1))


def scan(time_s: float, milliradian: list[list[float]], reason: list[list[int]], *, ranged: bool) -> SimpleNamespace:
    sigma = 1e-3 * np.array(milliradian)
    along = np.full(sigma.shape, 1e6 if ranged else math.nan)
    return SimpleNamespace(
        time_s=time_s,
        r_sensors=np.tile([6e6, 0.0, 0.0], (2, 1)),
        hit=np.isin(reason, [SEEN, UNCONFIRMED, UNRESOLVED]),
        reason=np.array(reason, dtype=np.int8),
        sigma_angle=np.stack([sigma, sigma], axis=2),
        range_m=along,
        sigma_range=np.full(sigma.shape, 10.0 if ranged else math.nan),
        bias_angle=0.0,
        bias_range=0.0 if ranged else math.nan,
    )


def tally_of(*scans: tuple[SimpleNamespace, list[int], list[float]]) -> LadderTally:
    """Scans 10 s apart, each with the nearest reason by object and the error of the network's tracks."""
    tally = LadderTally(3, THRESHOLDS)
    for looks, best, fused in scans:
        confirmed = looks.hit & (looks.reason != UNCONFIRMED)
        tally.note(looks, confirmed, np.array(best), R_OBJECTS, np.array(fused), 10.0)
    return tally


NO_TRACK = [math.inf] * 3


def test_the_best_sensor_of_a_group_counts_and_what_hid_the_object_is_kept_beside_it() -> None:
    first = scan(50.0, [[5.0, 1.0, 1.0], [0.1, 1.0, 1.0]], [[SEEN, BELOW, ABSENT], [SEEN, CLOUD, ABSENT]], ranged=True)
    second = scan(60.0, [[50.0, 5.0, 5.0], [50.0, 1.0, 1.0]], [[SEEN, SEEN, ABSENT], [BELOW, BELOW, OUT]], ranged=True)
    tally = tally_of((first, [SEEN, CLOUD, ABSENT], NO_TRACK), (second, [SEEN, SEEN, OUT], NO_TRACK))
    tally.blind(np.array([BELOW, BELOW, ABSENT]), 70.0, 4.0)
    known, clouded, far = (tally.of(i) for i in range(3))
    assert known.seconds == {"none": 4.0, "cue": 10.0, "fire-control": 10.0}
    assert known.first_s == {"detect": 50.0, "cue": 50.0, "track": 50.0, "fire-control": 50.0}
    assert known.unseen_s == {"below-horizon": 4.0}
    assert clouded.seconds == {"none": 14.0, "track": 10.0}
    assert clouded.first_s == {"detect": 60.0, "cue": 60.0, "track": 60.0}
    assert clouded.unseen_s == {"below-horizon": 4.0, "cloud": 10.0}
    assert (far.seconds, far.first_s, far.unseen_s) == ({"none": 10.0}, {}, {"out-of-range": 10.0})


def test_unconfirmed_and_unresolved_hits_are_detections_and_no_more() -> None:
    looks = scan(5.0, [[0.1] * 3] * 2, [[UNCONFIRMED, UNRESOLVED, BELOW]] * 2, ranged=True)
    tally = tally_of((looks, [UNCONFIRMED, UNRESOLVED, BELOW], NO_TRACK))
    assert [tally.of(i).seconds for i in range(3)] == [{"detect": 10.0}, {"detect": 10.0}, {"none": 10.0}]


def test_angles_alone_are_worth_the_track_that_they_help_to_make() -> None:
    looks = scan(5.0, [[0.1, 0.1, 5.0]] * 2, [[SEEN] * 3] * 2, ranged=False)
    tally = tally_of((looks, [SEEN] * 3, [math.inf, 300.0, 300.0]))
    assert [list(tally.of(i).seconds) for i in range(3)] == [["cue"], ["fire-control"], ["track"]]


def world(*baskets_m: float) -> SimpleNamespace:
    def weapon(i: int, basket: float) -> SimpleNamespace:
        spec = SimpleNamespace(kill_vehicle=SimpleNamespace(seeker_field=basket))
        return SimpleNamespace(group=SimpleNamespace(model=f"weapon-{i}", spec=spec))

    scenario = SimpleNamespace(battle=SimpleNamespace(firm_error=20e3))
    return SimpleNamespace(scenario=scenario, arsenals=[weapon(i, basket) for i, basket in enumerate(baskets_m)])


@pytest.mark.parametrize(
    ("baskets_m", "error_m", "weapon"),
    [((30e3, 12e3, 18e3), 6e3, "weapon-1"), ((90e3,), 20e3, "weapon-0"), ((), 500.0, "")],
)
def test_fire_control_is_what_the_most_demanding_interceptor_asks_for(
    baskets_m: tuple[float, ...], error_m: float, weapon: str
) -> None:
    thresholds, strictest = thresholds_of(world(*baskets_m))
    assert (thresholds.track_error, thresholds.fire_control_error, strictest) == (20e3, error_m, weapon)
    kept = ladders_of(["M01"], {"group": LadderTally(1, thresholds)}, thresholds, strictest)
    assert (kept.fire_control_error_m, kept.fire_control_of) == (error_m, weapon)
    assert kept.by_object["M01"]["group"].seconds == {}
