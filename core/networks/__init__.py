"""What every network of ours stands on: backbones, devices, tensors from images, weights files, the training loop."""
