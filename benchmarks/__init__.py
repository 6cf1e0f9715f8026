"""Benchmarks: each folder holds what one measures, its figures as JSON and its plot.

Run from the top of the repository, each with one command, such as ``python -m benchmarks.adapt``:

==================================  =====================================================
``benchmarks.accuracy.shipped``     the shipped models, cross-validated, and their cards
``benchmarks.accuracy.ablation``    what each step of the model gives
``benchmarks.accuracy.peers``       newsclf beside other classifiers
``benchmarks.accuracy.learning_curve``  how many labels a theme needs
``benchmarks.adapt``                what adapting gains on a new source and loses on old ones
``benchmarks.batch``                from files to files, stage by stage
``benchmarks.check_labels``         how many planted errors are found
``benchmarks.folds``                how evenly folds share out themes
``benchmarks.memory``               what is resident while a stream is tagged
``benchmarks.pages``                how many units of generated pages are recovered
``benchmarks.seed_agreement``       how far the readings of the labelled set agree
``benchmarks.speed``                how fast it is, beside what else one could use
``benchmarks.suggest``              how fast a tagger learns from what is suggested
==================================  =====================================================

Most need the corpora: set ``NEWSCLF_CORPORA`` to their folder (docs/data.md).
"""
