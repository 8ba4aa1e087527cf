"""The report: one self-contained HTML page about one run folder."""

from pathlib import Path

from cupola import __version__
from cupola.report.answer import answer, comparison, headlines
from cupola.report.assumptions import (
    assumptions_section,
    bibliography_section,
    citation,
    programme_section,
    setting_section,
)
from cupola.report.caveats import caveats_section
from cupola.report.frame import contents, framed, write_html
from cupola.report.keptrun import kept_section
from cupola.report.markup import data_block, paragraph, section, text
from cupola.report.measure import flow_of
from cupola.report.read import RunFolder, read_run_folder
from cupola.report.results import (
    aims_section,
    flow_section,
    leakage_section,
    reach_section,
    shots_section,
    timing_section,
)

REPORT = "report.html"

_CONTENTS = (
    ("claim", "Published claim"),
    ("flow", "Layers"),
    ("leakage", "Leakage"),
    ("run", "One run"),
    ("clock", "Clock"),
    ("reach", "Reach"),
    ("shots", "Shots"),
    ("aims", "What is hit"),
    ("setting", "What was played"),
    ("assumptions", "Assumptions"),
    ("programme", "Programme"),
    ("caveats", "Limits"),
    ("again", "Repeat it"),
    ("bibliography", "Bibliography"),
)


def write_report(run_dir: Path) -> Path:
    """Write ``report.html`` into a finished run folder and return its path.

    The page needs no network and no scripts. The same folder gives the same bytes. Raises ``ValueError`` when the
    folder is incomplete or broken; an existing report is replaced only by a complete one.
    """
    folder = read_run_folder(Path(run_dir))
    return write_html(folder.path / REPORT, build_page(folder))


def build_page(folder: RunFolder) -> str:
    """Return the whole page."""
    from cupola.scenario.data import coastlines

    flow = flow_of(folder)
    references = {reference.key: citation(reference) for reference in folder.scenario.references}
    body = "".join(
        (
            comparison(folder, references),
            flow_section(folder, flow),
            leakage_section(folder),
            kept_section(folder, coastlines()),
            timing_section(folder),
            reach_section(folder),
            shots_section(folder),
            aims_section(folder),
            setting_section(folder.scenario),
            assumptions_section(folder),
            programme_section(folder.scenario),
            caveats_section(),
            _again(folder),
            bibliography_section(folder.scenario),
        )
    )
    head = answer(folder, flow) + headlines(folder) + _detail_note(folder)
    head += contents((name, title) for name, title in _CONTENTS if f'<section id="{name}"' in body)
    return _document(folder, head, body)


def _detail_note(folder: RunFolder) -> str:
    runs = int(folder.summary["runs"])
    if folder.detailed_runs == runs:
        return ""
    part = f"the first {folder.detailed_runs:,} of {runs:,} runs"
    return paragraph(f"What is counted object by object or shot by shot below uses {part}.", classes="small note")


def _document(folder: RunFolder, head: str, body: str) -> str:
    footer = (
        f"Made by Cupola {text(__version__)} from open literature with notional public parameters. Coastlines: "
        f"Natural Earth, public domain. Cities: GeoNames, CC BY 4.0. Scenario {text(folder.scenario_hash[:16])}."
    )
    return framed(
        title=folder.scenario.name,
        about=folder.scenario.description,
        head=head,
        body=body + data_block("summary", folder.summary),
        footer=footer,
    )


def _again(folder: RunFolder) -> str:
    summary = folder.summary
    runs, seed = int(summary["runs"]), int(summary["seed"])
    command = f"cupola run scenario.yaml --runs {runs} --seed {seed} --out ../again"
    facts = (
        f"<li>Seed {seed}, {runs:,} runs, Cupola {text(summary.get('version', __version__))}</li>"
        f"<li>Scenario hash <code>{text(folder.scenario_hash)}</code></li>"
    )
    return section(
        "again",
        "Repeat it",
        paragraph(
            "The run folder holds the resolved scenario with every value in it. From inside that folder this "
            "command gives the same "
            "tables again, with any number of workers:"
        ),
        f'<pre tabindex="0">{text(command)}</pre>\n<ul class="plain">{facts}</ul>\n',
        paragraph(
            "One run alone: <code>cupola rerun . --run K</code>. Why one object leaked or died: "
            "<code>cupola explain . --run K --object ID</code>. The numbers of this page stand at its end as a "
            "JSON block with the id "
            "<code>summary</code>; the tables are Parquet files, one row per run, object and shot."
        ),
    )
