"""The class manager: what it shows, and what it asks of the product."""
