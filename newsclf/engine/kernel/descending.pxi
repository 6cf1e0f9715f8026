# Linear SVMs over features and dense columns, for training.


cdef class LinearDesign:
    """Rows that linear machines learn from: sparse features, and dense columns beside them.

    Parameters
    ----------
    indptr, indices, values : int64, int32 and float32 arrays
        Sparse rows.
    n_features : int
    dense : float32 array of shape (n_rows, n_dense)
        A column of ones makes a bias of its coefficient.
    cost : float32 array of shape (n_rows,)
        What each row counts for, above 1e-30.
    """

    cdef Design own
    cdef const int64_t[::1] indptr
    cdef const int32_t[::1] indices
    cdef const float[::1] values
    cdef const float[:, ::1] dense
    cdef const float[::1] cost

    def __cinit__(self, indptr, indices, values, size_t n_features, dense, cost):
        cdef size_t i, n_rows = len(cost)
        cdef bint fine
        need(n_rows < 2**32 - 1 and indptr.shape == (n_rows + 1,) and dense.shape[0] == n_rows
             and n_rows > 0, "one row of features, columns and cost an article")
        need(indices.shape == values.shape, "as many values as indices")
        self.indptr, self.indices, self.values = indptr, indices, values
        self.dense, self.cost = dense, cost
        fine = indptr[0] == 0 and indptr[n_rows] == len(indices)
        for i in range(n_rows):
            fine &= self.indptr[i] <= self.indptr[i + 1]
            fine &= 1e-30 < self.cost[i] < 1e30
        need(fine, "offsets that rise, and costs above 0")
        for i in range(<size_t> self.indices.shape[0]):
            fine &= 0 <= self.indices[i] < <int64_t> n_features
        need(fine and np.isfinite(values).all() and np.isfinite(dense).all(),
             "finite values of features that there are")
        self.own.n_rows, self.own.n_features = n_rows, n_features
        self.own.n_dense = self.dense.shape[1]
        self.own.indptr.items, self.own.indptr.length = &self.indptr[0], n_rows + 1
        if len(indices):
            self.own.indices.items, self.own.indices.length = &self.indices[0], len(indices)
            self.own.values.items, self.own.values.length = &self.values[0], len(values)
        if self.own.n_dense:
            self.own.dense.items, self.own.dense.length = &self.dense[0, 0], dense.size
        self.own.cost.items, self.own.cost.length = &self.cost[0], n_rows
        if not REFIT(self.own.squares, n_rows):
            raise MemoryError
        square_rows(&self.own)

    def __dealloc__(self):
        RELEASE(self.own.squares)

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
        """
        cdef Machines machines
        cdef Descent descent
        cdef float left
        cdef const float[:, ::1] owns = own
        cdef const int8_t[:, ::1] marks = signs
        cdef float[:, ::1] start = alpha
        lanes = own.shape[1]
        shape = (self.own.n_rows, lanes)
        need(lanes in (1, LANES, 3 * LANES) and own.shape == shape and signs.shape == shape
             and alpha.shape == shape, "1, 8 or 24 machines over these rows")
        need(np.isfinite(own).all() and np.isfinite(alpha).all() and (alpha >= 0).all()
             and (np.abs(signs) <= 1).all() and not alpha[signs == 0].any(),
             "finite columns, signs of -1, 0 or 1, and a start at 0 or above where there is a sign")
        weights = np.zeros((self.own.n_features, lanes), np.float32)
        beside = np.zeros((self.own.n_dense + 1, lanes))
        scores = np.empty(shape, np.float32)
        cdef float[:, ::1] heavy = weights
        cdef double[:, ::1] light = beside
        cdef float[:, ::1] out = scores
        machines.lanes = lanes
        machines.own.items, machines.own.length = &owns[0, 0], own.size
        machines.signs.items, machines.signs.length = &marks[0, 0], own.size
        machines.alpha.items, machines.alpha.length = &start[0, 0], own.size
        machines.weights.items, machines.weights.length = NULL, weights.size
        if weights.size:
            machines.weights.items = &heavy[0, 0]
        machines.beside.items, machines.beside.length = &light[0, 0], beside.size
        memset(&descent, 0, sizeof(descent))
        descent.random = 1
        try:
            if not (REFIT(descent.rows, self.own.n_rows) and
                    REFIT(descent.asleep, machines.alpha.length)):
                raise MemoryError
            with nogil:
                left = descend(&self.own, &machines, &descent, tolerance, passes, &out[0, 0])
        finally:
            RELEASE(descent.rows)
            RELEASE(descent.asleep)
        return weights, beside, scores, left
