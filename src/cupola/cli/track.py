"""``cupola track``: how well one run's sensors and trackers held what flew."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import PICTURES, check_writable, replacing

if TYPE_CHECKING:
    from cupola.engine.record import RunRecord
    from cupola.studies.tracking import ObjectTracking


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML)", show_default=False)]
Run = Annotated[int, typer.Option("--run", metavar="K", help="Run index, from 0")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="K", help="Campaign seed; default: what the scenario says")]
Object = Annotated[str | None, typer.Option("--object", metavar="ID", help="Only this object, e.g. M01-RV1")]
Hold = Annotated[
    str, typer.Option("--hold", metavar="Q", help="Time after a track's last update during which it holds its object")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR|FILE.png", help="Folder for one picture per object, or the file of the only one"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


def command(
    scenario: ScenarioFile,
    run: Run = 0,
    seed: Seed = None,
    object_id: Object = None,
    hold: Hold = "30 s",
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Play one run of a scenario and hold its tracks against the truth: detection, custody, errors, impact points.

    Along the flight: position and velocity error beside the stated sigma, NEES with its 95 % band, the probabilities of
    the motion models, and the impact point with its covariance. And how long each sensor group's view of each object
    was good for a detection, a cue, a track or fire control, and what kept it from seeing the object at all.
    """
    with exit_codes():
        from cupola.campaign.engagement import play
        from cupola.studies.flights import positive
        from cupola.studies.tracking_document import describe
        from cupola.studies.tracking_quality import add_quality

        hold_s = positive(hold, "time", "--hold")
        played = play(scenario, run=run, seed=seed)
        record = played.record
        objects = _judged(record, hold_s, object_id)
        document = {"scenario": str(scenario), **describe(objects, run=run, seed=played.seed, hold_s=hold_s)}
        add_quality(document, record)
        written = [] if out is None else _draw(objects, out)
        if as_json:
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        else:
            from cupola.cli.qualityprint import print_quality
            from cupola.cli.trackprint import print_tracking

            print_quality(document)
            print_tracking(document, written)


def _judged(record: "RunRecord", hold_s: float, object_id: str | None) -> "tuple[ObjectTracking, ...]":
    from cupola.campaign.errors import BadCampaign
    from cupola.studies.tracking import assess

    known = [row.object for row in record.objects if row.role != "booster"]
    if object_id is not None and object_id not in known:
        raise BadCampaign(f"--object: got {object_id!r}, accepted are {', '.join(known)}")
    return assess(record, hold_s=hold_s, object_id=object_id)


def _draw(objects: "Sequence[ObjectTracking]", out: Path) -> list[str]:
    """Write the pictures and return their names; objects that were never tracked have none."""
    from cupola.campaign.errors import BadCampaign
    from cupola.report.trackplot import draw_tracking

    tracked = [item for item in objects if len(item.after_s)]
    targets: dict[Path, Any] = {out / f"{item.object_id}.png": item for item in tracked}
    if out.suffix.lower() in PICTURES:
        if len(objects) != 1:
            names = ", ".join(item.object_id for item in objects)
            raise BadCampaign(
                f"--out: got one file for {len(objects)} objects; hint: give a folder, or --object ({names})"
            )
        targets = dict(zip([out], tracked, strict=False))
    elif out.suffix:
        raise BadCampaign(
            f"--out: got {str(out)!r}, accepted is a folder or a name that ends with {', '.join(PICTURES)}"
        )
    else:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadCampaign(f"--out: cannot make the folder {out}: {error.strerror or error}") from None
    for target, item in targets.items():
        check_writable(target, "--out")
        with replacing(target, "--out") as temporary:
            draw_tracking(item, temporary)
    return [str(target) for target in targets]
