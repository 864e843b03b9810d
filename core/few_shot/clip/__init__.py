"""SEM-CLIP: a frozen CLIP with a second, V-V path, text prompts and layers that few images train."""
