"""The checks of `mixing_rates`."""
