"""Experiments of the paper on any movie with a reference: which conditions, what they score, and the plot."""
