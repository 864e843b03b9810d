"""The wafer screen: where on the wafer the defects of a lot lie."""
