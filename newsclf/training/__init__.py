"""Learning a tagger from labelled articles, and what learning and measuring both need."""

from newsclf.training.background import Background
from newsclf.training.estimator import ThemeClassifier
from newsclf.training.fitting import from_codebook, train
from newsclf.training.settings import Settings

__all__ = ["Background", "Settings", "ThemeClassifier", "from_codebook", "train"]
