"""The page of ``cupola sensitivity``: which factors the variance comes from."""

import json
from pathlib import Path
from typing import Any

from cupola.report.markup import figure, paragraph, table, text
from cupola.report.sensitivityplot import Share, indices_figure
from cupola.report.study_page import Part, StudyPage, write_study_page
from cupola.report.sweep_page import how, points_table, scatter_pairs
from cupola.report.words import estimate_of, measured, percent


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the folder of a finished sensitivity study and return its path."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    parts = []
    for number, (outcome, label) in enumerate(summary["outcomes"].items(), start=1):
        body = _indices(summary, outcome, label, f"indices-{number}")
        body += scatter_pairs(summary, outcome, label, f"o{number}")
        parts.append(Part(f"outcome-{number}", label[:1].upper() + label[1:], body))
    parts.append(Part("chance", "What chance adds", _chance(summary)))
    parts.append(Part("points", "Every point", points_table(summary) + how(summary)))
    page = StudyPage(
        title=summary["name"],
        about=summary["description"],
        answer=text(summary["verdict"]),
        parts=parts,
        data=summary,
    )
    return write_study_page(page, folder / "report.html")


def _indices(summary: Any, outcome: str, label: str, name: str) -> str:
    found = summary["indices"][outcome]
    if not found["factors"]:
        return paragraph("Nothing that was varied moves it: every point gives the same.")
    shares = [
        Share(label=each["path"], first=estimate_of(each["first"]), total=estimate_of(each["total"]))
        for each in found["factors"]
    ]
    caption = (
        "<b>Where the variance comes from.</b> Blue: what would go if the factor alone were known. Grey: what would "
        "stay if all others were known. Lines are 95 % bootstrap intervals; an index whose line crosses zero is not "
        "shown to matter."
    )
    out = figure(indices_figure(shares, name=name, title=label), caption, classes="wide")
    rows = [[text(s.label), _share(s.first), _share(s.total)] for s in sorted(shares, key=lambda s: -s.total.mean)]
    out += table(("factor", "first order", "total"), rows, caption="Sobol's indices", numeric=(1, 2))
    if found["pairs"]:
        pairs = [[text(" and ".join(pair["paths"])), _share(estimate_of(pair["second"]))] for pair in found["pairs"]]
        out += table(("pair", "second order"), pairs, caption="What pairs make together", numeric=(1,))
    return out


def _share(value: Any) -> str:
    return f'{100.0 * value.mean:.0f} %<span class="range">{100.0 * value.low:.0f} to {100.0 * value.high:.0f} %</span>'


def _chance(summary: Any) -> str:
    rows = []
    for outcome, label in summary["outcomes"].items():
        found = summary["indices"][outcome]
        share = found["noise_share"]
        rows.append(
            [text(label), measured(found["mean"]), f"{found['variance']:.3g}", "–" if share is None else percent(share)]
        )
    head = ("outcome", "mean over points", "variance over points", "of it chance, at most")
    words = (
        f"The result of a point is its mean over {summary['runs']:,} runs, which chance moves as well. Run k of every "
        "point meets the same luck, so that part of this is common to all points and moves none of them against the "
        "others; the share below takes all of it as if luck were not shared, and is an upper estimate. What chance "
        "adds goes to the factors' indices at random: more runs a point make it small."
    )
    return paragraph(words) + table(head, rows, caption="Chance beside the factors", numeric=(1, 2, 3))
