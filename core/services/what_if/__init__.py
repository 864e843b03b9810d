"""What if another recipe had measured the lot?"""

from core.services.what_if.comparing import compare_recipes_on_lot
from core.services.what_if.pictures import FlipColors, read_flip_picture

__all__ = ["FlipColors", "compare_recipes_on_lot", "read_flip_picture"]
