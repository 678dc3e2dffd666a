"""The graph that pictures are made of: the one thing between the engine and every writer."""
