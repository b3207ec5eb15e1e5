"""The checks of `adapter_table`."""
