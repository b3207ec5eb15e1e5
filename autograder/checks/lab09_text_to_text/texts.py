"""Hidden checks of `to_text` and `from_text`."""
