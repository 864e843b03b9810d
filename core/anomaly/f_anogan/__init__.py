"""f-AnoGAN: a Wasserstein GAN of normal images, and an encoder that finds an image in it.

Source:
    Schlegl et al. 2019. Ours are strided convolutions instead of residual blocks, and whole images instead of patches.
"""
