"""``cupola reach`` as a user calls it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cupola.cli.main import app


def cupola(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["reach", *arguments])


@pytest.mark.parametrize("arguments", [("thaad",), ("gbi", "--site", "fort-greely"), ("sbi-notional",)])
def test_reach_is_told_and_drawn(arguments: tuple[str, ...], tmp_path: Path) -> None:
    picture = tmp_path / "fan.png"
    done = cupola(*arguments, "--json", "--out", str(picture))
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["interceptor"] == arguments[0]
    assert picture.stat().st_size > 20_000
    assert document.get("circles") or all(fan["table"] for fan in document["fans"])
    told = cupola(*arguments)
    assert told.exit_code == 0, told.stderr
    assert "km" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("thad",), "did you mean 'thaad'"),
        (("thaad", "--site", "fort-greeley"), "--site: got 'fort-greeley'"),
        (("thaad", "--out", "fan.txt"), "--out: got 'fan.txt', accepted are names that end with .png"),
    ],
)
def test_bad_input_is_one_line_and_code_2(arguments: tuple[str, ...], words: str) -> None:
    done = cupola(*arguments)
    assert done.exit_code == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
