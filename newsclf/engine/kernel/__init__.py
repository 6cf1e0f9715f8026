"""C headers and the modules that walk texts with them, over jieba's packed dictionary."""
