"""The recipe editor: the library, the form, the differences, and what if."""
