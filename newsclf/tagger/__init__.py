"""The tagger: tags, explanations, and itself as a scikit-learn pipeline."""
