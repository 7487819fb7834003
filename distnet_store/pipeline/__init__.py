"""Operators: plan work units, run one kernel on each, write back, record the run."""
