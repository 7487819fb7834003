"""Segment and track cells in 2-D time-lapse microscopy; keep everything in one OME-Zarr dataset."""
