"""A time limit on a call in this process, and the global state that a call must not leak.

`time_limit` stops Python code; a loop inside C can only be stopped from another process, by killing.
"""

import _thread
import contextlib
import functools
import random
import signal
import sys
import threading

import numpy as np
import torch


class TimeLimit(BaseException):
    """Raised inside a call that took too long. No `except Exception` catches it."""


@contextlib.contextmanager
def time_limit(seconds):
    """Raise `TimeLimit` in the body after `seconds`, and again every half second should it be swallowed.

    Works in the main thread; in any other the body runs without a limit. Where there is no SIGALRM (Windows)
    a timer interrupts the main thread instead.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "SIGALRM"):

        def ring(signum, frame):
            raise TimeLimit

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01), 0.5)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    else:
        over = threading.Event()

        def ring():
            over.set()
            _thread.interrupt_main()

        timer = threading.Timer(max(seconds, 0.01), ring)
        timer.start()
        try:
            yield
        except KeyboardInterrupt:
            if over.is_set():
                raise TimeLimit from None
            raise
        finally:
            timer.cancel()


class Globals:
    """The global state of torch, numpy and Python that code can change behind one's back.

    `Globals.now()` reads it, `.restore()` puts it back, `Globals.clean(seed)` sets what a check runs under.
    """

    def __init__(self, dtype, grad, recursion, random_states):
        self.dtype, self.grad, self.recursion, self.random_states = dtype, grad, recursion, random_states

    @classmethod
    def now(cls):
        states = (random.getstate(), np.random.get_state(), torch.get_rng_state())
        return cls(torch.get_default_dtype(), torch.is_grad_enabled(), sys.getrecursionlimit(), states)

    def restore(self):
        self.restore_modes()
        random.setstate(self.random_states[0])
        np.random.set_state(self.random_states[1])
        torch.set_rng_state(self.random_states[2])

    def restore_modes(self):
        torch.set_default_dtype(self.dtype)
        torch.set_grad_enabled(self.grad)
        with contextlib.suppress(RecursionError):  # refused only where the stack is deeper than the limit
            sys.setrecursionlimit(self.recursion)

    @staticmethod
    def clean(seed):
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        seed_everything(seed)


def seed_everything(seed: int):
    """Seed Python's, numpy's and torch's global generators."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if _has_gpu():
        torch.manual_seed(seed)
    else:  # that would note down, in a third of the time of a whole call, what to do should CUDA start
        torch.default_generator.manual_seed(seed)


@functools.cache
def _has_gpu():
    return torch.cuda.is_available() or torch.backends.mps.is_available()
