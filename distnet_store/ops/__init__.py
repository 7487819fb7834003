"""Kernels: NumPy arrays in, NumPy arrays out. No files, no framework, no logging."""
