"""``cupola size`` as a user calls it, good input and bad."""

import json

from typer.testing import CliRunner

from cupola.cli.main import app

RAID = ["size", "doctrine", "--warheads", "20", "--kill", "0.7", "--track", "0.99"]


def test_doctrine_prints_one_document_or_the_same_in_words():
    shown = CliRunner().invoke(app, [*RAID, "--goal", "0.8", "--policy", "sls", "--decoys", "0", "--json"])
    assert shown.exit_code == 0, shown.output
    document = json.loads(shown.stdout)
    assert (document["interceptors"], round(document["interceptors_exact"], 3)) == (47, 46.577)
    words = CliRunner().invoke(app, [*RAID, "--goal", "0.8", "--policy", "sls"])
    assert words.exit_code == 0, words.output
    assert "47 interceptors" in words.stdout
    assert "46.58 interceptors, 5.6536 shots" in words.stdout
    achieved = CliRunner().invoke(app, [*RAID, "--shots", "4"])
    assert "80 interceptors" in achieved.stdout


def test_doctrine_says_what_is_out_of_reach_in_one_line():
    refused = CliRunner().invoke(app, [*RAID, "--goal", "0.9", "--json"])
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert "less than 0.817907" in refused.stderr


def test_aei_prints_one_document_or_the_same_in_words():
    shown = CliRunner().invoke(app, ["size", "aei", "--set", "salvo=5", "--set", "orbit_altitude=300 km", "--json"])
    assert shown.exit_code == 0, shown.output
    document = json.loads(shown.stdout)
    assert (document["satellites"], document["launches"], round(document["total_busd"], 1)) == (4986, 147, 330.6)
    assert document["inputs"]["salvo"] == {
        "value": 5,
        "unit": "",
        "what": "missiles launched together",
        "source": "given",
    }
    words = CliRunner().invoke(app, ["size", "aei"])
    assert words.exit_code == 0, words.output
    for part in ("998 interceptors in orbit", "1,294.07 kg", "597.63 km in 120 s", "$104.43 B", "published defaults"):
        assert part in words.stdout
    listed = CliRunner().invoke(app, ["size", "aei", "--inputs"])
    assert "max_latitude" in listed.stdout


def test_aei_says_what_it_does_not_take():
    for setting, message in (
        ("salv=5", "did you mean 'salvo'"),
        ("salvo", "accepted is INPUT=VALUE"),
        ("acceleration=5", "it takes 122.37 s"),
    ):
        refused = CliRunner().invoke(app, ["size", "aei", "--set", setting, "--json"])
        assert refused.exit_code == 2
        assert refused.stdout == ""
        assert message in refused.stderr
    twice = CliRunner().invoke(app, ["size", "aei", "--set", "salvo=5", "--set", "salvo=6"])
    assert "got salvo twice" in twice.stderr


def test_reproduce_writes_a_table_and_a_page_and_says_what_an_open_input_must_have_been(tmp_path):
    table, page = tmp_path / "table.md", tmp_path / "page.html"
    asked = ["reproduce", "aei", "budget-office/cbo-2026-total", "--workers", "1"]
    shown = CliRunner().invoke(app, [*asked, "--markdown", str(table), "--page", str(page), "--json"])
    assert shown.exit_code == 0, shown.output
    document = json.loads(shown.stdout)
    row = document["rows"][-1]
    assert row["verdict"] == "not enough published inputs"
    assert row["reproduced_by"] == [{"interceptor_mass": "2346 kg"}]
    assert document["verdicts"]["agrees"] == 19
    assert "| `aei/salvo-5` | satellites | 4,990 | 4,986 | -4 | agrees |" in table.read_text(encoding="utf-8")
    assert "4,986" in page.read_text(encoding="utf-8")
    words = CliRunner().invoke(app, asked)
    assert "It takes interceptor mass 2346 kg." in words.stdout
    assert "none counts" in words.stdout
    refused = CliRunner().invoke(app, ["reproduce", "aei", "--page", str(tmp_path / "nowhere" / "page.html")])
    assert refused.exit_code == 2
    assert "there is no folder" in refused.stderr
