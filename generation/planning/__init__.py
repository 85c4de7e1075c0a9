"""A run before it starts: what is chosen, what it would send and cost, what stands in its way; then its start."""
