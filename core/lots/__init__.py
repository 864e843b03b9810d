"""Lots: folders, files and manifests become image records; records become pixels."""
