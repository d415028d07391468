"""What is said about a place in a file, in an editor's terms."""
