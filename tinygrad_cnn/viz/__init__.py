"""Seeing what a network is and does: its layers, its forward and backward pass, what it looks at."""

from .compare import Difference, assert_graph, diff
from .draw import draw
from .graph.model import Graph
from .maps import feature_maps, filters, occlusion, receptive_field, saliency
from .picture import Picture
from .recorder import SummaryRow
from .recording.recording import Recording, record
from .summary import Summary, summary

__all__ = [
    "Difference",
    "Graph",
    "Picture",
    "Recording",
    "Summary",
    "SummaryRow",
    "assert_graph",
    "diff",
    "draw",
    "feature_maps",
    "filters",
    "occlusion",
    "receptive_field",
    "record",
    "saliency",
    "summary",
]
