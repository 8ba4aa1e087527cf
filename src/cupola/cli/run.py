"""``cupola run``: one scenario, many runs, one folder with the answer."""

import json
import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import FAILED, exit_codes

if TYPE_CHECKING:
    from cupola.campaign.chain import Campaign
    from cupola.scenario.schema import Scenario

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML)", show_default=False)]
Runs = Annotated[int | None, typer.Option("--runs", metavar="N", help="Runs; default: what the scenario says")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="K", help="Campaign seed; default: what the scenario says")]
Workers = Annotated[int | None, typer.Option("--workers", metavar="W", help="Processes; default: one per core")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Run folder; default: runs/ and a name made of scenario, seed and runs"),
]
Resume = Annotated[bool, typer.Option("--resume", help="Finish the campaign in the folder; repeats no finished run")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the campaign in the folder")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value, e.g. sbi-notional.speed='5 km/s'; repeatable"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout instead of the summary")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Do not write report.html")]


def command(
    scenario: ScenarioFile,
    runs: Runs = None,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    change: Changes = None,
    as_json: AsJson = False,
    no_report: NoReport = False,
) -> None:
    """Play a scenario many times: what is stopped, what leaks, and how sure that is.

    Writes a run folder with every table, a report and a replay. The same scenario, seed and number of runs give the
    same bytes with any number of workers. Exit code 0 when done, 1 on a fault while running, 2 on bad input, 130 when
    stopped with Ctrl-C; after 1 and 130 the same command with --resume does the rest.
    """
    with exit_codes(), _terminated_like_interrupted():
        from cupola.campaign.conduct import conduct
        from cupola.cli.progress import progress_on_stderr

        campaign = _campaign(scenario, runs, seed, change or [])
        folder = out or default_folder(campaign)
        with progress_on_stderr() as progress:
            result = conduct(
                campaign,
                out=folder,
                workers=default_workers() if workers is None else workers,
                resume=resume,
                overwrite=overwrite,
                progress=progress,
            )
            if not result.fresh:
                progress.note(f"{folder}: all {campaign.runs} runs are finished; nothing was left to do")
        report = None if no_report else _report(result.folder, anew=result.fresh)
    document = {
        **result.summary,
        "report": None if report is None else str(report),
        "command": repeat_command(result.folder, result.summary),
    }
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        from cupola.cli.outcome import print_outcome

        print_outcome(document)
    if report is None and not no_report:
        raise SystemExit(FAILED)


def _campaign(path: Path, runs: int | None, seed: int | None, changes: list[str]) -> "Campaign":
    from cupola.campaign.plan import check_counts
    from cupola.campaign.scenario_chain import campaign_of
    from cupola.scenario.load import load

    check_counts(seed=0 if seed is None else seed, runs=1 if runs is None else runs)
    scenario = load(path)
    if changes:
        scenario = changed(scenario, dict(_change(text) for text in changes))
    return campaign_of(scenario, seed=seed, runs=runs)


def changed(scenario: "Scenario", values: dict[str, str]) -> "Scenario":
    """Return the scenario with values set by hand; one that was sampled before is fixed now."""
    from cupola.scenario.values import locate, with_values

    fixed = {locate(scenario, path)[0] for path in values}
    sampled = {path: text for path, text in scenario.uncertainty.items() if path not in fixed}
    return with_values(scenario, values, record=True).model_copy(update={"uncertainty": sampled})


def _change(text: str) -> tuple[str, str]:
    from cupola.campaign.errors import BadCampaign

    path, equals, value = text.partition("=")
    if not (equals and path.strip() and value.strip()):
        raise BadCampaign(f"--set: got {text!r}, accepted is PATH=VALUE, e.g. --set battle.commit_delay='20 s'")
    return path.strip(), value.strip()


def default_folder(campaign: "Campaign") -> Path:
    """Return the folder for a campaign that was given none: one per scenario, seed and number of runs."""
    name = re.sub(r"[^a-z0-9]+", "-", campaign.name.lower()).strip("-")[:40].rstrip("-") or "scenario"
    return Path("runs") / f"{name}-{campaign.scenario_hash[:8]}-s{campaign.seed}-n{campaign.runs}"


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def repeat_command(folder: Path, summary: dict[str, Any]) -> str:
    """Return the command that makes the same numbers again, in another folder."""
    scenario = shlex.quote(str(folder / "scenario.yaml"))
    return f"cupola run {scenario} --runs {summary['runs']} --seed {summary['seed']} --out DIR"


def _report(folder: Path, *, anew: bool) -> Path | None:
    """Write the report; results stand without it, so that its failure is said and not raised."""
    from cupola.campaign.bench import describe

    if not anew and (folder / "report.html").is_file():
        return folder / "report.html"
    try:
        from cupola.report.page import write_report

        return write_report(folder)
    except Exception as error:
        sys.stderr.write(f"error: the results are complete, but the report could not be written: {describe(error)}\n")
        return None


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Stop on SIGTERM (a batch system's, a container's) as on Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
