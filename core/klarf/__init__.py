"""KLARF: a fab's defect files, read with the exact place of every token and written back without loss.

The files (1.1, 1.2 and 1.8) are never rebuilt from what was understood: a change replaces the bytes of single tokens,
and everything else stays as it came, line ends, unknown keys and the text of numbers included.
"""

from core.klarf.document import Klarf
from core.klarf.reading import is_klarf, parse_klarf, read_klarf

__all__ = ["Klarf", "is_klarf", "parse_klarf", "read_klarf"]
