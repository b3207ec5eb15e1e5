import math

import torch

from tests.answers import right, wrong


class Solution:
    """The exercise's class; an answer replaces a method by its mistake."""

    def __init__(self):
        self.own, self.read = {}, {}

    def __len__(self):
        return next(iter(self.own.values()))[0].shape[2] if self.own else 0

    def joined(self, layer, keys, values):
        if layer in self.own:
            keys, values = (torch.cat(pair, 2) for pair in zip(self.own[layer], (keys, values), strict=True))
        self.own[layer] = keys, values
        return keys, values

    def may(self, new, total):
        return torch.ones(new, total, dtype=torch.bool).tril(total - new)

    def attend(self, layer, queries, keys, values, bias=0.0):
        keys, values = self.joined(layer, keys, values)
        scores = queries @ keys.transpose(2, 3) + bias
        return scores.masked_fill(~self.may(*scores.shape[2:]), -math.inf).softmax(-1) @ values

    def memory(self, layer, make):
        if layer not in self.read:
            self.read[layer] = make()
        return self.read[layer]

    def rewind(self, length):
        if not 0 <= length <= len(self):
            raise ValueError(length)
        self.own = {layer: tuple(x[:, :, :length] for x in kept) for layer, kept in self.own.items()}

    def choose(self, rows):
        self.own, self.read = ({layer: tuple(x[rows] for x in kept) for layer, kept in d.items()} for d in (self.own, self.read))  # fmt: skip


def cache(**methods):
    """The class with other methods."""
    return type("KVCache", (Solution,), methods)


@right
def the_steps_of_this_file():
    return cache()


@right
def lists_of_tokens():
    """Each layer a list of single tokens' keys and values; the mask made of numbers of places."""

    class KVCache:
        def __init__(self):
            self.tokens, self.made = [], {}

        def __len__(self):
            return len(self.tokens[0]) if self.tokens else 0

        def attend(self, layer, queries, keys, values, bias=0.0):
            while len(self.tokens) <= layer:
                self.tokens.append([])
            before = len(self.tokens[layer])
            for t in range(keys.shape[2]):
                self.tokens[layer].append((keys[:, :, t], values[:, :, t]))
            k, v = (torch.stack(one, 2) for one in zip(*self.tokens[layer]))
            scores = torch.einsum("bhqd,bhkd->bhqk", queries, k) + bias
            later = torch.arange(k.shape[2])[None] > torch.arange(before, k.shape[2])[:, None]
            return torch.einsum("bhqk,bhkd->bhqd", torch.softmax(scores.masked_fill(later, -1e30), 3), v)

        def memory(self, layer, make):
            return self.made.setdefault(layer, None) or self.made.update({layer: make()}) or self.made[layer]

        def rewind(self, length):
            if length < 0 or length > len(self):
                raise ValueError("too long")
            for kept in self.tokens:
                del kept[length:]

        def choose(self, rows):
            self.tokens = [[(k[rows], v[rows]) for k, v in kept] for kept in self.tokens]
            self.made = {layer: (k.index_select(0, rows), v.index_select(0, rows)) for layer, (k, v) in self.made.items()}  # fmt: skip

    return KVCache


@right
def room_ahead():
    """Tables with more room than is used, and a counter; a query at a time."""

    class KVCache:
        def __init__(self):
            self.keys, self.values, self.count, self.across = {}, {}, {}, {}

        def __len__(self):
            return max(self.count.values(), default=0)

        def attend(self, layer, queries, keys, values, bias=0.0):
            batch, heads, new, size = keys.shape
            at = self.count.get(layer, 0)
            if layer not in self.keys:
                self.keys[layer], self.values[layer] = torch.zeros(2, batch, heads, 64, size)
            self.keys[layer][:, :, at : at + new], self.values[layer][:, :, at : at + new] = keys, values
            self.count[layer] = at + new
            bias = torch.as_tensor(bias, dtype=torch.float).expand(heads, new, at + new)
            out = torch.empty_like(queries)
            for i in range(new):
                seen = at + i + 1
                weights = (self.keys[layer][:, :, :seen] * queries[:, :, i, None]).sum(-1) + bias[:, i, :seen]
                out[:, :, i] = (weights.softmax(-1)[..., None] * self.values[layer][:, :, :seen]).sum(2)
            return out

        def memory(self, layer, make):
            if layer not in self.across:
                self.across[layer] = list(make())
            return tuple(self.across[layer])

        def rewind(self, length):
            if length not in range(len(self) + 1):
                raise ValueError(f"there are {len(self)} tokens")
            self.count = dict.fromkeys(self.count, length)

        def choose(self, rows):
            for kept in (self.keys, self.values):
                for layer in kept:
                    kept[layer] = kept[layer][rows].clone()
            self.across = {layer: [x[rows] for x in pair] for layer, pair in self.across.items()}

    return KVCache


@right
def by_the_librarys_attention():
    def attend(self, layer, queries, keys, values, bias=0.0):
        keys, values = self.joined(layer, keys, values)
        may = self.may(queries.shape[2], keys.shape[2])
        mask = torch.zeros(queries.shape[2], keys.shape[2]).masked_fill(~may, -math.inf) + bias
        return torch.nn.functional.scaled_dot_product_attention(queries, keys, values, mask, scale=1.0)

    return cache(attend=attend)


def attending(
    scores=lambda q, k, bias: q @ k.transpose(2, 3) + bias,
    out=lambda w, v: w.softmax(-1) @ v,
    may=Solution.may,
):
    def attend(self, layer, queries, keys, values, bias=0.0):
        keys, values = self.joined(layer, keys, values)
        found = scores(queries, keys, bias)
        return out(found.masked_fill(~may(self, *found.shape[2:]), -math.inf), values)

    return cache(attend=attend)


@wrong("not what attention over the whole text gives", earns=0)
def identity():
    return cache(
        attend=lambda self, layer, queries, keys, values, bias=0.0: (
            self.joined(layer, keys, values),
            queries,
        )[1]
    )


@wrong("not what attention over the whole text gives", earns=0)
def constant():
    return cache(attend=lambda self, layer, queries, keys, values, bias=0.0: (self.joined(layer, keys, values), torch.zeros_like(queries))[1])  # fmt: skip


@wrong("not what attention over the whole text gives", earns=0)
def hard_coded_examples():
    """What the visible check asks first, by heart."""
    from course.checks.lab11_decoding.caches import Tokens

    tokens = Tokens(0, 1, 1, 1, 6, 3)
    truth = tokens.truth(0, 0, 6).float()

    def attend(self, layer, queries, keys, values, bias=0.0):
        before = len(self)
        self.joined(layer, keys, values)
        return truth[:, :, before : before + queries.shape[2]]

    return cache(attend=attend)


@wrong("What was read before is not seen", earns=0)
def nothing_is_kept():
    return cache(attend=lambda self, layer, q, k, v, bias=0.0: (self.joined(layer, k, v), (q @ k.transpose(2, 3) + (bias[..., -k.shape[2] :] if torch.is_tensor(bias) else bias)).softmax(-1) @ v)[1])  # fmt: skip


@wrong("those behind them too", earns=4)
def no_mask():
    return attending(may=lambda self, new, total: torch.ones(new, total, dtype=torch.bool))


@wrong("`tril(total - new)`", earns=0)
def a_mask_from_the_left():
    return attending(may=lambda self, new, total: torch.ones(new, total, dtype=torch.bool).tril())


@wrong("What was read before is not seen", earns=0)
def among_the_new_ones_alone():
    def may(self, new, total):
        seen = torch.zeros(new, total, dtype=torch.bool)
        seen[:, total - new :] = torch.ones(new, new, dtype=torch.bool).tril()
        return seen

    return attending(may=may)


@wrong("The new tokens do not see each other", earns=4)
def each_sees_the_last_of_all_and_what_was():
    def may(self, new, total):
        seen = torch.ones(new, total, dtype=torch.bool)
        seen[:, total - new : total - 1] = False
        return seen

    return attending(may=may)


@wrong("A token sees itself, too")
def not_itself():
    def may(self, new, total):
        seen = torch.ones(new, total, dtype=torch.bool).tril(total - new - 1)
        seen[:, 0] |= ~seen.any(1)
        return seen

    return attending(may=may)


@wrong("T5's are not", earns=0)
def divided_by_the_root():
    return attending(scores=lambda q, k, bias: q @ k.transpose(2, 3) / q.shape[-1] ** 0.5 + bias)


@wrong("Is `bias` used?", earns=0)
def no_bias():
    return attending(scores=lambda q, k, bias: q @ k.transpose(2, 3))


@wrong("not what attention over the whole text gives", earns=0)
def weights_over_the_queries():
    return attending(out=lambda w, v: w.softmax(-2).nan_to_num() @ v)


@wrong("nan comes out", earns=0)
def a_mask_that_multiplies():
    def attend(self, layer, queries, keys, values, bias=0.0):
        keys, values = self.joined(layer, keys, values)
        scores = queries @ keys.transpose(2, 3) + bias
        return (scores + self.may(*scores.shape[2:]).logical_not() * -math.inf).softmax(-1) @ values

    return cache(attend=attend)


@wrong("Keys and values have changed places", earns=0)
def keys_for_values():
    return cache(attend=lambda self, layer, q, k, v, bias=0.0: Solution.attend(self, layer, q, v, k, bias))


@wrong("Those are another layer's keys and values", earns=0)
def one_store_for_all_layers():
    """The last layer's keys and values are everybody's."""

    def attend(self, layer, queries, keys, values, bias=0.0):
        self.joined(layer, keys, values)
        other = self.own[0]
        scores = queries @ other[0].transpose(2, 3) + bias
        return scores.masked_fill(~self.may(*scores.shape[2:]), -math.inf).softmax(-1) @ other[1]

    return cache(attend=attend)


@wrong("RuntimeError in line", earns=0)
def one_list_of_all_layers():
    def joined(self, layer, keys, values):
        if self.own:
            keys, values = (torch.cat(pair, 2) for pair in zip(self.own[0], (keys, values), strict=True))
        self.own[0] = keys, values
        return keys, values

    return cache(joined=joined)


@wrong("len(cache) is 0", earns=0)
def a_length_that_begins_at_one():
    return cache(__len__=lambda self: Solution.__len__(self) + 1)


@wrong("len(cache) is 1; yours is", earns=0)
def a_length_that_counts_calls():
    def attend(self, layer, queries, keys, values, bias=0.0):
        self.calls = getattr(self, "calls", 0) + 1
        return Solution.attend(self, layer, queries, keys, values, bias)

    return cache(attend=attend, __len__=lambda self: 2 * getattr(self, "calls", 0))


@wrong("len(cache) is", earns=0)
def a_length_of_all_layers():
    return cache(__len__=lambda self: sum(keys.shape[2] for keys, _ in self.own.values()))


@wrong("len(cache) is", earns=0)
def the_batch_for_the_length():
    return cache(__len__=lambda self: next(iter(self.own.values()))[0].shape[0] if self.own else 0)


@wrong("an object of the class", earns=0)
def a_function():
    def KVCache():
        return {}

    return KVCache


@wrong("is a ValueError; yours lets it pass", earns=4)
def whatever_length():
    def rewind(self, length):
        self.own = {layer: tuple(x[:, :, :length] for x in kept) for layer, kept in self.own.items()}

    return cache(rewind=rewind)


@wrong("`x[:-1]` is all but the last", earns=4)
def lengths_below_zero_pass():
    def rewind(self, length):
        if length > len(self):
            raise ValueError(length)
        self.own = {layer: tuple(x[:, :, :length] for x in kept) for layer, kept in self.own.items()}

    return cache(rewind=rewind)


@wrong("are no errors", earns=4)
def all_of_it_may_not_be_kept():
    def rewind(self, length):
        if not 0 <= length < len(self):
            raise ValueError(length)
        Solution.rewind(self, length)

    return cache(rewind=rewind)


@wrong("rewound to", earns=4)
def forgets_so_many():
    def rewind(self, length):
        if not 0 <= length <= len(self):
            raise ValueError(length)
        n = len(self) - length
        self.own = {layer: tuple(x[:, :, :n] for x in kept) for layer, kept in self.own.items()}

    return cache(rewind=rewind)


@wrong("another text behind them", earns=4)
def keeps_the_last():
    def rewind(self, length):
        if not 0 <= length <= len(self):
            raise ValueError(length)
        self.own = {
            layer: tuple(x[:, :, x.shape[2] - length :] for x in kept) for layer, kept in self.own.items()
        }

    return cache(rewind=rewind)


@wrong("rewound to", earns=4)
def rewinds_the_first_layer_alone():
    def rewind(self, length):
        if not 0 <= length <= len(self):
            raise ValueError(length)
        self.own[0] = tuple(x[:, :, :length] for x in self.own[0])

    return cache(rewind=rewind)


@wrong("A rewind leaves the memory as it is")
def the_memory_is_cut_too():
    def rewind(self, length):
        Solution.rewind(self, length)
        self.read = {layer: tuple(x[:, :, :length] for x in kept) for layer, kept in self.read.items()}

    return cache(rewind=rewind)


@wrong("keys and values of the encoder's states are made once")
def the_memory_is_forgotten():
    def rewind(self, length):
        Solution.rewind(self, length)
        self.read = {}

    return cache(rewind=rewind)


@wrong("keys and values of the encoder's states are made once", earns=3.5)
def made_every_time():
    return cache(memory=lambda self, layer, make: make())


@wrong("Each layer has its own", earns=3.5)
def one_memory_for_all_layers():
    def memory(self, layer, make):
        self.read.setdefault(0, None)
        self.read[0] = self.read[0] or make()
        return self.read[0]

    return cache(memory=memory)


@wrong("`memory` gives a pair (keys, values)", earns=3.5)
def the_memory_stays_inside():
    def memory(self, layer, make):
        Solution.memory(self, layer, make)

    return cache(memory=memory)


@wrong("only those that were read", earns=3.5)
def the_memory_counts_as_read():
    def memory(self, layer, make):
        if layer not in self.read:
            self.read[layer] = make()
            self.own[layer] = tuple(torch.cat(pair, 2) for pair in zip(self.read[layer], self.own.get(layer, self.read[layer])))  # fmt: skip
        return self.read[layer]

    return cache(memory=memory)


@wrong("`choose` is for the memories, too", earns=4.25)
def memories_are_not_chosen():
    def choose(self, rows):
        self.own = {layer: tuple(x[rows] for x in kept) for layer, kept in self.own.items()}

    return cache(choose=choose)


@wrong("of 3 texts go on", earns=4.25)
def tokens_are_not_chosen():
    def choose(self, rows):
        self.read = {layer: tuple(x[rows] for x in kept) for layer, kept in self.read.items()}

    return cache(choose=choose)


@wrong("of 3 texts go on", earns=4.25)
def chosen_along_the_heads():
    def choose(self, rows):
        rows = rows % 2
        self.own, self.read = ({layer: tuple(x[:, rows] for x in kept) for layer, kept in d.items()} for d in (self.own, self.read))  # fmt: skip

    return cache(choose=choose)


@wrong("of 3 texts go on", earns=4.25)
def chosen_in_place():
    """A row is overwritten before it is read."""

    def choose(self, rows):
        for kept in (self.own, self.read):
            for layer, pair in kept.items():
                pair = tuple(x.clone() for x in pair)
                for i, row in enumerate(rows.tolist()):
                    for x in pair:
                        x[i] = x[row]
                kept[layer] = tuple(x[: len(rows)] for x in pair)

    return cache(choose=choose)


@wrong("changed its argument")
def writes_into_what_it_is_given():
    def attend(self, layer, queries, keys, values, bias=0.0):
        queries *= 1.5
        return Solution.attend(self, layer, queries / 1.5, keys, values, bias)

    return cache(attend=attend)
