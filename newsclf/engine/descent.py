"""Linear SVMs by the kernel's coordinate descent: many side by side, from a common start."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.kernel.descent import LinearDesign
from newsclf.engine.svm import FittedSvm, SvmProblem
from newsclf.parallel import in_parallel

__all__ = ["fit"]

_FAR = 1e-2  # from the optimum: not converged
_MAX_ITER = 10_000
_LEAST = 1e-12  # weight of an article, as the kernel's arithmetic goes
_TOGETHER = 6  # passes of all heads together, which leave most articles out of most heads
_WIDE, _NARROW = 24, 8  # machines that the kernel fits side by side


def fit(problem: SvmProblem, jobs: int) -> Iterator[FittedSvm]:
    """Fit all heads together for some passes, then each on all its subsets."""
    n_heads, _, n = problem.signs.shape
    machines = _Machines(problem)
    start = np.zeros((n, n_heads), np.float32)
    for heads in np.split(np.arange(n_heads), range(_WIDE, n_heads, _WIDE)):
        alpha = np.zeros((n, _WIDE), np.float32)
        machines.solve([(k, 0) for k in heads.tolist()], alpha, _TOGETHER)
        start[:, heads] = alpha[:, : len(heads)]
    tasks = ((k, start[:, [k]]) for k in range(n_heads))
    found: Iterator[FittedSvm] = in_parallel(machines.fit, tasks, jobs, threads=True)
    return found


class _Machines:
    """The SVMs of a problem, solved a few at a time; a machine is a head on a subset."""

    def __init__(self, problem: SvmProblem) -> None:
        features, n = problem.features, len(problem.sample_weight)
        self._problem = problem
        self._design = LinearDesign(
            features.indptr.astype(np.int64),
            features.indices.astype(np.int32),
            features.data.astype(np.float32),
            features.shape[1],
            np.hstack([problem.columns, np.ones((n, 1))]).astype(np.float32),
            np.clip(problem.C * problem.sample_weight, _LEAST, None).astype(np.float32),
        )

    def solve(
        self, machines: list[tuple[int, int]], alpha: NDArray[np.float32], passes: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float32], float]:
        """Fit machines side by side, from `alpha` on, which is changed."""
        own, signs = np.zeros(alpha.shape, np.float32), np.zeros(alpha.shape, np.int8)
        for lane, (k, subset) in enumerate(machines):
            own[:, lane] = self._problem.own[:, k] * self._problem.scales[subset, k]
            signs[:, lane] = self._problem.signs[k, subset]
            whole = self._problem.signs[k, 0]
            alpha[:, lane] = _shared_out(alpha[:, lane], signs[:, lane], whole)
        return self._design.solve(own, signs, alpha, self._problem.tolerance, passes)

    def fit(self, k: int, start: NDArray[np.float32]) -> FittedSvm:
        """Fit one head on all subsets."""
        n_subsets = len(self._problem.scales)
        narrow = _NARROW if n_subsets > 1 else 1
        found = []
        for subsets in np.split(np.arange(n_subsets), range(narrow, n_subsets, narrow)):
            alpha = np.zeros((len(start), narrow), np.float32)
            alpha[:, : len(subsets)] = start
            machines = [(k, subset) for subset in subsets.tolist()]
            weights, beside, scores, left = self.solve(machines, alpha, _MAX_ITER)
            if left > _FAR:
                warnings.warn(f"head {k} is {left:.2g} from its optimum", stacklevel=2)
            found.append((weights[:, 0].copy(), beside[:, 0], scores[:, : len(subsets)]))
        weights, beside, _ = found[0]
        scores = np.hstack([scores for *_, scores in found])
        return FittedSvm(weights, beside[:-2], float(beside[-1]), float(beside[-2]), scores)


def _shared_out(
    alpha: NDArray[np.float32], signs: NDArray[np.int8], whole: NDArray[np.int8]
) -> NDArray[np.float32]:
    """Give a solution on all articles to a machine that sees some of them.

    What falls to articles that it does not see, the others of the same class take over: a machine
    that lost more of one class than of the other would start far off.
    """
    shared = np.zeros_like(alpha)
    for sign in (1, -1):
        seen = signs == sign
        total, left = (alpha[x].sum(dtype=np.float64) for x in (whole == sign, seen))
        shared[seen] = alpha[seen] * np.float32(total / left if left > 0 else 1)
    return shared
