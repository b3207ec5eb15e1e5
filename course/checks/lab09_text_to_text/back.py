"""The check of `from_text`: what a model may write, and what it counts as."""
