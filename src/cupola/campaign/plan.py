"""The plan of a campaign: every run with its chunk and its sampled parameters, fixed before the first run starts.

A run depends on (campaign seed, run index, sampled values) alone and the chunk size on the number of runs alone, so
that a campaign gives the same bytes with any number of workers, interrupted or not, and any slice of it can be
executed again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from cupola.campaign.errors import BadCampaign
from cupola.core.chance import stream

RUN_COLUMN, CHUNK_COLUMN, SEED_COLUMN = "run", "chunk", "seed"
FIXED_COLUMNS = (RUN_COLUMN, CHUNK_COLUMN, SEED_COLUMN)

Quantile = Callable[[float], str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which runs there are. ``parameters`` maps the path of an uncertain value to its text in every run."""

    seed: int
    runs: int
    chunk_size: int
    parameters: dict[str, tuple[str, ...]]

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.runs // self.chunk_size)

    def chunk_runs(self, chunk: int) -> range:
        """Return the run indices of one chunk."""
        return range(chunk * self.chunk_size, min((chunk + 1) * self.chunk_size, self.runs))

    def values(self, run: int) -> dict[str, str]:
        """Return the sampled parameters of one run: path -> text as a scenario writes it."""
        return {path: texts[run] for path, texts in self.parameters.items()}

    def table(self, metadata: Mapping[str, str] | None = None) -> pa.Table:
        """Return the plan as ``plan.parquet`` holds it."""
        columns: dict[str, pa.Array] = {
            RUN_COLUMN: pa.array(range(self.runs), pa.int64()),
            CHUNK_COLUMN: pa.array([run // self.chunk_size for run in range(self.runs)], pa.int64()),
            SEED_COLUMN: pa.array([self.seed] * self.runs, pa.int64()),
        }
        columns |= {path: pa.array(texts, pa.string()) for path, texts in self.parameters.items()}
        return pa.table(columns).replace_schema_metadata(dict(metadata) if metadata else None)


def plan_of(table: pa.Table, chunk_size: int) -> Plan:
    """Return the plan that a ``plan.parquet`` table describes."""
    seeds = table.column(SEED_COLUMN).to_pylist()
    paths = [name for name in table.column_names if name not in FIXED_COLUMNS]
    return Plan(
        seed=seeds[0],
        runs=len(seeds),
        chunk_size=chunk_size,
        parameters={path: tuple(table.column(path).to_pylist()) for path in paths},
    )


def make_plan(quantiles: Mapping[str, Quantile], *, seed: int, runs: int) -> Plan:
    """Draw the plan of ``runs`` runs.

    ``quantiles`` maps the path of each uncertain parameter to its inverse distribution function (probability -> text).
    Every parameter has its own random stream per run, so that adding one never shifts another. Raises
    :class:`BadCampaign` when ``runs`` or ``seed`` is out of range.
    """
    check_counts(seed=seed, runs=runs)
    parameters = {
        path: tuple(quantile(float(stream(seed, run, "uncertainty", path).random())) for run in range(runs))
        for path, quantile in quantiles.items()
    }
    return Plan(seed=seed, runs=runs, chunk_size=chunk_size_of(runs), parameters=parameters)


def check_counts(*, seed: int, runs: int) -> None:
    """Refuse numbers of runs and seeds that mean nothing."""
    if runs < 1:
        raise BadCampaign(f"runs: got {runs}, accepted is 1 or more; a campaign of no runs has no result")
    if not 0 <= seed < 2**63:
        raise BadCampaign(f"seed: got {seed}, accepted is a whole number from 0 to 2^63 - 1")


def chunk_size_of(runs: int) -> int:
    """Return how many runs are committed together.

    Small enough that an interruption costs seconds and many workers share a small campaign, large enough that a
    campaign of a million runs does not become a million files; it must not depend on the number of workers.
    """
    small = min(max(runs // 20, 1), 5)
    return max(small, min(runs // 1000, 100))
