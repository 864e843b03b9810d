"""IAD+Inpainting: GANomaly with one encoder for image and reconstruction, then an inpainting phase.

Source:
    Huang et al. 2021 (ICIP), as the benchmark of Barusco et al. 2025 sums it up; there is no public code. Sizes,
    weights of the second phase, holes and the image score are ours.
"""
