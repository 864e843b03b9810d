"""KLARF files as lots: opening them, and writing decisions back."""
