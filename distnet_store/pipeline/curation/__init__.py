"""Edits by a person: checked, written whole or not at all, undone and redone."""
