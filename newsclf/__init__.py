"""newsclf: which governance themes a Chinese news article is about, how sure, and why.

>>> import newsclf
>>> tagger = newsclf.load()
>>> tagger.tag("县医院新院区启用\\n新院区设床位149张，门诊、急诊和住院部同日开诊。").themes
('health',)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from newsclf._version import __version__

if TYPE_CHECKING:
    from newsclf.batch.files import tag_file
    from newsclf.batch.frames import tag_batches, tag_frame
    from newsclf.errors import (
        CodebookError,
        DecodingError,
        InputError,
        LabelError,
        MissingExtra,
        ModelError,
        ModelNotFound,
        NewsclfError,
    )
    from newsclf.evaluation import Report, cross_validate, evaluate
    from newsclf.labels.labelled import read_labelled, write_labelled
    from newsclf.labels.tools import export_labelled
    from newsclf.model.installed import models
    from newsclf.pages import read_page
    from newsclf.records.article import Article, LabelledArticle, Span
    from newsclf.records.codebook import Codebook, Keyword, Theme
    from newsclf.records.explanation import Evidence, Explanation
    from newsclf.records.page import Page
    from newsclf.records.tagging import Tag, Tagging
    from newsclf.retraining.check_codebook import check_codebook
    from newsclf.retraining.check_labels import LabelCheck, check_labels
    from newsclf.retraining.compare import Comparison, compare
    from newsclf.retraining.suggest import suggest
    from newsclf.tagger.tagger import Tagger, load
    from newsclf.training import Background, Settings, ThemeClassifier, from_codebook, train
    from newsclf.versions import show_versions

# Each name is imported when it is first used, so that tagging never pays for training.
_MODULES = {
    "batch.files": ("tag_file",),
    "batch.frames": ("tag_batches", "tag_frame"),
    "errors": (
        "CodebookError",
        "DecodingError",
        "InputError",
        "LabelError",
        "MissingExtra",
        "ModelError",
        "ModelNotFound",
        "NewsclfError",
    ),
    "evaluation": ("Report", "cross_validate", "evaluate"),
    "labels.labelled": ("read_labelled", "write_labelled"),
    "labels.tools": ("export_labelled",),
    "model.installed": ("models",),
    "pages": ("read_page",),
    "records.article": ("Article", "LabelledArticle", "Span"),
    "records.codebook": ("Codebook", "Keyword", "Theme"),
    "records.explanation": ("Evidence", "Explanation"),
    "records.page": ("Page",),
    "records.tagging": ("Tag", "Tagging"),
    "retraining.check_codebook": ("check_codebook",),
    "retraining.check_labels": ("LabelCheck", "check_labels"),
    "retraining.compare": ("Comparison", "compare"),
    "retraining.suggest": ("suggest",),
    "tagger.tagger": ("Tagger", "load"),
    "training": ("Background", "Settings", "ThemeClassifier", "from_codebook", "train"),
    "versions": ("show_versions",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Article",
    "Background",
    "Codebook",
    "CodebookError",
    "Comparison",
    "DecodingError",
    "Evidence",
    "Explanation",
    "InputError",
    "Keyword",
    "LabelCheck",
    "LabelError",
    "LabelledArticle",
    "MissingExtra",
    "ModelError",
    "ModelNotFound",
    "NewsclfError",
    "Page",
    "Report",
    "Settings",
    "Span",
    "Tag",
    "Tagger",
    "Tagging",
    "Theme",
    "ThemeClassifier",
    "__version__",
    "check_codebook",
    "check_labels",
    "compare",
    "cross_validate",
    "evaluate",
    "export_labelled",
    "from_codebook",
    "load",
    "models",
    "read_labelled",
    "read_page",
    "show_versions",
    "suggest",
    "tag_batches",
    "tag_file",
    "tag_frame",
    "train",
    "write_labelled",
]


def __getattr__(name: str) -> Any:
    try:
        module = importlib.import_module(f"newsclf.{_MODULE_OF[name]}")
    except KeyError:
        raise AttributeError(f"module 'newsclf' has no attribute {name!r}") from None
    globals()[name] = value = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return __all__
