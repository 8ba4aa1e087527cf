"""Results over all runs: flow, leakage, reasons, layers, clock, reach and aim points."""

import math

import numpy as np

from cupola.report.flow import flow_figure
from cupola.report.histogram import exceedance_figure, histogram_figure, reached_figure
from cupola.report.intercepts import intercepts_figure
from cupola.report.markup import details, figure, paragraph, section, table, text
from cupola.report.measure import AimPoint, Flow, aim_points, launch_times, moments, shot_outcomes
from cupola.report.ranges import clock_figure, shots_per_kill_figure
from cupola.report.read import Layer, RunFolder
from cupola.report.sentences import leak_sentence, shot_sentence
from cupola.report.words import Estimate, estimate_of, interval, measured, number, percent

_SHORT_LIST = 12


def flow_section(folder: RunFolder, flow: Flow) -> str:
    """Return the flow through the layers with the table by layer."""
    caption = (
        "<b>From launch to impact, means a run.</b> Widths are to scale. A warhead that dies with its missile "
        "counts for the "
        "layer that destroyed the missile; decoys, spent tanks and debris are left out."
    )
    parts = [figure(flow_figure(flow), caption, classes="wide")]
    if folder.layers:
        parts.append(_layer_table(folder))
    return section("flow", "What each layer stops", *parts)


def swatch(layer: Layer) -> str:
    """Return a layer's name with its colour."""
    return f'<span class="swatch" style="background:var(--{layer.style.role})"></span>{text(layer.name)}'


def _cell(data: object) -> str:
    estimate = estimate_of(data)
    if not math.isfinite(estimate.mean):
        return "–"
    limits = interval(estimate)
    return measured(estimate.mean) + (f'<span class="range">{limits}</span>' if limits != "–" else "")


def _layer_table(folder: RunFolder) -> str:
    rows = []
    for layer in folder.layers:
        found = folder.summary["layers"].get(layer.name, {})
        limits = found.get("intervals", found)
        stock = sum(group.inventory for group in folder.scenario.interceptors if group.layer == layer.name)
        columns = ("engaged", "killed", "killed_lethal", "leaked_past", "shots", "shots_per_kill")
        rows.append([swatch(layer), *(_cell(limits.get(name)) for name in columns), number(stock)])
    head = (
        "layer",
        "objects shot at",
        "objects destroyed",
        "warheads stopped",
        "warheads left behind it",
        "interceptors fired",
        "fired per object destroyed",
        "in stock",
    )
    return table(head, rows, caption="By layer: means a run with 95 % intervals", numeric=range(1, len(head)))


def leakage_section(folder: RunFolder) -> str:
    """Return the histogram of leakage and the reasons."""
    leaked, lethal = folder.runs["leaked"], folder.runs["lethal"]
    if len(leaked) == 1:
        once = paragraph("A single run was played: it shows what can happen, not how often.")
        return section("leakage", "How much gets through", once, _reasons(folder))
    svg = histogram_figure(
        leaked,
        name="leakage",
        title="Warheads that get through, run by run",
        axis="warheads that get through in a run",
        role="leak",
        mean=estimate_of(folder.summary["leaked"]),
        upper=int(lethal.max()),
    )
    low, high = (number(float(q)) for q in np.percentile(leaked, (5, 95), method="inverted_cdf"))
    spread = f"Nine runs in ten lie between {low} and {high}. " if len(leaked) >= 20 and low != high else ""
    caption = (
        f"<b>Leakage from run to run.</b> {spread}The bar above marks the 95 % interval of the <em>mean</em>, "
        "which shrinks with "
        "more runs; the spread of the runs does not."
    )
    chance = exceedance_figure(leaked, upper=int(lethal.max()))
    words = "<b>The chance of at least so many.</b> Lines are 95 % intervals of the share of runs."
    pair = f'<div class="pair">{figure(svg, caption)}{figure(chance, words)}</div>\n'
    return section("leakage", "How much gets through", pair, _reasons(folder))


def _reasons(folder: RunFolder) -> str:
    reasons = folder.summary.get("reasons") or {}
    total = sum(reasons.values())
    if total <= 0.0:
        return paragraph("Nothing got through, so there is no reason to list.")
    top = max(reasons.values())
    rows = [
        [
            text(leak_sentence(code)),
            f'<span class="meter" style="width:{100.0 * mean / top:.1f}%"></span>',
            measured(mean),
            percent(mean / total),
        ]
        for code, mean in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    ]
    head = ("why it got through", "", "warheads a run", "share of leaks")
    bars = table(
        head,
        rows,
        caption="Why warheads got through: the failure that came closest to a kill",
        numeric=(2, 3),
        classes="bars",
    )
    return bars.replace('<td><span class="meter"', '<td class="chart"><span class="meter"')


def timing_section(folder: RunFolder) -> str:
    """Return the clock of the engagement."""
    rows = moments(folder)
    if not rows:
        return ""
    burnouts = list(folder.burnouts.items())
    launches = {
        obj["missile"]: obj["track"][0][0]
        for obj in folder.replay.get("objects", ())
        if obj["track"] and obj["role"] == "booster"
    }
    burns = [time - launches[name] for name, time in burnouts if name in launches]
    burn = float(np.median(burns)) if burns else None
    caption = (
        "<b>When things happen, over all runs.</b> Mark: median. Thick bar: the middle half. Thin line: nine in ten. "
        "Releases and intercepts count every shot, hit or miss."
    )
    return section("clock", "The clock of the engagement", figure(clock_figure(rows, burn), caption, classes="wide"))


def shots_section(folder: RunFolder) -> str:
    """Return the interceptors spent per kill and what became of every shot."""
    if not folder.layers:
        return ""
    if len(folder.shots) == 0:
        return section("shots", "What became of the shots", paragraph("No interceptor was fired in any run."))
    ratios = []
    for layer in folder.layers:
        found = folder.summary["layers"].get(layer.name, {}).get("intervals", {}).get("shots_per_kill")
        if found is not None and math.isfinite(estimate_of(found).mean):
            ratios.append((layer, estimate_of(found)))
    plates = ""
    if ratios:
        caption = (
            "<b>Price of a kill.</b> Interceptors fired per object destroyed, with 95 % intervals; decoys, spent "
            "tanks and debris destroyed count as "
            "objects."
        )
        plates += figure(shots_per_kill_figure(ratios), caption)
    since = folder.shots["intercept_time_s"] - launch_times(folder)
    caption = (
        "<b>When and how high.</b> Every mark is one interceptor meeting its target, hollow when it fails; "
        "colours as in the "
        "table. At most 1,500 are drawn."
    )
    plates += figure(intercepts_figure(folder.shots, since, folder.layers), caption)
    return section("shots", "What became of the shots", f'<div class="pair">{plates}</div>\n', _fates(folder))


def _fates(folder: RunFolder) -> str:
    """Return the table of outcomes (rows) by layer (columns)."""
    fates = shot_outcomes(folder)
    totals = {name: sum(mean for layer, _, mean in fates if layer.name == name) for name in {f[0].name for f in fates}}
    layers = [layer for layer in folder.layers if totals.get(layer.name)]
    means = {(layer.name, code): mean for layer, code, mean in fates}
    overall = {code: sum(mean for _, other, mean in fates if other == code) for _, code, _ in fates}
    rows = []
    for code in sorted(overall, key=lambda code: (code != "kill", -overall[code], code)):
        cells = [means.get((layer.name, code), 0.0) for layer in layers]
        rows.append(
            [
                text(shot_sentence(code)),
                *(
                    f'{measured(mean)}<span class="range">{percent(mean / totals[layer.name])}</span>' if mean else "–"
                    for mean, layer in zip(cells, layers, strict=True)
                ),
            ]
        )
    head = ("outcome", *(layer.name for layer in layers))
    title = "What became of the shots, by layer: shots a run and share of the layer's shots"
    return table(head, rows, caption=title, numeric=range(1, len(head)))


def reach_section(folder: RunFolder) -> str:
    """Return how many space interceptors could reach the raid; without a space layer, one sentence."""
    space = [layer for layer in folder.layers if layer.in_space]
    if not space:
        return section("reach", "Reach of the space layer", paragraph("This scenario has no space-based interceptors."))
    values = folder.runs["space_interceptors_in_reach"]
    mean = estimate_of((folder.summary.get("intervals") or {}).get("space_interceptors_in_reach", float(values.mean())))
    stock = sum(group.inventory for group in folder.scenario.interceptors if group.spec.kind == "space-based")
    ratio = stock / mean.mean if mean.mean > 0.0 else math.inf
    absent = (
        f"On average one in {number(ratio)} of the {number(stock)} interceptors in orbit is in the right place."
        if math.isfinite(ratio)
        else f"None of the {number(stock)} interceptors in orbit was ever in the right place."
    )
    svg = histogram_figure(
        values,
        name="reach",
        title="Space interceptors in reach of the raid, run by run",
        axis="space interceptors in reach of the raid",
        role=space[0].style.role,
        mean=mean,
    )
    caption = (
        "<b>Who is in the right place.</b> Interceptors that at any moment after release authority could have "
        "met any tracked "
        "object in time, whatever they then did. Runs differ because the raid meets the orbits at a random phase."
    )
    boosters = folder.objects.where(folder.objects.equals("role", "booster"))
    destroyed = np.zeros(len(boosters), dtype=bool)
    for layer in space:
        destroyed |= boosters.equals("layer", layer.name)
    parted = reached_figure(boosters["shooters_in_reach"], destroyed, role=space[0].style.role)
    words = (
        "<b>What each missile meets.</b> One count per missile and run: the most interceptors of any layer that could "
        "have met it at one moment before it released its warheads, and whether one in space did destroy it."
    )
    pair = f'<div class="pair">{figure(svg, caption)}{figure(parted, words)}</div>\n'
    return section("reach", "Reach of the space layer", paragraph(absent), pair)


def aims_section(folder: RunFolder) -> str:
    """Return the aim points and how often each is hit."""
    from cupola.campaign.statistics import wilson

    runs = folder.detailed_runs

    def row(aim: AimPoint) -> list[str]:
        hit = wilson(aim.runs_hit, runs)
        limits = interval(Estimate(mean=hit.mean, low=hit.low, high=hit.high), share=True)
        people = f"{aim.population:,}" if aim.population else "–"
        chance = f'{percent(hit.mean)}<span class="range">{limits}</span>'
        return [text(aim.name), people, number(aim.aimed), measured(aim.arrived), chance]

    aims = aim_points(folder)
    head = (
        "aim point",
        "people in the named city",
        "warheads aimed, a run",
        "arriving, a run",
        "runs in which it is hit",
    )
    note = paragraph(
        "A hit means that at least one warhead arrives. The number of people is the city's, not an estimate of "
        "casualties: effects of weapons are not modelled."
    )
    shown = table(
        head,
        [row(aim) for aim in aims[:_SHORT_LIST]],
        caption="Aim points, the most often hit first",
        numeric=(1, 2, 3, 4),
    )
    rest = aims[_SHORT_LIST:]
    if rest:
        hidden = table(head, [row(aim) for aim in rest], caption="Further aim points", numeric=(1, 2, 3, 4))
        shown += details(f"<b>{len(rest)} further aim points</b>", hidden)
    return section("aims", "What is hit", note, shown)
