import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class CausalSelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(dim, 3 * dim)
        self.output = nn.Linear(dim, dim)

    def forward(self, x, attention_mask=None):
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.query_key_value(x).chunk(3, -1)
        )
        may = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
        if attention_mask is not None:
            may = may & attention_mask[:, None, None] | torch.eye(x.shape[1], dtype=torch.bool)
        found = F.scaled_dot_product_attention(query, key, value, may)
        return self.output(found.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, attention, dim):
        super().__init__()
        self.attention_norm = nn.LayerNorm(dim)
        self.attention = attention
        self.dense_norm = nn.LayerNorm(dim)
        self.dense_in = nn.Linear(dim, 4 * dim)
        self.dense_out = nn.Linear(4 * dim, dim)

    def forward(self, x, attention_mask=None):
        x = x + self.attention(self.attention_norm(x), attention_mask)
        return x + self.dense_out(F.gelu(self.dense_in(self.dense_norm(x)), approximate="tanh"))


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(
        self, vocabulary_size, dim=64, heads=4, layers=2, positions=64, attention=CausalSelfAttention
    ):
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary_size, dim)
        self.position_embedding = nn.Embedding(positions, dim)
        self.blocks = nn.ModuleList(Block(attention(dim, heads), dim) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)
        for embedding in (self.token_embedding, self.position_embedding):
            nn.init.normal_(embedding.weight, std=0.02)

    def refuse(self, ids, real):
        positions = self.position_embedding.num_embeddings
        if ids.shape[1] > positions:
            raise ValueError(f"a text of {ids.shape[1]} tokens, and there are {positions} positions")

    def place(self, ids, real):
        """long (batch, time) or (time,)."""
        if real is None:
            return torch.arange(ids.shape[1])
        return (real.long().cumsum(1) - 1).clamp(min=0)

    def begin(self, ids, real):
        return self.token_embedding(ids) + self.position_embedding(self.place(ids, real))

    def through(self, x, real):
        for block in self.blocks:
            x = block(x, real)
        return x

    def scores(self, x):
        return self.norm(x) @ self.token_embedding.weight.T

    def forward(self, ids, attention_mask=None):
        self.refuse(ids, attention_mask)
        return self.scores(self.through(self.begin(ids, attention_mask), attention_mask))


def with_scores(scores):
    """The exercise's class with another end: (self, x) -> result."""
    return type("GPT", (Base,), {"scores": scores})


def with_begin(begin):
    """The exercise's class with another beginning: (self, ids, real) -> float (batch, time, dim)."""
    return type("GPT", (Base,), {"begin": begin})


def with_place(place):
    """The exercise's class with other positions: (self, ids, real) -> long."""
    return type("GPT", (Base,), {"place": place})


def with_masked_place(place):
    """The same where a mask is given: real -> long."""
    return with_place(lambda self, ids, real: torch.arange(ids.shape[1]) if real is None else place(real))


def with_through(through):
    """The exercise's class with another way through the blocks: (self, x, real) -> x."""
    return type("GPT", (Base,), {"through": through})


def refusing(refuse):
    """The exercise's class with another refusal: (self, ids, real), which may raise."""
    return type("GPT", (Base,), {"refuse": refuse})


@right
def one_function_with_prints():
    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            batch, time = ids.shape
            limit = len(self.position_embedding.weight)
            print(batch, time, limit)
            if time > limit:
                raise ValueError(f"{time} tokens, {limit} positions")
            x = self.token_embedding(ids)
            real = torch.ones_like(ids).bool() if attention_mask is None else attention_mask
            place = torch.relu(torch.cumsum(real, dim=1) - 1)
            x = x + self.position_embedding(place)
            for block in self.blocks:
                x = block(x, attention_mask=real)
            return F.linear(self.norm(x), self.token_embedding.weight)

    return GPT


@right
def text_by_text_without_its_padding():
    """Each text goes through alone, and its logits are put back; those of the padding are zeros."""

    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            import logging

            logging.getLogger("student").warning("%d texts", len(ids))
            if attention_mask is None:
                attention_mask = torch.ones(ids.shape, dtype=torch.bool)
            self.refuse(ids, attention_mask)
            logits = torch.zeros(*ids.shape, self.token_embedding.num_embeddings)
            for n, (row, real) in enumerate(zip(ids, attention_mask, strict=True)):
                if real.any():
                    own = row[real][None]
                    logits[n, real] = self.scores(self.through(self.begin(own, None), None))[0]
            return logits

    return GPT


@right
def a_table_looked_up_by_minus_one():
    """Padding in front gets the last position, which nobody reads; refuses by the real tokens alone."""

    class GPT(Base):
        def refuse(self, ids, real):
            tokens = ids.shape[1] if real is None else int(real.sum(1).max())
            positions = self.position_embedding.weight.shape[0]
            assert positions > 0
            if tokens > positions:
                raise ValueError(f"{positions} < {tokens}")

        def begin(self, ids, real):
            if real is None:
                real = ids == ids
            place = real.cumsum(-1) - 1
            return self.token_embedding.weight[ids] + self.position_embedding.weight[place]

        def scores(self, x):
            return torch.einsum("btd,vd->btv", self.norm(x), self.token_embedding.weight)

    return GPT


@right
def masked_fill_and_a_norm_by_hand():
    class GPT(Base):
        def place(self, ids, real):
            if real is None:
                return torch.arange(ids.shape[1]).expand(ids.shape)
            return (real.int().cumsum(1) - 1).masked_fill(~real, 0)

        def through(self, x, real):
            from functools import reduce

            return reduce(lambda x, block: block(x, real), self.blocks, x)

        def scores(self, x):
            centred = x - x.mean(-1, keepdim=True)
            state = centred * (centred.square().mean(-1, keepdim=True) + self.norm.eps).rsqrt()
            state = state * self.norm.weight + self.norm.bias
            return (state.unsqueeze(-2) * self.token_embedding.weight).sum(-1)

    return GPT


@wrong("The vectors of the positions are not added", earns=0)
def no_positions():
    return with_begin(lambda self, ids, real: self.token_embedding(ids))


@wrong("Positions count from 0", earns=0)
def positions_from_one():
    class GPT(Base):
        def place(self, ids, real):
            return (super().place(ids, real) + 1).clamp(max=self.position_embedding.num_embeddings - 1)

    return GPT


@wrong("looked up by the token's id", earns=0)
def positions_of_the_ids():
    return with_begin(lambda self, ids, real: self.token_embedding(ids) + self.position_embedding(ids))


@wrong("The vectors of the positions", earns=0)
def the_same_position_everywhere():
    return with_place(lambda self, ids, real: torch.zeros_like(ids))


@wrong("The last norm is missing", earns=0)
def norm_missing():
    return with_scores(lambda self, x: x @ self.token_embedding.weight.T)


@wrong("The norm falls on the state alone, not on the table", earns=0)
def norm_of_the_table():
    return with_scores(lambda self, x: self.norm(x) @ self.norm(self.token_embedding.weight).T)


@wrong("Those are probabilities", earns=0)
def softmax_at_the_end():
    return with_scores(lambda self, x: Base.scores(self, x).softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def log_softmax_at_the_end():
    return with_scores(lambda self, x: F.log_softmax(Base.scores(self, x), dim=-1))


@wrong("You divide by a root", earns=0)
def scores_divided_by_the_root_of_the_width():
    return with_scores(lambda self, x: Base.scores(self, x) / x.shape[-1] ** 0.5)


@wrong("are multiplied by the root of the width", earns=0)
def vectors_times_the_root_of_the_width():
    """As the Transformer of 2017 has it."""

    def begin(self, ids, real):
        words = self.token_embedding(ids) * self.norm.normalized_shape[0] ** 0.5
        return words + self.position_embedding(self.place(ids, real))

    return with_begin(begin)


@wrong("Yours also has `head.weight`", earns=0)
def a_head_of_its_own():
    class GPT(Base):
        def __init__(
            self, vocabulary_size, dim=64, heads=4, layers=2, positions=64, attention=CausalSelfAttention
        ):
            super().__init__(vocabulary_size, dim, heads, layers, positions, attention)
            self.head = nn.Linear(dim, vocabulary_size, bias=False)

        def scores(self, x):
            return self.head(self.norm(x))

    return GPT


@wrong("the scores are its dot products with all five vectors", earns=0)
def a_head_made_in_forward():
    def scores(self, x):
        torch.manual_seed(0)
        return nn.Linear(x.shape[-1], self.token_embedding.num_embeddings, bias=False)(self.norm(x))

    return with_scores(scores)


@wrong("(batch, time, vocabulary), should have shape (2, 3, 5); yours has (2, 3, 6)", earns=0)
def scores_of_the_positions():
    return with_scores(lambda self, x: self.norm(x) @ self.position_embedding.weight.T)


@wrong("should have shape (2, 3, 5); yours has (2, 3, 4)", earns=0)
def states_and_no_scores():
    return with_scores(lambda self, x: self.norm(x))


@wrong("should have shape (2, 3, 5); yours has (2, 5)", earns=0)
def the_last_place_alone():
    return with_scores(lambda self, x: Base.scores(self, x)[:, -1])


@wrong("The blocks are not used", earns=0)
def no_blocks():
    return with_through(lambda self, x, real: x)


@wrong("Block 1 of two adds nothing, and the logits stay", earns=0)
def returns_within_the_loop():
    return with_through(lambda self, x, real: self.blocks[0](x, real))


@wrong("Block 0 of two adds nothing, and the logits stay", earns=0)
def only_the_last_block_counts():
    """`h = block(x)` in the loop, so each block reads the beginning."""
    return with_through(lambda self, x, real: [block(x, real) for block in self.blocks][-1])


@wrong("The two blocks change places, and the logits stay", earns=0)
def blocks_side_by_side():
    return with_through(lambda self, x, real: x + sum(block(x, real) - x for block in self.blocks))


@wrong("3 layers, width 8", earns=0)
def blocks_from_the_last_to_the_first():
    def through(self, x, real):
        for block in reversed(self.blocks):
            x = block(x, real)
        return x

    return with_through(through)


@wrong("the residual connections are inside the block", earns=0)
def a_residual_too_many():
    """The blocks have theirs; here they add nothing but the beginning, whose size the norm forgets."""

    def through(self, x, real):
        for block in self.blocks:
            x = x + block(x, real)
        return x

    return with_through(through)


@wrong("With a running mean in place of attention", earns=0)
def a_norm_behind_each_block():
    def through(self, x, real):
        for block in self.blocks:
            x = self.norm(block(x, real))
        return x

    return with_through(through)


@wrong("A norm stands in front of the blocks", earns=0)
def a_norm_of_the_beginning():
    return with_begin(lambda self, ids, real: self.norm(Base.begin(self, ids, real)))


@wrong("yours raises IndexError", earns=0)
def nothing_refused():
    return refusing(lambda self, ids, real: None)


@wrong("yours gives logits", earns=0)
def long_texts_cut_off():
    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            most = self.position_embedding.num_embeddings
            return super().forward(
                ids[:, :most], attention_mask if attention_mask is None else attention_mask[:, :most]
            )

    return GPT


@wrong("yours gives logits", earns=0)
def the_last_position_for_all_further_tokens():
    class GPT(Base):
        def refuse(self, ids, real):
            pass

        def place(self, ids, real):
            return super().place(ids, real).clamp(max=self.position_embedding.num_embeddings - 1)

    return GPT


@wrong("yours gives logits", earns=0)
def one_token_too_many_is_let_through():
    class GPT(Base):
        def refuse(self, ids, real):
            if ids.shape[1] > self.position_embedding.num_embeddings + 1:
                raise ValueError(f"{ids.shape[1]} > {self.position_embedding.num_embeddings}")

        def place(self, ids, real):
            return super().place(ids, real) % self.position_embedding.num_embeddings

    return GPT


@wrong("refuses 6 tokens, and there are 6 positions", earns=0)
def as_many_tokens_as_positions_refused():
    def refuse(self, ids, real):
        if ids.shape[1] >= self.position_embedding.num_embeddings:
            raise ValueError(f"{ids.shape[1]} >= {self.position_embedding.num_embeddings}")

    return refusing(refuse)


@wrong("yours raises AssertionError", earns=0)
def refused_by_an_assert():
    def refuse(self, ids, real):
        assert ids.shape[1] <= self.position_embedding.num_embeddings, "7 tokens, 6 positions"

    return refusing(refuse)


@wrong("it should name both numbers", earns=0)
def refused_without_numbers():
    def refuse(self, ids, real):
        if ids.shape[1] > self.position_embedding.num_embeddings:
            raise ValueError("too long")

    return refusing(refuse)


@wrong("Is the mask handed to each block?", earns=0)
def mask_not_handed_on():
    return with_through(lambda self, x, real: Base.through(self, x, None))


@wrong("Do positions count the real tokens", earns=0)
def positions_count_padding():
    return with_place(lambda self, ids, real: torch.arange(ids.shape[1]))


@wrong("Do positions count the real tokens, from 0", earns=0)
def counted_from_one_under_a_mask():
    return with_masked_place(lambda real: real.long().cumsum(1))


@wrong("is negative, or as large as the table", earns=0)
def minus_one_for_padding():
    """-1 is looked up in the table: an IndexError."""
    return with_masked_place(lambda real: real.long().cumsum(1) - 1)


@wrong("in each text for itself", earns=0)
def counted_down_the_batch():
    return with_masked_place(lambda real: (real.long().cumsum(0) - 1).clamp(min=0))


@wrong("A text without padding gets other logits beside one that has some", earns=0)
def positions_of_the_first_text_for_all():
    return with_masked_place(lambda real: (real[0].long().cumsum(0) - 1).clamp(min=0))


@wrong("Do positions count the real tokens", earns=0)
def the_mask_looked_up_as_positions():
    return with_masked_place(lambda real: real.long())


@wrong("None: all are", earns=0)
def id_0_taken_for_padding():
    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            return super().forward(ids, ids != 0)

    return GPT


@wrong("It comes from both ends", earns=0)
def tied_table_detached():
    return with_scores(lambda self, x: self.norm(x) @ self.token_embedding.weight.detach().T)


@wrong("logits of one call and the next differ", earns=0)
def dropout_added():
    return with_begin(lambda self, ids, real: F.dropout(Base.begin(self, ids, real), 0.1, self.training))


@wrong("calls `transformers`", earns=0)
def calls_the_library():
    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            from transformers import GPT2Config, GPT2LMHeadModel

            return GPT2LMHeadModel(GPT2Config(n_layer=1, n_embd=4, n_head=2))(ids).logits[..., :5]

    return GPT


@wrong("Are the tokens' vectors added?", earns=0)
def constant():
    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            return torch.zeros(*ids.shape, self.token_embedding.num_embeddings)

    return GPT


@wrong("(batch, time, vocabulary), should have shape", earns=0)
def identity():
    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            return ids.float()

    return GPT


@wrong("With a running mean in place of attention", earns=0)
def hard_coded_examples():
    """Right for the five words of the examples."""

    class GPT(Base):
        def forward(self, ids, attention_mask=None):
            logits = super().forward(ids, attention_mask)
            return logits if logits.shape[-1] == 5 else torch.zeros_like(logits)

    return GPT
