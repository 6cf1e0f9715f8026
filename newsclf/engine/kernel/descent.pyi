"""Types of the compiled module."""

import numpy as np
from numpy.typing import NDArray

class LinearDesign:
    def __init__(
        self,
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        values: NDArray[np.float32],
        n_features: int,
        dense: NDArray[np.float32],
        sample_weight: NDArray[np.float32],
    ) -> None: ...
    def solve(
        self,
        own: NDArray[np.float32],
        signs: NDArray[np.int8],
        alpha: NDArray[np.float32],
        tolerance: float,
        passes: int,
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float32], float]: ...
