"""From a computation to a graph: what the engine does is noted down, and named, as it happens."""
