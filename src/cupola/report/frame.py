"""The frame of every page: one self-contained HTML file without scripts, in the reader's colours, and how it lands."""

import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from cupola import __version__
from cupola.report.markup import paragraph, text
from cupola.report.theme import stylesheet


def framed(*, title: str, about: str, head: str, body: str, footer: str) -> str:
    """Return a whole page. ``title`` and ``about`` are plain text; ``head``, ``body`` and ``footer`` are HTML."""
    rules = files("cupola.report").joinpath("style.css").read_text(encoding="utf-8")
    choices = "".join(
        f'<label><input type="radio" name="theme" id="theme-{value}"{checked}>{value}</label>'
        for value, checked in (("system", " checked"), ("light", ""), ("dark", ""))
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Cupola {text(__version__)}">
<title>{text(title)} – Cupola</title>
<link rel="icon" href="data:,">
<style>
{stylesheet(rules)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the results</a>
<header>
<div class="bar"><p>Cupola: open simulation of layered missile defense</p>
<fieldset class="theme"><legend>Colours</legend>{choices}</fieldset></div>
<h1>{text(title)}</h1>
{paragraph(text(about), classes="about") if about else ""}{head}</header>
<main id="content">
{body}
</main>
<footer>{footer}</footer>
</body>
</html>
"""


def contents(sections: Iterable[tuple[str, str]]) -> str:
    """Return the list of links to sections, given as (id, title)."""
    links = "".join(f'<li><a href="#{name}">{text(title)}</a></li>' for name, title in sections)
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n'


def write_html(target: Path, html: str) -> Path:
    """Write a page, there entirely or not at all, and return where."""
    part = target.with_suffix(".html.part")
    part.write_text(html, encoding="utf-8")
    os.replace(part, target)
    return target
