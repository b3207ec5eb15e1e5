"""Attention masks by name, each one line of arithmetic, and what `and`, `or` and `not` make of them.

    mask = causal() & padding(5)
    mask.array(6)                  # bool (query, key), True = may attend
    str(mask)                      # "causal and padding(5)"
    read("causal and padding(5)")  # the same mask again

A rule's formula says for a query's place `q` and a key's place `k`, counted from 0, whether the query may attend to the
key. It is read by NumPy, by torch and by flex-attention as it stands, and by the mask explorer's JavaScript as a tree
(`tree`): there is no second definition anywhere.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST = 1024  # tokens


@dataclass(frozen=True)
class Number:
    """A number that a rule takes: the least, the most that makes sense for n tokens, and what one begins with (formulas of n)."""

    name: str
    low: int
    high: str
    usual: str
    label: str


@dataclass(frozen=True)
class Places:
    """Numbers that a rule takes as one list, and the table of one number a token that its formula looks up.

    kind: "groups" of so many tokens each (the last goes on to the end); "flags": 1 for those places; "ranks": whose turn it
    is in that order (places that it leaves out come last, as they stand).
    """

    name: str
    kind: str
    table: str
    label: str

    def looked_up(self, value: tuple[int, ...], n: int) -> np.ndarray:
        """int64 (token,)."""
        if self.kind == "groups":
            return np.searchsorted(np.cumsum(value)[:-1], np.arange(n), side="right")
        if self.kind == "flags":
            return np.isin(np.arange(n), value).astype(np.int64)
        order = [place for place in value if place < n]
        order += [place for place in range(n) if place not in set(order)]
        return np.argsort(order)


@dataclass(frozen=True)
class Rule:
    """A mask by name: `formula` over q, k, its numbers and its table; `blocks` says why a key is out of sight."""

    name: str
    title: str
    formula: str
    blocks: str
    numbers: tuple[Number, ...] = ()
    places: Places | None = None

    @property
    def takes(self) -> tuple[str, ...]:
        return tuple(number.name for number in self.numbers) + ((self.places.name,) if self.places else ())

    def described(self) -> dict[str, Any]:
        """All of it as plain data, formulas as trees: what the explorer's JavaScript works with."""
        numbers = [
            {"name": x.name, "low": x.low, "high": tree(x.high), "usual": tree(x.usual), "label": x.label}
            for x in self.numbers
        ]
        places = self.places and {
            "name": self.places.name,
            "kind": self.places.kind,
            "table": self.places.table,
            "label": self.places.label,
        }
        return {
            "title": self.title, "formula": self.formula, "tree": tree(self.formula), "blocks": self.blocks, "numbers": numbers,
            "places": places,
        }  # fmt: skip


_RADIUS = Number("radius", 0, "n - 1", "2", "tokens on each side")

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("fully_visible", "Fully visible (BERT)", "(q >= 0) & (k >= 0)", "nothing is hidden"),
        Rule("causal", "Causal (GPT)", "k <= q", "the key comes later"),
        Rule(
            "prefix_lm", "Prefix LM (T5's third architecture)", "(k <= q) | (k < prefix)", "the key comes later and is not in the prefix",
            (Number("prefix", 0, "n", "n // 2", "tokens in the prefix"),),
        ),
        Rule(
            "encoder_decoder", "Encoder and decoder (T5)", "(k < source) | ((q >= source) & (k <= q))",
            "an encoder never sees the decoder, and a decoder's query no later token",
            (Number("source", 1, "n - 1", "n // 2", "tokens of the source"),),
        ),
        Rule("padding", "Padding", "k < length", "the key is padding", (Number("length", 0, "n", "n - 1 - n // 6", "real tokens"),)),
        Rule(
            "segments", "Segments, documents", "segment[q] == segment[k]", "the key is in another segment", (),
            Places("lengths", "groups", "segment", "tokens in each segment"),
        ),
        Rule("sliding_window", "Sliding window (Longformer)", "abs(q - k) <= radius", "the key is further away than the window reaches", (_RADIUS,)),
        Rule(
            "dilated_window", "Dilated window", "(abs(q - k) <= radius * step) & ((q - k) % step == 0)", "the key falls between the window's places or beyond them",
            (_RADIUS, Number("step", 1, "n", "2", "places from one to the next")),
        ),
        Rule(
            "global_tokens", "Global tokens", "(is_global[q] == 1) | (is_global[k] == 1)", "neither of the two is global", (),
            Places("places", "flags", "is_global", "places of the global tokens"),
        ),
        Rule(
            "permutation", "Permutation (XLNet)", "rank[k] <= rank[q]", "the key's turn comes later in this order", (),
            Places("order", "ranks", "rank", "places in the order of their turns"),
        ),
        Rule(
            "cbow_window", "CBOW's window", "(abs(q - k) <= radius) & (q != k)", "the key is outside the window, or the word itself that CBOW guesses", (_RADIUS,),
        ),
        Rule("elmo_forward", "ELMo, from left to right", "k <= q", "this half has not read so far"),
        Rule("elmo_backward", "ELMo, from right to left", "k >= q", "this half has read the text from its end, and not so far"),
    )
}  # fmt: skip


# --- masks -----------------------------------------------------------------------------------------------------------------
class Mask:
    """A rule with its values, or masks joined. `&`, `|` and `~` make new ones."""

    def array(self, n: int) -> np.ndarray:
        """bool (query, key), n by n; True = may attend. ValueError for a number of tokens that there cannot be."""
        if not 0 <= n <= MOST:
            raise ValueError(f"A mask is made for 0 to {MOST:,} tokens; you asked for {n:,}.")
        place = np.arange(n)
        return np.broadcast_to(self._bits(place[:, None], place[None, :], n), (n, n)).copy()

    def _bits(self, q: np.ndarray, k: np.ndarray, n: int) -> np.ndarray:
        raise NotImplementedError

    def parts(self) -> Iterator["Named"]:
        """The named masks in it, from left to right."""
        raise NotImplementedError

    def state(self) -> list:
        """Nested lists, for JSON; `from_state` reads them."""
        raise NotImplementedError

    def __and__(self, other: "Mask") -> "Mask":
        return Joined("and", self, other)

    def __or__(self, other: "Mask") -> "Mask":
        return Joined("or", self, other)

    def __invert__(self) -> "Mask":
        return Not(self)


@dataclass(frozen=True)
class Named(Mask):
    """A rule and its values, in the order of `Rule.takes`."""

    rule: Rule
    values: tuple[Any, ...] = ()

    def _bits(self, q, k, n):
        return eval(
            _compiled(self.rule.formula), {"__builtins__": {"abs": abs}}, self.names(n) | {"q": q, "k": k}
        )

    def names(self, n: int) -> dict[str, Any]:
        """What the formula calls by name, other than q and k: its numbers, and its table for n tokens."""
        out = dict(zip(self.rule.takes, self.values, strict=True))
        if places := self.rule.places:
            out[places.table] = places.looked_up(out.pop(places.name), n)
        return out

    def parts(self):
        yield self

    def state(self):
        return [
            self.rule.name,
            *(list(value) if isinstance(value, tuple) else value for value in self.values),
        ]

    def __str__(self):
        inside = ", ".join(
            str(v) for value in self.values for v in (value if isinstance(value, tuple) else (value,))
        )
        return f"{self.rule.name}({inside})" if self.values else self.rule.name


@dataclass(frozen=True)
class Joined(Mask):
    """Two masks and "and" or "or" between them."""

    word: str
    one: Mask
    two: Mask

    def _bits(self, q, k, n):
        one, two = self.one._bits(q, k, n), self.two._bits(q, k, n)
        return one & two if self.word == "and" else one | two

    def parts(self):
        yield from self.one.parts()
        yield from self.two.parts()

    def state(self):
        return [self.word, self.one.state(), self.two.state()]

    def __str__(self):
        def inner(mask: Mask) -> str:
            return f"({mask})" if isinstance(mask, Joined) and mask.word != self.word else str(mask)

        # a joined mask on the right keeps its brackets: that is how it was made
        right = f"({self.two})" if isinstance(self.two, Joined) else str(self.two)
        return f"{inner(self.one)} {self.word} {right}"


@dataclass(frozen=True)
class Not(Mask):
    """What another mask blocks."""

    mask: Mask

    def _bits(self, q, k, n):
        return ~self.mask._bits(q, k, n)

    def parts(self):
        yield from self.mask.parts()

    def state(self):
        return ["not", self.mask.state()]

    def __str__(self):
        return f"not ({self.mask})" if isinstance(self.mask, Joined) else f"not {self.mask}"


def named(name: str, *values: Any) -> Named:
    """A mask of that rule. ValueError where there is no such rule, or its values are not whole numbers in their limits."""
    rule = RULES.get(name)
    if rule is None:
        raise ValueError(f"There is no mask {name!r}; there are {', '.join(RULES)}.")
    if rule.places:
        if len(values) == 1 and isinstance(values[0], (list, tuple)):
            values = tuple(values[0])
        return Named(rule, (_places(rule, values),))
    if len(values) != len(rule.numbers):
        wanted = ", ".join(rule.takes) or "nothing"
        raise ValueError(f"{name} takes {wanted}; you gave {len(values)} value{'s' * (len(values) != 1)}.")
    for number, value in zip(rule.numbers, values, strict=True):
        if not _whole(value) or not number.low <= value <= MOST:
            raise ValueError(
                f"{name}: {number.name} is a whole number from {number.low} to {MOST}; you gave {value!r}."
            )
    return Named(rule, tuple(int(value) for value in values))


def _places(rule: Rule, values: tuple[Any, ...]) -> tuple[int, ...]:
    places = rule.places
    low = 1 if places.kind == "groups" else 0
    if not all(_whole(value) and low <= value <= MOST for value in values) or len(values) > MOST:
        raise ValueError(
            f"{rule.name} takes {places.label}, whole numbers from {low} to {MOST}; you gave {values!r}."
        )
    if places.kind == "groups" and not values:
        raise ValueError(f"{rule.name} takes {places.label}: at least one.")
    if places.kind == "ranks" and len(set(values)) < len(values):
        raise ValueError(f"{rule.name}: each place has one turn; {values!r} has one of them twice.")
    return tuple(int(value) for value in values)


def _whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))


def from_state(state: Any) -> Mask:
    """A mask from the nested lists of `Mask.state`, whoever wrote them. ValueError where they are none."""
    return _from_state(state, depth=0)


def _from_state(state: Any, depth: int) -> Mask:
    if depth > 40 or not isinstance(state, (list, tuple)) or not state or not isinstance(state[0], str):
        raise ValueError(f"This is no mask: {str(state)[:80]}.")
    word, *rest = state
    if word in ("and", "or") and len(rest) == 2:
        return Joined(word, *(_from_state(one, depth + 1) for one in rest))
    if word == "not" and len(rest) == 1:
        return Not(_from_state(rest[0], depth + 1))
    return named(word, *rest)


def read(text: str) -> Mask:
    """A mask as it is written: "prefix_lm(3) and not (padding(9) or segments(4, 5))". ValueError says what cannot be read."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(
            f"This cannot be read as a mask: {text[:80]!r}. Write for example: causal and padding(9)"
        ) from None
    return _read(tree, text)


def _read(tree: ast.expr, text: str) -> Mask:
    match tree:
        case ast.BoolOp(op, [first, *rest]):
            word, out = "and" if isinstance(op, ast.And) else "or", _read(first, text)
            for one in rest:
                out = Joined(word, out, _read(one, text))
            return out
        case ast.UnaryOp(ast.Not(), inner):
            return Not(_read(inner, text))
        case ast.Name(name):
            return (
                named(name) if not RULES.get(name) or not RULES[name].takes else named(name, *_missing(name))
            )
        case ast.Call(ast.Name(name), values, []) if all(isinstance(value, ast.Constant) for value in values):
            return named(name, *(value.value for value in values))
    raise ValueError(
        f"A mask is names, their numbers in brackets, and, or, not; {ast.unparse(tree)[:60]!r} is none of these."
    )


def _missing(name: str) -> tuple:
    rule = RULES[name]
    raise ValueError(f"{name} needs its numbers in brackets: {name}({', '.join(rule.takes)}).")


# --- formulas as trees -------------------------------------------------------------------------------------------------------
_OPERATIONS = {
    ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">", ast.Eq: "==", ast.NotEq: "!=", ast.BitAnd: "&", ast.BitOr: "|", ast.Sub: "-",
    ast.Add: "+", ast.Mult: "*", ast.Mod: "%",
    ast.FloorDiv: "//",
}  # fmt: skip


def tree(formula: str) -> Any:
    """A formula as nested lists, operation first: "k <= q" is ["<=", "k", "q"]."""
    return _tree(ast.parse(formula, mode="eval").body)


def _tree(node: ast.expr) -> Any:
    match node:
        case ast.Name(name):
            return name
        case ast.Constant(value):
            return value
        case ast.Compare(left, [op], [right]):
            return [_OPERATIONS[type(op)], _tree(left), _tree(right)]
        case ast.BinOp(left, op, right):
            return [_OPERATIONS[type(op)], _tree(left), _tree(right)]
        case ast.Call(ast.Name("abs"), [inner], []):
            return ["abs", _tree(inner)]
        case ast.Subscript(ast.Name(table), place):
            return ["at", table, _tree(place)]
    raise ValueError(f"No formula of a mask: {ast.unparse(node)}")


_code: dict[str, Any] = {}


def _compiled(formula: str):
    if formula not in _code:
        _code[formula] = compile(formula, "<mask>", "eval")
    return _code[formula]
