"""The tables of a run folder: their columns come from the engine's rows, their bytes depend on nothing but the rows."""

import dataclasses
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cupola.engine.record import Event, ObjectRow, RunRecord, ShotRow

TABLES = ("runs", "objects", "shots")
LAYER_FIELDS = ("engaged", "killed", "killed_lethal", "shots")
_ROWS_PER_GROUP = 100_000
_ARROW_TYPES = {int: pa.int64(), float: pa.float64(), str: pa.string(), bool: pa.bool_()}


def row_schema(row_type: type[ObjectRow] | type[ShotRow]) -> pa.Schema:
    """Return the Arrow schema of a row dataclass: one column per field, in order."""
    fields = dataclasses.fields(row_type)
    # A dataclass field's type is a string only under postponed annotations, which the row classes do not use.
    return pa.schema([pa.field(f.name, _ARROW_TYPES[f.type], nullable=False) for f in fields])  # type: ignore[index]


def tables_of(records: Sequence[RunRecord], *, seed: int) -> dict[str, pa.Table]:
    """Return the three tables of consecutive runs, name -> table."""
    return {
        "runs": _runs_table(records, seed),
        "objects": _rows_table(ObjectRow, [row for record in records for row in record.objects]),
        "shots": _rows_table(ShotRow, [row for record in records for row in record.shots]),
    }


def _rows_table(row_type: type[ObjectRow] | type[ShotRow], rows: Sequence[ObjectRow | ShotRow]) -> pa.Table:
    schema = row_schema(row_type)
    return pa.table([pa.array([getattr(row, f.name) for row in rows], f.type) for f in schema], schema=schema)


def _runs_table(records: Sequence[RunRecord], seed: int) -> pa.Table:
    columns: dict[str, list[int]] = {
        "run": [record.run for record in records],
        "seed": [seed] * len(records),
        "lethal": [record.lethal for record in records],
        "leaked": [record.leaked for record in records],
        "shots": [len(record.shots) for record in records],
        "space_interceptors_in_reach": [record.space_interceptors_in_reach for record in records],
    }
    for layer in records[0].layers:
        for name in LAYER_FIELDS:
            columns[f"{layer}.{name}"] = [getattr(record.layers[layer], name) for record in records]
    schema = pa.schema([pa.field(name, pa.int64(), nullable=False) for name in columns])
    return pa.table([pa.array(column, pa.int64()) for column in columns.values()], schema=schema)


def layers_of(column_names: Iterable[str]) -> tuple[str, ...]:
    """Return the layers of a runs table in their order, from its column names."""
    suffix = f".{LAYER_FIELDS[0]}"
    return tuple(name.removesuffix(suffix) for name in column_names if name.endswith(suffix))


def write_parquet(path: Path, tables: Iterable[pa.Table], metadata: Mapping[str, str]) -> None:
    """Write tables of one schema behind each other, in bounded memory, and wait until the disk has them.

    Pages carry checksums, so that :func:`read_parquet` notices damage. Row groups end at the ends of the given tables.
    """
    writer: pq.ParquetWriter | None = None
    with path.open("wb") as file:
        for group in _groups(tables):
            if writer is None:
                schema = group.schema.with_metadata(dict(metadata))
                writer = pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True)
            writer.write_table(group.replace_schema_metadata(dict(metadata)), row_group_size=max(group.num_rows, 1))
        if writer is None:
            raise ValueError("got no tables to write")
        writer.close()
        file.flush()
        os.fsync(file.fileno())


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join small tables to row groups of a size that readers like."""
    pending: list[pa.Table] = []
    for table in tables:
        pending.append(table)
        if sum(part.num_rows for part in pending) >= _ROWS_PER_GROUP:
            yield pa.concat_tables(pending)
            pending = []
    if pending:
        yield pa.concat_tables(pending)


def read_parquet(path: Path) -> pa.Table:
    """Read a whole table and check its checksums. Raises ``OSError`` or ``pa.ArrowException`` when damaged."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read()


def read_groups(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Read some columns one row group at a time, so that memory does not grow with the campaign."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=list(columns))


def metadata_of(path: Path) -> dict[str, str]:
    """Return the text metadata of a Parquet file. Raises as :func:`read_parquet` does."""
    raw = pq.read_schema(path).metadata or {}
    return {key.decode(): value.decode() for key, value in raw.items() if not key.startswith(b"ARROW:")}


def event_document(event: Event) -> dict[str, Any]:
    """Return an event as logs and replays hold it: a flat mapping, NaN as null."""
    head = {"time_s": event.time_s, "kind": event.kind.name.lower(), "subject": event.subject, "actor": event.actor}
    document: dict[str, Any] = finite({**event.data, **head})
    return document


def event_lines(events: Iterable[Event]) -> str:
    """Return events as JSON lines."""
    return "".join(json.dumps(event_document(event), ensure_ascii=False, allow_nan=False) + "\n" for event in events)


def finite(document: Any) -> Any:
    """Return a JSON-like document with NaN and infinities as ``None``: JSON has no other word for 'never'."""
    if isinstance(document, dict):
        return {key: finite(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [finite(value) for value in document]
    if isinstance(document, float) and not math.isfinite(document):
        return None
    return document
