"""Hidden checks of `mixing_rates`."""
