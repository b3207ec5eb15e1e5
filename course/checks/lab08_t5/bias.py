"""The check of `RelativeBias`."""

import torch

from .. import StudentError, helper_for, part, require, require_close, uneven
from ..helpers.stacks import Buckets
from ..modules import floats_of, module_of
from ..sentences import describe
from ..usual import usual
from . import lab

SIZES = ((3, 3), (2, 4), (4, 2), (1, 1), (5, 3))  # queries, keys
HEADS, BUCKETS, FAR = 3, 8, 21
TABLE = torch.arange(8.0)[:, None] * torch.tensor([1.0, 10, -2]) + torch.tensor([0.0, 1, 7])


class Laid:
    """A student's bias as a function of the two lengths, whose results are floats (1, heads, queries, keys)."""

    def __init__(self, model, heads):
        self._model, self._heads = model, heads

    def __call__(self, queries, keys):
        found, wanted = self._model._handle(queries, keys), (1, self._heads, queries, keys)
        require(
            isinstance(found, torch.Tensor),
            "The result should be a tensor, (1, heads, queries, keys); yours is {what}.",
            what=describe(found),
        )
        got = tuple(found.shape)
        why = {
            wanted[1:]: "The axis of length 1 in front, for the batch, is missing.",
            (queries, keys, self._heads): "The heads go to the front, and before them an axis of length 1 for the batch.",
            (1, queries, keys, self._heads): "The heads come second, before queries and keys: `permute`.",
            (1, self._heads, keys, queries): "Queries come before keys: take a *row* of keys minus a *column* of queries.",
            (self._heads, 1, queries, keys): "The axis of length 1 is the first one.",
            (1, self._heads, queries, queries): "You lay it out for as many keys as queries: is `keys` used?",
            (1, self._heads, keys, keys): "You lay it out for as many queries as keys: is `queries` used?",
        }.get(got, "Was something kept from a call with other lengths?" if got[1:2] == wanted[1:2] and len(got) == 4 else "")  # fmt: skip
        require(
            got == wanted,
            "For {queries} queries, {keys} keys and {heads} heads the result should have shape {wanted}; yours has {got}. {why}",
            queries=queries,
            keys=keys,
            heads=self._heads,
            wanted=wanted,
            got=got,
            why=why,
        )
        return floats_of(found, wanted, "(1, heads, queries, keys)", found)

    def __getattr__(self, name):
        return getattr(self._model, name)


def bias_of(student, heads, *given, **named):
    """The student's bias as a `Laid`; its one parameter is the table."""
    return Laid(module_of(student, ["table.weight"], heads, *given, **named), heads)


@lab.check(points=2, returns=(torch.Tensor,), without=("transformers",))
def RelativeBias(student):
    bucket = student.build(helper_for("plain_buckets"))
    model = bias_of(student, HEADS, False, BUCKETS, FAR, bucket)
    model.load_state_dict({"table.weight": TABLE})
    own, failed = [False, BUCKETS, FAR], None
    try:
        found = model(2, 4)
    except StudentError as error:  # a bucket that the table does not have, say
        if error.verdict != "error":
            raise
        failed = error
    others = [each for each in bucket.options() if each != own]
    require(
        not others,
        "Your module was made with bidirectional=False, 8 buckets and max_distance=21, and calls `bucket` with {yours}. Hand `self.options` on, in their order: (bidirectional, buckets, max_distance).",
        yours=others[0] if others else "",
    )
    if failed:
        raise failed
    offset = torch.arange(4) - torch.arange(2)[:, None]

    def laid(offset, table=TABLE):
        """What a table gives for offsets, (query, key), with the stand-in's buckets."""
        return table[Buckets()(offset, *own)].movedim(-1, 0)[None]

    there = TABLE[Buckets()(offset, *own)]  # (query, key, head)
    mistakes = [
        (laid(-offset), "The sign is turned round: an offset is the *key's* place minus the query's"),
        (laid(offset.abs()), "You hand distances to `bucket`; it takes offsets, with their sign"),
        (laid(offset + 1), "Are keys counted from 1, and queries from 0?"),
        (laid(offset - 1), "Are queries counted from 1, and keys from 0?"),
        (laid(offset - 2), "Both places are counted from 0; the queries are not the last tokens of the text"),
        (laid(torch.arange(4).expand(2, 4)), "You look up the key's place; it is its place minus the query's"),
        (laid(torch.arange(2)[:, None].expand(2, 4)), "You look up the query's place; it is the key's place minus the query's"),
        (there.reshape(1, HEADS, 2, 4), "A reshape does not swap axes: the numbers of the heads are mixed. `permute` brings the heads to the front"),
        (there.transpose(0, 1).reshape(1, HEADS, 2, 4), "A reshape does not swap axes: the numbers of the heads are mixed. `permute` brings the heads to the front"),
        (laid(offset).flip(1), "The heads have changed places"),
        (laid(offset) * HEADS**-0.5, "The numbers are divided; they are added to the scores as they are"),
        (laid(offset).softmax(-1), "That is a softmax; the bias is added to the scores *before* the softmax"),
        (laid(offset, TABLE[:, :1].expand(-1, HEADS)), "All heads get the numbers of the first"),
        (laid(offset).log_softmax(-1), "That is a softmax; the bias is added to the scores *before* the softmax"),
    ]  # fmt: skip
    require(
        bool(bucket.options()) or any(usual(found, [m]) for m in mistakes),
        "`self.bucket` was never called: which bucket an offset is in is up to the function that your module was given.",
    )
    require_close(
        found,
        laid(offset),
        "The stand-in for `bucket` gives offset −1 bucket 3, offset 0 bucket 4, offset 1 bucket 5, and so on. For 2 queries and 4 keys the result at {at} is {got}, and not the table's number for that head and the bucket of key minus query.{known}",
        known=usual(found, mistakes),
    )
    for queries, keys in SIZES:
        found = model(queries, keys)
        require_close(
            found[..., 1:, 1:],
            found[..., :-1, :-1],
            "With {queries} queries and {keys} keys the number for query i and key j is not that for query i + 1 and key j + 1 (at {at}). It hangs on the offset alone, key minus query.",
            queries=queries,
            keys=keys,
        )
        offset = torch.arange(keys) - torch.arange(queries)[:, None]
        require_close(
            found,
            laid(offset),
            "With {queries} queries and {keys} keys the number at {at} is {got}. Both are counted from 0, whatever their numbers.",
            queries=queries,
            keys=keys,
        )
    model.load_state_dict({"table.weight": TABLE.flip(0)})
    require_close(
        model(2, 4),
        laid(torch.arange(4) - torch.arange(2)[:, None], TABLE.flip(0)),
        "With other numbers in the table the result does not follow (at {at}): look them up in each call, and keep no result of an earlier one.",
    )
    _require_gradient(model, laid)
    other = student.build(helper_for("plain_buckets"))
    second = bias_of(student, 2, True, 6, 9, other)
    second(2, 2)
    require(
        other.options() == [[True, 6, 9]],
        "A second module was made with bidirectional=True, 6 buckets and max_distance=9, and calls `bucket` with {yours}. Hand `self.options` on, and keep nothing from another module.",
        yours=other.options() or "nothing",
    )
    with part("on another device", points=0.5):
        require(
            student.build(helper_for("placed", module=model._handle)).asks(2, 3),
            "The places are made on the CPU, wherever the table is; on a GPU the two would not meet. Make them with `device=self.table.weight.device`.",
        )


def _require_gradient(model, laid):
    """The gradient reaches the table, from every place that has a number of it."""
    leaf = TABLE.clone().requires_grad_()
    uneven(laid(torch.arange(4) - torch.arange(3)[:, None], leaf)).sum().backward()
    model.load_state_dict({"table.weight": TABLE})
    model.zero_grad()
    found = model(3, 4)
    require(
        found.requires_grad,
        "No gradient flows through the result, so the numbers are never learned: something cuts the graph (detach, .data, no_grad, .item()).",
    )
    uneven(found).sum().backward()
    grad = model.grads().get("table.weight")
    require(grad is not None, "No gradient reaches `table`: are its numbers taken from `.data`, or detached?")
    require_close(
        grad,
        leaf.grad,
        "The result is right, and the gradient of the table is off at {at}: is a part of the result detached?",
    )
