"""``cupola size``: how many it takes."""

import json
import sys
from typing import Annotated, Any

import typer

from cupola.cli import size_aei, size_study
from cupola.cli.exits import exit_codes

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="How many it takes: interceptors for a raid, layers of interceptors and of sensors in space.",
)


app.command("aei")(size_aei.command)
app.command("orbital")(size_study.orbital)
app.command("sensors")(size_study.sensors)
app.command("survivability")(size_study.survivability)


@app.command("doctrine")
def doctrine(
    warheads: Annotated[int, typer.Option("--warheads", metavar="W", help="Warheads of the raid", show_default=False)],
    kill: Annotated[
        float,
        typer.Option("--kill", metavar="K", help="Kill chance of one shot, e.g. 0.7", show_default=False),
    ],
    goal: Annotated[
        float | None, typer.Option("--goal", metavar="P", help="Wanted chance that no warhead leaks, e.g. 0.8")
    ] = None,
    shots: Annotated[
        float | None, typer.Option("--shots", metavar="N", help="Instead of --goal: what N shots at each achieve")
    ] = None,
    decoys: Annotated[
        int, typer.Option("--decoys", metavar="D", help="Decoys that nothing tells from warheads: shot at alike")
    ] = 0,
    track: Annotated[
        float, typer.Option("--track", metavar="T", help="Chance that a warhead is tracked and recognised")
    ] = 1.0,
    policy: Annotated[
        str, typer.Option("--policy", metavar="POLICY", help="barrage: all at once; sls: shoot, look, shoot")
    ] = "barrage",
    first: Annotated[int, typer.Option("--first", metavar="S", help="sls: shots at each object before the look")] = 2,
    false_kill: Annotated[
        float, typer.Option("--false-kill", metavar="F", help="sls: chance that the look takes a live object for dead")
    ] = 0.0,
    missed_kill: Annotated[
        float, typer.Option("--missed-kill", metavar="M", help="sls: chance that the look takes a dead object for live")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")] = False,
) -> None:
    """Say how many interceptors stop a whole raid with a wanted chance (Wilkening 1999), and what whole numbers give.

    A warhead dies with T [1 - (1-K)^n] of n shots, W warheads with that to the power W; solved for n, at W + D objects.
    """
    with exit_codes():
        from cupola.studies.doctrine import size_doctrine

        document = size_doctrine(
            warheads=warheads,
            decoys=decoys,
            goal=goal,
            shots=shots,
            kill=kill,
            track=track,
            policy=policy,
            first=first,
            false_kill=false_kill,
            missed_kill=missed_kill,
        )
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _print_doctrine(document)


def _print_doctrine(document: dict[str, Any]) -> None:
    from rich.text import Text

    from cupola.cli.flightprint import facts, terminal

    console = terminal()
    exact, whole = document["shots_per_object_exact"], document["shots_per_object"]
    raid = f"{document['warheads']:,} warheads" + (f" and {document['decoys']:,} decoys" if document["decoys"] else "")
    first = document["first_salvo"]
    fired = "all at once" if first is None else f"{first} at each, a look, the rest at what is taken for live"
    wanted = "" if document["goal"] is None else f"; wanted: no leak with {document['goal']:.4g}"
    console.print()
    console.print(
        Text.assemble((f"{document['interceptors']:,} interceptors", "bold"), (f"  {document['model']}", "dim"))
    )
    rows = [
        ("raid", f"{raid}, tracked with {document['track']:g} each{wanted}"),
        ("shots", f"{document['kill']:g} each, {fired}"),
        ("exact", f"{document['interceptors_exact']:,.2f} interceptors, {exact:.4f} shots for each object"),
        ("needed", f"each warhead killed with {document['kill_per_warhead_needed']:.5f}"),
        (
            "whole shots",
            f"up to {whole} at each object, {document['expected_shots']:,.1f} in all on the average, "
            f"{document['most_shots']:,} at most",
        ),
        (
            "they reach",
            f"{document['kill_per_warhead']:.5f} per warhead, no leak {document['probability_no_leak']:.4f}, "
            f"{document['expected_leakers']:.3f} leakers expected",
        ),
        ("leakers", ", ".join(f"{n}: {chance:.4f}" for n, chance in enumerate(document["leakers"]))),
    ]
    if document["magazine"] is not None:
        rows.append(
            (
                "magazine",
                f"{document['magazine']:,} in all reach the goal when played out (no leak "
                f"{document['probability_no_leak_of_magazine']:.4f}); one less does not",
            )
        )
    rows.append(("ceiling", f"no leak {document['ceiling']:.4f}, however many are fired"))
    console.print(facts(rows))
    for line in document["assumptions"]:
        console.print(Text(f"{line[0].upper()}{line[1:]}.", style="dim"))
