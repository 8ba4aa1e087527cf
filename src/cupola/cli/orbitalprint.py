"""The sizes of space layers on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cupola.cli.flightprint import facts, terminal

if TYPE_CHECKING:
    from cupola.studies.orbital import Sized

_MOST_ROWS = 8
"""Missiles shown, the worst first"""
_WIDEST_NAME = 32


def print_orbital(found: "Sized", files: Sequence[str], console: Console | None = None) -> None:
    """Print how many interceptors reach each missile and the smallest constellation; ``files`` are those written."""
    console = console or terminal()
    document = found.document
    need = document["requirement"]
    console.print()
    console.print(Text.assemble((document["name"], "bold"), (f"  {document['missiles']} missiles", "dim")))
    where = "at each of them" if need["over"] == "worst" else "over all of them"
    together = f" for each of {need['salvo']} launched together" if need["salvo"] > 1 else ""
    console.print(Text(f"wanted: {need['shots']} in reach{together}, {need['probability']:.1%} of the times, {where}"))
    if document["constellation"] is not None:
        _constellation(console, "given", document["constellation"])
    if document["pairs"] is not None:
        _pairs(console, document["pairs"])
    search = document["search"]
    if search is not None:
        console.print()
        console.print(_table_of(search["table"]))
        if search["best"] is None:
            console.print(Text(f"no constellation found: {search['none_because']}", style="bold"))
        else:
            _constellation(console, "smallest", search["best"])
        if search["mix"] is not None:
            mix = search["mix"]
            shells = " + ".join(shell_in_words(each) for each in mix["shells"])
            console.print(facts([("mix", f"{mix['satellites']:,} satellites meet it as well: {shells}")]))
    console.print()
    for line in document["assumptions"]:
        console.print(Text(f"{line[0].upper()}{line[1:]}.", style="dim"))
    source = document["interceptor"]
    console.print(
        Text(
            f"Notional interceptor of {source['values']} values, {source['assumed']} of them assumed: cupola catalog "
            f"show {source['model']}.",
            style="dim",
        )
    )
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)


def _pairs(console: Console, pairs: dict[str, Any]) -> None:
    """Print for every speed until when interceptors must be released for the number asked for."""
    curves = pairs["curves"]
    console.print()
    console.print(
        Text(f"{pairs['per_missile']:g} interceptors for each missile are right if released so long after launch:")
    )
    names = (f"{each['group']}, {each['shots']} shot{'s' if each['shots'] > 1 else ''}" for each in curves)
    table = columns("km/s", *names)
    for column in table.columns[1:]:
        column.no_wrap = False
    delays = [{point["speed_km_s"]: point["delay_s"] for point in each["points"]} for each in curves]
    for speed in dict.fromkeys(row["speed_km_s"] for row in pairs["table"]):
        cells = (f"{each[speed]:.0f} s" if speed in each else "-" for each in delays)
        table.add_row(f"{speed:g}", *cells)
    console.print(table)


def _constellation(console: Console, word: str, one: dict[str, Any]) -> None:
    ratio, worst = one["absentee_ratio"], one["worst_absentee_ratio"]
    delay = one["delay"]
    rows = [
        (word, f"{one['satellites']:,} satellites: {' + '.join(shell_in_words(each) for each in one['shells'])}"),
        (
            "requirement",
            f"{'met' if one['enough'] else 'NOT met'}: {one['probability_met']:.1%} of the times",
        ),
        (
            "in reach",
            f"{one['mean_in_reach']:.4g} interceptors on the average, {one['worst_mean_in_reach']:.4g} at the worst "
            "missile",
        ),
        (
            "absentee ratio",
            "none is ever in reach"
            if ratio is None
            else f"1 in {ratio:,.0f}" + ("" if worst is None else f", 1 in {worst:,.0f} at the worst missile"),
        ),
    ]
    if one["salvo_over_flights"] is not None:
        spread = one["salvo_over_flights"]
        said = f"all served {spread['probability_met']:.1%} of the times, {spread['shots_served']:.1%} of their shots"
        rows.insert(2, ("spread salvo", f"launched from all places in turn: {said}"))
    if delay["percent_per_second"] is not None:
        rows.append(
            (
                "one more second",
                f"{delay['percent_per_second']:+.2f} % in reach, made good by "
                f"{delay['satellites_per_second']:,.0f} satellites",
            )
        )
    console.print()
    console.print(facts(rows))
    console.print(_missiles(one["missiles"]))
    for reason in dict.fromkeys(row["explanation"] for row in one["missiles"] if row["explanation"]):
        console.print(Text(f"  - {reason}"))


def shell_in_words(each: dict[str, Any]) -> str:
    """Return ``7800/78/1 at 300 to 500 km, 50°``."""
    top = "" if each["altitude_top_km"] == each["altitude_km"] else f" to {each['altitude_top_km']:g}"
    return (
        f"{each['total']}/{each['planes']}/{each['phasing']} at {each['altitude_km']:g}{top} km, "
        f"{each['inclination_deg']:g}°"
    )


def _missiles(rows: Sequence[dict[str, Any]]) -> Table:
    table = columns("missile, worst first", "may be met", "mean", "5 to 95 %", "enough")
    for row in sorted(rows, key=lambda row: float(row["mean_in_reach"]))[:_MOST_ROWS]:
        table.add_row(
            short(row["name"]),
            "never" if row["release_s"] is None else f"{row['release_s']:.0f}-{row['end_s']:.0f} s",
            f"{row['mean_in_reach']:.2f}" if row["reason"] == "none" else row["reason"],
            f"{row['p05']:.0f} to {row['p95']:.0f}",
            f"{row['probability_met']:.1%}",
        )
    if len(rows) > _MOST_ROWS:
        table.add_row(f"and {len(rows) - _MOST_ROWS} more: --json")
    return table


def short(name: str, width: int = _WIDEST_NAME) -> str:
    """Return a name no wider than a table bears."""
    return name if len(name) <= width else f"{name[: width - 1]}…"


def _table_of(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the sizes by inclination (rows) and height (columns) of the grid."""
    grid = [row for row in rows if not row["refined"]]
    heights = sorted({row["altitude_km"] for row in grid})
    table = columns("satellites needed", *(f"{height:g} km" for height in heights))
    for tilt in sorted({row["inclination_deg"] for row in grid}):
        cells = {row["altitude_km"]: row["satellites"] for row in grid if row["inclination_deg"] == tilt}
        table.add_row(
            f"{tilt:g}°",
            *("-" if cells.get(height) is None else f"{cells[height]:,}" for height in heights),
        )
    return table


def columns(*names: str) -> Table:
    """Return a table with these columns, numbers to the right of the first."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for index, column in enumerate(names):
        justify: Literal["left", "right"] = "right" if index else "left"
        table.add_column(column, justify=justify, style="" if index else "cyan", no_wrap=True)
    return table
