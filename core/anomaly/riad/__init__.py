"""RIAD: what cannot be painted in from its surroundings.

Source:
    Zavrtanik et al. 2021: reconstruction by inpainting. Ours is a narrower U-Net on grey images.
"""
