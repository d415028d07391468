"""Precompass: what Julia recompiles when a line of its project files changes."""

__version__ = "0.1.0"

REPOSITORY = "https://github.com/precompass/precompass"
"""Where the source is."""

SITE = "https://precompass.github.io/precompass/"
"""Where the documentation is read, with a page per rule."""
