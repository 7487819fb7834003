"""What does a dataset look like on disk? Pydantic models and Arrow schemas, by version."""
