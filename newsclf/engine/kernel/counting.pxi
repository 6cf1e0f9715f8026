# Articles into counts of all their terms, known or not.


cdef class TermCounter:
    """Counts the terms of one block; ids are given in the order in which terms are first met.

    Parameters
    ----------
    cutter : Cutter
    characters : CharacterTable
    block : {"words", "chars"}
    ngrams : (int, int)
    char_runs : {"han", "any"}
    """

    cdef Collector own
    cdef Work work
    cdef Cutter cutter
    cdef CharacterTable characters
    cdef list ends
    cdef bint broken

    def __cinit__(self, Cutter cutter not None, CharacterTable characters not None, block, ngrams,
                  char_runs="han"):
        shortest, longest = ngrams
        need(1 <= shortest <= longest <= 64, "n-grams from 1 to 64")
        self.cutter, self.characters = cutter, characters
        self.own.which = ("words", "chars").index(block)
        self.own.model.dictionary, self.own.model.characters = &cutter.own, &characters.own
        self.own.model.blocks[self.own.which].shortest = shortest
        self.own.model.blocks[self.own.which].longest = longest
        self.own.model.blocks[1].any = ("han", "any").index(char_runs)
        if not block_make(&self.own.model.blocks[self.own.which], 1024, 0):
            raise MemoryError
        self.ends = [np.zeros(1, np.int64)]

    def __dealloc__(self):
        collector_free(&self.own)
        work_free(&self.work)

    def add(self, titles, texts):
        """Count the terms of articles; each becomes a row."""
        cdef Batch batch = Batch(titles, texts)
        cdef bint fine
        if not batch.count:
            return
        ends = np.empty(batch.count, np.int64)
        cdef int64_t[::1] out = ends
        self.characters.learn_all(batch.text, batch.bounds[2 * batch.count])
        if self.broken:
            raise MemoryError
        self.broken = True  # until all rows are there; also keeps a second thread out
        with nogil:
            fine = collect_articles(&self.own, &self.work, batch.text, batch.bounds, batch.count,
                                    &out[0])
        if not fine:
            raise MemoryError
        self.broken = False
        self.ends.append(ends)

    def take(self):
        """Return the rows since the last call, and forget them: indptr, indices, counts."""
        indices = np.empty(self.own.n_entries, np.int32)
        counts = np.empty(self.own.n_entries, np.int32)
        copy_out(indices, self.own.indices)
        copy_out(counts, self.own.counts)
        indptr = np.concatenate(self.ends)
        self.own.n_entries = 0
        self.ends = [np.zeros(1, np.int64)]
        return indptr, indices, counts

    def terms(self, ids=None):
        """Return the terms with these ids, an int64 array, or all of them in order."""
        ids = np.arange(self.own.count) if ids is None else ids
        cdef const int64_t[::1] wanted = ids
        cdef Py_ssize_t i
        cdef size_t at = 0, start = 0
        for i in range(wanted.shape[0]):
            need(0 <= wanted[i] < <int64_t> self.own.count, "ids of terms that there are")
        room = 3 * len(ids) + self.own.model.blocks[self.own.which].used
        letters = np.empty(room, np.uint32)
        ends = np.empty(len(ids), np.int64)
        cdef uint32_t[::1] out = letters
        cdef int64_t[::1] stops = ends
        for i in range(wanted.shape[0]):
            at += collected_letters(&self.own, wanted[i], &out[at])
            stops[i] = at
        codec = f"utf-32-{sys.byteorder[0]}e"
        joined = letters[:at].tobytes().decode(codec, "surrogatepass")
        found = []
        for i in range(wanted.shape[0]):
            found.append(PyUnicode_Substring(joined, start, stops[i]))
            start = stops[i]
        return found
