"""The records that are passed on: articles, the codebook, taggings, explanations."""
