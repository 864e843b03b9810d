"""Columns, and the groups of columns that several tables share."""

from typing import Any

from sqlalchemy import Column, Float, Integer, Text


def key(name: str = "id") -> Column[int]:
    """A whole number that identifies a row, alone or with others."""
    return Column(name, Integer, primary_key=True, nullable=False)


def integer(name: str, *, nullable: bool = False) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, Integer, nullable=nullable)


def text(name: str, *, nullable: bool = False) -> Column[str]:
    """A column of words."""
    return Column(name, Text, nullable=nullable)


def real(name: str, *, nullable: bool = False) -> Column[float]:
    """A column of measured numbers."""
    return Column(name, Float, nullable=nullable)


def integers(*names: str) -> tuple[Column[int], ...]:
    """Columns of whole numbers, each always known."""
    return tuple(integer(name) for name in names)


def texts(*names: str) -> tuple[Column[str], ...]:
    """Columns of words, each always known."""
    return tuple(text(name) for name in names)


def measured(*names: str) -> tuple[Column[float], ...]:
    """Columns of numbers that not everything has."""
    return tuple(real(name, nullable=True) for name in names)


def judgement(prefix: str = "") -> tuple[Column[Any], ...]:
    """What an engineer says of an image; no verdict and no class where it is undecided."""
    return (
        text(f"{prefix}verdict", nullable=True),
        integer(f"{prefix}class_id", nullable=True),
        text(f"{prefix}killer"),
        text(f"{prefix}note"),
    )


def signature() -> tuple[Column[str], ...]:
    """Who, when, and with which version of the product."""
    return texts("reviewer", "at_utc", "app_version")
