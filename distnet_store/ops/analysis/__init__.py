"""Kernels of the analyses of tracks: arrays in, arrays out."""
