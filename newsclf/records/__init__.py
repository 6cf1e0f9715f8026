"""The records that are passed on: pages, articles, the codebook, taggings, explanations."""
