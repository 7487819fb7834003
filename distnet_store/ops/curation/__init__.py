"""Pixels, cells and links under a person's edits."""
