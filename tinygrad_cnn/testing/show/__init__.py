"""Showing a report: as text for a terminal, as a picture, as a page."""
