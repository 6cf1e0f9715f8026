"""The compiled engine; all else about the package stands in setup.cfg.

The extension is optional: where there is no compiler the package installs without it. With
NEWSCLF_CHECKED=1 in the environment it is built with every access to an array checked, for tests;
NEWSCLF_SANITIZE=1 adds AddressSanitizer.
"""

import os

from setuptools import Extension, setup

LIMITED_API = 0x030B0000  # one wheel for Python 3.11 and later


def engine() -> list[Extension]:
    """Return the extension, or nothing where there is no Cython to translate it."""
    try:
        from Cython.Build import cythonize
    except ImportError:
        return []
    macros = [("Py_LIMITED_API", LIMITED_API)]
    flags = [] if os.name == "nt" else ["-O3", "-g0", "-fno-math-errno", "-ffp-contract=off"]
    links = []
    if os.environ.get("NEWSCLF_CHECKED") == "1":
        macros.append(("NEWSCLF_CHECKED", "1"))
    if os.environ.get("NEWSCLF_SANITIZE") == "1":
        flags += ["-g", "-O1", "-fsanitize=address,undefined", "-fno-omit-frame-pointer"]
        links.append("-fsanitize=address,undefined")
    here = "newsclf/engine/kernel"
    rooms = ["array", "table", "trie", "route", "hmm", "cutting", "ngrams", "utf8", "terms"]
    rooms += ["summing", "scoring", "collecting", "descent"]
    extension = Extension(
        "newsclf.engine.kernel.kernel",
        [f"{here}/kernel.pyx"],
        depends=[f"{here}/{room}.h" for room in rooms]
        + [f"{here}/{part}.pxi" for part in ("articles", "counting", "descending")],
        define_macros=macros,
        extra_compile_args=flags,
        extra_link_args=links,
        py_limited_api=True,
    )
    translated: list[Extension] = cythonize([extension])
    translated[0].optional = True  # cythonize would drop it
    return translated


setup(ext_modules=engine(), options={"bdist_wheel": {"py_limited_api": "cp311"}})
