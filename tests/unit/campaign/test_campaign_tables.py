import dataclasses
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_toy import toy_record

from cupola.campaign.repeat import differences
from cupola.campaign.summary import _missiles_per_run
from cupola.campaign.tables import finite, layers_of, read_parquet, tables_of, write_parquet
from cupola.engine.record import FALSE_TRACK, ObjectRow, ShotRow

DOCS = Path(__file__).parents[3] / "docs" / "run-folder.md"


@pytest.mark.parametrize(("row_type", "heading"), [(ObjectRow, "objects"), (ShotRow, "shots")])
def test_every_column_is_documented_and_no_other(row_type: type, heading: str) -> None:
    section = DOCS.read_text().split(f"## `{heading}.parquet`")[1].split("\n## ")[0]
    documented = [
        name
        for line in section.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert documented == [field.name for field in dataclasses.fields(row_type)]


def test_tables_do_not_depend_on_how_they_were_cut(tmp_path: Path) -> None:
    records = [toy_record(1, run, 0.6) for run in range(6)]
    whole = tables_of(records, seed=1)
    for name in whole:
        parts = [tables_of(records[i : i + 2], seed=1)[name] for i in (0, 2, 4)]
        write_parquet(tmp_path / "whole", [whole[name]], {"cupola.seed": "1"})
        write_parquet(tmp_path / "parts", parts, {"cupola.seed": "1"})
        assert (tmp_path / "whole").read_bytes() == (tmp_path / "parts").read_bytes()


def test_run_without_objects_or_shots_still_has_its_columns(tmp_path: Path) -> None:
    empty = dataclasses.replace(toy_record(1, 0, 0.6), objects=(), shots=())
    table = tables_of([empty], seed=1)["shots"]
    write_parquet(tmp_path / "shots", [table], {})
    assert read_parquet(tmp_path / "shots").column_names == [field.name for field in dataclasses.fields(ShotRow)]


def test_layers_keep_their_order() -> None:
    assert layers_of(["run", "upper.engaged", "upper.killed", "lower tier.engaged"]) == ("upper", "lower tier")


def test_tables_are_plain_parquet_of_whole_runs(tmp_path: Path) -> None:
    table = tables_of([toy_record(1, run, 0.6) for run in range(3)], seed=1)["objects"]
    write_parquet(tmp_path / "objects", [table], {})
    file = pq.ParquetFile(tmp_path / "objects")
    assert file.metadata.num_row_groups == 1
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_json_has_no_nan() -> None:
    assert finite({"a": [float("nan"), 1.5, (float("inf"), {"b": "x"})]}) == {"a": [None, 1.5, [None, {"b": "x"}]]}


def test_one_changed_bit_is_a_difference() -> None:
    record = toy_record(1, 0, 0.6)
    stored = tables_of([record], seed=1)["shots"]
    assert differences("shots", stored, stored) == []
    nudged = dataclasses.replace(record.shots[2], handover_error_m=300.00000000000006)
    changed = dataclasses.replace(record, shots=(*record.shots[:2], nudged, *record.shots[3:]))
    found = differences("shots", stored, tables_of([changed], seed=1)["shots"])
    assert [(d.column, d.row, d.stored, d.repeated) for d in found] == [
        ("handover_error_m", 2, "300.0", "300.00000000000006")
    ]
    shorter = dataclasses.replace(record, shots=record.shots[:-1])
    assert len(differences("shots", stored, tables_of([shorter], seed=1)["shots"])) == 1


def test_shots_at_false_tracks_engage_no_missile():
    shots = pa.table({"run": [0, 0, 1], "object": ["M01", FALSE_TRACK, FALSE_TRACK]})
    assert _missiles_per_run(shots, {"M01": 1}, 2).tolist() == [1, 0]
