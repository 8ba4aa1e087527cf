"""The summary of a campaign on the terminal."""

import shutil
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cupola.report.words import estimate_of, interval, number, percent

_WIDEST = 100
_COLUMNS = {
    "engaged": "engaged",
    "killed": "killed",
    "leaked_past": "leaked past",
    "shots": "shots",
    "shots_per_kill": "shots per kill",
}
_BAR = 18


def print_outcome(document: dict[str, Any], console: Console | None = None) -> None:
    """Print the result of a campaign; ``document`` is what ``--json`` prints."""
    console = console or Console(width=min(shutil.get_terminal_size((80, 24)).columns, _WIDEST), highlight=False)
    console.print()
    console.print(_headline(document))
    console.print(_layer_table(document) if document["layers"] else Text("No interceptors are deployed.", style="dim"))
    for part in (_reasons(document), _comparison(document)):
        if part is not None:
            console.print()
            console.print(part)
    console.print()
    _whereabouts(console, document)


def _headline(document: dict[str, Any]) -> Panel:
    leaked, share, clean = (estimate_of(document[key]) for key in ("leaked", "leak_fraction", "no_leak"))
    style = "bold green" if share.mean < 0.05 else "bold yellow" if share.mean < 0.5 else "bold red"
    certain = leaked.low == leaked.high
    first = Text.assemble(
        f"Of {number(document['objects'])} warheads a run, ",
        (f"{number(leaked.mean)} leaked", style),
        "" if certain else (f"  [{interval(leaked)}]", "dim"),
        f"  {percent(share.mean)}",
        "" if certain else (f"  [{interval(share, share=True)}]", "dim"),
    )
    second = Text.assemble(
        f"Nothing leaked in {percent(clean.mean)} of runs",
        (f"  [{interval(clean, share=True)}]", "dim"),
        f", {number(document['shots'])} shots a run",
    )
    third = Text(f"{document['runs']:,} runs, seed {document['seed']}; brackets are 95 % intervals", style="dim")
    return Panel(
        Group(first, second, third),
        title=Text(document["scenario"]["name"], style="bold"),
        box=box.ROUNDED,
        padding=(0, 1),
    )


def _layer_table(document: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1))
    table.add_column("layer", style="bold", ratio=3, min_width=10)
    for title in _COLUMNS.values():
        table.add_column(title, justify="right", ratio=2)
    for name, layer in document["layers"].items():
        table.add_row(name, *(_cell(layer["intervals"][key]) for key in _COLUMNS))
    return table


def _cell(data: object) -> Text:
    estimate = estimate_of(data)
    limits = interval(estimate)
    return Text.assemble(number(estimate.mean), "" if limits == "–" else (f"\n{limits}", "dim"))


def _reasons(document: dict[str, Any]) -> Table | None:
    reasons: dict[str, float] = document["reasons"]
    if not reasons:
        return None
    table = Table(box=None, show_header=False, padding=(0, 1), expand=True, title="Why warheads leaked, a run")
    table.title_justify, table.title_style = "left", "bold"
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, min_width=_BAR)
    table.add_column(ratio=1)
    most = max(reasons.values())
    for code, mean in reasons.items():
        table.add_row(number(mean), Text("█" * max(1, round(_BAR * mean / most)), style="red"), _sentence(code))
    return table


def _sentence(code: str) -> str:
    from cupola.engine.record import LeakReason

    return next((reason.sentence for reason in LeakReason if reason.code == code), code)


def _comparison(document: dict[str, Any]) -> Group | None:
    compare = document["compare"]
    if compare is None:
        return None
    engaged, killed = (estimate_of(compare["ours"][key]) for key in ("missiles_engaged", "missiles_killed"))
    return Group(
        Text("Beside the published claim", style="bold"),
        Text.assemble(("there  ", "dim"), compare["claim"], (f" ({compare['source']})", "dim")),
        Text.assemble(
            ("here   ", "dim"),
            f"the space layer engages {number(engaged.mean)} missiles a run",
            (f" [{interval(engaged)}]", "dim"),
            f" and destroys {number(killed.mean)}",
            (f" [{interval(killed)}]", "dim"),
            f", against {number(compare['missiles_engaged'])} engaged",
        ),
    )


def _whereabouts(console: Console, document: dict[str, Any]) -> None:
    rows = (("report", document["report"]), ("data", document["out"]), ("repeat", document["command"]))
    for name, value in rows:
        if value is not None:
            # Never wrapped: paths and commands are there to be copied.
            console.print(Text.assemble((f"{name:<7}", "dim"), value), soft_wrap=True)
