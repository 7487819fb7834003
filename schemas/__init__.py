"""The published schemas, by version: generated from distnet_store.spec, never edited by hand."""
