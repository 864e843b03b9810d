"""The queue: filters with counts, a text filter, the order, and the virtual list."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from app.theme import Palette, with_role
from app.views.filter_chips import FilterChips
from app.views.review.queue_delegate import QueueDelegate, RowRoles
from app.views.review.queue_list import QueueList
from app.views.review.search_field import SearchField
from core.domain.decisions import DefectClass

FILTERS = (
    ("all", "All"),
    ("undecided", "Undecided"),
    ("ng", "NG"),
    ("unknown", "Unknown"),
    ("ok", "OK"),
    ("failed", "Failed"),
    ("decided", "Decided"),
)
SORTS = (("lot", "Lot order"), ("score", "By score"), ("nearest", "By doubt"))


class QueuePanel(QFrame):
    """Setters and wishes; the chips are filters that other screens have set."""

    filter_chosen = Signal(str)
    sort_chosen = Signal(str)
    text_edited = Signal(str)
    row_chosen = Signal(int)
    rows_selected = Signal(object)  # tuple[int, ...]

    def __init__(self, model: QAbstractItemModel, roles: RowRoles, palette: Palette) -> None:
        super().__init__()
        self._model = model
        self._delegate = QueueDelegate(palette, roles)
        self.list = QueueList(model, self._delegate)
        self._filter, self._sort = _combo(FILTERS), _combo(SORTS)
        self._sort.setToolTip(
            "As the lot is ordered, the highest scores first, or those nearest to a threshold first"
        )
        self._text = SearchField("Name contains…")
        self._place = with_role(QLabel(), "muted")
        self._empty = with_role(QLabel("No image matches this filter."), "muted")
        self.chips = FilterChips(QBoxLayout.Direction.TopToBottom)
        self._setting = self._choosing = self._moved = False
        self._connect()
        self._lay_out()

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Write how many images each filter lists."""
        for row, (name, word) in enumerate(FILTERS):
            self._filter.setItemText(row, f"{word}   {counts[name]:,}")

    def set_query(self, name: str, text: str, sort: str) -> None:
        """Show which filter and order are in force."""
        self._filter.setCurrentIndex(self._filter.findData(name))
        self._sort.setCurrentIndex(self._sort.findData(sort))
        if self._text.text() != text:
            self._text.setText(text)

    def set_place(self, row: int | None, total: int, *, keep_selection: bool = False) -> None:
        """Put the cursor on a row, select only it unless several stay selected, and write where it is."""
        self._place.setText(f"{row + 1:,} of {total:,}" if row is not None else f"{total:,}")
        self._empty.setVisible(total == 0)
        index = self._model.index(-1 if row is None else row, 0)
        if self._choosing or self.list.held:
            return  # the engineer's own hand is on the list
        if index == self.list.currentIndex() and self.list.selectionModel().isSelected(index):
            return  # the list is where it should be, perhaps with more rows selected
        self._setting = True
        flags = QItemSelectionModel.SelectionFlag
        self.list.selectionModel().setCurrentIndex(
            index, flags.NoUpdate if keep_selection else flags.ClearAndSelect
        )
        self._setting = False
        self.list.scrollTo(index)

    def set_classes(self, classes: Sequence[DefectClass]) -> None:
        """Names of the classes that rows may carry."""
        self._delegate.set_classes({found.id: found for found in classes})
        self.list.viewport().update()

    def focus_text(self) -> None:
        """Put the keyboard into the text filter."""
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _connect(self) -> None:
        self._filter.activated.connect(lambda _row: self.filter_chosen.emit(self._filter.currentData()))
        self._sort.activated.connect(lambda _row: self.sort_chosen.emit(self._sort.currentData()))
        self._text.textEdited.connect(self.text_edited)
        self._text.returnPressed.connect(self.list.setFocus)
        selection = self.list.selectionModel()
        selection.currentChanged.connect(lambda _current, _old: self._on_current())
        selection.selectionChanged.connect(lambda _new, _old: self._on_selection())
        self.list.let_go.connect(self._on_let_go)

    def _on_current(self) -> None:
        if self.list.held:
            self._moved = True
        elif not self._setting:
            self._choose_row()

    def _on_selection(self) -> None:
        if not (self._setting or self.list.held):
            self._select_rows()

    def _on_let_go(self) -> None:
        if self._moved:
            self._moved = False
            self._choose_row()
        self._select_rows()

    def _choose_row(self) -> None:
        row = self.list.currentIndex().row()
        if row >= 0:
            self._choosing = True  # the rows that are selected stay so: a Ctrl+click adds to them
            self.row_chosen.emit(row)
            self._choosing = False

    def _select_rows(self) -> None:
        self.rows_selected.emit(tuple(index.row() for index in self.list.selectedIndexes()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(with_role(QLabel("Queue"), "heading"), 1)
        head.addWidget(self._place)
        choices = QHBoxLayout()
        choices.setSpacing(6)
        choices.addWidget(self._filter, 3)
        choices.addWidget(self._sort, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 4, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.chips)
        layout.addWidget(self._text)
        layout.addLayout(choices)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)


def _combo(choices: Sequence[tuple[str, str]]) -> QComboBox:
    combo = QComboBox()
    # The longest word must not widen the panel, and a click must not take the keys away from the images.
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(5)
    combo.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for name, word in choices:
        combo.addItem(word, name)
    return combo
