"""The compiled engine; all else about the package stands in setup.cfg.

Its extensions are optional: where there is no compiler the package installs without them. With
NEWSCLF_CHECKED=1 in the environment they are built with every access to an array checked, for
tests; NEWSCLF_SANITIZE=1 adds AddressSanitizer.
"""

import os
from pathlib import Path

from setuptools import Extension, setup

LIMITED_API = 0x030B0000  # one wheel for Python 3.11 and later
KERNEL = Path("newsclf/engine/kernel")


def engine() -> list[Extension]:
    """Return the extensions, or nothing where there is no Cython to translate them."""
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
    extensions = [
        Extension(
            ".".join(source.with_suffix("").parts),
            [source.as_posix()],
            depends=sorted(header.as_posix() for header in KERNEL.glob("*.h")),
            define_macros=macros,
            extra_compile_args=flags,
            extra_link_args=links,
            py_limited_api=True,
        )
        for source in sorted(KERNEL.glob("*.pyx"))
    ]
    translated: list[Extension] = cythonize(extensions)
    for extension in translated:
        extension.optional = True  # cythonize would drop it
    return translated


setup(ext_modules=engine(), options={"bdist_wheel": {"py_limited_api": "cp311"}})
