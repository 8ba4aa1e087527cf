"""How every study is played from the command line: progress, report, JSON, exit codes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cupola.cli.exits import FAILED, exit_codes
from cupola.cli.options import (
    AsJson,
    NoReport,
    Overwrite,
    Resume,
    Runs,
    Seed,
    SpecFile,
    StudyOut,
    Workers,
    default_workers,
    print_json,
    terminated_like_interrupted,
    written_report,
)

if TYPE_CHECKING:
    from cupola.studies.study import StudyResult


def played(
    verb: str,
    *asked: Any,
    report: str,
    show: Callable[[dict[str, Any]], None],
    workers: int | None,
    as_json: bool,
    no_report: bool,
    **ways: Any,
) -> None:
    """Play a study with a Python verb of ``cupola`` and tell of it.

    ``report`` is the module that writes its page, ``show`` prints the summary.
    """
    with exit_codes(), terminated_like_interrupted():
        import cupola
        from cupola.cli.progress import progress_on_stderr

        ask: Callable[..., StudyResult] = getattr(cupola, verb)

        with progress_on_stderr() as progress:
            result = ask(*asked, workers=default_workers() if workers is None else workers, progress=progress, **ways)
        page: Path | None = None if no_report else written_report(result.folder, report, anew=True)
    document = {**result.summary, "report": None if page is None else str(page)}
    if as_json:
        print_json(document)
    else:
        show(document)
    if page is None and not no_report:
        raise SystemExit(FAILED)


def spec_command(verb: str, *, report: str, show: Callable[[dict[str, Any]], None], doc: str) -> Callable[..., None]:
    """Return the command that plays a study file with a Python verb; ``doc`` is its help."""

    def command(
        spec: SpecFile,
        runs: Runs = None,
        seed: Seed = None,
        workers: Workers = None,
        out: StudyOut = None,
        resume: Resume = False,
        overwrite: Overwrite = False,
        as_json: AsJson = False,
        no_report: NoReport = False,
    ) -> None:
        played(
            verb, spec, report=report, show=show, workers=workers, as_json=as_json, no_report=no_report,
            out=out, runs=runs, seed=seed, resume=resume, overwrite=overwrite,
        )  # fmt: skip

    command.__doc__ = doc
    return command
