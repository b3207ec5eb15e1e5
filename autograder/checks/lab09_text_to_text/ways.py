"""Hidden checks of `adapter_table`."""
