"""What Julia recompiles, and why: the graph, what each unit reads, caches, and the consequences."""
