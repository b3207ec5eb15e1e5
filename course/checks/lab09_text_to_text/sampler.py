"""The checks of `MixtureSampler`."""
