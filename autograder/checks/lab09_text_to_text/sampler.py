"""Hidden checks of `MixtureSampler`."""
