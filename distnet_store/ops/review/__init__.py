"""Kernels that find what a person should look at in a result."""
