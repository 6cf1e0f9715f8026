"""``python -m newsclf`` is ``newsclf``."""

from newsclf.cli import main

main()
