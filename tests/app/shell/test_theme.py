"""The tokens are readable, the style sheet is whole, and every icon draws something."""

from dataclasses import asdict
from importlib.resources import files

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.theme import DARK, PALETTES, Palette, apply_theme, icon
from app.theme.style import FONT_POINTS, style_sheet
from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict

ICONS = sorted(entry.name.removesuffix(".svg") for entry in (files("resources") / "icons").iterdir())


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = QColor(color).getRgbF()[:3]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.1."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("ground", ["background", "surface", "raised", "selection"])
@pytest.mark.parametrize("ink", ["text", "muted", "ok", "unknown", "ng", "failed", "accent"])
def test_writing_can_be_read_on_every_ground(palette: Palette, ground: str, ink: str) -> None:
    colors = asdict(palette)
    wanted = 4.5 if ink in ("text", "muted") else 3.0  # colours of state stand on large signs
    if ground == "selection" and ink == "muted":
        wanted = 3.0
    assert contrast(colors[ink], colors[ground]) >= wanted


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_every_word_has_its_own_colour(palette: Palette) -> None:
    assert len({palette.of_verdict(verdict) for verdict in (None, *Verdict)}) == len(Verdict) + 1
    assert (
        len({palette.of_model_verdict(verdict) for verdict in (None, *ModelVerdict)}) == len(ModelVerdict) + 1
    )


def test_the_style_sheet_names_no_colour_of_its_own() -> None:
    source = (files("resources") / "theme" / "residua.qss").read_text(encoding="utf-8")
    assert "$" not in style_sheet(DARK)
    assert not [line for line in source.splitlines() if "rgb(" in line or ": #" in line]


def test_the_theme_reaches_the_application(qapp: QApplication) -> None:
    apply_theme(qapp)
    assert (qapp.font().pointSizeF(), qapp.palette().window().color().name()) == (
        FONT_POINTS,
        DARK.background,
    )
    qapp.setStyleSheet("")


@pytest.mark.parametrize("name", [name for name in ICONS if not name.startswith("__")])
def test_every_icon_draws_in_the_colour_asked_for(qapp: QApplication, name: str) -> None:
    picture = icon(name, "#ff0000").pixmap(20, 20).toImage()
    inked = [
        picture.pixelColor(x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() > 128
    ]
    assert len(inked) >= 12
    assert all(color.red() > 200 and color.green() < 60 for color in inked)
