"""The two small languages of the catalog: conditions, and texts with answers in them."""
