"""The summary of a campaign on the terminal."""

import math
import shutil
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

_WIDEST = 100
_COLUMNS = {
    "engaged": "engaged",
    "killed": "killed",
    "leaked_past": "leaked past",
    "shots": "shots",
    "shots_per_kill": "shots/kill",
}
_BAR = 18


def print_outcome(document: dict[str, Any], console: Console | None = None) -> None:
    """Print the result of a campaign; ``document`` is what ``--json`` prints."""
    console = console or Console(width=min(shutil.get_terminal_size((80, 24)).columns, _WIDEST), highlight=False)
    console.print()
    console.print(_headline(document))
    console.print(_layer_table(document) if document["layers"] else Text("\nNo interceptors are deployed."))
    for part in (_reasons(document), _comparison(document)):
        if part is not None:
            console.print()
            console.print(part)
    console.print()
    _whereabouts(console, document)


def estimate(data: dict[str, float | None] | None, *, percent: bool = False) -> tuple[str, str]:
    """Return an estimate's mean and its interval as text, with the digits that the interval's width warrants.

    ``data`` is ``{"mean", "low", "high"}``; a limit that the sample cannot give is ``None``, and so is ``data`` itself
    when there is no estimate at all. The interval is empty when the mean is certain.
    """
    if data is None or data["mean"] is None:
        return "–", ""
    factor, unit = (100.0, " %") if percent else (1.0, "")
    mean, low, high = (None if v is None else factor * v for v in (data["mean"], data["low"], data["high"]))
    places = _places(mean or 0.0, low, high)
    texts = ["?" if v is None else "0" if v == 0.0 else f"{v:,.{places}f}" for v in (mean, low, high)]
    if low == mean == high:
        return f"{factor * data['mean']:,.{0 if mean == round(mean or 0.0) else 1}f}{unit}", ""
    return f"{texts[0]}{unit}", f"[{texts[1]}, {texts[2]}]"


def _places(mean: float, low: float | None, high: float | None) -> int:
    limits = [abs(limit - mean) for limit in (low, high) if limit is not None and limit != mean]
    if not limits:
        return 1
    return max(0 if mean >= 100.0 else 1, min(math.ceil(-math.log10(max(limits))), 1 if mean >= 1.0 else 2))


def _headline(document: dict[str, Any]) -> Panel:
    share = document["leak_fraction"]["mean"]
    style = "bold green" if share < 0.05 else "bold yellow" if share < 0.5 else "bold red"
    leaked, leaked_limits = estimate(document["leaked"])
    fraction, fraction_limits = estimate(document["leak_fraction"], percent=True)
    clean, clean_limits = estimate(document["no_leak"], percent=True)
    first = Text.assemble(
        f"Of {document['objects']:,g} warheads a run, ",
        (f"{leaked} leaked", style),
        _dim(leaked_limits),
        ", ",
        (fraction, style),
        _dim(fraction_limits),
    )
    shots, shots_limits = estimate(document["intervals"]["shots"])
    second = Text.assemble(
        f"Nothing leaked in {clean} of the runs",
        _dim(clean_limits),
        f"; {shots} shots",
        _dim(shots_limits),
    )
    runs = f"{document['runs']:,} run{'' if document['runs'] == 1 else 's'}"
    third = Text(f"{runs}, seed {document['seed']}; means a run with 95 % intervals", style="dim")
    title = Text(document["scenario"]["name"], style="bold")
    return Panel(Group(first, second, third), title=title, box=box.ROUNDED, padding=(0, 1))


def _dim(limits: str) -> tuple[str, str]:
    return (f" {limits}" if limits else "", "dim")


def _layer_table(document: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 0))
    table.add_column("layer", style="bold", ratio=1, no_wrap=True)
    for title in _COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True, min_width=12)
    for name, layer in document["layers"].items():
        table.add_row(name, *(_cell(layer["intervals"][key]) for key in _COLUMNS))
    return table


def _cell(data: dict[str, float | None] | None) -> Text:
    mean, limits = estimate(data)
    return Text.assemble(mean, (f"\n{limits}", "dim"))


def _reasons(document: dict[str, Any]) -> Table | None:
    reasons: dict[str, float] = document["reasons"]
    if not reasons:
        return None
    table = Table(box=None, show_header=False, padding=(0, 1), expand=True, title="Why warheads leaked, a run")
    table.title_justify, table.title_style = "left", "bold not italic"
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, min_width=_BAR)
    table.add_column(ratio=1)
    most = max(reasons.values())
    for code, mean in reasons.items():
        bar = Text("█" * max(1, round(_BAR * mean / most)), style="red")
        table.add_row(f"{mean:.2f}", bar, _sentence(code))
    return table


def _sentence(code: str) -> str:
    from cupola.engine.record import LeakReason

    return next((reason.sentence for reason in LeakReason if reason.code == code), code)


def _comparison(document: dict[str, Any]) -> Group | None:
    compare = document["compare"]
    if compare is None:
        return None
    engaged, engaged_limits = estimate(compare["ours"]["missiles_engaged"])
    killed, killed_limits = estimate(compare["ours"]["missiles_killed"])
    return Group(
        Text("Beside the published claim", style="bold"),
        Text.assemble(("claim  ", "dim"), compare["claim"], (f" ({compare['source']})", "dim")),
        Text.assemble(
            ("here   ", "dim"),
            f"the space layer engages {engaged} missiles a run",
            _dim(engaged_limits),
            f" and destroys {killed}",
            _dim(killed_limits),
            f"; the claim is {compare['missiles_engaged']:g} engaged",
        ),
    )


def _whereabouts(console: Console, document: dict[str, Any]) -> None:
    for name, value in (("report", document["report"]), ("data", document["out"]), ("repeat", document["command"])):
        if value is not None:
            # Never wrapped: paths and commands are there to be copied.
            console.print(Text.assemble((f"{name:<7}", "dim"), value), soft_wrap=True)
