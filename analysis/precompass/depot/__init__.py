"""What is installed and compiled: depots, installed Julias, package sources, compile caches."""
