"""False alarms in a run: what never was is tracked, shot at in vain, and charged to nobody."""

import functools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cupola.core.earth import ecef_to_eci, rotate_z
from cupola.engine import sensing
from cupola.engine.record import FALSE_TRACK, EventKind
from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.interceptors.endgame import ShotOutcome
from cupola.scenario.load import load
from cupola.scenario.values import with_values
from cupola.studies.tracking import assess

EXAMPLE = Path(__file__).parents[3] / "examples" / "today-gmd.yaml"
SENSORS = ("lrdr", "uewr", "cobra-dane", "sbirs-geo", "tpy-2")
SURE = {"common_mode_failure": "0", "gbi.reliability": "1"}


@functools.cache
def played(per_hour, run=0):
    values = {f"{name}.false_alarms": f"{per_hour} 1/h" for name in SENSORS}
    return simulate(build(with_values(load(EXAMPLE), values)), 44, run)


@pytest.fixture(scope="module", name="haunted")
def _haunted():
    """A run in which one radar reports a ghost: a warhead's path turned by 6 deg about the Earth's axis."""
    world = build(with_values(load(EXAMPLE), {**SURE, "lrdr.false_alarms": "1 1/h"}))
    path = next(threat.trajectory for threat in world.threats if threat.role == "warhead")
    real = sensing.false_reports

    def ghost(spec, sensors, time_s, counts, generator, **rest):
        rows = real(spec, sensors, time_s, np.ones_like(counts), generator, **rest)
        if not path.start_s < time_s < path.end_s:
            return real(spec, sensors, time_s, np.zeros_like(counts), generator, **rest)
        line = rotate_z(path.state(time_s)[0], np.radians(6.0)) - ecef_to_eci(sensors.r_ecef, time_s)
        distance = np.linalg.norm(line, axis=1)
        return replace(rows, u=line / distance[:, None], range_m=distance)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensing, "false_reports", ghost)
        return simulate(world, 44, 0, keep_tracks=True)


def of_nobody(record, kind):
    return [event for event in record.events if event.subject == FALSE_TRACK and event.kind is kind]


def test_a_ghost_is_tracked_and_shot_at_and_every_shot_is_wasted(haunted):
    assert {event.data["status"] for event in of_nobody(haunted, EventKind.TRACK)} >= {"initiated", "confirmed", "firm"}
    shots = [shot for shot in haunted.shots if shot.outcome == ShotOutcome.NOTHING_THERE.code]
    assert shots
    assert all(shot.object == FALSE_TRACK and not shot.kill for shot in shots)
    assert len(of_nobody(haunted, EventKind.ORDER)) >= len(shots)
    assert {event.data["outcome"] for event in of_nobody(haunted, EventKind.INTERCEPT)} == {"nothing-there"}


def test_wasted_shots_count_as_fired_and_as_nothing_else(haunted):
    total = haunted.layers["midcourse"]
    engaged = {shot.object for shot in haunted.shots}
    assert FALSE_TRACK in engaged
    assert total.shots == len(haunted.shots)
    assert total.engaged == len(engaged) - 1
    assert sum(row.shots for row in haunted.objects) < len(haunted.shots)
    assert haunted.leaked + total.killed_lethal == haunted.lethal


def test_what_is_measured_of_tracks_leaves_false_ones_out(haunted):
    log = haunted.track_log
    false = log.object < 0
    assert false.any()
    assert np.isnan(log.truth[false]).all()
    assert np.isfinite(log.truth[~false]).all()
    for item in assess(haunted):
        assert np.isfinite(item.error_m).all()


def test_a_rate_of_zero_draws_nothing_and_a_realistic_one_hardly_moves_true_tracks():
    quiet, noisy = played(0), played(20)
    assert repr(quiet) == repr(simulate(build(load(EXAMPLE)), 44, 0))
    assert any(event.subject == FALSE_TRACK for event in noisy.events), "false alarms do begin tracks"
    assert not any(event.data["status"] == "confirmed" for event in of_nobody(noisy, EventKind.TRACK))
    assert not any(shot.object == FALSE_TRACK for shot in noisy.shots)
    boosters = [[row.firm_track_s for row in record.objects if row.role == "booster"] for record in (quiet, noisy)]
    np.testing.assert_allclose(boosters[1], boosters[0], atol=10.0)
    # Later on, shots fall out otherwise, and with them which objects live to be tracked.
    firm = [sum(np.isfinite(row.firm_track_s) for row in record.objects) for record in (quiet, noisy)]
    assert firm[1] == pytest.approx(firm[0], rel=0.2)


def test_false_tracks_grow_with_the_rate_and_repeat_with_the_seed():
    begun = [
        sum(event.data["status"] == "initiated" for event in of_nobody(played(rate), EventKind.TRACK))
        for rate in (20, 200)
    ]
    assert begun[1] > 4 * begun[0] > 0
    assert repr(played.__wrapped__(20)) == repr(played(20))
