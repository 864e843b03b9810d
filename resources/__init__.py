"""Shipped files that are neither code nor weights: recipes, report templates, theme."""
