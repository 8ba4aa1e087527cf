"""What was assumed and where every number comes from."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cupola.report.markup import details, paragraph, section, table, text
from cupola.report.read import RunFolder
from cupola.report.words import counted, listed, number, percent, place_name

if TYPE_CHECKING:
    from cupola.battle.spec import LayerDoctrine
    from cupola.scenario.schema import Confidence, InterceptorGroup, Reference, Scenario, SourcedValue

_CONFIDENCES: "tuple[Confidence, ...]" = ("published", "estimated", "assumed")
_TINT = {"published": "layer-1", "estimated": "stream", "assumed": "leak"}


def setting_section(scenario: "Scenario") -> str:
    """Return what was played: the raid, the sensors, the interceptors and the rules."""
    raid = [
        [
            text(group.name),
            text(group.threat.title),
            number(len(group.launches)),
            text(_places(p.name for p in group.launches)),
            text(_places(a.name for a in group.aims)),
            _span(group.salvo),
            _apogee(group.apogee),
            text(_decoys(group)),
        ]
        for group in scenario.raid
    ]
    head = ("raid", "missile", "missiles", "from", "at", "launched within", "apogee", "released beside its warheads")
    parts = [table(head, raid, caption="The raid", numeric=(2,))]
    sensors = [[text(group.name), text(group.spec.title), text(_where(group))] for group in scenario.sensors]
    parts.append(
        table(("sensor", "kind", "where"), sensors, caption="The sensors") if sensors else paragraph("No sensors.")
    )
    columns = ("interceptors", "layer", "where", "in stock")
    shooters = _shooters(scenario)
    parts.append(
        table(columns, shooters, caption="The interceptors", numeric=(3,))
        if shooters
        else paragraph("No interceptors.")
    )
    parts.append(_rules(scenario))
    return section("setting", "What was played", *parts)


def _shooters(scenario: "Scenario") -> list[list[str]]:
    """Return one row per model and layer; the sites of one model stand together."""
    groups: dict[tuple[str, str], list[InterceptorGroup]] = {}
    for group in scenario.interceptors:
        groups.setdefault((group.model, group.layer), []).append(group)
    rows = []
    for (_, layer), members in groups.items():
        sites = [f"{place_name(g.site.name)} ({number(g.inventory)})" for g in members if g.site is not None]
        where = listed(sites, 12) if sites else _where(members[0])
        rows.append([text(members[0].spec.title), text(layer), text(where), number(sum(g.inventory for g in members))])
    return rows


def _places(names: Iterable[str]) -> str:
    counts = Counter(names)
    return listed([place_name(name) if n == 1 else f"{place_name(name)} ({n})" for name, n in counts.items()], 12)


def _span(seconds: float) -> str:
    return "the same second" if seconds == 0.0 else f"{seconds:g} s"


def _apogee(metres: float | None) -> str:
    return "minimum energy" if metres is None else f"{metres / 1e3:,.0f} km"


def _decoys(group: Any) -> str:
    return listed([f"{d.count} {d.spec.title}" for d in group.decoys if d.count], 4) or "none"


def _where(group: Any) -> str:
    orbit = group.constellation
    if orbit is not None and hasattr(orbit, "total"):
        top = "" if orbit.altitude_top is None else f"–{orbit.altitude_top / 1e3:,.0f}"
        degrees = orbit.inclination * 57.29577951308232
        return (
            f"{orbit.total:,} satellites in {orbit.planes} planes, {orbit.altitude / 1e3:,.0f}{top} km, {degrees:.0f}°"
        )
    if orbit is not None and hasattr(orbit, "nodes"):
        degrees = orbit.inclination * 57.29577951308232
        heights = f"{orbit.perigee / 1e3:,.0f} to {orbit.apogee / 1e3:,.0f} km"
        return f"{len(orbit.nodes)} on ellipses, {heights}, {degrees:.0f}°"
    if orbit is not None:
        return f"{len(orbit.longitudes)} in geostationary orbit"
    return listed([place_name(site.name) for site in getattr(group, "sites", ())], 8) or "–"


def _rules(scenario: "Scenario") -> str:
    battle = scenario.battle
    rows = [
        ["Firm track to release authority", f"{battle.commit_delay:g} s"],
        ["Order to release", f"{battle.message_delay:g} s"],
        ["Pairing of interceptors with tracks", text(battle.assignment)],
        ["Delay of kill assessment", f"{battle.assessment.delay:g} s"],
        ["Live object declared dead", percent(battle.assessment.false_kill)],
        ["Dead object declared alive", percent(battle.assessment.missed_kill)],
        ["All interceptors of a type fail together, per run", percent(scenario.common_mode_failure)],
        ["Cloud tops", f"{scenario.environment.cloud_top / 1e3:g} km"],
    ]
    rows += [
        [
            f"Doctrine of the {text(layer)} layer",
            f"{text(rule.policy)}, {rule.shots} a salvo, at most {rule.maximum_shots} at one object; "
            f"track error at intercept at most {rule.track_error / 1e3:g} km; {percent(rule.reserve)} kept in reserve; "
            f"engaged {_line(rule)}",
        ]
        for layer, rule in sorted(battle.doctrine.items())
    ]
    return table(("rule", "value"), rows, caption="The rules of the battle")


def _line(rule: "LayerDoctrine") -> str:
    """Say where a layer draws the line between warheads and the rest, and for how much it waits."""
    wait = f"; held for up to {rule.patience:g} s until {percent(rule.certainty)} sure" if rule.certainty > 0.5 else ""
    if rule.operating_point == "cost":
        return f"where a salvo costs no more than it saves, a leak being worth {rule.leak_worth:g} interceptors{wait}"
    line = f"from a believed {percent(rule.lethal_threshold)} of being a warhead on"
    stock = ", the likeliest first as far as the stock goes" if rule.operating_point == "stock" else ""
    return f"{line}{stock}{wait}"


def assumptions_section(folder: RunFolder) -> str:
    """Return every value in use with its source, the changes made to it, and what is uncertain."""
    scenario = folder.scenario
    return section(
        "assumptions",
        "Assumptions, with their sources",
        _tally(scenario),
        _overrides(scenario),
        _uncertainty(scenario),
        _allies(scenario),
        _values(scenario),
    )


def _tally(scenario: "Scenario") -> str:
    counts = Counter(value.confidence for value in scenario.values)
    total = sum(counts.values())
    if total == 0:
        return paragraph("The scenario lists no catalogue values.")
    bar = "".join(
        f'<span style="flex:{counts[kind]};background:var(--{_TINT[kind]})"></span>'
        for kind in _CONFIDENCES
        if counts[kind]
    )
    words = listed([f"{number(counts[kind])} {_tag(kind)}" for kind in _CONFIDENCES if counts[kind]])
    return (
        paragraph(
            f"The scenario rests on {number(total)} values: {words}. Published: read in a public source. "
            "Estimated: an analyst's "
            "published estimate or a public model's input. Assumed: nobody publishes it; the note gives the "
            "reasoning. All are "
            "open and notional; none describes a fielded system exactly."
        )
        + f'<div class="split" aria-hidden="true">{bar}</div>\n'
    )


def _tag(confidence: str) -> str:
    return f'<span class="tag {text(confidence)}">{text(confidence)}</span>'


def _overrides(scenario: "Scenario") -> str:
    if not scenario.overrides:
        return "<h3>Changes to catalogue values and settings</h3>\n" + paragraph("None: all values are as catalogued.")
    rows = [[text(change.path), text(change.from_), text(change.to)] for change in scenario.overrides]
    return table(
        ("value", "catalogue", "here"), rows, caption="Changes to catalogue values and settings", classes="values plain"
    )


def _uncertainty(scenario: "Scenario") -> str:
    if not scenario.uncertainty:
        return "<h3>Uncertain values</h3>\n" + paragraph("None: every value is the same in every run.")
    rows = [[text(path), text(distribution)] for path, distribution in scenario.uncertainty.items()]
    return table(
        ("value", "distribution"), rows, caption="Uncertain values, drawn once per run", classes="values plain"
    )


def _allies(scenario: "Scenario") -> str:
    if not scenario.allies:
        return ""
    rows = [
        [
            text(ally.nation),
            "takes part" if ally.participates else "does not take part",
            text(listed(ally.used, 12) or "–"),
            text(listed(ally.removed, 12) or "–"),
            text("; ".join(ally.not_simulated) or "–"),
        ]
        for ally in scenario.allies
    ]
    head = ("nation", "part", "used here", "taken out, not shared", "shared, not simulated")
    return table(head, rows, caption="Allies: what each brings")


def _values(scenario: "Scenario") -> str:
    groups: dict[str, list[SourcedValue]] = {}
    for value in scenario.values:
        groups.setdefault(value.path.split(".", 1)[0], []).append(value)
    if not groups:
        return ""
    known = {reference.key for reference in scenario.references}
    titles = _titles(scenario)
    blocks = []
    for model, values in groups.items():
        counts = Counter(value.confidence for value in values)
        mix = listed([f"{counts[kind]} {kind}" for kind in _CONFIDENCES if counts[kind]])
        rows = [
            [
                text(value.path.split(".", 1)[-1]),
                text(f"{value.value} {value.unit}".strip()),
                _tag(value.confidence),
                _source(value.source, known),
                text(value.note),
            ]
            for value in values
        ]
        head = ("field", "value", "confidence", "source", "note")
        body = table(head, rows, caption=f"Values of {model}", classes="values")
        title = f' <span class="muted">{text(titles[model])}</span>' if model in titles else ""
        summary = f'<b>{text(model)}</b>{title} <span class="muted">{counted(len(values), "value")}: {mix}</span>'
        blocks.append(details(summary, body))
    return "<h3>Every value in use, by model</h3>\n" + "".join(blocks)


def _titles(scenario: "Scenario") -> dict[str, str]:
    out = {group.model: group.threat.title for group in scenario.raid}
    out |= {decoy.model: decoy.spec.title for group in scenario.raid for decoy in group.decoys}
    out |= {group.model: group.spec.title for group in scenario.sensors}
    return out | {group.model: group.spec.title for group in scenario.interceptors}


def _source(key: str, known: set[str]) -> str:
    return f'<a href="#ref-{text(key)}">{text(key)}</a>' if key in known else text(key)


def programme_section(scenario: "Scenario") -> str:
    """Return the dated facts of the programme, or nothing."""
    programme = scenario.programme
    if programme is None or not programme.facts:
        return ""
    known = {reference.key for reference in scenario.references}
    rows = [
        [text(fact.date), text(fact.fact), _tag(fact.confidence), _source(fact.source, known)]
        for fact in programme.facts
    ]
    note = paragraph("Facts of record, for the reader's bearings; the simulation does not use them.")
    listing = table(("date", "fact", "confidence", "source"), rows, caption=programme.title)
    return section("programme", "The programme in dates", note, listing)


def bibliography_section(scenario: "Scenario") -> str:
    """Return the references that the values in use name."""
    if not scenario.references:
        return ""
    items = "".join(
        f'<li id="ref-{text(r.key)}">{citation(r)} <span class="muted small">[{text(r.key)}]</span></li>\n'
        for r in sorted(scenario.references, key=lambda r: (r.authors.lower(), r.year, r.key))
    )
    return section("bibliography", "Bibliography", f'<ul class="refs">\n{items}</ul>\n')


def citation(reference: "Reference") -> str:
    """Return one reference as HTML; only web addresses become links."""
    title = text(reference.title)
    if reference.url.startswith(("https://", "http://")):
        title = f'<a href="{text(reference.url)}" rel="noreferrer">{title}</a>'
    parts = [
        f"{text(reference.authors)} ({text(reference.year)})",
        f"<em>{title}</em>",
        text(reference.where),
        text(reference.note),
    ]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)
