"""The folder of a study: what was asked, a campaign's folder for every point, the table and the summary of all.

Points are named by what they are (the scenario's hash, seed, runs), so that a study that was stopped goes on without
repeating a run, and one that asks for more points plays those alone. ``summary.json`` appears last.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

import cupola
from cupola.campaign.conduct import check_modes, explained
from cupola.campaign.errors import BadCampaign
from cupola.campaign.store import REPORT, SUMMARY, RunFolder

ASKED, POINTS, TABLE = "study.json", "points", "points.parquet"
OURS = (ASKED, POINTS, TABLE, SUMMARY, REPORT)


@dataclass(frozen=True, kw_only=True)
class StudyFolder:
    """One study's folder on disk."""

    path: Path

    @contextmanager
    def opened(self, asked: Mapping[str, Any], *, workers: int, resume: bool, overwrite: bool) -> Iterator[None]:
        """Hold the folder for a study that is described by ``asked``, of which ``kind`` must agree to resume.

        Raises :class:`BadCampaign` when the folder cannot be used (nothing was written), and inside of it turns an
        interruption and a full disk into errors that say how to go on.
        """
        check_modes(workers=workers, resume=resume, overwrite=overwrite)
        store = RunFolder(path=self.path)
        with store.claimed():
            self._check(asked["kind"], store, resume=resume, overwrite=overwrite)
            with explained(self.path, overwrite=overwrite):
                self._begin(asked, store, overwrite=overwrite)
                yield

    def _check(self, kind: str, store: RunFolder, *, resume: bool, overwrite: bool) -> None:
        if store.is_empty():
            return
        found = self._asked()
        if found is None:
            raise BadCampaign(f"{self.path}: the folder holds other files and no study; choose another --out")
        if overwrite:
            return
        if not resume:
            raise BadCampaign(
                f"{self.path}: the folder holds a study already; --resume finishes it, --overwrite replaces it, "
                "--out DIR chooses another folder"
            )
        if found.get("kind") != kind or found.get("version") != cupola.__version__:
            raise BadCampaign(
                f"{self.path}: holds a {found.get('kind')} of Cupola {found.get('version')}, which a {kind} of "
                f"{cupola.__version__} cannot resume; start it again with --overwrite or choose another --out"
            )

    def _asked(self) -> dict[str, Any] | None:
        try:
            found = json.loads((self.path / ASKED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and "kind" in found and "version" in found else None

    def _begin(self, asked: Mapping[str, Any], store: RunFolder, *, overwrite: bool) -> None:
        for name in OURS if overwrite else (SUMMARY, TABLE, REPORT):
            target = self.path / name
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
        store.sweep()
        store.write_text(ASKED, _json({**asked, "version": cupola.__version__}))

    def point_path(self, name: str) -> Path:
        """Return the run folder of one point."""
        return self.path / POINTS / name

    def finish(self, table: pa.Table, summary: Mapping[str, Any]) -> None:
        """Write the table of all points and, last, the summary."""
        store = RunFolder(path=self.path)
        store.write_table(TABLE, [table], {"cupola.version": cupola.__version__})
        store.write_text(SUMMARY, _json(summary))


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
