"""One presenter per screen: frozen state, pure transitions, differences applied to a view."""
