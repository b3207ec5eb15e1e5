"""Hidden checks of `gradual_unfreezing`."""
