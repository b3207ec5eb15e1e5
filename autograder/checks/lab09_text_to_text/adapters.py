"""Hidden checks of `Adapter` and `insert_adapters`."""
