"""How many classes there are: evidence for every possible count, and rules that read it."""

from core.discovery.counting.estimate import Estimate, estimate_count

__all__ = ["Estimate", "estimate_count"]
