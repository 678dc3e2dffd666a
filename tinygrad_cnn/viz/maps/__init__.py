"""Looking into a trained network: filters, feature maps, saliency, occlusion, receptive fields."""

from .features import FeatureMaps, feature_maps
from .filters import Filters, filters
from .occlusion import Occlusion, occlusion
from .receptive import ReceptiveField, receptive_field
from .saliency import Saliency, saliency

__all__ = [
    "FeatureMaps",
    "Filters",
    "Occlusion",
    "ReceptiveField",
    "Saliency",
    "feature_maps",
    "filters",
    "occlusion",
    "receptive_field",
    "saliency",
]
