"""Measuring a tagger: figures, intervals, cross-validation, reports and model cards."""
