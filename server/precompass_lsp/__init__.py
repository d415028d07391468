"""The Precompass language server: a thin face of :mod:`precompass` for editors."""
