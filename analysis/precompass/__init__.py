"""Precompass: what Julia compiles again when a line of its project files changes."""

__version__ = "0.1.0"
