# cython: language_level=3
"""Arrays of NumPy and texts of Python as C reads them, and what is said of those it cannot use."""

from cpython.buffer cimport (
    PyBUF_C_CONTIGUOUS, PyBUF_FORMAT, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
)
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

import numpy as np

from newsclf.errors import InputError, ModelError

__all__ = ["CHECKED", "Batch", "Buffer", "CharacterSet", "CharacterTable"]

CHECKED = bool(IS_CHECKED)  # built with every access to an array checked

# By whose arrays they are: the error, what it speaks of, and what to do about it.
_REFUSED = {
    "dictionary": (
        ModelError,
        "jieba's dictionary",
        "the file that came with newsclf is damaged: install newsclf again",
    ),
    "model": (
        ModelError,
        "the model's arrays",
        "they are damaged or were made by hand: install or train the model again",
    ),
    "settings": (InputError, "the settings of features", "correct them"),
    "training": (
        InputError,
        "the arrays to learn from",
        "correct the weights of the articles, C, or what made these arrays",
    ),
}


cdef int expect(bint fine, str what, str of) except -1:
    """Refuse what C must not walk over."""
    if not fine:
        error, whose, advice = _REFUSED[of]
        raise error(f"expected {what} in {whose}, got something else: {advice}")
    return 0


cdef class Buffer:
    """An array of NumPy, held open: in one piece, of one type.

    Parameters
    ----------
    array : array
    kind : str
        u, i or f and the number of bytes, such as ``f4``.
    writable : bool

    Raises
    ------
    InputError
        It is of another type, or not in one piece.
    """

    def __cinit__(self, array, str kind not None, bint writable=False):
        cdef int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT
        if array.dtype.str[1:] != kind or not array.dtype.isnative or not array.flags.c_contiguous:
            raise InputError(
                f"expected an array of {np.dtype(kind)} in one piece, got {array.dtype} of shape "
                f"{array.shape}: convert it with numpy.ascontiguousarray"
            )
        PyObject_GetBuffer(array, &self.view, flags | PyBUF_WRITABLE if writable else flags)
        self.items = self.view.buf
        self.length = self.view.len // self.view.itemsize

    def __dealloc__(self):
        PyBuffer_Release(&self.view)


cdef object array_of(const void* items, size_t count, dtype):
    """Return a copy of what C has made."""
    array = np.empty(count, dtype)
    cdef Buffer buffer = Buffer(array, array.dtype.str[1:], True)
    if count:
        memcpy(buffer.items, items, buffer.view.len)
    return array


cdef class Batch:
    """The characters of some articles, one after the other, to be worked on without the GIL.

    Parameters
    ----------
    titles : sequence of str or None
    texts : sequence of str
    """

    def __cinit__(self, titles, texts):
        cdef Py_ssize_t length
        cdef uint64_t at = 0
        parts = []
        for title, text in zip(titles, texts, strict=True):
            parts.append(title or "")
            parts.append(text)
        self.count = len(parts) // 2
        for part in parts:
            if not isinstance(part, str):
                raise InputError(f"expected a text (str), got {type(part).__name__}: decode it")
            length = PyUnicode_GetLength(part)
            if length > LONGEST_TEXT:
                raise InputError(
                    f"a text has {length} characters, more than {LONGEST_TEXT}: split it"
                )
            self.longest = max(self.longest, <size_t> length)
            at += length
        # The kernel reads three letters at once where a word of one may stand.
        self.text = <uint32_t*> calloc(at + 3, sizeof(uint32_t))
        self.bounds = <uint64_t*> malloc((2 * self.count + 1) * sizeof(uint64_t))
        if self.text == NULL or self.bounds == NULL:
            raise MemoryError
        at = self.bounds[0] = 0
        for i, part in enumerate(parts):
            length = PyUnicode_GetLength(part)
            if length:
                PyUnicode_AsUCS4(part, self.text + at, length, 0)
            at += length
            self.bounds[i + 1] = at

    def __dealloc__(self):
        free(self.text)
        free(self.bounds)


cdef class CharacterTable:
    """What characters are normalized to, and which are alphanumeric to this Python.

    Parameters
    ----------
    normalized : dict of int to str
        Code points and the one character each becomes, as for ``str.translate``.
    """

    def __cinit__(self, dict normalized):
        cdef uint32_t code, i, at
        pages = sorted({code >> 8 for code in normalized})
        if not (REFIT(self.own.page, 0x1100) and REFIT(self.own.alnum, 0x110000 // 8)
                and REFIT(self.own.normalized, (len(pages) + 1) << 8)):
            raise MemoryError
        memset(self.known, 0, sizeof(self.known))
        # Han characters, all of them letters in every Unicode version since 14.
        memset(&self.own.alnum.items[0x4E00 // 8], 0xFF, (0xA000 - 0x4E00) // 8)
        memset(&self.known[0x4E], 1, 0xA0 - 0x4E)
        for at, page in enumerate(pages, 1):
            self.own.page.items[page] = at
            for i in range(256):
                self.own.normalized.items[at << 8 | i] = page << 8 | i
        for code, char in normalized.items():
            at = self.own.page.items[code >> 8]
            self.own.normalized.items[at << 8 | (code & 255)] = ord(char)
            self.learn(ord(char) >> 8)

    def __dealloc__(self):
        RELEASE(self.own.page)
        RELEASE(self.own.alnum)
        RELEASE(self.own.normalized)

    cdef int learn(self, uint32_t page) except -1:
        """Ask Python about a page of 256 characters, once."""
        cdef uint32_t code
        if not self.known[page]:
            for code in range(page << 8, (page + 1) << 8):
                if chr(code).isalnum():
                    self.own.alnum.items[code >> 3] |= 1 << (code & 7)
            self.known[page] = 1
        return 0

    cdef int learn_all(self, Batch batch) except -1:
        """Ask Python about every page that a batch needs."""
        cdef size_t i = 0
        cdef size_t n = batch.bounds[2 * batch.count]
        while True:
            with nogil:  # nearly always to the end, so other threads need not wait
                while i < n and self.known[batch.text[i] >> 8]:
                    i += 1
            if i == n:
                return 0
            self.learn(batch.text[i] >> 8)


cdef class CharacterSet:
    """Characters below U+10000 that are to be counted.

    Parameters
    ----------
    characters : iterable of str
    """

    cdef uint8_t members[0x2000]  # bits, so that they stay in the nearest cache

    def __cinit__(self, characters):
        memset(self.members, 0, sizeof(self.members))
        for char in characters:
            self.members[<uint16_t> ord(char) >> 3] |= 1 << (ord(char) & 7)

    def counts(self, titles, texts):
        """Return how many characters of each article, title and text, are in the set: a list."""
        cdef Batch batch = Batch(titles, texts)
        cdef size_t i
        cdef uint64_t at
        cdef uint32_t letter
        cdef int64_t found
        counts = np.empty(batch.count, np.int64)
        cdef Buffer buffer = Buffer(counts, "i8", True)
        cdef int64_t* out = <int64_t*> buffer.items
        with nogil:
            for i in range(batch.count):
                found = 0
                for at in range(batch.bounds[2 * i], batch.bounds[2 * i + 2]):
                    letter = batch.text[at]
                    found += (letter < 0x10000) & (
                        self.members[<uint16_t> letter >> 3] >> (letter & 7)
                    )
                out[i] = found
        return counts.tolist()
