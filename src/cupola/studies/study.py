"""From points to a finished study, in common to all of them: folder, campaigns, table, summary."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypedDict

import pyarrow as pa

import cupola
from cupola.campaign.progress import Progress, Silent
from cupola.campaign.tables import finite
from cupola.scenario.load import scenario_hash
from cupola.studies.costing import CostTerms
from cupola.studies.points import Played, Point, check_points, play_points
from cupola.studies.study_folder import StudyFolder

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StudyResult:
    """A finished study: where it lies and what ``summary.json`` there says."""

    folder: Path
    summary: Document


class Ways(TypedDict, total=False):
    """How a study is played: as the options of ``cupola run``. What is left out is up to the study.

    ``out`` is the study's folder (none: one below ``runs/``), ``runs`` and ``seed`` those of every point, ``workers``
    the number of processes (1); with more, call it from under ``if __name__ == "__main__"``.
    """

    out: str | Path | None
    runs: int | None
    seed: int | None
    workers: int
    resume: bool
    overwrite: bool
    progress: Progress | None


@dataclass(frozen=True, kw_only=True)
class Study:
    """What is played: its points, and how the summary and the table come from them."""

    kind: str
    name: str
    points: Sequence[Point]
    seed: int
    runs: int
    conclude: Callable[[Sequence[Played]], tuple[pa.Table, Document]]
    description: str = ""
    terms: CostTerms = field(default_factory=CostTerms)


def play(study: Study, ways: Ways) -> StudyResult:
    """Play a study into its folder and write table and summary.

    Raises :class:`cupola.campaign.errors.BadCampaign` on what cannot be played (nothing was written),
    :class:`cupola.campaign.errors.CampaignFailed` on a fault while running and
    :class:`cupola.campaign.errors.CampaignStopped` when interrupted; after both the folder can be resumed.
    """
    check_points(study.points, seed=study.seed, runs=study.runs)
    given, workers = ways.get("out"), ways.get("workers", 1)
    out = default_folder(study) if given is None else Path(given)
    store = StudyFolder(path=out)
    asked = {"kind": study.kind, "name": study.name, "seed": study.seed, "runs": study.runs}
    asked["points"] = [{"name": point.name, "settings": dict(point.settings)} for point in study.points]
    progress = ways.get("progress") or Silent()
    resume, overwrite = ways.get("resume", False), ways.get("overwrite", False)
    with store.opened(asked, workers=workers, resume=resume, overwrite=overwrite):
        if len(study.points) > 1:
            progress.note(f"{len(study.points):,} points of {study.runs:,} runs each")
        played = play_points(
            study.points,
            store,
            seed=study.seed,
            runs=study.runs,
            terms=study.terms,
            workers=workers,
            progress=progress,
        )
        table, found = study.conclude(played)
        summary: Document = finite(
            {
                "kind": study.kind,
                "name": study.name,
                "description": study.description,
                "seed": study.seed,
                "runs": study.runs,
                "version": cupola.__version__,
                "out": str(out),
                **found,
            }
        )
        store.finish(table, summary)
    return StudyResult(folder=out, summary=summary)


def default_folder(study: Study) -> Path:
    """Return the folder for a study that was given none: one per question, seed and number of runs."""
    digest = hashlib.sha256("".join(scenario_hash(point.scenario) for point in study.points).encode()).hexdigest()
    name = re.sub(r"[^a-z0-9]+", "-", study.name.lower()).strip("-")[:40].rstrip("-") or study.kind
    return Path("runs") / f"{study.kind}-{name}-{digest[:8]}-s{study.seed}-n{study.runs}"


def first_of(*values: int | None) -> int:
    """Return the first value that is given."""
    return next(value for value in values if value is not None)


def points_table(points: Sequence[Document], paths: Sequence[str]) -> pa.Table:
    """Return one row per point: its number, folder, settings, and every outcome's mean and limits."""
    columns: dict[str, Any] = {
        "point": pa.array(range(len(points)), pa.int64()),
        "name": pa.array([point["name"] for point in points], pa.string()),
        "folder": pa.array([point["folder"] for point in points], pa.string()),
    }
    columns |= {path: pa.array([p["settings"].get(path) for p in points], pa.string()) for path in paths}
    for key, tail in (("outcomes", ""), ("changes", ".change")):
        for name in points[0].get(key, {}):
            for part in ("mean", "low", "high"):
                columns[f"{name}{tail}.{part}"] = pa.array([p[key][name][part] for p in points], pa.float64())
    return pa.table(columns)


def estimate(interval: Any) -> Mapping[str, float]:
    """Return an interval as documents hold it: ``mean``, ``low``, ``high``."""
    return asdict(interval)
