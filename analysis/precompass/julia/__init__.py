"""Julia's own nouns: versions, UUIDs, project files, manifests, preferences, environments."""
