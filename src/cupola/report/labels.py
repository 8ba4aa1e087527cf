"""Where to write names beside points so that they neither cover each other nor the points."""

from collections.abc import Sequence
from dataclasses import dataclass

# Mean advance of a sans-serif letter, in ems; a little generous, because the reader's font is unknown.
_LETTER_EM = 0.56


@dataclass(frozen=True, kw_only=True)
class Label:
    """A name for the point ``x``, ``y`` in pixels (y up); ``gap`` keeps it clear of the point's marker."""

    text: str
    x: float
    y: float
    gap: float = 7.0


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A label with the pixel position of its baseline's start, middle or end as ``align`` says (left, center, right).

    ``far`` says that it stands away from its point, so that a line should join them.
    """

    label: Label
    x: float
    y: float
    align: str
    far: bool


Box = tuple[float, float, float, float]


def place(
    labels: Sequence[Label], frame: Box, taken: Sequence[Box] = (), avoid: Sequence[Box] = (), *, size: float = 11.5
) -> tuple[list[Placed], list[Label]]:
    """Return the labels that fit, in the order given (most important first), and those left out.

    ``frame``, ``taken`` and ``avoid`` are (left, bottom, right, top) in pixels; ``size`` is the letter height in
    pixels. Each label tries places around its point, near ones first, and takes the first that is free of ``taken``,
    of other labels and of ``avoid``; when there is none, one that only ``avoid`` disturbs.
    """
    boxes = list(taken)
    placed: list[Placed] = []
    left_out: list[Label] = []
    for label in labels:
        free = [
            (candidate, box)
            for candidate, box in _candidates(label, size)
            if _within(box, frame) and not any(_overlap(box, other) for other in boxes)
        ]
        if not free:
            left_out.append(label)
            continue
        calm = ((c, box) for c, box in free if not any(_overlap(box, other) for other in avoid))
        candidate, box = next(calm, free[0])
        placed.append(candidate)
        boxes.append(box)
    return placed, left_out


def _candidates(label: Label, size: float) -> list[tuple[Placed, Box]]:
    width = _LETTER_EM * size * len(label.text)
    out = []
    for gap in (label.gap, label.gap + 12.0, label.gap + 26.0):
        far = gap > label.gap
        middle = label.y - 0.35 * size
        above, below = label.y + gap * 0.8, label.y - gap * 0.8 - 0.75 * size
        spots = [
            (label.x + gap, middle, "left"),
            (label.x - gap, middle, "right"),
            (label.x + gap * 0.6, above, "left"),
            (label.x + gap * 0.6, below, "left"),
            (label.x - gap * 0.6, above, "right"),
            (label.x - gap * 0.6, below, "right"),
            (label.x, above + gap * 0.3, "center"),
            (label.x, below - gap * 0.3, "center"),
        ]
        out += [
            (Placed(label=label, x=x, y=y, align=align, far=far), _box(x, y, width, size, align))
            for x, y, align in spots
        ]
    return out


def _box(x: float, y: float, width: float, size: float, align: str) -> Box:
    left = x if align == "left" else x - width if align == "right" else x - width / 2.0
    return (left - 1.0, y - 0.28 * size, left + width + 1.0, y + 0.85 * size)


def _within(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
