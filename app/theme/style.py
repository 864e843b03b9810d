"""Puts the colour tokens on the application: Fusion, a QPalette and one style sheet."""

from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from app.theme.palette import DARK, Palette

FONT_FAMILIES = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans"]
FONT_POINTS = 10


def apply_theme(app: QApplication, palette: Palette = DARK) -> None:
    """Dress the whole application in a palette."""
    app.setStyle("Fusion")
    font = QFont()
    font.setFamilies(FONT_FAMILIES)
    font.setPointSizeF(FONT_POINTS)
    app.setFont(font)
    app.setPalette(qt_palette(palette))
    app.setStyleSheet(style_sheet(palette))


def style_sheet(palette: Palette) -> str:
    """The style sheet with every token filled in."""
    template = (files("resources") / "theme" / "residua.qss").read_text(encoding="utf-8")
    folder = Path(str(files("resources") / "theme")).as_posix()  # style sheets take forward slashes only
    return Template(template).substitute(asdict(palette), folder=folder)


def qt_palette(palette: Palette) -> QPalette:
    """The palette for what style sheets do not reach (delegates, native dialogs, disabled text)."""
    roles = {
        QPalette.ColorRole.Window: palette.background,
        QPalette.ColorRole.WindowText: palette.text,
        QPalette.ColorRole.Base: palette.surface,
        QPalette.ColorRole.AlternateBase: palette.raised,
        QPalette.ColorRole.ToolTipBase: palette.raised,
        QPalette.ColorRole.ToolTipText: palette.text,
        QPalette.ColorRole.PlaceholderText: palette.muted,
        QPalette.ColorRole.Text: palette.text,
        QPalette.ColorRole.Button: palette.raised,
        QPalette.ColorRole.ButtonText: palette.text,
        QPalette.ColorRole.BrightText: palette.ng,
        QPalette.ColorRole.Link: palette.accent,
        QPalette.ColorRole.Highlight: palette.selection,
        QPalette.ColorRole.HighlightedText: palette.text,
        QPalette.ColorRole.Accent: palette.accent,
    }
    made = QPalette()
    for role, color in roles.items():
        made.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.disabled))
    return made
