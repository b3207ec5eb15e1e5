"""The sentences for what goes wrong before a check has anything of its own to say.

One place for all labs: not written yet, wrong signature, `return` forgotten, printed instead of returned, wrong type,
nan, another device, an argument changed in place, a time limit, and the hint that fits an error.
"""

import builtins
import re
from pathlib import Path

from .without import CALLS

# (type name or None, pattern in its message, hint). The first that fits is shown.
_HINTS = [
    ("NameError", r"name '(\w+)' is not defined", "Did you run the cell that defines `{0}`? After a restart, use Run > Run All Above Selected Cell."),
    ("UnboundLocalError", r"'(\w+)'", "`{0}` is used before the line that sets it, on some path through your code."),
    ("TypeError", r"NoneType", "Something is None here. A function without `return` gives None."),
    ("TypeError", r"not subscriptable", "You index something that has no parts. Print its type on the line before."),
    ("TypeError", r"takes (?:from \d+ to )?(\d+) positional arguments? but", "That call hands over more by position than it takes: name the arguments as the statement does, `name=value`."),
    ("TypeError", r"unexpected keyword argument '(\w+)'", "There is no argument called `{0}` there; look at the signature you call."),
    ("RuntimeError", r"must match the size of tensor", "Two shapes do not broadcast. Write the shape of each tensor next to its line."),
    ("RuntimeError", r"mat1 and mat2 shapes", "The inner sizes of a matrix product differ. Write the shape of each factor next to the line."),
    ("RuntimeError", r"expected scalar type|same dtype|but found", "Two dtypes meet. Make constants with the dtype of the input, or by `torch.zeros_like`."),
    ("RuntimeError", r"same device", "Tensors from two devices meet. Make new ones with `device=input.device`."),
    ("RuntimeError", r"[Ii]nference tensor", "What comes out of `torch.inference_mode` can never be part of a graph, not even as the input of a layer that learns. `torch.no_grad` is milder."),
    ("RuntimeError", r"does not require grad", "Nothing that goes into it asks for a gradient: was it worked out under `torch.no_grad`, or detached, or does what you differentiate by lack `requires_grad=True`?"),
    ("RuntimeError", r"leaf Variable that requires grad.*in-place", "A parameter is changed in place while a graph is built: do it under `torch.no_grad()`."),
    ("RuntimeError", r"in-place operation", "An in-place operation overwrites what the gradient needs. Use an operation that makes a new tensor."),
    ("RuntimeError", r"can't allocate memory|out of memory", "The memory is used up. Which tensor is larger than it has to be?"),
    ("RuntimeError", r"[Mm]issing key|[Uu]nexpected key|size mismatch for", "The names and shapes that `__init__` sets are part of the exercise; keep those of the stub."),
    ("IndexError", r"index out of range in self", "A number that is looked up in a table of vectors is negative, or as large as the table or larger."),
    ("IndexError", r"(Target|index) -100 is out of bounds", "−100 is no id: it says that a place has no label, and is left out before anything is looked up."),
    ("IndexError", r"Dimension out of range", "The tensor has fewer axes than that. Count them from the end: the last is -1, the one before -2."),
    ("IndexError", r"out of (range|bounds)", "An index runs past the end. Is something empty? Look at the first and the last step of a loop, too."),
    ("KeyError", r".", "The key is not in the dictionary. Where would an unknown one come from?"),
    ("ZeroDivisionError", r".", "You divide by zero. What is empty, or has nothing in common?"),
    ("RecursionError", r".", "The function calls itself without end."),
    ("AttributeError", r"'NoneType'", "Something is None here. A function without `return` gives None."),
    ("AttributeError", r"'tuple' object has no attribute", "A tuple stands where one thing is meant. Some calls return several, as `nn.LSTM` does (states, and what is left at the end); take the one you need."),
    ("AttributeError", r"has no attribute '(\w+)'", "Is `{0}` set in `__init__`, and called after `super().__init__()`?"),
    ("NotImplementedError", r"missing the required \"forward\"", "Your class has no method called `forward`, at the right indentation."),
    ("NotImplementedError", r"not implemented for '(\w+)'", "Torch does not do this with {0} tensors; make them floating-point first, with `.float()`."),
    ("TypeError", r"unhashable type: 'list'", "A list cannot be counted or be a key. Is it a list of lists, one level deeper than you think?"),
    ("TypeError", r"only one element tensors|only length-1", "A function of `math` takes one number; for a tensor use torch's own (`torch.sqrt`, `torch.log`)."),
    ("RuntimeError", r"Boolean value of Tensor", "An `if` or `==` met a whole tensor. `torch.equal` compares two as a whole; `.all()` and `.any()` make one answer of many."),
    ("ValueError", r"too many dimensions 'str'", "Words stand where numbers should: turn them into ids first, the padding too."),
    ("SystemExit", r"", "A function must not call exit()."),
]  # fmt: skip


def hint(kind: str, message: str, own=None) -> str:
    """The hint that fits an exception, or an empty string. kind: the exception type's name; own: whether a word is one that
    may be repeated (None: every one)."""
    for name, pattern, text in _HINTS:
        if name == kind and (found := re.search(pattern, message)):
            words = found.groups("")
            return text.format(*words) if own is None or all(map(own, words)) else ""
    return ""


class Words:
    """The words that a verdict on hidden cases may repeat of what a student's process says: those of the student's own
    notebook, of Python's builtins and of this package's own messages. Anything else could be a hidden input in disguise: the
    name of an exception, of a function, a line that is in no cell."""

    def __init__(self, sources):
        """sources: the texts of the notebook's cells."""
        folder = Path(__file__).parent
        ours = " ".join((folder / f"{name}.py").read_text(encoding="utf-8") for name in ("wire", "sentences"))
        bind = "missing a required keyword only argument too many positional arguments got an unexpected multiple values for"
        self.words = set(
            re.findall(r"\w+", f"{ours} {bind} {' '.join(dir(builtins))} Parameter {' '.join(sources)}")
        )
        self.lines = {line.strip()[:200] for source in sources for line in source.splitlines()}

    def __call__(self, text: str) -> bool:
        """Whether each word of a text may be repeated."""
        return all(word in self.words for word in re.findall(r"\w+", text))

    def clean(self, error: dict) -> dict:
        """An error as the probe describes it, with nothing in it that may not be repeated."""
        out = {**error, "own": self}
        if not self(out["type"]):
            out["type"] = "An exception of your own"
        if out["kind"] in ("signature", "unsendable") and not self(out["message"]):
            out["message"] = "something" if out["kind"] == "unsendable" else "its arguments do not fit"
        if not self(out.get("signature", "")):
            out["signature"] = "another one"
        out["frames"] = [
            f
            for f in error["frames"]
            if f["text"] in self.lines and self(f["name"]) and self(f["owner"]) and f["line"].isdecimal()
        ]
        return out


def seconds(number: float) -> str:
    """A length of time in words: "1 second", "0.99 seconds"."""
    said = f"{number:.2g}" if number < 10 else f"{number:.0f}"
    return f"{said} second{'' if said == '1' else 's'}"


def describe(value) -> str:
    """What a value is, in a few words: its type and size, never its numbers."""
    kind = type(value).__name__
    if value is None:
        return "None"
    if kind in ("Tensor", "ndarray"):
        shape = tuple(value.shape)
        return f"{'a tensor' if kind == 'Tensor' else 'a numpy array'} of shape {shape}"
    if kind in ("list", "tuple", "dict", "set", "str"):
        return f"a {kind} of length {len(value)}"
    if kind == "Handle":
        return f"an object of type {value.type}"
    if kind == "Drained":  # what has come of it
        return "a generator"
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def type_words(types) -> str:
    """`(list, Tensor)` as "a list or a tensor"."""
    words = {
        "Tensor": "a tensor",
        "int": "a whole number",
        "float": "a number",
        "str": "a string",
        "bool": "True or False",
    }
    return " or ".join(words.get(t.__name__, f"a {t.__name__}") for t in types)


def of_error(name: str, error: dict, secret: bool) -> str:
    """The sentence for an error that the probe reported.

    name: the exercise. secret: hide the exception's message, since it may quote a hidden input.
    """
    kind = error["kind"]
    if kind == "missing":
        owner = error["frames"][-1]["owner"] if error["frames"] else name
        by = f"{name} calls `{owner}`, which" if owner.isidentifier() and owner != name else name
        return f"{by} is not written yet."
    if kind == "signature":
        return (
            f"{name} cannot be called as the statement says: {error['message']}. "
            f"Its signature is {error['signature']}; keep the one of the stub."
        )
    if kind == "time-limit":
        return (
            f"{name} was stopped after {seconds(error['limit'])}. Is there a loop that does not end, "
            "or a Python loop over what one tensor operation could do? Or is the computer busy with something else?"
        )
    if kind == "library":
        called = f"`{error['message']}`" if error["message"] in CALLS else "a library"
        return f"{name} calls {called}, and this exercise is to do without it: write out what it does."
    if kind == "unsendable":
        return f"{name} returned, or holds, {error['message']}, which a check cannot look at."
    if kind == "lost":
        return f"The kernel died while {name} ran."
    if kind == "memory-limit":
        return (
            f"{name} used more memory than a submission may have, and was stopped. "
            "Which tensor or list grows without end, or is larger than it has to be?"
        )
    where = ""
    if error["frames"]:
        last = error["frames"][-1]
        where = f" in line {last['line']} of `{last['name']}`: `{last['text']}`"
    said = (
        ""
        if secret or not error["message"].strip()
        else f" {error['message'].strip().splitlines()[0].rstrip('.:')}."
    )
    advice = hint(error["type"], error["message"], error.get("own"))
    return f"{error['type']}{where}.{said}{' ' + advice if advice else ''}"


def of_value(name, record, returns, finite):
    """The sentence for a returned value that no check can use, or an empty string."""
    value = record.value
    if record.changed:
        what = " and ".join(f"`{c}`" for c in record.changed)
        many = len(record.changed) > 1
        return f"{name} changed its argument{'s' * many} {what} in place. The caller still needs {'them' if many else 'it'}: work on a copy, or use an operation without a trailing underscore."
    if returns and value is None:
        if record.stdout.strip():
            return f"{name} prints its result but returns None. Put `return` where `print` is."
        return f"{name} returned None. Is the `return` line missing, or inside an `if` that was not taken?"
    if returns and not _fits(value, returns):
        return f"{name} should return {type_words(returns)}; yours returned {describe(value)}."
    if _goes_on(value):
        return f"{name} returned a generator that had not come to its end where nobody would read on. Does its loop end? Return a list."
    if type(value).__name__ == "Handle":
        return ""
    device = getattr(value, "far_device", None)
    if device:
        return f"{name} was given tensors on the CPU and returned one on {device}. Make new tensors with `device=input.device`."
    if finite and _has_nan(value):
        return f"{name} returned nan. Look for 0 / 0, log of 0, inf - inf, or a softmax over nothing."
    return ""


def _goes_on(value):
    """Whether a generator without end, or a much too long one, stands somewhere in a value. One that nobody read at all (`take=0`) is the check's to judge."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return any(map(_goes_on, value))
    return type(value).__name__ == "Drained" and bool(value.items)


def _fits(value, returns):
    if type(value).__name__ == "Drained":
        return list in returns
    number = isinstance(value, (int, float)) or (type(value).__name__ == "Tensor" and value.numel() == 1)
    return any(
        isinstance(value, t) or (t is float and number and not isinstance(value, bool)) for t in returns
    )


def _has_nan(value):
    if isinstance(value, float):
        return value != value
    if type(value).__name__ == "Tensor":
        return bool(value.is_floating_point() and value.isnan().any())
    return isinstance(value, (list, tuple)) and len(value) <= 10_000 and any(_has_nan(v) for v in value)
