"""The model: arrays and settings, their folder on disk, and the rule that decides."""
