"""Correction over the whole movie: which wrong merges and splits do tracks give away, and how are they mended?"""
