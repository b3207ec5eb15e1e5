"""A mask as code that makes it: NumPy, PyTorch (boolean, additive), transformers' attention_mask, flex-attention's mask_mod.

    print(code(causal() & padding(5), 6, "numpy"))

Every text runs as it stands and leaves what `NAMES` says. Cells changed by hand (`flipped`) are turned over in it.
The mask explorer's JavaScript fills the same `FORMS`.
"""

import base64
import re

import numpy as np

from course.masks.rules import Joined, Mask, Named

MANY = 64  # flipped cells that are still written out one by one
# form -> what its text leaves under which name
NAMES = {
    "numpy": "mask",
    "torch": "mask",
    "additive": "mask",
    "flex": "mask_mod",
    "transformers": "attention_mask",
}
TITLES = {
    "numpy": "NumPy", "torch": "PyTorch, boolean", "additive": "PyTorch, additive", "transformers": "transformers", "flex": "flex-attention",
}  # fmt: skip
# {expression}, {tables} and {flips} are filled in; `as_array` says how a list of numbers is written
FORMS = {
    "numpy": """import numpy as np

n = {n}
q, k = np.arange(n)[:, None], np.arange(n)[None, :]  # (query, 1), (1, key)
{tables}mask = np.broadcast_to({expression}, (n, n)).copy()  # True = may attend
{flips}""",
    "torch": """import torch

n = {n}
q, k = torch.arange(n)[:, None], torch.arange(n)[None, :]  # (query, 1), (1, key)
{tables}mask = ({expression}).expand(n, n).clone()  # True = may attend
{flips}""",
    "additive": """import torch

n = {n}
q, k = torch.arange(n)[:, None], torch.arange(n)[None, :]  # (query, 1), (1, key)
{tables}mask = ({expression}).expand(n, n).clone()
{flips}mask = torch.zeros(n, n).masked_fill(~mask, -torch.inf)  # 0 = may attend; added to the scores
""",
    "flex": """import torch
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

n = {n}
{tables}{flips}
def mask_mod(batch, head, q, k):
    return {expression}  # True = may attend

# block_mask = create_block_mask(mask_mod, None, None, n, n, device=query.device)
# out = flex_attention(query, key, value, block_mask=block_mask)
""",
    "keys": """import torch

# Only keys are hidden, from all queries alike: this is all that an encoder's attention_mask can say.
attention_mask = torch.tensor([{keys}])  # (batch, key), 1 = may attend
""",
    "causal keys": """import torch

# A causal model hides later keys by itself; what is left to say is which keys are padding.
attention_mask = torch.tensor([{keys}])  # (batch, key), 1 = may attend
""",
    "four": """import torch

# No attention_mask of two dimensions can say this: it hides keys from all queries alike.
# Most models of transformers take one of four, (batch, head, query, key), 0 = may attend, and add nothing of their own to it.
n = {n}
q, k = torch.arange(n)[:, None], torch.arange(n)[None, :]
{tables}mask = ({expression}).expand(n, n).clone()
{flips}attention_mask = torch.zeros(1, 1, n, n).masked_fill(~mask, torch.finfo(torch.float32).min)
""",
}  # fmt: skip
WARNINGS = {
    "numpy": "True = may attend.",
    "torch": "True = may attend, as in scaled_dot_product_attention. nn.MultiheadAttention means the opposite: hand it ~mask, where True = may not.",
    "additive": "0 = may attend, minus infinity = may not. A row of minus infinity alone gives NaN in the softmax.",
    "flex": "True = may attend. Its q and k are places, one pair at a time.",
    "transformers": "1 = may attend. XLNet's perm_mask means the opposite: there 1 = may not.",
}


def code(mask: Mask, n: int, form: str, flipped: np.ndarray | None = None) -> str:
    """A text that makes the mask. form: a key of `NAMES`. flipped: bool (query, key), cells that are the other way round."""
    if form not in NAMES:
        raise ValueError(f"There is no form {form!r}; there are {', '.join(NAMES)}.")
    flipped = np.zeros((n, n), bool) if flipped is None or not n else flipped
    if form == "transformers":
        bits = mask.array(n) ^ flipped
        kind, keys = for_transformers(bits)
        if kind != "four":
            return FORMS[kind].format(keys=keys.astype(int).tolist())
        form = "four"
    library = "np" if form == "numpy" else "torch"
    expression, tables = _expression(mask, n, {})
    if form == "flex" and flipped.any():
        expression = f"({expression}) ^ flipped[q, k]"
    return FORMS[form].format(
        n=n, expression=expression,
        tables="".join(f"{name} = {'np.array' if library == 'np' else 'torch.tensor'}({values})\n" for name, values in tables.items()),
        flips=_flips(flipped, n, form),
    )  # fmt: skip


def for_transformers(bits: np.ndarray) -> tuple[str, np.ndarray]:
    """("keys", "causal keys" or "four", which keys are seen): what an attention_mask must be to say that mask."""
    keys = bits.any(0)
    if (bits == keys[None]).all():
        return "keys", keys
    keys = np.diagonal(bits)
    if (bits == np.tril(np.broadcast_to(keys[None], bits.shape))).all():
        return "causal keys", keys
    return "four", keys


def _expression(mask: Mask, n: int, tables: dict[str, list[int]]) -> tuple[str, dict[str, list[int]]]:
    """The mask's formulas joined, with numbers for names; and the tables that they look up."""
    if isinstance(mask, Named):
        formula = mask.rule.formula
        for name, value in mask.names(n).items():
            if isinstance(value, np.ndarray):
                own = name if name not in tables else f"{name}_{len(tables) + 1}"
                tables[own] = value.tolist()
                value = own
            formula = re.sub(rf"\b{name}\b", str(value), formula)
        return formula, tables
    if isinstance(mask, Joined):
        one, two = (_expression(part, n, tables)[0] for part in (mask.one, mask.two))
        return f"({one}) {'&' if mask.word == 'and' else '|'} ({two})", tables
    return f"~({_expression(mask.mask, n, tables)[0]})", tables


def _flips(flipped: np.ndarray, n: int, form: str) -> str:
    """Lines that turn cells over; in flex-attention's form, that make the table of them."""
    if not flipped.any():
        return ""
    torch = form != "numpy"
    queries, keys = (places.tolist() for places in np.nonzero(flipped))
    if len(queries) <= MANY:
        if form == "flex":
            return f"flipped = torch.zeros(n, n, dtype=torch.bool)\nflipped[{queries}, {keys}] = True\n"
        return f"mask[{queries}, {keys}] ^= True  # changed by hand: queries, keys\n"
    packed = base64.b64encode(np.packbits(flipped).tobytes()).decode("ascii")
    made = f'np.unpackbits(np.frombuffer(base64.b64decode("{packed}"), np.uint8), count=n * n).reshape(n, n).astype(bool)'
    lines = "import base64\n" + ("import numpy as np\n" if torch else "")
    lines += f"flipped = {f'torch.from_numpy({made})' if torch else made}  # changed by hand\n"
    return lines + ("" if form == "flex" else "mask ^= flipped\n")
