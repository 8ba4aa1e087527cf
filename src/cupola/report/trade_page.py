"""The page of ``cupola trade``: cost against leakage."""

import json
import math
from pathlib import Path
from typing import Any

from cupola.report.markup import details, figure, paragraph, table, text
from cupola.report.study_page import Part, StudyPage, write_study_page
from cupola.report.sweep_page import cell, cost_note
from cupola.report.tradeplot import Choice, Step, front_figure, price_figure
from cupola.report.words import Estimate, estimate_of, listed, measured


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the folder of a finished trade and return its path."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    page = StudyPage(
        title=summary["name"],
        about=summary["description"],
        answer=text(summary["verdict"]),
        parts=[
            Part("front", "Cost against leakage", _front(summary)),
            Part("price", "The price of one more", _price(summary)),
            Part("options", "Every option", _options(summary)),
            Part("cost", "What the cost is made of", _costs(summary)),
        ],
        data=summary,
    )
    return write_study_page(page, folder / "report.html")


def _front(summary: Any) -> str:
    choices = [
        Choice(
            name=option["name"],
            cost=estimate_of(option["outcomes"]["cost"]),
            leaked=estimate_of(option["outcomes"]["leaked"]),
            on_front=option["on_front"],
        )
        for option in summary["options"]
    ]
    caption = (
        "<b>Cost against leakage.</b> On the line: options that no other beats in cost and leakage at once. Squares "
        "are beaten. Upright lines: 95 % intervals of leakage. Dashed lines: the range of prices in the sources."
    )
    return figure(front_figure(choices), caption, classes="wide") + _missing(summary)


def _missing(summary: Any) -> str:
    words = cost_note(summary["not_priced"])
    if not summary["unequal"]:
        return words
    parts = text(listed(summary["unequal"], limit=30))
    return words + paragraph(
        f"<b>Options differ in {parts}</b>, so that the costs of those that have it are too low beside the others."
    )


def _price(summary: Any) -> str:
    steps = [
        Step(label=f"{step['from']} → {step['to']}", price=estimate_of(step["price"])) for step in summary["steps"]
    ]
    if not steps:
        return paragraph("One option stands alone on the front: there is no step to price.")
    caption = (
        "<b>One more warhead stopped in this raid,</b> going from one option of the front to the next: added cost over "
        "added warheads stopped, both paired run by run. Bars take the range of prices together with the 95 % interval "
        "of the warheads; a dotted bar has no upper limit, because the runs do not show that more are stopped."
    )
    rows = [
        [
            text(f"{step['from']} → {step['to']}"),
            cell(step["cost"], share=False),
            cell(step["stopped"], share=False),
            _dollars(estimate_of(step["price"])),
        ]
        for step in summary["steps"]
    ]
    head = ("step", "added cost, $ B", "more warheads stopped, a run", "$ B for one more")
    return figure(price_figure(steps), caption, classes="wide") + table(
        head, rows, caption="Along the front", numeric=(1, 2, 3)
    )


def _dollars(price: Estimate) -> str:
    high = measured(price.high) if math.isfinite(price.high) else "no upper limit"
    return f'{measured(price.mean)}<span class="range">{measured(price.low)} to {high}</span>'


def _options(summary: Any) -> str:
    rows = []
    for option in sorted(summary["options"], key=lambda option: option["outcomes"]["cost"]["mean"]):
        found, beaten = option["outcomes"], option["beaten_by"]
        verdict = "on the front" if beaten is None else f"beaten by {beaten['name']}"
        if beaten is not None and not beaten["shown"]:
            verdict += ", which is not shown to leak less"
        rows.append(
            [
                text(option["name"]),
                cell(found["cost"], share=False),
                cell(found["leaked"], share=False),
                cell(found["no_leak"], share=True),
                cell(found["shots"], share=False),
                text(verdict),
            ]
        )
    head = ("option", "cost, $ B", "get through, a run", "runs in which nothing does", "fired, a run", "")
    note = paragraph("Costs carry the range of their sources, all else 95 % intervals.", classes="small")
    return table(head, rows, caption="Options by cost", numeric=range(1, 5)) + note


def _costs(summary: Any) -> str:
    blocks = []
    for option in summary["options"]:
        cost = option["cost"]
        rows = [
            [
                text(line["name"]),
                f"{line['units']:,}",
                *(cell(line[part], share=False) for part in ("acquisition", "launch", "operations", "total")),
            ]
            for line in cost["lines"]
        ]
        head = ("group", "units", "purchase and replacement", "launch", "operations", "total")
        body = table(head, rows, caption="Billions of 2026 dollars", numeric=range(1, 6)) if rows else ""
        missing = listed(cost["not_priced"], limit=30)
        body += paragraph(f"Not priced: {text(missing)}." if missing else "Everything in it has a price.")
        total = estimate_of(cost["total"])
        blocks.append(details(f"<b>{text(option['name'])}</b> $ {measured(total.mean)} B", body))
    sources = dict.fromkeys(source for option in summary["options"] for source in option["cost"]["sources"])
    years = summary["options"][0]["cost"]["years"]
    terms = paragraph(
        f"Costs over {years:g} years in constant 2026 dollars, nothing discounted: purchase, replacement of satellites "
        "at the end of their lives, launch, operations. Prices are in the catalogue: "
        "<code>cupola catalog list costs</code>."
    )
    refs = "".join(f"<li>{text(source)}</li>" for source in sources)
    return terms + "".join(blocks) + f'<ul class="refs">{refs}</ul>\n'
