# cython: language_level=3
"""Linear SVMs over features and dense columns, for training."""

from newsclf.engine.kernel.arrays cimport REFIT, RELEASE, VIEW, expect

from libc.string cimport memset

import numpy as np

__all__ = ["LinearDesign"]


cdef class LinearDesign:
    """Rows that linear machines learn from: sparse features, and dense columns beside them.

    Parameters
    ----------
    indptr, indices, values : int64, int32 and float32 arrays
        Sparse rows.
    n_features : int
    dense : float32 array of shape (n_rows, n_dense)
        A column of ones makes a bias of its coefficient.
    sample_weight : float32 array of shape (n_rows,)
        What each row counts for, times C; from 1e-30 to 1e30.

    Raises
    ------
    InputError
        The arrays do not fit each other.
    """

    def __cinit__(self, indptr, indices, values, size_t n_features, dense, sample_weight):
        cdef size_t i, n_rows = len(sample_weight)
        cdef bint fine = True
        cdef Buffer buffer
        self.held = []
        expect(0 < n_rows < 2**32 - 1 and indptr.shape == (n_rows + 1,) and dense.ndim == 2
               and dense.shape[0] == n_rows, "one row of features, columns and weights an article",
               of="training")
        expect(indices.ndim == 1 and indices.shape == values.shape, "as many values as indices",
               of="training")
        self.own.n_rows, self.own.n_features = n_rows, n_features
        self.own.n_dense = dense.shape[1]
        buffer = self.hold(indptr, "i8")
        VIEW(self.own.indptr, buffer.items, buffer.length)
        buffer = self.hold(indices, "i4")
        VIEW(self.own.indices, buffer.items, buffer.length)
        buffer = self.hold(values, "f4")
        VIEW(self.own.values, buffer.items, buffer.length)
        buffer = self.hold(dense, "f4")
        VIEW(self.own.dense, buffer.items, buffer.length)
        buffer = self.hold(sample_weight, "f4")
        VIEW(self.own.sample_weight, buffer.items, buffer.length)
        for i in range(n_rows):
            fine &= self.own.indptr.items[i] <= self.own.indptr.items[i + 1]
        expect(fine and indptr[0] == 0 and indptr[n_rows] == len(indices), "offsets that rise",
               of="training")
        for i in range(n_rows):
            fine &= 1e-30 < self.own.sample_weight.items[i] < 1e30
        expect(fine, "weights times C from 1e-30 to 1e30", of="training")
        for i in range(self.own.indices.length):
            fine &= 0 <= self.own.indices.items[i] < <int64_t> n_features
        expect(fine and np.isfinite(values).all() and np.isfinite(dense).all(),
               "finite values of features that there are", of="training")
        if not REFIT(self.own.squares, n_rows):
            raise MemoryError
        square_rows(&self.own)

    def __dealloc__(self):
        RELEASE(self.own.squares)

    cdef Buffer hold(self, array, str kind):
        buffer = Buffer(array, kind)
        self.held.append(buffer)
        return buffer

    def solve(self, own, signs, alpha, double tolerance, size_t passes):
        """Fit 1, 8 or 24 machines with squared hinge loss, side by side.

        Parameters
        ----------
        own : float32 array of shape (n_rows, n_machines)
            One more column a machine.
        signs : int8 array of shape (n_rows, n_machines)
            1 or -1; 0 leaves a row out of a machine.
        alpha : float32 array of shape (n_rows, n_machines)
            Where to start, at or above 0; becomes the dual solution.
        tolerance : float
            Largest projected gradient minus smallest one, as in liblinear.
        passes : int
            At most so many over the rows.

        Returns
        -------
        weights : float32 array of shape (n_features, n_machines)
        beside : float64 array of shape (n_dense + 1, n_machines)
            Coefficients of the dense columns and, last, of the machine's own.
        scores : float32 array of shape (n_rows, n_machines)
        left : float
            How far from the optimum the last look at all rows found it: more than `tolerance` after
            too many passes, or where single precision tells no more.

        Raises
        ------
        InputError
            The arrays do not fit the rows.
        """
        cdef Machines machines
        cdef Descent descent
        cdef float left
        lanes = own.shape[1]
        shape = (self.own.n_rows, lanes)
        expect(lanes in (1, LANES, 3 * LANES) and own.shape == shape and signs.shape == shape
               and alpha.shape == shape, "1, 8 or 24 machines over these rows", of="training")
        expect(np.isfinite(own).all() and np.isfinite(alpha).all() and (alpha >= 0).all()
               and (signs >= -1).all() and (signs <= 1).all() and not alpha[signs == 0].any(),
               "finite columns, signs of -1, 0 or 1, and a start at 0 or above where there is a "
               "sign", of="training")
        weights = np.zeros((self.own.n_features, lanes), np.float32)
        beside = np.zeros((self.own.n_dense + 1, lanes))
        scores = np.empty(shape, np.float32)
        cdef Buffer owns = Buffer(own, "f4")
        cdef Buffer marks = Buffer(signs, "i1")
        cdef Buffer start = Buffer(alpha, "f4", True)
        cdef Buffer heavy = Buffer(weights, "f4", True)
        cdef Buffer light = Buffer(beside, "f8", True)
        cdef Buffer out = Buffer(scores, "f4", True)
        machines.lanes = lanes
        VIEW(machines.own, owns.items, owns.length)
        VIEW(machines.signs, marks.items, marks.length)
        VIEW(machines.alpha, start.items, start.length)
        VIEW(machines.weights, heavy.items, heavy.length)
        VIEW(machines.beside, light.items, light.length)
        memset(&descent, 0, sizeof(descent))
        descent.random = 1
        try:
            if not (REFIT(descent.rows, self.own.n_rows) and
                    REFIT(descent.asleep, machines.alpha.length)):
                raise MemoryError
            with nogil:
                left = descend(&self.own, &machines, &descent, tolerance, passes,
                               <float*> out.items)
        finally:
            RELEASE(descent.rows)
            RELEASE(descent.asleep)
        return weights, beside, scores, left
