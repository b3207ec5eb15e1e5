"""Hidden checks of `matthews` and `pearson_spearman`."""
