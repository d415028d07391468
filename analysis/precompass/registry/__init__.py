"""The registries of a user: General and others, and the graph of all registered packages."""
