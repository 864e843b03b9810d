"""The engine of Residua: everything but the window. Nothing in here imports Qt."""
