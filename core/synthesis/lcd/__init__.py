"""Display panels with line and point defects, in the manner of CADNet's SynLCD: pairs with exact classes."""

from core.synthesis.lcd.backgrounds import PATTERNS
from core.synthesis.lcd.pairs import LINE, POINTS, LcdKind, LcdPair, render_lcd_pair

__all__ = ["LINE", "PATTERNS", "POINTS", "LcdKind", "LcdPair", "render_lcd_pair"]
