"""What a file may ask of the machine, so that a hostile one is refused in a sentence."""

MAX_BYTES = 256 * 2**20
MAX_LINE_BYTES = 64 * 2**20
MAX_TOKENS = 32_000_000
MAX_STATEMENTS = 1_000_000
"""Of a flat file; records, fields and lists of a nested one."""
MAX_NESTING = 32
MAX_COLUMNS = 4_096
MAX_CLASSES = 100_000
MAX_CELL_BYTES = 64
"""Of a number in a table; no number is longer."""
MAX_NOTICES = 100
