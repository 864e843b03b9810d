"""The review screen: state, pure reducers, and the presenters that apply the difference to the view."""
