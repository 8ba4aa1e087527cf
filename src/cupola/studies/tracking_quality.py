"""The quality ladder of a run in the document that ``cupola track --json`` prints.

A released object is judged from its missile's launch on, as in :mod:`cupola.studies.tracking`: what a group knew of the
booster counts for what it carried.
"""

import math
from collections.abc import Sequence
from typing import Any

from cupola.engine.record import Ladder, RunRecord
from cupola.sensors.quality import RUNGS


def add_quality(document: dict[str, Any], record: RunRecord) -> None:
    """Add to each of the ``objects`` of a run's document how good each sensor group's view of it was, and to the
    document what the rungs ask for.

    Raises ``ValueError`` where the run was not kept.
    """
    if record.ladders is None:
        raise ValueError("got a run without ladders, accepted is one played with keep_tracks=True")
    document["quality_thresholds"] = {
        "track_error_m": record.ladders.track_error_m,
        "fire_control_error_m": record.ladders.fire_control_error_m,
        "fire_control_of": record.ladders.fire_control_of or None,
    }
    rows = {row.object: row for row in record.objects}
    for item in document["objects"]:
        row = rows[item["object"]]
        family = [r.object for r in record.objects if r.missile == row.missile and r.role == "booster"]
        parts = [record.ladders.by_object[name] for name in dict.fromkeys([*family, row.object])]
        item["quality"] = {
            group: _described(joined([part[group] for part in parts]), row.launch_time_s) for group in parts[0]
        }


def joined(ladders: Sequence[Ladder]) -> Ladder:
    """Return the ladder of one group's view of objects that follow one another."""
    return Ladder(
        seconds=_sum([ladder.seconds for ladder in ladders]),
        first_s={
            code: min(ladder.first_s.get(code, math.inf) for ladder in ladders)
            for code in _sum([ladder.first_s for ladder in ladders])
        },
        unseen_s=_sum([ladder.unseen_s for ladder in ladders]),
    )


def _described(ladder: Ladder, launch_s: float) -> dict[str, Any]:
    watched = sum(ladder.seconds.values())
    rungs = {}
    for rung in RUNGS:
        seconds, first = ladder.seconds.get(rung.code, 0.0), ladder.first_s.get(rung.code)
        rungs[rung.code.replace("-", "_")] = {
            "seconds": round(seconds, 3),
            "fraction": round(seconds / watched, 6) if watched else 0.0,
            "first_after_s": None if first is None else round(first - launch_s, 3),
        }
    unseen = sorted(ladder.unseen_s.items(), key=lambda item: -item[1])
    return {"watched_s": round(watched, 3), "rungs": rungs, "unseen_s": {code: round(s, 3) for code, s in unseen}}


def _sum(parts: Sequence[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: sum(part.get(name, 0.0) for part in parts) for name in names}
