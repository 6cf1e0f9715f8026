"""Learning a tagger from labelled articles, and what learning and measuring both need."""
