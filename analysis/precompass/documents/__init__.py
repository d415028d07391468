"""TOML text with positions: tolerant reading, typed values, minimal edits; no Julia here."""
