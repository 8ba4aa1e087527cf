"""Colours that everybody can tell apart, on light and on dark paper."""

import itertools
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from cupola.report.theme import COLOURS, LAYER_MARKERS, layer_style, stylesheet

MODES = {"light": 0, "dark": 1}

# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15(6), table 1, severity 1.0; linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> NDArray[np.float64]:
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """WCAG 2.2 contrast ratio."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ottosson (2020): a space in which equal distances look equally different."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(lms @ np.clip(rgb, 0.0, 1.0))


@pytest.mark.parametrize("mode", MODES)
def test_text_and_marks_stand_out_from_the_paper(mode: str) -> None:
    value = {role: pair[MODES[mode]] for role, pair in COLOURS.items()}
    for ground in ("paper", "panel", "sea"):
        for role in ("ink", "muted", "accent", "leak"):
            assert contrast(value[role], value[ground]) >= 4.5, f"{role} on {ground}: WCAG AA for text"
        for role in value:
            if role.startswith("layer-"):
                assert contrast(value[role], value[ground]) >= 3.0, f"{role} on {ground}: WCAG AA for graphics"
    assert contrast(value["ink"], value["land"]) >= 4.5
    assert contrast(value["leak"], value["land"]) >= 3.0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("layers", "apart"), [(4, 0.10), (6, 0.045)])
def test_layers_and_leaks_stay_apart(mode: str, sight: str, layers: int, apart: float) -> None:
    roles = [f"layer-{i + 1}" for i in range(layers)] + ["leak"]
    seen = {role: oklab(SIGHT[sight] @ linear(COLOURS[role][MODES[mode]])) for role in roles}
    for a, b in itertools.combinations(roles, 2):
        assert float(np.linalg.norm(seen[a] - seen[b])) >= apart, f"{a} and {b} look alike"


def test_every_role_has_its_own_light_value_and_every_layer_its_own_mark() -> None:
    assert len({light for light, _ in COLOURS.values()}) == len(COLOURS)
    styles = [layer_style(i) for i in range(len(LAYER_MARKERS))]
    assert len({style.role for style in styles}) == len({style.marker for style in styles}) == len(LAYER_MARKERS)
    assert layer_style(len(LAYER_MARKERS)) == layer_style(0)


def test_stylesheet_defines_what_it_uses() -> None:
    from importlib.resources import files

    rules = stylesheet(files("cupola.report").joinpath("style.css").read_text(encoding="utf-8"))
    defined = set(re.findall(r"--([a-z0-9-]+):", rules)) | {"natural"}
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", rules)) <= defined
    assert rules.count("{") == rules.count("}")
