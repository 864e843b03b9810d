"""How the application looks: colour tokens and the style sheet made of them."""

from app.theme.icons import icon
from app.theme.palette import DARK, HIGH_CONTRAST, PALETTES, Palette
from app.theme.roles import with_role
from app.theme.style import apply_theme

__all__ = ["DARK", "HIGH_CONTRAST", "PALETTES", "Palette", "apply_theme", "icon", "with_role"]
