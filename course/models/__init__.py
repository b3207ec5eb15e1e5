"""Models and tokenizers by local folder, or by name from the hub: see `course.models.loaders`."""
