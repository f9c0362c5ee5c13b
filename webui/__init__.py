"""Pages, JSON API, and the `yishen` entry point."""
