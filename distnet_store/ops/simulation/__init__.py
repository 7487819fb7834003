"""Simulated cells with known labels and lineage. Simulated: nothing here was seen under a microscope."""
