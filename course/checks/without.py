"""Library calls that an exercise asks to do without: noticed where they happen, whatever name they were imported under.

    @lab.check(points=4, without=("F.scaled_dot_product_attention", "course.masks"))
    def scaled_dot_product_attention(student): ...

A student who hides such a call gains a library's answer and nothing else: what is judged is what comes back.
"""

import contextlib
import sys

# What a statement calls it: the beginnings of the full names under which Python meets it.
CALLS = {
    "F.scaled_dot_product_attention": ("torch._C._nn.scaled_dot_product_attention",),
    "nn.MultiheadAttention": (
        "torch.nn.modules.activation.MultiheadAttention",
        "torch.nn.functional.multi_head_attention_forward",
    ),
    "nn.TransformerEncoderLayer": ("torch.nn.modules.transformer.TransformerEncoderLayer",),
    "course.masks": ("course.masks",),
    "course.widgets": ("course.widgets",),
    "tokenizers": ("tokenizers",),
    "torch.nn": ("torch.nn.modules",),
    "transformers": ("transformers",),
}


class LibraryCall(BaseException):
    """Raised in the student's code at such a call. No `except Exception` catches it."""


@contextlib.contextmanager
def without(names):
    """Raise `LibraryCall`, with the name as in `CALLS`, in the body at the first such call, and again at its end if it was swallowed.

    In this thread. What watched calls before (a profiler) pauses.
    """
    if not names:
        yield
        return
    watched = [(start, name) for name in names for start in CALLS[name]]
    met = []

    def look(frame, event, called):
        if event == "call":
            full = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
        elif event == "c_call":
            # a method of a class that is not written in Python knows its object, and no module
            module = getattr(called, "__module__", None) or type(getattr(called, "__self__", None)).__module__
            full = f"{module}.{getattr(called, '__qualname__', '')}"
        else:
            return
        for start, name in watched:
            if full == start or full.startswith(start + "."):
                met.append(name)
                raise LibraryCall(name)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)
        if met:
            raise LibraryCall(met[0])
