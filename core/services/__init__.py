"""The product as readable lists of stages: one function per user action."""
