"""Julia code, read without running it: which preferences it asks for, and when."""
