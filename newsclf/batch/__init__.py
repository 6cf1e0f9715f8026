"""Many articles: rows through a tagger, to files and to tables."""
