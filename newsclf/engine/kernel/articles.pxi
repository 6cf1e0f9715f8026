# Articles into features, scores and evidence.


cdef class Batch:
    """The characters of some articles, one after the other, to be worked on without the GIL."""

    cdef uint32_t* text
    cdef uint64_t* bounds
    cdef size_t count, longest

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
                raise InputError(f"a text has {length} characters, more than {LONGEST_TEXT}")
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
        cdef int64_t[::1] out = counts
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


cdef class Room:
    """Scratch arrays of one thread."""

    cdef Work work

    def __dealloc__(self):
        work_free(&self.work)


cdef class Kernel:
    """A model's features and weights over the engine.

    Parameters
    ----------
    cutter : Cutter
    characters : CharacterTable
    words, chars : (uint8 array, uint32 array)
        Terms of the two blocks as UTF-8, one after the other, and the offset at which each ends.
    idf : float32 array of shape (n_features,)
        Of the words, then of the character n-grams.
    word_ngrams, char_ngrams : (int, int)
    title_share : float
    char_runs : {"han", "any"}
    weights : float16 or float32 array of shape (n_features, n_themes), optional
    bias : float32 array of shape (n_themes,), optional
    """

    cdef Model own
    cdef Cutter cutter
    cdef CharacterTable characters
    cdef const float[::1] idf
    cdef const float[::1] bias
    cdef const uint16_t[:, ::1] half
    cdef const float[:, ::1] single
    cdef list rooms

    def __cinit__(self, Cutter cutter not None, CharacterTable characters not None, words, chars,
                  idf, word_ngrams, char_ngrams, title_share, char_runs="han", weights=None,
                  bias=None):
        cdef size_t n_words, n_features
        self.rooms = []
        self.cutter, self.characters = cutter, characters
        self.own.dictionary, self.own.characters = &cutter.own, &characters.own
        need(0 <= title_share < 1, "a title share from 0 to 1")
        self.own.title_share = title_share
        self.set_ngrams(&self.own.blocks[0], word_ngrams)
        self.set_ngrams(&self.own.blocks[1], char_ngrams)
        self.own.blocks[1].any = ("han", "any").index(char_runs)
        n_words = self.fill(0, words, 0)
        n_features = self.fill(1, chars, n_words)
        self.idf = np.ascontiguousarray(idf, np.float32)
        need(<size_t> self.idf.shape[0] == n_features and np.isfinite(self.idf).all(),
             "one finite idf a feature")
        if n_features:
            self.own.idf.items = <float*> &self.idf[0]
            self.own.idf.length = n_features
        if weights is not None:
            self.set_weights(weights, bias, n_features)

    def __dealloc__(self):
        for i in range(2):
            block_free(&self.own.blocks[i])
        RELEASE(self.own.ngrams.memory)

    cdef int set_ngrams(self, Block* block, ngrams) except -1:
        shortest, longest = ngrams
        need((shortest, longest) == (0, 0) or 1 <= shortest <= longest <= 64,
             "n-grams from 1 to 64, or (0, 0)")
        block.shortest, block.longest = shortest, longest
        return 0

    cdef size_t fill(self, int which, terms, size_t first_id) except? 0:
        """Build the table of a block's terms; return the id after its last one."""
        cdef Block* block = &self.own.blocks[which]
        cdef int filled
        cdef U8s utf8
        cdef U32s ends, text, lengths
        joined, offsets = terms
        cdef const uint8_t[::1] letters = joined
        cdef const uint32_t[::1] stops = offsets
        utf8.length, ends.length = letters.shape[0], stops.shape[0]
        utf8.items = <uint8_t*> &letters[0] if utf8.length else NULL
        ends.items = <uint32_t*> &stops[0] if ends.length else NULL
        memset(&text, 0, sizeof(text))
        memset(&lengths, 0, sizeof(lengths))
        try:
            if not (REFIT(text, utf8_length(utf8) + 1) and REFIT(lengths, ends.length + 1)) or (
                    which == 0 and not block_make(block, ends.length, text.length)):
                raise MemoryError
            filled = terms_decode(utf8, ends, text, lengths)
            need(filled != BAD_END, "terms that end one after the other, the last where they all do")
            need(filled == DECODED, "terms in UTF-8")
            if which == 0:
                filled = block_fill(block, text.items, lengths.items, ends.length, first_id)
            else:
                self.own.ngrams.first_id = first_id
                filled = ngrams_fill(&self.own.ngrams, text.items, lengths.items, ends.length,
                                     block.shortest, block.longest)
            if filled == NO_MEMORY:
                raise MemoryError
            need(filled != TERM_TWICE, "terms that differ from each other")
            if filled == TOO_MANY_NODES:
                raise ModelError(
                    f"{ends.length} n-grams of characters are too many: the engine numbers them "
                    "and their beginnings up to 2,097,151; train with fewer features or shorter "
                    "n-grams"
                )
        finally:
            RELEASE(text)
            RELEASE(lengths)
        return first_id + ends.length

    cdef int set_weights(self, weights, bias, size_t n_features) except -1:
        cdef Py_ssize_t i
        cdef uint16_t odd = 0
        need(weights.ndim == 2 and weights.shape[0] == n_features and weights.shape[1] > 0
             and weights.flags.c_contiguous, "weights of shape (n_features, n_themes)")
        self.bias = np.ascontiguousarray(bias, np.float32)
        self.own.n_themes = weights.shape[1]
        need(self.bias.shape[0] == weights.shape[1] and np.isfinite(self.bias).all(),
             "one finite bias a theme")
        self.own.bias.items = <float*> &self.bias[0]
        self.own.bias.length = self.bias.shape[0]
        if weights.dtype == np.float16:
            self.half = weights.view(np.uint16)
            self.own.add_halves = best_add_halves()
            if n_features:
                self.own.half.items = <uint16_t*> &self.half[0, 0]
                self.own.half.length = weights.size
            for i in range(<Py_ssize_t> self.own.half.length):  # eight at a time, as it is compiled
                odd |= (self.own.half.items[i] & 0x7C00) == 0x7C00
        else:
            self.single = weights
            if n_features:
                self.own.single.items = <float*> &self.single[0, 0]
                self.own.single.length = weights.size
            for i in range(<Py_ssize_t> self.own.single.length):
                odd |= not isfinite(self.own.single.items[i])
        need(not odd, "finite weights")
        return 0

    cdef Room borrow(self):
        return self.rooms.pop() if self.rooms else Room()

    cdef int give_back(self, Room room, Batch batch) except -1:
        # A room is kept only after success (its counts are zero then) and while it is small.
        if batch.longest <= MANY:
            self.rooms.append(room)
        return 0

    def scores(self, titles, texts):
        """Return the scores of articles, float32 of shape (n_articles, n_themes).

        An article without any feature of the model has scores of minus infinity.

        Parameters
        ----------
        titles : sequence of str or None
        texts : sequence of str
        """
        cdef Batch batch = Batch(titles, texts)
        cdef Room room = self.borrow()
        cdef bint fine
        if not self.own.n_themes:
            raise ModelError("this kernel was made without weights: it has rows, but no scores")
        result = np.empty((batch.count, self.own.n_themes), np.float32)
        cdef float[:, ::1] out = result
        if not batch.count:
            return result
        self.characters.learn_all(batch.text, batch.bounds[2 * batch.count])
        with nogil:
            fine = score_articles(&self.own, &room.work, batch.text, batch.bounds, batch.count,
                                  &out[0, 0])
        if not fine:
            raise MemoryError
        self.give_back(room, batch)
        return result

    def rows(self, titles, texts):
        """Return the features of articles as sparse rows: indptr, indices, values."""
        cdef Batch batch = Batch(titles, texts)
        cdef Room room = self.borrow()
        cdef RowsSoFar rows
        cdef bint fine
        memset(&rows, 0, sizeof(rows))
        indptr = np.zeros(batch.count + 1, np.int64)
        cdef int64_t[::1] ends = indptr
        self.characters.learn_all(batch.text, batch.bounds[2 * batch.count])
        try:
            with nogil:
                fine = row_articles(&self.own, &room.work, batch.text, batch.bounds, batch.count,
                                    &ends[0], &rows)
            if not fine:
                raise MemoryError
            self.give_back(room, batch)
            indices, values = np.empty(rows.count, np.int32), np.empty(rows.count, np.float32)
            copy_out(indices, rows.indices)
            copy_out(values, rows.values)
            return indptr, indices, values
        finally:
            free(rows.indices)
            free(rows.values)

    def occurrences(self, title, text):
        """Say where the features of an article occur.

        Returns
        -------
        int32 array of shape (n_occurrences, 4)
            Feature, part (0: title, 1: text), begin and end in characters of that part.
        """
        cdef Batch batch = Batch([title], [text])
        cdef Room room = self.borrow()
        cdef Occurrences found
        cdef bint fine
        memset(&found, 0, sizeof(found))
        self.characters.learn_all(batch.text, batch.bounds[2])
        try:
            with nogil:
                fine = find_occurrences(&self.own, &room.work, batch.text, batch.bounds[1],
                                        batch.bounds[2], &found)
            if not fine:
                raise MemoryError
            self.give_back(room, batch)
            result = np.empty((found.count, 4), np.int32)
            copy_out(result.reshape(-1), found.items)
            return result
        finally:
            free(found.items)


cdef int copy_out(array, const void* items) except -1:
    cdef uint8_t[::1] out = array.view(np.uint8)
    if out.shape[0]:
        memcpy(&out[0], items, out.shape[0])
    return 0
