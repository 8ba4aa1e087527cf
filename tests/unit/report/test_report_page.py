"""The whole page, from made-up run folders: it must be right in the corners, self-contained, safe and repeatable."""

import json
import re
import shutil
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from synthetic import write_run_folder
from synthetic_raid import MIDCOURSE, SPACE, TERMINAL, Case, SyntheticLayer

from cupola.report.page import write_report

SURE = (SyntheticLayer(name="boost", model="sbi", kind="space", stops=1.0, when=0.08),)
SURE += (SyntheticLayer(name="midcourse", model="gbi", kind="ground", stops=1.0, when=0.6),)
PACIFIC = (("Suva", -18.1, 178.4, 93_000), ("Honolulu", 21.3, -157.86, 350_000))
HOSTILE = '</script><script>alert("x")</script> $\\frac{1}{0}$ & <b>'

CASES = {
    "everything": Case(runs=24),
    "no-interceptors": Case(runs=3, layers=(), tracked=False, compare=False, satellites=0),
    "nothing-leaks": Case(runs=12, layers=SURE, unengaged=0.0),
    "no-shots": Case(runs=3, tracked=False),
    "one-run-one-missile": Case(runs=1, missiles=1, decoys=0, layers=(MIDCOURSE,), compare=False),
    "three-hundred-missiles": Case(runs=1, missiles=300, decoys=0, satellites=7800),
    "across-the-date-line": Case(runs=4, missiles=2, origin=(53.0, 160.0), cities=PACIFIC),
    "over-the-pole": Case(runs=4, missiles=3, origin=(62.0, 40.0)),
    "hostile-names": Case(
        name=HOSTILE,
        runs=3,
        missiles=2,
        layers=(SyntheticLayer(name=HOSTILE, model="sbi", kind="space", stops=0.5, when=0.08), TERMINAL),
        cities=((HOSTILE, 40.7, -74.0, 1), ("東京 – " + "long " * 30, 35.7, 139.7, 2)),
    ),
}


SAYS = {
    "everything": (
        "battle.commit_delay 30 s 20 s",
        "sbi.kill_vehicle.kill_probability beta(8, 2)",
        "cupola run scenario.yaml --runs 24 --seed 7",
        "Congressional Budget Office (2026).",
        "The scenario rests on 11 values",
        "uewr@goose x@y",
        "Executive Order 14186",
        "Ten missiles (Three-stage solid ICBM, notional) fired at ten aim points, played 24 times.",
    ),
    "no-interceptors": (
        "Everything gets through: all ten warheads, in every run.",
        "The scenario has no interceptors.",
        "Every leak has the same reason: no interceptors were deployed.",
    ),
    "nothing-leaks": ("None of the ten warheads got through in any run", "there is no reason to list"),
    "no-shots": (
        "No interceptor was fired in any run.",
        "No sensor ever held a track on it",
        "No layer stops anything.",
    ),
    "one-run-one-missile": (
        "This scenario has no space-based interceptors.",
        "played once. The warhead did not get through",
        "it shows what can happen, not how often",
    ),
    "three-hundred-missiles": ("300 missiles",),
    "hostile-names": ('alert("x")',),
}


def write_page(folder: Path, name: str) -> str:
    return write_report(write_run_folder(folder, CASES[name])).read_text(encoding="utf-8")


def words_of(html: str) -> str:
    html = re.sub(r"<(style|script|svg).*?</\1>|</?(strong|em|b|a|code|span)\b[^>]*>", "", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


class Outline(HTMLParser):
    VOID = ("meta", "link", "input", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.scripts: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in values:
            self.ids.append(values["id"] or "")
        if tag == "a":
            self.links.append(values["href"] or "")
        elif "href" in values:
            self.loads.append(values["href"] or "")
        if "src" in values:
            self.loads.append(values["src"] or "")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "script":
            self.scripts.append(values.get("type"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", CASES)
def test_page(name: str, tmp_path: Path) -> None:
    html = write_page(tmp_path / "run", name)
    check_page(html)
    figures = re.findall(r"<svg.*?</svg>", html, flags=re.S)
    assert len(figures) >= 6
    for svg in figures:
        check_figure(svg)
    words = words_of(html)
    assert not re.search(r"\b(nan|inf)\b", words)
    assert "uses the first" not in words
    for sentence in SAYS.get(name, ()):
        assert sentence in words
    summary = re.search(r'<script type="application/json" id="summary">(.*?)</script>', html, flags=re.S)
    assert summary is not None
    assert json.loads(summary[1])["scenario"]["name"] == CASES[name].name


def check_page(html: str) -> None:
    outline = Outline()
    outline.feed(html)
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert all(link[1:] in outline.ids for link in outline.links if link.startswith("#"))
    assert all(link.startswith(("#", "https://", "http://")) for link in outline.links)
    assert all(load.startswith(("#", "data:,")) for load in outline.loads)
    assert not re.search(r"@import|url\((?!#)", html)
    assert outline.scripts == ["application/json"], "text of a scenario became a script"
    assert "javascript:" not in html
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(html.encode()) < 3_000_000


def check_figure(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    spoken = {child.tag.rpartition("}")[2]: child.text for child in root[:2]}
    assert spoken.keys() == {"title", "desc"}
    assert all(spoken.values())
    assert not re.search(r"#[0-9a-f]{6}\b", svg), "a colour outside the theme does not follow light and dark"
    assert not re.search(r"\b(nan|inf|None)\b", svg)
    defined = set(re.findall(r' id="([^"]+)"', svg))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= defined


def test_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path / "run", CASES["across-the-date-line"])
    first = write_report(folder).read_bytes()
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    assert write_report(elsewhere).read_bytes() == first
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in elsewhere.iterdir())
    assert not list(folder.glob("*.part"))


def test_incomplete_folder_is_named_and_leaves_no_page(tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path / "run", Case(runs=2, missiles=2, layers=(SPACE,)))
    whole = (folder / "shots.parquet").read_bytes()
    (folder / "shots.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"shots\.parquet: not a readable Parquet table"):
        write_report(folder)
    (folder / "shots.parquet").unlink()
    with pytest.raises(ValueError, match=r"shots\.parquet: not there"):
        write_report(folder)
    (folder / "summary.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"summary\.json: not a JSON document"):
        write_report(folder)
    assert not (folder / "report.html").exists()


def test_importing_the_page_does_not_import_matplotlib() -> None:
    code = "import sys, cupola.report.page; sys.exit('matplotlib' in sys.modules or 'pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
