"""The page of ``cupola compare``: two scenarios, the same luck."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from cupola.report.compareplot import Row, run_by_run_figure, side_by_side_figure
from cupola.report.markup import Headline, details, figure, paragraph, table, text
from cupola.report.study_page import Part, StudyPage, write_study_page
from cupola.report.sweep_page import cost_note
from cupola.report.words import capital, estimate_of, interval, measured

_SHARES = ("leak_fraction", "no_leak")
_LESS_IS_BETTER = ("leaked", "leak_fraction")


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the folder of a finished comparison and return its path."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    page = StudyPage(
        title=summary["name"],
        about=_about(summary),
        answer=text(summary["verdict"]),
        headlines=_headlines(summary),
        parts=_parts(summary, folder),
        data=summary,
    )
    return write_study_page(page, folder / "report.html")


def _about(summary: Any) -> str:
    a, b = summary["a"], summary["b"]
    changes = "; ".join(f"{path} = {value}" for path, value in b["settings"].items())
    what = f"B is {b['name']}" if b["name"] != a["name"] else "B is A"
    return f"A is {a['name']}. {what}{f' with {changes}' if changes else ''}."


def _headlines(summary: Any) -> list[Headline]:
    heads = []
    for key, name in (("leaked", "warheads through"), ("shots", "interceptors fired")):
        found = summary["outcomes"][key]
        for side in ("a", "b"):
            value = estimate_of(found[side])
            heads.append(_headline(f"{name} in {side.upper()}, a run", value, "leak" if key == "leaked" else ""))
    return heads


def _headline(name: str, value: Any, kind: str) -> Headline:
    return Headline(name=name, value=measured(value.mean), beside=f"95 %: {interval(value)}", kind=kind)


def _parts(summary: Any, folder: Path) -> list[Part]:
    change = _change(folder)
    caption = (
        "<b>The same runs with and without the change.</b> Each run of B meets the same launches, satellites and "
        "luck as its twin of A. Bars left of zero are runs in which B lets fewer warheads through."
    )
    warheads = ["leaked", *(f"stopped.{layer}" for layer in summary["layers"])]
    fired = ["shots", *(f"shots.{layer}" for layer in summary["layers"])]
    pictures = figure(
        side_by_side_figure(
            _rows(summary, warheads), name="warheads", title="What becomes of the warheads", axis="warheads a run"
        ),
        "<b>What becomes of the warheads.</b> Left: means with 95 % intervals. Right: the change, paired run by run; "
        "green is better, red is worse, grey is not shown to differ.",
        classes="wide",
    )
    pictures += figure(
        side_by_side_figure(_rows(summary, fired), name="fired", title="What is fired", axis="interceptors a run"),
        "<b>What is fired.</b> The same for interceptors; more is neither good nor bad in itself.",
        classes="wide",
    )
    spread = paragraph("One run was played: it shows what can happen, not how often.")
    if len(change) > 1:
        spread = figure(run_by_run_figure(change, noun="warheads through"), caption)
    return [
        Part("change", "What changes", pictures),
        Part("runs", "Run by run", spread + _pairing(summary)),
        Part("numbers", "All numbers", _numbers(summary) + _unpriced(summary) + _how(summary)),
    ]


def _change(folder: Path) -> Any:
    from cupola.campaign.tables import read_parquet

    columns = read_parquet(folder / "points.parquet")
    return (columns["leaked.b"].to_numpy() - columns["leaked.a"].to_numpy()).astype(np.int64)


def _rows(summary: Any, names: list[str]) -> list[Row]:
    rows = []
    for name in names:
        found, (kind, _, layer) = summary["outcomes"][name], name.partition(".")
        label = {"leaked": "get through", "shots": "all layers"}.get(name, layer)
        label = f"stopped by {layer}" if kind == "stopped" else label
        rows.append(
            Row(
                label=label,
                a=estimate_of(found["a"]),
                b=estimate_of(found["b"]),
                difference=estimate_of(found["difference"]),
                good=-1 if name in _LESS_IS_BETTER else 1 if kind == "stopped" else 0,
            )
        )
    return rows


def _pairing(summary: Any) -> str:
    gain = summary["outcomes"]["leaked"]["pairing_gain"]
    if gain is None:
        return ""
    many = f"{measured(gain)} times as many runs"
    if gain > 1.0:
        return paragraph(f"Pairing pays: with luck of their own, A and B would need {many} to know the change as well.")
    return paragraph(f"Pairing does not pay here: with luck of their own, A and B would need {many}.")


def _numbers(summary: Any) -> str:
    rows = []
    for name, found in summary["outcomes"].items():
        share = name in _SHARES
        cells = [_cell(found[key], share=share) for key in ("a", "b", "difference")]
        gain = found["pairing_gain"]
        rows.append([text(capital(found["label"])), *cells, "–" if gain is None else measured(gain)])
    head = ("", "A", "B", "B less A", "runs saved by pairing, times")
    return table(head, rows, caption="Means with 95 % intervals", numeric=range(1, 5))


def _unpriced(summary: Any) -> str:
    return cost_note(list(dict.fromkeys([*summary["a"]["cost"]["not_priced"], *summary["b"]["cost"]["not_priced"]])))


def _cell(data: Any, *, share: bool) -> str:
    estimate = estimate_of(data)
    if not math.isfinite(estimate.mean):
        return "–"
    factor, unit = (100.0, " %") if share else (1.0, "")
    values = [factor * v for v in (estimate.mean, estimate.low, estimate.high)]
    mean, low, high = ("–" if not math.isfinite(v) else "0" if v == 0 else f"{v:,.3g}" for v in values)
    return f'{mean}{unit}<span class="range">{low} to {high}</span>'


def _how(summary: Any) -> str:
    return details(
        "How this was done",
        paragraph(
            f"{summary['runs']:,} runs of each with seed {summary['seed']}. Random numbers are drawn stream by stream "
            "from seed, run and the name of what draws them, so that a change here does not shift the luck there. "
            "Intervals of differences are bootstrap intervals over pairs of runs with expanded percentiles. They cover "
            "chance, not ignorance: what nobody publishes is uncertain beyond them."
        )
        + paragraph(
            f"Run folders: <code>{text(summary['a']['folder'])}</code> and "
            f"<code>{text(summary['b']['folder'])}</code>; run by run in <code>points.parquet</code>."
        ),
    )
