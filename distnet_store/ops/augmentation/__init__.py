"""Random changes of labelled windows: geometry first, then pixels (METHOD.md section 4)."""
