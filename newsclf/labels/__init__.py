"""Labelled articles: read and written, in our form and in those of annotation tools."""
