"""The local web page for labelling: ``newsclf label``.

Import its rooms only where they are used: `app` and `server` need the extra ``web``.
"""
