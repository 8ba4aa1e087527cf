"""``cupola run``: one scenario, many runs, one folder with the answer."""

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cupola.cli.exits import FAILED, exit_codes
from cupola.cli.options import (
    AsJson,
    Changes,
    NoReport,
    Out,
    Overwrite,
    Resume,
    Runs,
    ScenarioFile,
    Seed,
    Workers,
    changes_of,
    default_workers,
    print_json,
    terminated_like_interrupted,
    written_report,
)

if TYPE_CHECKING:
    from cupola.campaign.chain import Campaign


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
    with exit_codes(), terminated_like_interrupted():
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
        report = None if no_report else written_report(result.folder, "cupola.report.page", anew=result.fresh)
    document = {
        **result.summary,
        "report": None if report is None else str(report),
        "command": repeat_command(result.folder, result.summary),
    }
    if as_json:
        print_json(document)
    else:
        from cupola.cli.outcome import print_outcome

        print_outcome(document)
    if report is None and not no_report:
        raise SystemExit(FAILED)


def _campaign(path: Path, runs: int | None, seed: int | None, changes: list[str]) -> "Campaign":
    from cupola.campaign.plan import check_counts
    from cupola.campaign.scenario_chain import campaign_of
    from cupola.scenario.load import load
    from cupola.scenario.values import with_values

    check_counts(seed=0 if seed is None else seed, runs=1 if runs is None else runs)
    scenario = load(path)
    if changes:
        scenario = with_values(scenario, changes_of(changes), record=True)
    return campaign_of(scenario, seed=seed, runs=runs)


def default_folder(campaign: "Campaign") -> Path:
    """Return the folder for a campaign that was given none: one per scenario, seed and number of runs."""
    name = re.sub(r"[^a-z0-9]+", "-", campaign.name.lower()).strip("-")[:40].rstrip("-") or "scenario"
    return Path("runs") / f"{name}-{campaign.scenario_hash[:8]}-s{campaign.seed}-n{campaign.runs}"


def repeat_command(folder: Path, summary: dict[str, Any]) -> str:
    """Return the command that makes the same numbers again, in another folder."""
    scenario = shlex.quote(str(folder / "scenario.yaml"))
    return f"cupola run {scenario} --runs {summary['runs']} --seed {summary['seed']} --out DIR"
