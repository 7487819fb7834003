"""Analyses of tracks: a tidy table and a figure of each."""
