"""``cupola engage``: one engagement of one run, shot by shot."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import check_picture, replacing

if TYPE_CHECKING:
    from cupola.campaign.engagement import Engagement


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML)", show_default=False)]
Run = Annotated[int, typer.Option("--run", metavar="K", help="Run index, from 0")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="K", help="Campaign seed; default: what the scenario says")]
Object = Annotated[
    str | None,
    typer.Option(
        "--object",
        metavar="ID",
        help="Object, e.g. M01-RV1; default: the leaked warhead shot at most, else the object shot at most",
    ),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.png", help="Draw it (png, svg, pdf)")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


def command(
    scenario: ScenarioFile,
    run: Run = 0,
    seed: Seed = None,
    object_id: Object = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Play one run of a scenario and tell what the defense did about one object, shot by shot.

    The timeline goes from launch to the last verdict, with every course correction and handover. For every group of
    interceptors: when it could have met the object by reach alone, when it fired, and why it did not.
    """
    with exit_codes():
        from cupola.campaign.engagement import engage

        if out is not None:
            check_picture(out, "--out")
        engagement = engage(scenario, run=run, seed=seed, object_id=object_id)
        if out is not None:
            from cupola.report.engageplot import draw_engagement

            with replacing(out, "--out") as temporary:
                draw_engagement(engagement, temporary)
    if as_json:
        document = {"scenario": str(scenario), **document_of(engagement)}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        from cupola.cli.engageprint import print_engagement

        print_engagement(engagement, [] if out is None else [str(out)])


def document_of(engagement: "Engagement") -> dict[str, Any]:
    """Return what ``--json`` prints of an engagement: the fields of its dataclasses, NaN as null."""
    from cupola.campaign.tables import finite

    document = asdict(engagement)
    for item in (document, *document["shots"]):
        key = "track" if item is document else "path"
        item[key] = [[round(t, 3), round(a, 6), round(b, 6), round(h, 2)] for t, a, b, h in item[key].tolist()]
    plain: dict[str, Any] = finite(document)
    return plain
