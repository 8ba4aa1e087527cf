"""Why one object leaked or died: the event log as a story, with times, sensors, tracks, shots and reasons."""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cupola.battle.reasons import NoShot
from cupola.campaign.errors import BadCampaign
from cupola.campaign.shooters import Shooter, aimed_at, shooters_of
from cupola.campaign.wording import clock, km, number, place, sentence
from cupola.engine.record import Event, EventKind, Ladder, LeakReason, ObjectOutcome, ObjectRow, RunRecord
from cupola.engine.windows import GroupWindows
from cupola.interceptors.endgame import ShotOutcome
from cupola.sensors.looks import NonDetection

_SHOWN_IDS = 12
_BELIEFS = (EventKind.TRACK, EventKind.PLAN)
_STEPS = (EventKind.UPDATE, EventKind.HANDOVER)
_ROLES = {
    "booster": "the missile itself",
    "warhead": "a warhead",
    "decoy": "a decoy",
    "tank": "a spent tank",
    "debris": "a fragment",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One moment of the story. ``time_s`` counts from the launch of the object's missile; ``kind`` is that of the
    event, in small letters with dashes, or ``authority``.
    """

    time_s: float
    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """What happened to one object in one run.

    ``shooters`` says of each group of interceptors what it did about the object or why it did nothing, ``sensors``
    holds a sentence for each sensor group that looked.
    """

    run: int
    object: str
    title: str
    verdict: str
    lines: tuple[Line, ...]
    shooters: tuple[Shooter, ...]
    sensors: tuple[str, ...]


def tell(
    record: RunRecord,
    object_id: str,
    *,
    commit_delay_s: float,
    windows: Sequence[GroupWindows] = (),
    every_step: bool = False,
) -> Story:
    """Tell the story of one object of a run; that of one it released begins with the missile.

    ``commit_delay_s`` is the scenario's time from the first firm track to authority; ``windows`` say when each group
    could have met the object by reach; ``every_step`` gives course corrections and handovers lines of their own.
    Raises :class:`BadCampaign` for an object that is not in the raid.
    """
    row = row_of(record, object_id)
    family = family_of(record, row)
    names = {member.object for member in family}
    aimed = aimed_at(record, names)
    events = [event for event in record.events if event.subject in names or event.data.get("shot") in aimed]
    gone = {member.object: member.end_time_s for member in family}
    # What the defense goes on believing of an object that is no more would only confuse its story.
    told = [e for e in events if e.kind not in _BELIEFS or e.time_s <= gone.get(e.subject, e.time_s)]
    teller = _Teller(row, every_step=every_step)
    lines = _authority(record, events, commit_delay_s) + [line for event in told for line in teller.lines(event)]
    start = row.launch_time_s
    lines = sorted((replace(line, time_s=line.time_s - start) for line in lines), key=lambda line: line.time_s)
    return Story(
        run=record.run,
        object=object_id,
        title=_title(row),
        verdict=_verdict(record, row),
        lines=tuple(lines),
        shooters=shooters_of(record, family, windows),
        sensors=tuple(_sensors(record, family)),
    )


def row_of(record: RunRecord, object_id: str) -> ObjectRow:
    """Return the row of an object. Raises :class:`BadCampaign` when there is none."""
    for row in record.objects:
        if row.object == object_id:
            return row
    known = [row.object for row in record.objects]
    near = difflib.get_close_matches(object_id.upper(), known, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    more = f" and {len(known) - _SHOWN_IDS} more" if len(known) > _SHOWN_IDS else ""
    raise BadCampaign(
        f"object: got {object_id!r}, which is not in this raid{hint} accepted are {', '.join(known[:_SHOWN_IDS])}{more}"
        if hint
        else f"object: got {object_id!r}, accepted are {', '.join(known[:_SHOWN_IDS])}{more}"
    )


def family_of(record: RunRecord, row: ObjectRow) -> list[ObjectRow]:
    """Return the object with the booster that carried it."""
    return [
        member
        for member in record.objects
        if member.object == row.object or (member.missile == row.missile and member.role == "booster")
    ]


def _title(row: ObjectRow) -> str:
    what = _ROLES.get(row.role, row.role)
    carried = f" of missile {row.missile}" if row.role != "booster" else ""
    people = f" ({row.aim_population:,} people)" if row.aim_population else ""
    launch = place(row.launch_lat_deg, row.launch_lon_deg)
    return f"{row.object}, {what}{carried} ({row.threat}), from {launch} at {row.aim}{people}"


def _verdict(record: RunRecord, row: ObjectRow) -> str:
    outcome = sentence(ObjectOutcome, row.outcome)
    after = clock(row.end_time_s - row.launch_time_s)
    if row.outcome == ObjectOutcome.LEAKED.code:
        return f"LEAKED at {row.aim} after {after}. {outcome} {sentence(LeakReason, row.reason)}"
    if row.layer:
        where = f"{km(row.kill_alt_m)} up over {place(row.kill_lat_deg, row.kill_lon_deg)}"
        return f"STOPPED by layer {row.layer}, {where}, after {after}. {outcome}"
    if row.role == "booster":
        children = [r for r in record.objects if r.missile == row.missile and r.role != "booster"]
        fates = ", ".join(f"{child.object} {child.outcome.replace('-', ' ')}" for child in children)
        return f"BURNED OUT and released its load after {after}: {fates or 'nothing'}. {outcome}"
    return f"ENDED after {after}. {outcome}"


def _authority(record: RunRecord, events: Sequence[Event], commit_delay_s: float) -> list[Line]:
    firm = [e for e in record.events if e.kind is EventKind.TRACK and e.data.get("status") == "firm"]
    if not (firm and events and record.layers):
        return []
    messages = [event for event in record.events if event.kind is EventKind.MESSAGE]
    cut_s = min((e.time_s for e in messages if e.data.get("status") == "cut"), default=math.inf)
    ends = max(event.time_s for event in events)
    own = {e.subject: number(e.data.get("in_force_s")) for e in messages if e.data.get("status") == "authority"}
    lines = [
        Line(time_s=when, text=f"Authority to release is in force for layer {layer}.", kind="authority")
        for layer, when in own.items()
        if when <= ends
    ]
    if cut_s <= ends:
        lines.append(Line(time_s=cut_s, text="The national node is cut: every layer fights alone.", kind="message"))
    first = min(firm, key=lambda event: event.time_s)
    time_s = first.time_s + commit_delay_s
    if time_s <= min(ends, cut_s) and own.keys() < record.layers.keys():
        whose = " for the other layers" if own else ""
        since = f"{commit_delay_s:g} s after the raid's first firm track ({first.subject})"
        lines.append(Line(time_s=time_s, text=f"Authority to release is in force{whose}, {since}.", kind="authority"))
    return lines


def _sensors(record: RunRecord, family: Sequence[ObjectRow]) -> list[str]:
    """Say which sensor groups reported the family's objects how often, and what kept the others from it."""
    out = []
    for member in family:
        seen: list[str] = []
        unseen: dict[str, list[str]] = {}
        for group, looks in record.looks.get(member.object, {}).items():
            reports = looks.get(NonDetection.NONE.code, 0)
            if reports:
                seen.append(f"{group} ({reports} of {sum(looks.values())} scans)")
            elif looks:
                unseen.setdefault(max(looks, key=lambda code: looks[code]), []).append(group)
        if seen:
            out.append(f"{member.object} was reported by {', '.join(seen)}.")
        for code, groups in unseen.items():
            out.append(f"{member.object} was never reported by {', '.join(groups)}. {sentence(NonDetection, code)}")
        ladders = {} if record.ladders is None else record.ladders.by_object.get(member.object, {})
        for group, ladder in ladders.items():
            if ladder.first_s:
                out.append(f"{member.object} in the eyes of {group}: {_ladder(ladder, member.launch_time_s)}.")
    return out


def _ladder(ladder: Ladder, launch_s: float) -> str:
    """Say for which share of the time a sensor group's view was good for what, since when, and what hid the rest."""
    watched = sum(ladder.seconds.values())

    def shares(seconds: Mapping[str, float], since: Mapping[str, float]) -> list[str]:
        return [
            f"{code.replace('-', ' ')} {100.0 * s / watched:.0f} %"
            + (f" (from {clock(since[code] - launch_s)})" if code in since else "")
            for code, s in seconds.items()
        ]

    good = shares({code: ladder.seconds.get(code, 0.0) for code in ladder.first_s}, ladder.first_s)
    lost = shares(dict(sorted(ladder.unseen_s.items(), key=lambda item: -item[1])), {})
    return ", ".join(good) + (f"; else {', '.join(lost)}" if lost else "")


class _Teller:
    """Turns events into lines; remembers what a shot was told between release and intercept."""

    def __init__(self, row: ObjectRow, *, every_step: bool) -> None:
        self._row = row
        self._every_step = every_step
        self._fired: set[tuple[str, str]] = set()
        self._updates: dict[object, list[Event]] = {}
        self._say: dict[EventKind, Callable[[Event], str]] = {
            EventKind.LAUNCH: self._launch,
            EventKind.BURNOUT: self._burnout,
            EventKind.DEPLOYMENT: self._deployment,
            EventKind.DETECTION: self._detection,
            EventKind.TRACK: self._track,
            EventKind.TRACK_LOST: self._track_lost,
            EventKind.PLAN: self._plan,
            EventKind.ORDER: self._order,
            EventKind.RELEASE: self._release,
            EventKind.UPDATE: self._update,
            EventKind.HANDOVER: self._handover,
            EventKind.INTERCEPT: self._intercept,
            EventKind.ASSESSMENT: self._assessment,
            EventKind.IMPACT: self._impact,
            EventKind.MESSAGE: self._message,
        }

    def lines(self, event: Event) -> list[Line]:
        """Return the lines of one event: usually one, none for what a later line sums up."""
        if event.kind is EventKind.UPDATE:
            self._updates.setdefault(event.data.get("shot"), []).append(event)
        if event.kind in _STEPS and not self._every_step:
            return []
        say = self._say.get(event.kind, self._plainly)
        return [Line(time_s=event.time_s, text=say(event), kind=event.kind.name.lower().replace("_", "-"))]

    def _plainly(self, event: Event) -> str:
        what = event.kind.name.lower().replace("_", " ").capitalize()
        data = ", ".join(f"{key} {value}" for key, value in event.data.items())
        by = f" by {event.actor}" if event.actor else ""
        return f"{what} of {event.subject}{by}{': ' if data else ''}{data}."

    def _launch(self, event: Event) -> str:
        where = place(event.data.get("lat_deg"), event.data.get("lon_deg"))
        return f"{event.subject} lifts off from {where} towards {event.data.get('aim')}."

    def _burnout(self, event: Event) -> str:
        speed = number(event.data.get("speed_m_s")) / 1e3
        return f"{event.subject} burns out at {km(event.data.get('alt_m'))}, at {speed:.2f} km/s."

    def _deployment(self, event: Event) -> str:
        count = int(number(event.data.get("objects")))
        return f"{event.subject} releases {count} object{'s' if count != 1 else ''}; sensors must tell them apart."

    def _detection(self, event: Event) -> str:
        first = event.actor == self._row.first_detection_by and event.time_s == self._row.first_detection_s
        seen = "is detected for the first time, by" if first and event.subject == self._row.object else "is detected by"
        return f"{event.subject} {seen} {event.actor}, at {km(event.data.get('alt_m'))} altitude."

    def _track(self, event: Event) -> str:
        status, sigma = event.data.get("status"), km(event.data.get("sigma_m"))
        text = {
            "initiated": f"A track of {event.subject} is begun on reports of {event.actor}: one sigma {sigma}.",
            "firm": f"The track of {event.subject} is firm: one sigma {sigma}.",
            "coasting": f"The tracker finds {event.subject} coasting, its motor out: one sigma {sigma}.",
        }
        told = text.get(str(status)) or f"The track of {event.subject} is {status}: one sigma {sigma}."
        layer = event.data.get("layer")
        return f"{told[:-1]}, in the picture of layer {layer}." if layer else told

    def _track_lost(self, event: Event) -> str:
        return f"The track of {event.subject} is lost."

    def _plan(self, event: Event) -> str:
        reason = sentence(NoShot, str(event.data.get("no_shot")))
        more = "fires no further shot" if (event.actor, event.subject) in self._fired else "holds its fire"
        return f"Layer {event.actor} {more} at {event.subject}. {reason}"

    def _order(self, event: Event) -> str:
        get = event.data.get
        self._fired.add((str(get("layer")), event.subject))
        wait = clock(number(get("intercept_s")) - number(get("release_s")))
        where = f"{km(get('intercept_alt_m'))} up over {place(get('intercept_lat_deg'), get('intercept_lon_deg'))}"
        return (
            f"Shot {get('shot')} at {event.subject} is ordered: {event.actor} (layer {get('layer')}) is to fly {wait} "
            f"to {where}; predicted error there {km(get('sigma_m'))}."
        )

    def _release(self, event: Event) -> str:
        data = event.data
        where = f"{place(data.get('lat_deg'), data.get('lon_deg'))}"
        high = f", {km(data.get('alt_m'))} up" if number(data.get("alt_m")) > 50e3 else ""
        return f"Shot {data.get('shot')} leaves {event.actor} ({where}{high})."

    def _update(self, event: Event) -> str:
        get = event.data.get
        spent = number(get("divert_m_s"))
        cost = f", which costs {spent:,.1f} m/s of divert" if spent > 0.0 else ""
        return f"Shot {get('shot')} is sent a new predicted point, {km(get('moved_m'))} from the last{cost}."

    def _handover(self, event: Event) -> str:
        get = event.data.get
        off = number(get("offset_m"))
        found = f"with {event.subject} {km(off)} off" if math.isfinite(off) else "and finds nothing"
        return f"The seeker of shot {get('shot')} looks for itself, {number(get('to_go_s')):.0f} s to go, {found}."

    def _intercept(self, event: Event) -> str:
        get = event.data.get
        updates = self._updates.pop(get("shot"), [])
        told = ""
        if updates:
            moved = max(number(update.data.get("moved_m", 0.0)) for update in updates)
            told = f" after {len(updates)} course corrections (the largest {km(moved)})"
        error = number(get("handover_error_m"))
        off = f", handed over {km(error)} off" if math.isfinite(error) else ""
        divert = f"{number(get('divert_used_m_s')):,.0f} m/s of divert spent"
        closing = f"{number(get('closing_speed_m_s')) / 1e3:.1f} km/s"
        outcome = sentence(ShotOutcome, str(get("outcome")))
        miss = number(get("miss_m", math.nan))
        passed = f" It passes {miss:.2f} m off." if math.isfinite(miss) else ""
        return f"Shot {get('shot')} arrives{told}{off}, with {divert}, closing at {closing}.{passed} {outcome}"

    def _assessment(self, event: Event) -> str:
        verdict = "destroyed" if event.data.get("declared_dead") else "still alive"
        right = "which is right" if event.data.get("right") else "which is WRONG"
        if "look" in event.data:
            belief = "still believed destroyed" if event.data.get("believed_dead") else "believed alive again"
            look = f"Look {event.data['look']} after shot {event.data.get('shot')}"
            return f"{look} takes {event.subject} for {verdict}, {right}: it is {belief}."
        return f"Shot {event.data.get('shot')} is assessed: {event.subject} is declared {verdict}, {right}."

    def _message(self, event: Event) -> str:
        shot = event.data.get("shot")
        if event.data.get("status") == "order-lost":
            return f"The order of shot {shot} never reached {event.actor}, or came too late: it is not fired."
        return f"The verdict on shot {shot} was lost: {event.subject} counts as alive."

    def _impact(self, event: Event) -> str:
        data = event.data
        where = place(data.get("lat_deg"), data.get("lon_deg"))
        what = "strikes" if data.get("lethal") else "falls"
        return f"{event.subject} {what} at {where}, {km(data.get('miss_m'))} from {data.get('aim')}."
