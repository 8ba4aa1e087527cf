"""What every group of interceptors did about one object, or why it did nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cupola.battle.reasons import RANK, NoShot
from cupola.campaign.wording import clock, sentence
from cupola.core.reason import Reason
from cupola.engine.record import EventKind, ObjectRow, RunRecord, ShooterGroup
from cupola.engine.windows import GroupWindows, Window
from cupola.interceptors.endgame import ShotOutcome


class NeverAsked(Reason):
    """Why a group was never asked to fire."""

    GONE = "The object was gone before its turn came."
    NO_TRACK = "No sensor ever held a track of it."
    NOT_FIRM = "Its track never was firm."
    WRONG_PHASE = "No firm track existed while the object was in the phase of flight that it engages."


OWN = (
    NoShot.WRONG_PHASE,
    NoShot.OUT_OF_REACH,
    NoShot.NOT_ON_STATION,
    NoShot.WEATHER,
    NoShot.DWELL_TOO_LONG,
    NoShot.TOO_EARLY,
    NoShot.TRACK_TOO_COARSE,
    NoShot.NO_INVENTORY,
    NoShot.RELOADING,
    NoShot.BEAM_BUSY,
)
"""What a group itself lacked, as against what its layer decided for all of its groups"""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What held a group's fire, and the first and the last time in s after the missile's launch when it did."""

    reason: str
    first_s: float
    last_s: float


@dataclass(frozen=True, kw_only=True)
class Shooter:
    """One group of interceptors and one object. Times count from the launch of the object's missile.

    ``fired`` shots came to ``outcomes`` (code -> number). ``reason`` is the code of what decided: the last shot's
    outcome, or what came closest to a shot; ``text`` says it in words. ``windows`` hold when the group could have met
    the object by reach alone, whatever was known; ``None`` where that was not asked.
    """

    group: str
    layer: str
    weapon: str
    site: str
    inventory: int
    left: int
    fired: int
    outcomes: dict[str, int]
    reason: str
    text: str
    held: tuple[Held, ...]
    windows: tuple[Window, ...] | None


def shooters_of(
    record: RunRecord, family: Sequence[ObjectRow], windows: Sequence[GroupWindows] = ()
) -> tuple[Shooter, ...]:
    """Return what every group of a run did about an object and the missile that carried it (``family``)."""
    by_group = {each.group: each.windows for each in windows}
    return tuple(_shooter(record, family, group, by_group.get(group.name)) for group in record.shooters)


def _shooter(
    record: RunRecord, family: Sequence[ObjectRow], group: ShooterGroup, windows: tuple[Window, ...] | None
) -> Shooter:
    names, launch_s = {member.object for member in family}, family[0].launch_time_s
    aimed = aimed_at(record, names)
    shots = [s for s in record.shots if s.shot in aimed and shooter_group(s.shooter) == group.name]
    held = _held(record, names, group.name, launch_s)
    in_reach = None if windows is None else tuple(_since(window, launch_s) for window in windows)
    outcomes = Counter(shot.outcome for shot in shots)
    if shots:
        reason, text = shots[-1].outcome, _fired(outcomes)
    elif not held and windows == ():
        reason, text = NoShot.OUT_OF_REACH.code, "It was never asked."
    else:
        why = _held_by(held, in_reach) or _never_asked(family)
        reason, text = why.code, f"It held its fire. {why.sentence}" if held else f"It was never asked. {why.sentence}"
    return Shooter(
        group=group.name,
        layer=group.layer,
        weapon=group.weapon,
        site=group.site,
        inventory=group.inventory,
        left=group.left,
        fired=len(shots),
        outcomes=dict(outcomes),
        reason=reason,
        text=f"{text}{_reached(in_reach)}",
        held=held,
        windows=in_reach,
    )


def aimed_at(record: RunRecord, names: set[str]) -> set[int]:
    """Return the numbers of the shots that were ordered at objects, or that homed on them in the end."""
    ordered = {int(e.data["shot"]) for e in record.events if e.kind is EventKind.ORDER and e.subject in names}
    return ordered | {shot.shot for shot in record.shots if shot.object in names}


def shooter_group(shooter: str) -> str:
    """Return the group of a shooter as shots name it: ``sbi #4711`` is of ``sbi``."""
    return shooter.partition(" #")[0]


def _since(window: Window, launch_s: float) -> Window:
    return replace(
        window,
        first_release_s=window.first_release_s - launch_s,
        last_release_s=window.last_release_s - launch_s,
        first_intercept_s=window.first_intercept_s - launch_s,
        last_intercept_s=window.last_intercept_s - launch_s,
    )


def _held(record: RunRecord, names: set[str], group: str, launch_s: float) -> tuple[Held, ...]:
    spans: dict[str, tuple[float, float]] = {}
    for name in names & record.held_fire.keys():
        for code, (first, last) in record.held_fire[name].get(group, {}).items():
            known = spans.get(code, (first, last))
            spans[code] = (min(known[0], first), max(known[1], last))
    found = [Held(reason=c, first_s=a - launch_s, last_s=b - launch_s) for c, (a, b) in spans.items()]
    return tuple(sorted(found, key=lambda each: (each.first_s, each.reason)))


def _held_by(held: Sequence[Held], windows: tuple[Window, ...] | None) -> NoShot | None:
    """Return the obstacle nearest to a shot. What a layer decided for all is no reason where a group had no chance."""
    codes = {each.reason for each in held}
    reasons = [reason for reason in NoShot if reason.code in codes]
    own = [reason for reason in reasons if reason in OWN]
    return max(own if own and windows == () else reasons, key=RANK.__getitem__, default=None)


def _never_asked(family: Sequence[ObjectRow]) -> NeverAsked:
    if all(np.isnan(member.firm_track_s) for member in family):
        untracked = all(np.isnan(member.track_sigma_m) for member in family)
        return NeverAsked.NO_TRACK if untracked else NeverAsked.NOT_FIRM
    if family[-1].layer:
        return NeverAsked.GONE
    return NeverAsked.WRONG_PHASE


def _fired(outcomes: Counter[str]) -> str:
    parts = [f"{count} x {sentence(ShotOutcome, code)}" for code, count in outcomes.items()]
    count = outcomes.total()
    return f"It fired {count} shot{'' if count == 1 else 's'}: {' '.join(parts)}"


def _reached(windows: tuple[Window, ...] | None) -> str:
    if windows is None:
        return ""
    if not windows:
        return " By reach alone it never had a chance."
    spans = [f"{clock(w.first_release_s)} to {clock(w.last_release_s)}" for w in windows[:3]]
    more = f" and {len(windows) - 3} times more" if len(windows) > 3 else ""
    return f" By reach alone, releases from {', '.join(spans)}{more} would have met it."
