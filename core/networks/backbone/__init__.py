"""Frozen feature extractors: our own small encoder, and any model of timm."""
