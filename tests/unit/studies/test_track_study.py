"""The study of tracks on logs whose custody, errors and consistency are known beforehand."""

import math
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cupola.core.earth import geodetic_to_ecef, local_basis
from cupola.engine.record import Event, EventKind, Ladder, Ladders, ObjectRow
from cupola.engine.tracklog import TrackLog
from cupola.report.trackplot import draw_tracking
from cupola.studies.tracking import assess, custody_of, held_rows
from cupola.studies.tracking_document import band, describe
from cupola.studies.tracking_quality import add_quality
from cupola.tracking.impact import impact_point
from cupola.tracking.motion import REENTRY, step

SIGMAS = np.array([300.0, 300.0, 300.0, 0.6, 0.6, 0.6])


def start() -> np.ndarray:
    latitude, longitude = math.radians(50.0), math.radians(60.0)
    _, north, up = local_basis(latitude, longitude)
    r = np.array(geodetic_to_ecef(latitude, longitude, 250e3))
    return np.concatenate([r, 6_700.0 * (math.cos(0.45) * north + math.sin(0.45) * up)])


def flown(times: np.ndarray) -> np.ndarray:
    """Free fall from the start, as the filter's own model has it."""
    x, now, out = np.concatenate([start(), np.zeros(3)]), times[0], []
    for t in times:
        while now < t:
            h = min(5.0, t - now)
            step(REENTRY, x, h)
            now += h
        out.append(x[:6].copy())
    return np.array(out)


def row(name: str, **known: object) -> ObjectRow:
    blank = {f.name: {int: 0, bool: False, str: "", float: math.nan}[f.type] for f in fields(ObjectRow)}
    return ObjectRow(**{**blank, "object": name, "missile": "M01", "launch_time_s": 100.0, **known})


def log_of(times: np.ndarray, track: np.ndarray, generator: np.random.Generator, scale: float = 1.0) -> TrackLog:
    """Tracks of M01-RV1 whose errors are drawn from ``scale`` times what they state."""
    truth = flown(times)
    k = len(times)
    x, p = np.zeros((k, 9)), np.zeros((k, 9, 9))
    x[:, :6] = truth + scale * SIGMAS * generator.normal(size=(k, 6))
    p[:, range(6), range(6)] = SIGMAS**2
    p[:, 6, 6] = 1e-10
    weight = np.zeros((k, 5))
    weight[:, 2] = 1.0
    return TrackLog(
        object_ids=("M01", "M01-RV1"),
        group_names=("low",),
        time_s=times,
        track=track,
        object=np.ones(k, np.int64),
        group=np.zeros(k, np.int64),
        x=x,
        p=p,
        weight=weight,
        burnout_s=np.full(k, 280.0),
        truth=truth,
        confirmed=np.ones(k, np.bool_),
        member_row=np.arange(k),
        member=np.ones(k, np.int64),
        member_share=np.ones(k),
        member_truth=truth,
    )


def run_of(log: TrackLog, end_s: float, place: tuple[float, float]) -> SimpleNamespace:
    objects = (
        row("M01", role="booster", end_time_s=290.0, first_detection_s=140.0, first_detection_by="low"),
        row("M01-RV1", role="warhead", lethal=True, end_time_s=end_s, firm_track_s=float(log.time_s[0])),
    )
    degrees = {"lat_deg": math.degrees(place[0]), "lon_deg": math.degrees(place[1])}
    impact = Event(time_s=end_s, kind=EventKind.IMPACT, subject="M01-RV1", data=degrees)
    return SimpleNamespace(objects=objects, events=(impact,), track_log=log)


@pytest.fixture(scope="module")
def honest() -> SimpleNamespace:
    times = np.arange(300.0, 1500.0, 5.0)
    log = log_of(times, np.zeros(len(times), np.int64), np.random.Generator(np.random.PCG64(5)))
    x = np.concatenate([start(), np.zeros(3)])
    landing = impact_point(x, np.eye(9), REENTRY, 300.0)
    assert landing is not None
    return run_of(log, landing.time_s, (landing.latitude, landing.longitude))


def test_an_honest_track_is_found_honest(honest: SimpleNamespace) -> None:
    (item,) = assess(honest)
    assert item.detected_s == 40.0
    assert item.firm_s == 200.0
    assert item.square.mean() == pytest.approx(6.0, abs=3.0 * math.sqrt(12.0 / len(item.square)))
    low, high = band(6)
    assert ((item.square > low) & (item.square < high)).mean() == pytest.approx(0.95, abs=0.05)
    assert item.instants[0] is not None
    assert item.instants[0].after_s == 300.0
    assert item.instants[0].sigma_m == pytest.approx(300.0 * math.sqrt(3.0))
    expected = (1500.0 - 5.0 + 30.0 - 300.0) / item.flight_s
    assert item.custody == pytest.approx(expected)
    assert (item.switches, item.gaps, item.strays) == (0, 0, 0)


def test_impact_errors_shrink_and_are_as_large_as_stated(honest: SimpleNamespace) -> None:
    (item,) = assess(honest)
    third = len(item.impacts) // 3
    errors = [row.error_m for row in item.impacts]
    assert np.mean(errors[-third:]) < 0.6 * np.mean(errors[:third])
    # The drag of the last minute, which the re-entry model doubts, never let a square grow beyond its share.
    squares = [row.square for row in item.impacts]
    assert np.mean(squares) == pytest.approx(2.0, abs=3.0 * 2.0 / math.sqrt(len(squares)))
    assert item.impacts[-1].major_m < 0.6 * item.impacts[0].major_m


def test_an_impact_point_says_on_which_condition_it_holds(honest: SimpleNamespace) -> None:
    times = np.arange(300.0, honest.events[0].time_s - 5.0, 20.0)
    log = log_of(times, np.zeros(len(times), np.int64), np.random.Generator(np.random.PCG64(6)))
    glider = replace(log, weight=np.tile([0.0, 0.0, 0.2, 0.8, 0.0], (len(times), 1)))
    (falling,) = assess(SimpleNamespace(**{**vars(honest), "track_log": log}))
    (gliding,) = assess(SimpleNamespace(**{**vars(honest), "track_log": glider}))
    assert {row.condition for row in falling.impacts} == {"ballistic"}
    assert {row.condition for row in gliding.impacts} == {"lift held"}
    # It starts at 250 km: nothing tells of lift there, and all of it is told in the air.
    assert math.isnan(falling.impacts[0].lift_probability)
    assert falling.impacts[-1].lift_probability == 0.0
    assert math.isnan(gliding.impacts[0].lift_probability)
    assert gliding.impacts[-1].lift_probability == pytest.approx(0.8)
    (told,) = describe((falling,), run=0, seed=1, hold_s=30.0)["objects"]
    assert (told["impact"][0]["condition"], told["impact"][0]["lift_probability"]) == ("ballistic", None)


def test_errors_beyond_what_is_stated_are_found(honest: SimpleNamespace) -> None:
    times = np.arange(300.0, 900.0, 5.0)
    log = log_of(times, np.zeros(len(times), np.int64), np.random.Generator(np.random.PCG64(6)), scale=3.0)
    (item,) = assess(run_of(log, 1700.0, (0.5, 0.5)))
    assert item.square.mean() == pytest.approx(54.0, rel=0.2)


def test_gaps_switches_and_duplicates_are_told_apart() -> None:
    """Track 3 holds to 400 s beside a duplicate 4; nothing to 500 s; 5 to 600 s, cut off, 6 from 640 s."""
    times = np.concatenate([np.repeat(np.arange(300.0, 401.0, 10.0), 2), np.arange(500.0, 601.0, 10.0), [640.0, 650.0]])
    track = np.array([3, 4] * 11 + [5] * 11 + [6, 6])
    log = log_of(times, track, np.random.Generator(np.random.PCG64(7)))
    rows, taken, switches = held_rows(log, np.arange(len(times)), 30.0)
    assert taken == (3, 5, 6)
    assert switches == 2
    assert custody_of(times[rows], 300.0, 700.0, 30.0) == pytest.approx(((130.0 + 130.0 + 40.0) / 400.0, 2))


def test_a_track_that_goes_over_to_another_missile_is_a_stray(honest: SimpleNamespace) -> None:
    log = honest.track_log
    other = np.where(log.time_s > 1200.0, 2, 1)
    values = {f.name: getattr(log, f.name) for f in fields(TrackLog)}
    moved = TrackLog(**{**values, "object": other, "member": other, "object_ids": ("M01", "M01-RV1", "M02")})
    strange = row("M02", missile="M02", role="booster")
    run = SimpleNamespace(objects=(*honest.objects, strange), events=honest.events, track_log=moved)
    (item,) = assess(run)
    assert item.strays == 1
    assert item.custody < 0.8


def test_a_track_of_what_cannot_be_told_apart_holds_each_and_is_judged_by_the_centre(honest: SimpleNamespace) -> None:
    log = honest.track_log
    k = len(log.time_s)
    beside = np.array([0.0, 600.0, 0.0, 0.0, 0.0, 0.0])
    values = {f.name: getattr(log, f.name) for f in fields(TrackLog)}
    values["object_ids"] = ("M01", "M01-RV1", "M01-RV2")
    values["object"] = np.full(k, 2)
    values["member_row"] = np.repeat(np.arange(k), 2)
    values["member"] = np.tile([1, 2], k)
    values["member_share"] = np.full(2 * k, 0.5)
    values["member_truth"] = np.stack([log.truth - beside, log.truth + beside], axis=1).reshape(2 * k, 6)
    (alone,) = assess(honest)
    (item,) = assess(SimpleNamespace(objects=honest.objects, events=honest.events, track_log=TrackLog(**values)))
    assert item.custody == alone.custody
    assert alone.alone.all()
    assert not item.alone.any()
    np.testing.assert_array_equal(item.square, alone.square)
    assert np.mean(item.error_m**2) == pytest.approx(600.0**2 + np.mean(alone.error_m**2), rel=0.1)


def test_an_untracked_object_is_reported_with_nothing(honest: SimpleNamespace, tmp_path: Path) -> None:
    log = honest.track_log
    values = {f.name: getattr(log, f.name) for f in fields(TrackLog)}
    blind = TrackLog(**{**values, "confirmed": np.zeros(len(log.time_s), np.bool_)})
    (item,) = assess(SimpleNamespace(objects=honest.objects, events=honest.events, track_log=blind))
    assert item.custody == 0.0
    assert describe([item], run=0, seed=1, hold_s=30.0)["objects"][0]["at_300_s"] is None
    with pytest.raises(ValueError, match="never tracked"):
        draw_tracking(item, tmp_path / "none.png")


def test_the_document_is_plain_and_the_picture_repeats(honest: SimpleNamespace, tmp_path: Path) -> None:
    import json

    objects = assess(honest, object_id="M01-RV1")
    document = describe(objects, run=0, seed=1, hold_s=30.0)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    pictures = [tmp_path / "a.png", tmp_path / "b.png"]
    for picture in pictures:
        draw_tracking(objects[0], picture)
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert pictures[0].stat().st_size > 20_000


def test_a_group_s_view_of_the_booster_counts_for_what_it_carried(honest: SimpleNamespace) -> None:
    lifted = Ladder(
        seconds={"none": 40.0, "cue": 160.0}, first_s={"detect": 140.0, "cue": 140.0}, unseen_s={"cloud": 40.0}
    )
    flying = Ladder(
        seconds={"none": 100.0, "track": 300.0},
        first_s={"detect": 300.0, "cue": 300.0, "track": 300.0},
        unseen_s={"below-limb": 90.0, "cloud": 10.0},
    )
    ladders = Ladders(
        track_error_m=2e4,
        fire_control_error_m=500.0,
        fire_control_of="",
        by_object={"M01": {"low": lifted}, "M01-RV1": {"low": flying}},
    )
    run = SimpleNamespace(objects=honest.objects, ladders=ladders)
    document: dict[str, Any] = {"objects": [{"object": "M01-RV1"}]}
    add_quality(document, run)
    assert document["quality_thresholds"]["fire_control_of"] is None
    view = document["objects"][0]["quality"]["low"]
    assert view["watched_s"] == 600.0
    assert list(view["unseen_s"].items()) == [("below-limb", 90.0), ("cloud", 50.0)]
    assert view["rungs"]["none"] == {"seconds": 140.0, "fraction": 0.233333, "first_after_s": None}
    assert view["rungs"]["cue"] == {"seconds": 160.0, "fraction": 0.266667, "first_after_s": 40.0}
    assert view["rungs"]["track"] == {"seconds": 300.0, "fraction": 0.5, "first_after_s": 200.0}
    assert view["rungs"]["fire_control"] == {"seconds": 0.0, "fraction": 0.0, "first_after_s": None}
    with pytest.raises(ValueError, match="keep_tracks"):
        add_quality(document, SimpleNamespace(objects=honest.objects, ladders=None))


def test_wrong_questions_are_refused(honest: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="accepted are M01-RV1"):
        assess(honest, object_id="M07")
    with pytest.raises(ValueError, match="above 0"):
        assess(honest, hold_s=0.0)
    with pytest.raises(ValueError, match="keep_tracks"):
        assess(SimpleNamespace(objects=honest.objects, events=(), track_log=None))
