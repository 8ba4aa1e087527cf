"""What losses leave of a layer in space, on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from cupola.cli.flightprint import facts, terminal
from cupola.cli.orbitalprint import columns, shell_in_words, short

if TYPE_CHECKING:
    from cupola.studies.survival import Survival


def print_survival(found: "Survival", files: Sequence[str], console: Console | None = None) -> None:
    """Print cover at once, after hours and as satellites are replaced, by loss; ``files`` are those written."""
    console = console or terminal()
    document = found.document
    whole = document["whole"]
    console.print()
    console.print(Text.assemble((document["name"], "bold"), (f"  {document['subject']}", "dim")))
    console.print(
        facts(
            [
                ("layer", f"{document['satellites']:,} satellites: {_shells(document['shells'])}"),
                ("cover", f"{whole['cover']:.4g} {document['cover']}, enough {whole['enough']:.1%} of the times"),
            ]
        )
    )
    table = columns("lost", "share", "at once", "later", "enough", "later", "back")
    for row in document["losses"]:
        back = row["recovered_by_motion_s"]
        table.add_row(
            short(row["name"], 26),
            f"{row['share_lost']:.1%}",
            f"{row['share_at_once']:.1%}",
            f"{row['share_after_hours']:.1%}",
            f"{row['enough_at_once']:.0%}",
            f"{row['enough_after_hours']:.0%}",
            "never" if back is None else f"{back / 60.0:.0f} min",
        )
    console.print(table)
    console.print(
        Text(
            "Shares of the whole layer's cover, and of the times at which it is enough: at once, and later, when a "
            "hole is anywhere. Back: when motion first brings cover within 5 % of what it is later.",
            style="dim",
        )
    )
    _replaced(console, document["losses"])
    for line in document["assumptions"]:
        console.print(Text(f"{line[0].upper()}{line[1:]}.", style="dim"))
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)


def _replaced(console: Console, losses: Sequence[dict[str, Any]]) -> None:
    if losses[0]["days_to_replace_all"] is None:
        return
    shares = [row["share_replaced"] for row in losses[0]["replaced"]]
    table = columns("as they are replaced", *(f"{share:.0%}" for share in shares))
    for row in losses:
        table.add_row(
            short(row["name"], 22), *(f"{each['after_days']:,.0f} d {each['share']:.0%}" for each in row["replaced"])
        )
    console.print(table)


def _shells(shells: Sequence[dict[str, Any]]) -> str:
    return " + ".join(shell_in_words(each) for each in shells)
