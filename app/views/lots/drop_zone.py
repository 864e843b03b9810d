"""The place where folders and files are dropped, and the buttons for those who do not drag."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.theme import Palette, icon, with_role

ICON_PX = 40
NARROWEST_PX = 180  # of the words, where the buttons stand beside them


class DropZone(QFrame):
    """Large while there is nothing else to see, a band once there are lots."""

    folder_requested = Signal()
    files_requested = Signal()
    manifest_requested = Signal()
    demo_requested = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dropZone")
        self._sign = QLabel()
        self._sign.setPixmap(icon("drop", palette.accent, ICON_PX).pixmap(QSize(ICON_PX, ICON_PX)))
        self._headline = with_role(QLabel("Drop a folder of SEM images here"), "heading")
        self._formats = with_role(
            QLabel(
                "PNG, TIFF (8 and 16 bit, multi-page), BMP, JPEG; a KLARF (1.1, 1.2, 1.8) beside its images; "
                "or a CSV manifest with image, reference, label"
            ),
            "muted",
        )
        for words in (self._headline, self._formats):
            words.setWordWrap(True)
            words.setMinimumWidth(NARROWEST_PX)
        self._folder = with_role(QPushButton("Open folder…"), "primary")
        self._files = QPushButton("Open files…")
        self._manifest = QPushButton("Open manifest…")
        self._demo = QPushButton("Write demo lot…")
        self._demo.setToolTip("Draw a small lot with known defects, to try things out")
        self._connect()
        self._lay_out()
        self.set_large(True)

    def set_large(self, large: bool) -> None:
        """Fill the screen, or be a band."""
        self.setMinimumHeight(300 if large else 0)
        side = Qt.AlignmentFlag.AlignHCenter if large else Qt.AlignmentFlag.AlignLeft
        self._outer.setDirection(
            QBoxLayout.Direction.TopToBottom if large else QBoxLayout.Direction.LeftToRight
        )
        for label in (self._sign, self._headline, self._formats):
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        for end, stretch in ((0, large), (2, not large), (4, large)):
            self._outer.setStretch(end, int(stretch))

    def focus_first(self) -> None:
        """Put the focus where Return opens a folder."""
        self._folder.setFocus()

    def set_hot(self, hot: bool) -> None:
        """Light up while something that can be opened is held above it."""
        self.setProperty("hot", hot)
        self.style().unpolish(self)
        self.style().polish(self)
        self._headline.setText("Let go to open" if hot else "Drop a folder of SEM images here")

    def _connect(self) -> None:
        self._folder.clicked.connect(self.folder_requested)
        self._files.clicked.connect(self.files_requested)
        self._manifest.clicked.connect(self.manifest_requested)
        self._demo.clicked.connect(self.demo_requested)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._headline)
        words.addWidget(self._formats)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._folder, self._files, self._manifest, self._demo):
            buttons.addWidget(button)
        buttons.insertStretch(0)
        buttons.addStretch()
        self._outer = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._outer.setContentsMargins(24, 18, 24, 18)
        self._outer.setSpacing(18)
        self._outer.addStretch(1)
        self._outer.addWidget(self._sign)
        self._outer.addLayout(words)
        self._outer.addLayout(buttons)
        self._outer.addStretch(1)
