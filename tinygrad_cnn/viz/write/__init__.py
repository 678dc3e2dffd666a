"""The writers: each one turns the graph of `viz.graph.model` into one format."""
