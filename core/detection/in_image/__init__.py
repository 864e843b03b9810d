"""Training-free evidence: what one image says about itself, without any learned weights.

Every source is a function from a standardised (H, W) tensor to a non-negative (H/2, W/2) map, higher = more
anomalous, in units of its own; `robust_z` makes them comparable.
"""
