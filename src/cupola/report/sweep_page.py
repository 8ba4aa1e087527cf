"""The page of ``cupola sweep``: how outcomes move with what was varied."""

import json
import re
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from cupola.report.markup import details, figure, paragraph, table, text
from cupola.report.study_page import Part, StudyPage, write_study_page
from cupola.report.studyplot import (
    Bar,
    Series,
    curve_figure,
    heat_figure,
    scatter_figure,
    tornado_figure,
)
from cupola.report.words import Estimate, estimate_of, interval, listed, measured, percent
from cupola.studies.factors import number_of
from cupola.studies.outcomes import COST, SHARES

_ROLES = {"leaked": "leak", "leak_fraction": "leak", "stopped": "layer-2", "no_leak": "layer-2"}
_MOST_LINES = 6
_MOST_ROWS = 100


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the folder of a finished sweep and return its path."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    page = StudyPage(
        title=summary["name"],
        about=summary["description"],
        answer=text(summary["verdict"]),
        parts=[*_outcome_parts(summary), Part("points", "Every point", points_table(summary) + how(summary))],
        data=summary,
    )
    return write_study_page(page, folder / "report.html")


def role_of(outcome: str) -> str:
    """Return the colour role of an outcome."""
    return _ROLES.get(outcome, "layer-2" if outcome.startswith("stopped") else "accent")


def good_of(outcome: str) -> int:
    """Return -1 when less of an outcome is better, +1 when more is, 0 when neither."""
    return {"leak": -1, "layer-2": 1}.get(role_of(outcome), 0)


def _outcome_parts(summary: Any) -> list[Part]:
    parts = []
    for number, (outcome, label) in enumerate(summary["outcomes"].items()):
        title = label[:1].upper() + label[1:]
        body = _pictures(summary, outcome, label, f"o{number + 1}")
        body += cost_note(summary["cost"]["not_priced"]) if outcome == COST else ""
        parts.append(Part(f"outcome-{number + 1}", title, body))
    return parts


def _pictures(summary: Any, outcome: str, label: str, name: str) -> str:
    paths = [factor["path"] for factor in summary["factors"]]
    if summary["method"] == "one-at-a-time":
        return _tornado(summary, outcome, label, name, paths)
    if summary["method"] == "latin-hypercube":
        return scatter_pairs(summary, outcome, label, name) + _correlations(summary, outcome)
    if len(paths) == 1:
        return _curve(summary, outcome, label, name, paths[0])
    return _pairs(_two(summary, outcome, label, f"{name}-{i}", x, y) for i, (x, y) in enumerate(combinations(paths, 2)))


def _pairs(figures: Any) -> str:
    return f'<div class="pair">{"".join(figures)}</div>\n'


def axis_of(path: str, values: Sequence[str]) -> tuple[list[str], str]:
    """Return the numbers of a factor's values and the axis title with their unit; words stay words."""
    read = [number_of(value) for value in values]
    units = {each[1] for each in read if each is not None}
    if None in read or len(units) > 1:
        return list(values), path
    unit = next(iter(units), "")
    return [f"{each[0]:.6g}" for each in read if each is not None], f"{path}, {unit}" if unit else path


def _curve(summary: Any, outcome: str, label: str, name: str, path: str) -> str:
    points = summary["points"]
    places, title = axis_of(path, [point["settings"][path] for point in points])
    series = Series(label="", estimates=[estimate_of(point["outcomes"][outcome]) for point in points])
    svg = curve_figure(
        places, [series], name=name, title=label, x_title=title, y_title=label, role=role_of(outcome),
        percent=outcome in SHARES,
    )  # fmt: skip
    if outcome == COST:
        return figure(svg, "<b>Cost of each point.</b> Lines are the range of prices in the sources, no intervals.")
    first = points[0]["settings"][path]
    changes = Series(label="", estimates=[estimate_of(point["changes"][outcome]) for point in points])
    beside = curve_figure(
        places, [changes], name=f"{name}-change", title=f"Change of {label}", x_title=title,
        y_title=f"change from {first}, paired run by run", role=role_of(outcome), percent=outcome in SHARES,
    )  # fmt: skip
    words = "<b>Each point on its own.</b> Lines are 95 % intervals of the mean."
    paired = (
        f"<b>Against {text(first)}, run by run.</b> All points meet the same luck, so that changes are known better "
        "than the points themselves."
    )
    return _pairs((figure(svg, words), figure(beside, paired)))


def _two(summary: Any, outcome: str, label: str, name: str, x: str, y: str) -> str:
    """Return a heat map over two factors, means over all others, and the curves that go with it."""
    points = summary["points"]
    columns = list(dict.fromkeys(point["settings"][x] for point in points))
    rows = list(dict.fromkeys(point["settings"][y] for point in points))
    cells: dict[tuple[str, str], list[Estimate]] = {}
    for point in points:
        key = (point["settings"][x], point["settings"][y])
        cells.setdefault(key, []).append(estimate_of(point["outcomes"][outcome]))
    alone = all(len(found) == 1 for found in cells.values())
    means = [[sum(e.mean for e in cells[c, r]) / len(cells[c, r]) for c in columns] for r in rows]
    (places, x_title), (heights, y_title) = axis_of(x, columns), axis_of(y, rows)
    share = outcome in SHARES
    heat = heat_figure(
        places, heights, means, name=name, title=label, x_title=x_title, y_title=y_title, role=role_of(outcome),
        percent=share,
    )  # fmt: skip
    others = "" if alone else " Means over the values of all other factors."
    out = figure(heat, f"<b>{text(label[:1].upper() + label[1:])}.</b> The stronger the colour, the more.{others}")
    if alone and len(rows) <= _MOST_LINES:
        short = y.rpartition(".")[2].replace("_", " ")
        series = [Series(label=f"{short} {r}", estimates=[cells[c, r][0] for c in columns]) for r in rows]
        lines = curve_figure(
            places, series, name=f"{name}-lines", title=label, x_title=x_title, y_title=label,
            role=role_of(outcome), percent=share,
        )  # fmt: skip
        out += figure(lines, "<b>The same as curves,</b> with 95 % intervals of every point.")
    return out


def _tornado(summary: Any, outcome: str, label: str, name: str, paths: list[str]) -> str:
    base, *others = summary["points"]
    bars = []
    for path in paths:
        moved = [p for p in others if list(p["settings"]) == [path]]
        bars.append(
            Bar(
                label=path,
                changes=[(p["settings"][path], estimate_of(p["changes"][outcome])) for p in moved],
            )
        )
    value = estimate_of(base["outcomes"][outcome])
    svg = tornado_figure(
        bars, name=name, title=label, x_title=f"change of {label}", good=good_of(outcome), percent=outcome in SHARES
    )
    shown = percent(value.mean) if outcome in SHARES else measured(value.mean)
    caption = (
        f"<b>One factor at a time, from the base of {shown}.</b> Bars: mean change, paired run by run; thin lines: "
        "95 % intervals. Green is better, red is worse, the strongest factor stands on top."
    )
    return figure(svg, caption, classes="wide")


def scatter_pairs(summary: Any, outcome: str, label: str, name: str) -> str:
    """Return one picture for every factor: an outcome against it, while the others move as well."""
    paths = [factor["path"] for factor in summary["factors"]]
    return _pairs(_scatter(summary, outcome, label, f"{name}-{i}", path) for i, path in enumerate(paths))


def _scatter(summary: Any, outcome: str, label: str, name: str, path: str) -> str:
    points = summary["points"]
    places, title = axis_of(path, [point["settings"][path] for point in points])
    svg = scatter_figure(
        places, [estimate_of(point["outcomes"][outcome]) for point in points], name=name, title=label, x_title=title,
        y_title=label, role=role_of(outcome), percent=outcome in SHARES,
    )  # fmt: skip
    return figure(svg, f"<b>Against {text(path)},</b> while all other factors move as well.")


def _correlations(summary: Any, outcome: str) -> str:
    found = summary["rank_correlation"][outcome]
    rows = [[text(path), "–" if value is None else f"{value:+.2f}"] for path, value in found.items()]
    return table(["factor", "rank correlation"], rows, caption="Spearman's rank correlation over points", numeric=(1,))


def cost_note(not_priced: Sequence[str]) -> str:
    """Return what must be said wherever a cost is shown."""
    words = "Costs are by published prices, with the range of their sources instead of an interval."
    if not_priced:
        words += f" <b>Not priced:</b> {text(listed(not_priced, limit=30))}. No source read here gives a price for it."
    return paragraph(words)


def points_table(summary: Any) -> str:
    """Return the table of the points, the first of them where they are many."""
    outcomes = list(summary["outcomes"])
    points = summary["points"]
    rows = [
        [
            _name(point),
            *(cell(point["outcomes"][name], share=name in SHARES) for name in outcomes),
        ]
        for point in points[:_MOST_ROWS]
    ]
    head = ("point", *summary["outcomes"].values())
    rest = len(points) - _MOST_ROWS
    note = paragraph(f"The other {rest:,} points are in <code>points.parquet</code>.", classes="small")
    found = table(head, rows, caption="Means with 95 % intervals", numeric=range(1, len(head)))
    return found + (note if rest > 0 else "")


def _name(point: Any) -> str:
    """Return a point's name as HTML that may break after the dots of its paths."""
    return re.sub(r"\.(?=[a-z])", ".<wbr>", text(point["name"]))


def cell(data: Any, *, share: bool) -> str:
    """Return an estimate as a table shows it, the interval below the mean."""
    value = estimate_of(data)
    form = percent if share else measured
    limits = interval(value, share=share)
    known = limits != "–" and value.low < value.high
    return form(value.mean) + (f'<span class="range">{limits}</span>' if known else "")


def _method(summary: Any) -> str:
    if "method" in summary:
        return str(summary["method"])
    pairs = ", with pairs" if summary["second_order"] else ""
    return f"Saltelli's sample of {summary['samples']} rows{pairs}, indices by SALib"


def how(summary: Any) -> str:
    """Return how the points were chosen and played."""
    factors = listed([f"{f['path']}: {f['values']} (base {f['base']})" for f in summary["factors"]], limit=40)
    return details(
        "How this was done",
        paragraph(
            f"Method: {text(_method(summary))}. {len(summary['points']):,} points of {summary['runs']:,} runs each of "
            f"<code>{text(summary['scenario'])}</code>, seed {summary['seed']}. Run k of every point meets the same "
            "luck: random numbers are drawn stream by stream from seed, run and the name of what draws them. A value "
            "that is varied here is not sampled as well."
        )
        + paragraph(f"Varied: {text(factors)}.")
        + paragraph("One row per point in <code>points.parquet</code>, one run folder per point below it."),
    )
