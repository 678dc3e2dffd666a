"""What the engine stands on: the nodes of the graph and how calls are noted in them, what guards them, who
watches, and the state that changes results. It knows a tensor only by what it holds (`values.Held`)."""
