"""What commands that play scenarios have in common: their options, workers, stopping, reports, JSON."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML)", show_default=False)]
Runs = Annotated[int | None, typer.Option("--runs", metavar="N", help="Runs; default: what the scenario says")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="K", help="Campaign seed; default: what the scenario says")]
Workers = Annotated[int | None, typer.Option("--workers", metavar="W", help="Processes; default: one per core")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Run folder; default: runs/ and a name made of scenario, seed and runs"),
]
SpecFile = Annotated[Path, typer.Argument(metavar="SPEC", help="Study file (YAML)", show_default=False)]
StudyOut = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder of the study; default: runs/ and a name made of it")
]
Resume = Annotated[bool, typer.Option("--resume", help="Finish the campaign in the folder; repeats no finished run")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the campaign in the folder")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value, e.g. sbi-notional.speed='5 km/s'; repeatable"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout instead of the summary")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Do not write report.html")]


def changes_of(texts: list[str] | None) -> dict[str, str]:
    """Return path -> value of what ``--set`` was given."""
    return dict(_change(text) for text in texts or [])


def _change(text: str) -> tuple[str, str]:
    from cupola.campaign.errors import BadCampaign

    path, equals, value = text.partition("=")
    if not (equals and path.strip() and value.strip()):
        raise BadCampaign(f"--set: got {text!r}, accepted is PATH=VALUE, e.g. --set battle.commit_delay='20 s'")
    return path.strip(), value.strip()


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def written_report(folder: Path, module: str, *, anew: bool) -> Path | None:
    """Write the report with ``module.write_report``; results stand without it, so that its failure is said and not
    raised.
    """
    import importlib

    from cupola.campaign.bench import describe

    if not anew and (folder / "report.html").is_file():
        return folder / "report.html"
    try:
        path: Path = importlib.import_module(module).write_report(folder)
        return path
    except Exception as error:
        sys.stderr.write(f"error: the results are complete, but the report could not be written: {describe(error)}\n")
        return None


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """Stop on SIGTERM (a batch system's, a container's) as on Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
