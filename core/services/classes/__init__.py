"""The classes that engineers name: made, changed, searched for, taken to other stations."""
