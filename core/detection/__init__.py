"""Detection: images in, score maps out. One folder a method; torch lives here and never leaves."""
