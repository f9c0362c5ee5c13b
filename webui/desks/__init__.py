"""One module per desk: its blueprint and its views."""
