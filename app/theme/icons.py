"""Icons: one-colour drawings of the project, tinted with a token."""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SCALES = (1, 2, 3)


@cache
def icon(name: str, color: str, size_px: int = 20) -> QIcon:
    """The icon resources/icons/<name>.svg in a colour, crisp on high-density screens."""
    drawing = (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(_render(drawing.replace("currentColor", color), size_px * scale))
    return made


def _render(drawing: str, side_px: int) -> QPixmap:
    image = QImage(side_px, side_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    return QPixmap.fromImage(image)
