"""Playing a stored run again, and saying whether it came out bit for bit as stored."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cupola.campaign.bench import simulate_run
from cupola.campaign.chain import Chain
from cupola.campaign.errors import BadCampaign
from cupola.campaign.plan import Plan
from cupola.campaign.store import RunFolder
from cupola.campaign.tables import TABLES, tables_of
from cupola.engine.record import RunRecord


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One stored value that a repetition did not reproduce; ``row`` counts within the run's rows of the table."""

    table: str
    column: str
    row: int
    stored: str
    repeated: str


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """A run played again. ``stored`` is False when the folder has not committed that run yet: nothing to compare."""

    run: int
    record: RunRecord
    stored: bool
    rows: dict[str, int]
    differences: tuple[Difference, ...]

    @property
    def identical(self) -> bool:
        """Whether every stored value came out the same, NaN and sign of zero included."""
        return self.stored and not self.differences


def check_run(plan: Plan, run: int) -> None:
    """Raise :class:`BadCampaign` unless the plan has the run."""
    if not 0 <= run < plan.runs:
        raise BadCampaign(f"run: got {run}, accepted is 0 to {plan.runs - 1}, the runs of this folder")


def repeat(folder: Path, chain: Chain, plan: Plan, run: int) -> Repetition:
    """Play a run of a folder's plan again and compare it with the stored rows.

    Raises :class:`BadCampaign` when there is no such run or the tables cannot be read.
    """
    check_run(plan, run)
    paths = {name: RunFolder(path=folder).table_path(name, run, plan) for name in TABLES}
    record = simulate_run(chain.open(), plan, run)
    fresh = tables_of([record], seed=plan.seed)
    present = {name: path for name, path in paths.items() if path is not None}
    found: list[Difference] = []
    for name, path in present.items():
        found += differences(name, _rows_of(path, run), fresh[name])
    return Repetition(
        run=run,
        record=record,
        stored=len(present) == len(TABLES),
        rows={name: table.num_rows for name, table in fresh.items()},
        differences=tuple(found),
    )


def _rows_of(path: Path, run: int) -> pa.Table:
    try:
        return pq.read_table(path, filters=[("run", "=", run)], page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise BadCampaign(f"{path}: damaged: {str(error).splitlines()[0]}") from error


def differences(name: str, stored: pa.Table, fresh: pa.Table) -> list[Difference]:
    """Return where two tables of one run differ; a differing number of rows or columns is one difference."""
    if stored.column_names != fresh.column_names or stored.num_rows != fresh.num_rows:
        shape = f"{stored.num_rows} rows of {len(stored.column_names)} columns"
        return [
            Difference(
                table=name,
                column="",
                row=0,
                stored=shape,
                repeated=f"{fresh.num_rows} rows of {len(fresh.column_names)} columns",
            )
        ]
    found: list[Difference] = []
    for column in stored.column_names:
        old, new = stored.column(column).to_pylist(), fresh.column(column).to_pylist()
        found += [
            Difference(table=name, column=column, row=row, stored=_exact(a), repeated=_exact(b))
            for row, (a, b) in enumerate(zip(old, new, strict=True))
            if _exact(a) != _exact(b)
        ]
    return found


def _exact(value: object) -> str:
    """Return text that two values share exactly when they are the same bits (one NaN being as good as another)."""
    return repr(value)
