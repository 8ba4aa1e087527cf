import dataclasses

import pytest
from campaign_toy import object_row, shot_row

from cupola.battle.reasons import NoShot
from cupola.campaign.errors import BadCampaign
from cupola.campaign.story import Story, tell
from cupola.campaign.wording import clock, km, place
from cupola.engine.record import Event, EventKind, Ladder, Ladders, LayerTotals, LeakReason, RunRecord, ShooterGroup
from cupola.engine.windows import GroupWindows, Window
from cupola.interceptors.endgame import ShotOutcome

TOTALS = LayerTotals(engaged=0, killed=0, killed_lethal=0, shots=0)


def record(*, killed: bool) -> RunRecord:
    booster = dataclasses.replace(object_row(0, "M01", "booster", lethal=False, layer=""), launch_time_s=20.0)
    warhead = dataclasses.replace(
        object_row(0, "M01-RV1", "warhead", lethal=True, layer="midcourse" if killed else ""),
        launch_time_s=20.0, firm_track_s=95.0, kill_lat_deg=60.0, kill_lon_deg=-150.0, kill_alt_m=850e3,
    )  # fmt: skip
    other = object_row(0, "M02", "booster", lethal=False, layer="")
    outcome = ShotOutcome.KILL if killed else ShotOutcome.MISSED
    events = (
        event(20.0, EventKind.LAUNCH, "M01", lat_deg=40.85, lon_deg=127.66, aim="Chicago"),
        event(60.0, EventKind.DETECTION, "M01", "tracking-layer", alt_m=9_800.0),
        event(80.0, EventKind.TRACK, "M02", "tracking-layer", status="firm", sigma_m=900.0),
        event(95.0, EventKind.TRACK, "M01", "tracking-layer", status="firm", sigma_m=1_250.0),
        event(100.0, EventKind.PLAN, "M01", "boost", no_shot=NoShot.OUT_OF_REACH.code),
        event(190.0, EventKind.BURNOUT, "M01", alt_m=243e3, speed_m_s=6_900.0),
        event(230.0, EventKind.DEPLOYMENT, "M01", objects=1, track_inherited=True),
        event(
            300.0, EventKind.ORDER, "M01-RV1", "fort-greely",
            shot=4, layer="midcourse", weapon="gbi", release_s=302.0, intercept_s=902.0, sigma_m=2_300.0,
            intercept_lat_deg=60.0, intercept_lon_deg=-150.0, intercept_alt_m=850e3,
        ),
        event(302.0, EventKind.RELEASE, "M01-RV1", "fort-greely", shot=4, lat_deg=63.9, lon_deg=-145.7, alt_m=400.0),
        event(500.0, EventKind.UPDATE, "M01-RV1", "fort-greely", shot=4, moved_m=1_500.0, divert_m_s=12.5),
        event(700.0, EventKind.UPDATE, "M01-RV1", "fort-greely", shot=4, moved_m=300.0, divert_m_s=0.0),
        event(862.0, EventKind.HANDOVER, "M01-RV1", "fort-greely", shot=4, offset_m=420.0, to_go_s=40.0),
        event(
            902.0, EventKind.INTERCEPT, "M01-RV1", "fort-greely",
            shot=4, layer="midcourse", outcome=outcome.code, handover_error_m=420.0, divert_used_m_s=143.2,
            closing_speed_m_s=10_240.0, alt_m=850e3,
        ),
        event(917.0, EventKind.ASSESSMENT, "M01-RV1", "fort-greely", shot=4, declared_dead=True, right=killed),
        event(1900.0, EventKind.IMPACT, "M02", lat_deg=41.0, lon_deg=-87.0, aim="Chicago", miss_m=300.0, lethal=True),
    )  # fmt: skip
    return RunRecord(
        run=0, objects=(booster, warhead, other), events=events,
        shots=(shot_row(0, 4, "midcourse", "M01-RV1", kill=killed),),
        lethal=1, leaked=int(not killed), space_interceptors_in_reach=0,
        layers={"boost": TOTALS, "midcourse": TOTALS, "terminal": TOTALS}, tracks={}, looks={},
        shooters=(
            group("sbi", "boost", inventory=500), group("toy", "midcourse", inventory=20, left=19),
            group("vandenberg", "midcourse"), group("thaad", "terminal"),
        ),
        held_fire={
            "M01": {"sbi": {NoShot.OUT_OF_REACH.code: (100.0, 180.0)}},
            "M01-RV1": {
                "toy": {NoShot.WAITING.code: (305.0, 900.0)},
                "vandenberg": {
                    NoShot.OUT_OF_REACH.code: (280.0, 280.0), NoShot.OTHERS_CHOSEN.code: (300.0, 300.0),
                    NoShot.WAITING.code: (305.0, 900.0),
                },
            },
        },
    )  # fmt: skip


def group(name: str, layer: str, inventory: int = 4, left: int | None = None) -> ShooterGroup:
    left = inventory if left is None else left
    return ShooterGroup(name=name, layer=layer, weapon=name, site="", inventory=inventory, left=left)


def event(time_s: float, kind: EventKind, subject: str, actor: str = "", **data: float | int | str | bool) -> Event:
    return Event(time_s=time_s, kind=kind, subject=subject, actor=actor, data=data)


def told(story: Story) -> list[tuple[float, str]]:
    return [(line.time_s, line.text) for line in story.lines]


def test_what_each_view_was_good_for_is_told_with_what_hid_the_rest() -> None:
    seen = Ladder(
        seconds={"none": 530.0, "detect": 40.0, "track": 310.0, "fire-control": 120.0},
        first_s={"detect": 80.0, "cue": 110.0, "track": 110.0, "fire-control": 200.0},
        unseen_s={"out-of-range": 50.0, "below-horizon": 480.0},
    )
    blind = Ladder(seconds={"none": 1000.0}, first_s={}, unseen_s={"below-horizon": 1000.0})
    groups = {"tpy-2": seen, "uewr": blind}
    ladders = Ladders(
        track_error_m=2e4, fire_control_error_m=6e3, fire_control_of="gbi",
        by_object={"M01": {}, "M01-RV1": groups, "M02": {}},
    )  # fmt: skip
    story = tell(dataclasses.replace(record(killed=True), ladders=ladders), "M01-RV1", commit_delay_s=30.0)
    assert story.sensors == (
        "M01-RV1 in the eyes of tpy-2: detect 4 % (from 1:00), cue 0 % (from 1:30), track 31 % (from 1:30), "
        "fire control 12 % (from 3:00); else below horizon 48 %, out of range 5 %.",
    )


def test_killed_warhead_is_told_from_launch_to_kill() -> None:
    story = tell(record(killed=True), "M01-RV1", commit_delay_s=30.0)
    assert story.verdict.startswith("STOPPED by layer midcourse, 850 km up over 60.0°N 150.0°W, after 29:40.")
    lines = dict(told(story))
    assert lines[0.0] == "M01 lifts off from 40.9°N 127.7°E towards Chicago."
    assert "tracking-layer" in lines[40.0]
    assert "9.8 km" in lines[40.0]
    assert lines[75.0] == "The track of M01 is firm: one sigma 1.2 km."
    assert lines[90.0] == "Authority to release is in force, 30 s after the raid's first firm track (M02)."
    assert NoShot.OUT_OF_REACH.sentence in lines[80.0]
    assert "fort-greely (layer midcourse) is to fly 10:00 to 850 km up" in lines[280.0]
    assert lines[882.0] == (
        "Shot 4 arrives after 2 course corrections (the largest 1.5 km), handed over 420 m off, with 143 m/s of divert "
        f"spent, closing at 10.2 km/s. {ShotOutcome.KILL.sentence}"
    )
    assert "declared destroyed, which is right" in lines[897.0]
    assert [time for time, _ in told(story)] == sorted(time for time, _ in told(story))
    assert not any("M02" in text and "strikes" in text for _, text in told(story))


def test_leaked_warhead_says_where_why_and_which_layers_never_fired() -> None:
    story = tell(record(killed=False), "M01-RV1", commit_delay_s=30.0)
    assert story.verdict.startswith("LEAKED at Anytown")
    assert LeakReason.ALL_SHOTS_MISSED.sentence in story.verdict
    assert any("which is WRONG" in text for _, text in told(story))


def test_every_group_of_interceptors_says_what_it_did_or_why_not() -> None:
    chance = Window(
        first_release_s=220.0, last_release_s=320.0, first_intercept_s=800.0, last_intercept_s=950.0, shortest_s=580.0,
        most=1,
    )  # fmt: skip
    reach = {"sbi": (), "toy": (chance,), "vandenberg": (chance,), "thaad": ()}
    windows = [GroupWindows(group=g, layer="", weapon="", site="", windows=w) for g, w in reach.items()]
    story = tell(record(killed=False), "M01-RV1", commit_delay_s=30.0, windows=windows)
    by_group = {each.group: each for each in story.shooters}
    assert list(by_group) == ["sbi", "toy", "vandenberg", "thaad"]
    assert by_group["sbi"].reason == "out-of-reach"
    assert by_group["sbi"].text.endswith("By reach alone it never had a chance.")
    fired = by_group["toy"]
    assert (fired.fired, fired.outcomes, fired.reason, fired.left) == (1, {"missed": 1}, "missed", 19)
    assert ShotOutcome.MISSED.sentence in fired.text
    beside = by_group["vandenberg"]
    assert beside.reason == "others-chosen"
    assert beside.text == (
        f"It held its fire. {NoShot.OTHERS_CHOSEN.sentence} "
        "By reach alone, releases from 3:20 to 5:00 would have met it."
    )
    assert [(each.reason, each.first_s, each.last_s) for each in beside.held] == [
        ("out-of-reach", 260.0, 260.0), ("others-chosen", 280.0, 280.0), ("waiting", 285.0, 880.0),
    ]  # fmt: skip
    assert by_group["thaad"].reason == "out-of-reach"
    assert by_group["thaad"].text == "It was never asked. By reach alone it never had a chance."
    blind = tell(record(killed=False), "M01-RV1", commit_delay_s=30.0).shooters[-1]
    assert (blind.reason, blind.windows) == ("wrong-phase", None)


def test_what_all_groups_of_a_layer_wait_for_is_no_reason_of_one_that_cannot_reach() -> None:
    base = record(killed=False)
    far = {NoShot.OUT_OF_REACH.code: (280.0, 280.0), NoShot.WAITING.code: (305.0, 900.0)}
    base.held_fire["M01-RV1"]["vandenberg"] = far
    nothing = [GroupWindows(group="vandenberg", layer="", weapon="", site="", windows=())]
    for windows, reason in ((nothing, "out-of-reach"), ([], "waiting")):
        story = tell(base, "M01-RV1", commit_delay_s=30.0, windows=windows)
        assert next(each for each in story.shooters if each.group == "vandenberg").reason == reason


def test_every_step_of_a_shot_is_told_when_asked_for() -> None:
    story = tell(record(killed=True), "M01-RV1", commit_delay_s=30.0, every_step=True)
    steps = [line.text for line in story.lines if line.kind in ("update", "handover")]
    assert steps == [
        "Shot 4 is sent a new predicted point, 1.5 km from the last, which costs 12.5 m/s of divert.",
        "Shot 4 is sent a new predicted point, 300 m from the last.",
        "The seeker of shot 4 looks for itself, 40 s to go, with M01-RV1 420 m off.",
    ]
    assert not any(line.kind == "handover" for line in tell(record(killed=True), "M01-RV1", commit_delay_s=30.0).lines)


def test_unknown_object_is_met_with_similar_ones() -> None:
    with pytest.raises(BadCampaign, match=r"got 'm1-rv1'.*did you mean M01-RV1.*accepted are M01, M01-RV1, M02"):
        tell(record(killed=True), "m1-rv1", commit_delay_s=30.0)
    with pytest.raises(BadCampaign, match="accepted are M01, M01-RV1, M02"):
        tell(record(killed=True), "zebra", commit_delay_s=30.0)


def test_unforeseen_event_is_told_plainly() -> None:
    base = record(killed=True)
    odd = dataclasses.replace(base, events=(event(30.0, EventKind.SCAN, "M01", "radar", beams=3),))
    assert told(tell(odd, "M01", commit_delay_s=30.0)) == [(10.0, "Scan of M01 by radar: beams 3.")]


def test_numbers_as_people_write_them() -> None:
    assert [km(v) for v in (12.4, 994.0, 1_250.0, 99_940.0, 1_204_000.0)] == [
        "12 m",
        "994 m",
        "1.2 km",
        "99.9 km",
        "1,204 km",
    ]
    assert place(-33.86, 151.2) == "33.9°S 151.2°E"
    assert [clock(v) for v in (0.0, 155.0, 59.6, -5.0)] == ["0:00", "2:35", "1:00", "-0:05"]


def told_with(*more) -> dict[float, str]:
    """The lines of the warhead's story by time, after some further messages."""
    base = record(killed=True)
    events = tuple(sorted((*base.events, *more), key=lambda each: each.time_s))
    story = tell(dataclasses.replace(base, events=events), "M01-RV1", commit_delay_s=30.0)
    return {line.time_s: line.text for line in story.lines}


def test_a_story_tells_of_lost_messages_the_cut_and_each_layers_own_authority():
    lines = told_with(
        event(81.0, EventKind.MESSAGE, "boost", status="authority", in_force_s=115.0),
        event(150.0, EventKind.MESSAGE, "national-node", status="cut"),
        event(304.0, EventKind.MESSAGE, "M01-RV1", "vandenberg", shot=5, layer="midcourse", status="order-lost"),
        event(930.0, EventKind.MESSAGE, "M01-RV1", "fort-greely", shot=4, layer="midcourse", status="verdict-lost"),
        event(
            947.0, EventKind.ASSESSMENT, "M01-RV1", "fort-greely",
            shot=4, look=1, declared_dead=False, right=False, believed_dead=False,
        ),
    )  # fmt: skip
    assert lines[95.0] == "Authority to release is in force for layer boost."
    assert lines[90.0].startswith("Authority to release is in force for the other layers, 30 s")
    assert lines[130.0] == "The national node is cut: every layer fights alone."
    assert lines[284.0].startswith("The order of shot 5 never reached vandenberg")
    assert lines[910.0] == "The verdict on shot 4 was lost: M01-RV1 counts as alive."
    assert lines[927.0].endswith("for still alive, which is WRONG: it is believed alive again.")
    early = told_with(event(100.0, EventKind.MESSAGE, "national-node", status="cut"))
    assert not any("Authority" in text for text in early.values()), "it was cut before authority was given"
