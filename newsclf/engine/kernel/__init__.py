"""The compiled engine: C rooms walked by a Cython module, over jieba's packed dictionary."""
