"""Words, features and scores: one definition, and two engines that give them."""
