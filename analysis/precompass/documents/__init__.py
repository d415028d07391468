"""TOML text with positions: tolerant reading, typed values, minimal edits. Knows nothing of Julia."""
