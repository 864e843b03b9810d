"""The discover screen: what it shows, and what it asks of the product."""
