"""What a command line gives of a plan."""

import argparse
from dataclasses import fields
from typing import Any


def given_fields(arguments: argparse.Namespace, plan: type) -> dict[str, Any]:
    """Fields of a plan (a dataclass) that the command line gives; the others keep their defaults."""
    return {
        field.name: value
        for field in fields(plan)
        if (value := getattr(arguments, field.name, None)) is not None
    }
