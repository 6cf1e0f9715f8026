"""Measuring a tagger: figures, intervals, cross-validation, reports and model cards."""

from newsclf.evaluation.card import model_card, write_model_card
from newsclf.evaluation.figures import FIGURES, Outcome
from newsclf.evaluation.intervals import Estimate
from newsclf.evaluation.mistakes import Confusion, Mistake, Verdict
from newsclf.evaluation.report import Report
from newsclf.evaluation.results import Overlap, Part, ReliabilityPoint, ThemeRow
from newsclf.evaluation.runs import SOURCES, cross_validate, evaluate, unseen_source

__all__ = [
    "FIGURES",
    "SOURCES",
    "Confusion",
    "Estimate",
    "Mistake",
    "Outcome",
    "Overlap",
    "Part",
    "ReliabilityPoint",
    "Report",
    "ThemeRow",
    "Verdict",
    "cross_validate",
    "evaluate",
    "model_card",
    "unseen_source",
    "write_model_card",
]
