"""Kernels that measure cells and tracks: arrays in, arrays out."""
