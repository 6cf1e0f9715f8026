"""From a model to the next: what to label, which labels and themes to doubt, what changed."""
