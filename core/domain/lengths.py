"""How many characters typed text may have, so that every row, report and spreadsheet cell can hold it."""

REVIEWER_LENGTH = 120
CLASS_NAME_LENGTH = 80
NOTE_LENGTH = 1000
RECIPE_NAME_LENGTH = 120
RECIPE_NOTE_LENGTH = 200
