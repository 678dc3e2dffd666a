"""Seeing what a network is."""

from .recorder import SummaryRow
from .summary import Summary, summary

__all__ = ["Summary", "SummaryRow", "summary"]
