"""The demonstration office: an invented county, its people, and requests carried through the real commands."""
