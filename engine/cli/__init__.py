"""The terminal: the commands and queries of the product, and the statutory calculators."""
