"""How the image is looked at: overlays and gray window."""

from collections.abc import Callable
from dataclasses import replace

from app.presenters.review.reducers import set_opacity
from app.presenters.review.state import ManualLevels, Overlays, ReviewState


class Looking:
    """The wishes that change nothing but the view."""

    def __init__(self, state: Callable[[], ReviewState], apply: Callable[[ReviewState], None]) -> None:
        self._state, self._apply = state, apply

    def toggle_heatmap(self) -> None:
        """Heatmap on or off."""
        self._overlay(replace(self._overlays, heatmap=not self._overlays.heatmap))

    def toggle_mask(self) -> None:
        """Mask outline on or off."""
        self._overlay(replace(self._overlays, mask=not self._overlays.mask))

    def toggle_link(self) -> None:
        """Both panes together, or each for itself."""
        self._overlay(replace(self._overlays, linked=not self._overlays.linked))

    def toggle_residual(self) -> None:
        """A pane beside the image, or the image alone and larger."""
        self._overlay(replace(self._overlays, residual=not self._overlays.residual))

    def toggle_reference(self) -> None:
        """The reference in the pane beside the image, or the residual; the pane is there afterwards."""
        shown = self._overlays.reference and self._overlays.residual
        self._overlay(replace(self._overlays, reference=not shown, residual=True))

    def toggle_difference(self) -> None:
        """The difference from the reference in the residual's place, or the residual."""
        self._overlay(replace(self._overlays, difference=not self._overlays.difference))

    def hold_blink(self, held: bool) -> None:
        """Hide all overlays and show the reference while the key is down."""
        self._overlay(replace(self._overlays, blink=held))

    def set_opacity(self, opacity: float) -> None:
        """How much of the heatmap is seen, 0 to 1."""
        self._apply(set_opacity(self._state(), opacity))

    def nudge_opacity(self, by: float) -> None:
        """More or less heatmap."""
        self.set_opacity(self._overlays.opacity + by)

    def set_levels(self, levels: ManualLevels | None) -> None:
        """A gray window for all images of its depth; None gives each its own."""
        self._apply(replace(self._state(), levels=levels))

    @property
    def _overlays(self) -> Overlays:
        return self._state().overlays

    def _overlay(self, overlays: Overlays) -> None:
        self._apply(replace(self._state(), overlays=overlays))
