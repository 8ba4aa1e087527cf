"""Small pieces of HTML. Everything that comes from a scenario passes through :func:`text`."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any


def text(value: object) -> str:
    """Return a value as HTML text, safe in elements and in quoted attributes."""
    return escape(str(value), quote=True)


def data_block(name: str, document: Any) -> str:
    """Return a JSON document embedded for machines; ``<`` is escaped so that no text can end the block."""
    body = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    body = body.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'<script type="application/json" id="{name}">\n{body}\n</script>'


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, numeric: Sequence[int] = (), classes: str = ""
) -> str:
    """Return a table in a scrolling frame. Cells are HTML already; ``numeric`` columns are set flush right."""
    sides = [' class="n"' if i in numeric else "" for i in range(len(head))]
    top = "".join(f'<th scope="col"{side}>{text(cell)}</th>' for cell, side in zip(head, sides, strict=True))
    body = "".join(
        "<tr>"
        + f'<th scope="row"{sides[0]}>{row[0]}</th>'
        + "".join(f"<td{side}>{cell}</td>" for cell, side in zip(row[1:], sides[1:], strict=True))
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}">'
        f'<table class="{classes}"><caption>{text(caption)}</caption><thead><tr>{top}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )


def figure(svg: str, caption: str, *, classes: str = "") -> str:
    """Return a figure with its caption; the caption is HTML already."""
    return f'<figure class="{classes}"><div class="plate">{svg}</div><figcaption>{caption}</figcaption></figure>\n'


def details(summary: str, body: str, *, name: str = "") -> str:
    """Return a collapsible block that opens without scripts; the summary is HTML already."""
    anchor = f' id="{name}"' if name else ""
    return f"<details{anchor}><summary>{summary}</summary>\n{body}</details>\n"


def section(name: str, title: str, *parts: str) -> str:
    """Return a section with its heading."""
    return (
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{text(title)}</h2>\n'
        + "".join(parts)
        + "</section>\n"
    )


def paragraph(html: str, *, classes: str = "") -> str:
    """Return a paragraph of HTML."""
    return f'<p class="{classes}">{html}</p>\n' if classes else f"<p>{html}</p>\n"


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One large number: plain texts; ``beside`` stands small below it, ``kind`` ``leak`` sets it in red."""

    name: str
    value: str
    beside: str = ""
    kind: str = ""


def headline_row(headlines: Iterable[Headline]) -> str:
    """Return a row of large numbers."""
    body = "".join(
        f'<div class="{each.kind}"><dt>{text(each.name)}</dt><dd class="value">{text(each.value)}</dd>'
        f'<dd class="range">{text(each.beside)}</dd></div>'
        for each in headlines
    )
    return f'<dl class="heads">{body}</dl>\n'
