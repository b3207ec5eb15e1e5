"""The checks of `gradual_unfreezing`."""
