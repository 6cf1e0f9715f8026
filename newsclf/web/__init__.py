"""The local web page for labelling: ``newsclf label``.

Import its modules only where they are used: `app` and `server` need the extra ``web``.
"""
