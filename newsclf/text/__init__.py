"""Text as it comes: bytes decoded, characters normalized, traditional ones converted."""
