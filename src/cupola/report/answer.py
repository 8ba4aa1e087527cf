"""The first screen: what the run found, in words and in a few numbers, and beside the published claim."""

import math

from cupola.report.markup import Headline, headline_row, paragraph, section, table, text
from cupola.report.measure import Flow
from cupola.report.read import RunFolder
from cupola.report.sentences import leak_sentence
from cupola.report.words import Estimate, capital, counted, estimate_of, interval, listed, measured, number, percent


def answer(folder: RunFolder, flow: Flow) -> str:
    """Return the one-paragraph answer."""
    leaked = estimate_of(folder.summary["leaked"])
    parts = [_opening(folder), _leakage(folder, leaked), _layers(flow), _why(folder, leaked)]
    return paragraph(" ".join(part for part in parts if part), classes="answer")


def _opening(folder: RunFolder) -> str:
    groups = folder.scenario.raid
    missiles = sum(len(group.launches) for group in groups)
    kinds = sorted({group.threat.title for group in groups})
    aims = sorted({aim.name for group in groups for aim in group.aims})
    target = text(aims[0]) if len(aims) == 1 else counted(len(aims), "aim point")
    kind = f" ({text(kinds[0])})" if len(kinds) == 1 else f" of {len(kinds)} kinds"
    runs = int(folder.summary["runs"])
    times = f"played {number(runs)} times" if runs > 1 else "played once"
    return f"{capital(counted(missiles, 'missile'))}{kind} fired at {target}, {times}."


def _leakage(folder: RunFolder, leaked: Estimate) -> str:
    objects, runs = float(folder.summary["objects"]), int(folder.summary["runs"])
    share = estimate_of(folder.summary["leak_fraction"])
    every = " in any run" if runs > 1 else ""
    if leaked.mean == 0.0:
        limit = f" (the 95 % upper limit is {measured(leaked.high)} a run)" if math.isfinite(leaked.high) else ""
        who = "The warhead did not get" if objects == 1.0 else f"None of the {counted(objects, 'warhead')} got"
        return f"<strong>{who} through</strong>{every}{limit}."
    if share.mean == 1.0:
        who = "the warhead" if objects == 1.0 else f"all {counted(objects, 'warhead')}"
        return f'<strong class="leak">Everything gets through</strong>: {who}{", in every run" if runs > 1 else ""}.'
    none = estimate_of(folder.summary.get("no_leak"))
    limits = f", 95 % interval {interval(leaked)}" if math.isfinite(leaked.low) else ""
    clean = f" Nothing at all gets through in {percent(none.mean)} of the runs." if math.isfinite(none.mean) else ""
    return (
        f'On average <strong class="leak">{measured(leaked.mean)} of {number(objects)} warheads get through</strong> '
        f"({percent(share.mean)}{limits}).{clean}"
    )


def _layers(flow: Flow) -> str:
    if not flow.stages:
        return "The scenario has no interceptors."
    best = [stage for stage in flow.stages if stage.stopped > 0.0]
    idle = [text(stage.layer.name) for stage in flow.stages if stage.stopped == 0.0]
    if not best:
        return "No layer stops anything."
    stops = [f"{text(stage.layer.name)} {measured(stage.stopped)}" for stage in best]
    none = f"; {listed(idle)} none" if idle else ""
    return f"Warheads stopped a run, by layer: {listed(stops)}{none}."


def _why(folder: RunFolder, leaked: Estimate) -> str:
    reasons = folder.summary.get("reasons") or {}
    if not reasons or leaked.mean == 0.0:
        return ""
    code, mean = max(reasons.items(), key=lambda item: item[1])
    what = leak_sentence(code).rstrip(".")
    what = text(what[:1].lower() + what[1:])
    if len(reasons) == 1:
        return f"Every leak has the same reason: {what}."
    return f"The most common reason for a leak ({percent(mean / leaked.mean)} of them): {what}."


def headlines(folder: RunFolder) -> str:
    """Return the row of headline numbers."""
    summary = folder.summary
    leaked, share = estimate_of(summary["leaked"]), estimate_of(summary["leak_fraction"])
    none = estimate_of(summary.get("no_leak"))
    extra = summary.get("intervals") or {}
    shots = estimate_of(extra.get("shots", summary["shots"]))
    cells = [
        ("leak", "warheads that get through, a run", measured(leaked.mean), interval(leaked)),
        ("leak", f"of {number(float(summary['objects']))} launched", percent(share.mean), interval(share, share=True)),
        ("", "runs in which nothing gets through", percent(none.mean), interval(none, share=True)),
        ("", "interceptors fired, a run", measured(shots.mean), interval(shots)),
    ]
    if any(layer.in_space for layer in folder.layers):
        reach = estimate_of(extra.get("space_interceptors_in_reach"))
        stock = sum(group.inventory for group in folder.scenario.interceptors if group.spec.kind == "space-based")
        cells.append(
            ("", f"of {number(stock)} space interceptors ever in reach", measured(reach.mean), interval(reach))
        )
    return headline_row(
        Headline(name=name, value=value, beside="95 %: " + limits if limits != "–" else "no interval", kind=kind)
        for kind, name, value, limits in cells
    )


def comparison(folder: RunFolder, references: dict[str, str]) -> str:
    """Return the section that sets the result beside the published claim, or nothing when the scenario names none."""
    claim, ours = folder.scenario.compare, (folder.summary.get("compare") or {}).get("ours")
    if claim is None or ours is None:
        return ""
    engaged, killed = estimate_of(ours["missiles_engaged"]), estimate_of(ours["missiles_killed"])
    rows = [
        ["Claim: missiles engaged", number(claim.missiles_engaged), "–"],
        ["Here: missiles that a space interceptor was fired at", measured(engaged.mean), interval(engaged)],
        ["Here: missiles that a space interceptor destroyed", measured(killed.mean), interval(killed)],
    ]
    source = references.get(claim.source, text(claim.source))
    return section(
        "claim",
        "Beside the published claim",
        f"<blockquote><p>{text(claim.claim)}</p></blockquote>\n",
        paragraph(f"Source: {source}", classes="small"),
        table(["", "missiles a run", "95 % interval"], rows, caption="Capacity of the space layer", numeric=(1, 2)),
        paragraph(_verdict(claim.missiles_engaged, engaged, killed)),
    )


def _side(ratio: float) -> str:
    return "above" if ratio > 1.0 else "below"


def _verdict(claimed: float, engaged: Estimate, killed: Estimate) -> str:
    if claimed > 0.0 and engaged.low <= claimed <= engaged.high:
        agreement = "The number engaged here agrees with the claim within its interval."
    elif claimed > 0.0:
        ratio = engaged.mean / claimed
        size = f"{measured(ratio)} times" if ratio >= 2.0 else f"{percent(abs(ratio - 1.0))} {_side(ratio)}"
        agreement = f"The number engaged here is {size} the claim."
    else:
        agreement = "The claim is that none is engaged."
    chance = (
        f" Engaged is not destroyed: {percent(killed.mean / engaged.mean)} of the missiles fired at are destroyed "
        "in space."
        if engaged.mean > 0.0
        else ""
    )
    return agreement + chance
