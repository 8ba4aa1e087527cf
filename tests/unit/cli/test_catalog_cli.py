"""The commands that tell what there is and where it comes from."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cupola.cli.main import app

EXAMPLES = Path(__file__).parents[3] / "examples"


def call(*arguments: str) -> Any:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result


def test_catalog_list_names_every_group_and_entry() -> None:
    rows = json.loads(call("catalog", "list", "--json").stdout)
    names = {(row["group"], row["name"]) for row in rows}
    assert {
        ("threats", "icbm-solid-notional"),
        ("sensors", "uewr"),
        ("interceptors", "gbi"),
        ("sites", "clear"),
    } <= names
    only = json.loads(call("catalog", "list", "sites", "--json").stdout)
    assert {row["group"] for row in only} == {"sites"}
    assert "fort-greely" in call("catalog", "list", "sites").stdout


def test_catalog_show_gives_unit_source_and_confidence_of_every_value() -> None:
    document = json.loads(call("catalog", "show", "sbi-notional", "--json").stdout)
    speed = next(value for value in document["values"] if value["path"] == "sbi-notional.speed")
    assert (speed["value"], speed["unit"], speed["confidence"]) == ("6.0", "km/s", "published")
    assert speed["source"] in {reference["key"] for reference in document["references"]}
    assert "published" in call("catalog", "show", "interceptors/sbi-notional").stdout


def test_catalog_show_suggests_the_nearest_name() -> None:
    result = CliRunner().invoke(app, ["catalog", "show", "sbi-notionl"])
    assert result.exit_code == 2
    assert "did you mean 'sbi-notional'" in result.stderr


def test_cite_lists_the_sources_in_use_and_what_is_assumed() -> None:
    document = json.loads(call("cite", str(EXAMPLES / "golden-dome-cbo-2026.yaml"), "--json").stdout)
    by_key = {reference["key"]: reference for reference in document["references"]}
    assert "interceptors.sbi.constellation.total" in by_key["cbo-2026"]["values"]
    assert all(value["note"] for value in document["assumed"])
    assert "publication 62422" in call("cite", str(EXAMPLES / "golden-dome-cbo-2026.yaml")).stdout


def test_schema_describes_what_editors_complete() -> None:
    schema = json.loads(call("schema").stdout)
    assert schema["properties"]["cupola"]["const"] == 1
    assert "extends" in schema["properties"]
    assert schema["additionalProperties"] is False
    raid = schema["$defs"]["RaidEntry"]
    assert {"threat", "count", "from", "to", "timing", "decoys"} <= set(raid["properties"])
    undescribed = [
        name for name, field in raid["properties"].items() if "description" not in field and "$ref" not in field
    ]
    assert undescribed == ["name"] or undescribed == []


def test_validate_flies_the_raid() -> None:
    document = json.loads(call("validate", str(EXAMPLES / "no-defense.yaml"), "--json").stdout)
    assert document["valid"] is True
    low, high = document["raid"][0]["range_km"]
    # Great-circle distances from North Korea: about 9,500 km to Los Angeles, 11,000 km to New York and Houston.
    assert 9_300 < low < 9_800
    assert 10_700 < high < 11_300


@pytest.mark.parametrize("command", [["--help"], ["catalog", "--help"], ["validate", "--help"]])
def test_help_speaks(command: list[str]) -> None:
    assert "Usage" in call(*command).stdout
