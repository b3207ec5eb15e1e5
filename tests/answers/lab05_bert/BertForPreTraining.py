import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class BertEmbeddings(nn.Module):
    def __init__(self, vocabulary_size, dim, positions):
        super().__init__()
        self.word_embedding = nn.Embedding(vocabulary_size, dim)
        self.position_embedding = nn.Embedding(positions, dim)
        self.segment_embedding = nn.Embedding(2, dim)
        self.norm = nn.LayerNorm(dim, eps=1e-12)
        for embedding in (self.word_embedding, self.position_embedding, self.segment_embedding):
            nn.init.normal_(embedding.weight, std=0.05)

    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        places = self.position_embedding(torch.arange(ids.shape[1]))
        return self.norm(self.word_embedding(ids) + places + self.segment_embedding(segments))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(dim, dim) for _ in range(4))
        self.attention_norm = nn.LayerNorm(dim, eps=1e-12)
        self.dense_in, self.dense_out = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)
        self.dense_norm = nn.LayerNorm(dim, eps=1e-12)

    def forward(self, x, attention_mask=None):
        query, key, value = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        may = None if attention_mask is None else attention_mask[:, None, None]
        found = F.scaled_dot_product_attention(query, key, value, may).transpose(1, 2).flatten(2)
        x = self.attention_norm(x + self.output(found))
        return self.dense_norm(x + self.dense_out(F.gelu(self.dense_in(x))))


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, vocabulary_size, dim=64, heads=4, layers=2, positions=64, embeddings=BertEmbeddings):
        super().__init__()
        self.embeddings = embeddings(vocabulary_size, dim, positions)
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(layers))
        self.pooler = nn.Linear(dim, dim)
        self.next_sentence = nn.Linear(dim, 2)
        self.transform = nn.Linear(dim, dim)
        self.transform_norm = nn.LayerNorm(dim, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocabulary_size))

    @property
    def table(self):
        return self.embeddings.word_embedding.weight

    def begin(self, ids, segments):
        return self.embeddings(ids, segments)

    def through(self, x, real):
        for block in self.blocks:
            x = block(x, real)
        return x

    def transformed(self, x):
        return self.transform_norm(F.gelu(self.transform(x)))

    def scores(self, x):
        return self.transformed(x) @ self.table.T + self.bias

    def pairs(self, x):
        return self.next_sentence(torch.tanh(self.pooler(x[:, 0])))

    def end(self, tokens, pairs):
        return tokens, pairs

    def forward(self, ids, segments=None, attention_mask=None):
        x = self.through(self.begin(ids, segments), attention_mask)
        return self.end(self.scores(x), self.pairs(x))


def other(**methods):
    """The exercise's class with other methods."""
    return type("BertForPreTraining", (Base,), methods)


@right
def one_after_the_other_with_prints():
    class BertForPreTraining(Base):
        def forward(self, ids, segments=None, attention_mask=None):
            print(ids.shape)
            hidden = self.embeddings(ids, segments)
            for i in range(len(self.blocks)):
                hidden = self.blocks[i](hidden, attention_mask=attention_mask)
            cls = hidden[:, 0, :]
            pooled = self.pooler(cls).tanh()
            pair_logits = self.next_sentence(pooled)
            hidden = self.transform(hidden)
            hidden = nn.GELU()(hidden)
            hidden = self.transform_norm(hidden)
            token_logits = F.linear(hidden, self.embeddings.word_embedding.weight, self.bias)
            return [token_logits, pair_logits]

    return BertForPreTraining


@right
def sums_written_out():
    """Matrix products by einsum, GELU by the error function, tanh by exponentials."""

    class BertForPreTraining(Base):
        def forward(self, ids, segments=None, attention_mask=None):
            import functools
            import math

            def dense(layer, x):
                return torch.einsum("...i,oi->...o", x, layer.weight) + layer.bias

            x = functools.reduce(
                lambda x, block: block(x, attention_mask), self.blocks, self.embeddings(ids, segments)
            )
            made = dense(self.transform, x)
            made = made * 0.5 * (1 + torch.erf(made / math.sqrt(2)))
            tokens = torch.einsum("btd,vd->btv", self.transform_norm(made), self.table) + self.bias
            pooled = 2 * torch.sigmoid(2 * dense(self.pooler, x.select(1, 0))) - 1
            return tokens, dense(self.next_sentence, pooled)

    return BertForPreTraining


@right
def row_by_row_without_its_padding():
    """Each row goes through alone, cut to its real tokens; the padding's logits are zeros."""

    class BertForPreTraining(Base):
        def forward(self, ids, segments=None, attention_mask=None):
            import logging

            logging.getLogger("student").warning("%d rows", len(ids))
            tokens, pairs = [], []
            for n in range(len(ids)):
                time = ids.shape[1] if attention_mask is None else int(attention_mask[n].sum())
                row = ids[n : n + 1, :time]
                x = self.through(
                    self.begin(row, None if segments is None else segments[n : n + 1, :time]), None
                )
                tokens.append(F.pad(self.scores(x)[0], (0, 0, 0, ids.shape[1] - time)))
                pairs.append(self.pairs(x)[0])
            return torch.stack(tokens), torch.stack(pairs)

    return BertForPreTraining


@right
def a_named_tuple_and_a_mask_that_is_always_there():
    from collections import namedtuple

    Logits = namedtuple("Logits", "tokens pairs")

    class BertForPreTraining(Base):
        def forward(self, ids, segments=None, attention_mask=None):
            import warnings

            warnings.warn("a named tuple", stacklevel=1)
            if segments is None:
                segments = torch.zeros(ids.shape, dtype=torch.long)
            if attention_mask is None:
                attention_mask = torch.ones(ids.shape).bool()
            x = self.through(self.embeddings(ids, segments), attention_mask)
            return Logits(tokens=self.scores(x), pairs=self.pairs(x))

    return BertForPreTraining


@right
def the_parts_of_this_file():
    return other()


@wrong("That is GELU's approximation by tanh", earns=0)
def approximate_gelu():
    return other(
        transformed=lambda self, x: self.transform_norm(F.gelu(self.transform(x), approximate="tanh"))
    )


@wrong("That is ReLU; BERT has GELU", earns=0)
def relu():
    return other(transformed=lambda self, x: self.transform_norm(F.relu(self.transform(x))))


@wrong("That is tanh, which belongs to the pair head", earns=0)
def tanh_in_both_heads():
    return other(transformed=lambda self, x: self.transform_norm(torch.tanh(self.transform(x))))


@wrong("`transform`, GELU and `transform_norm` come before the scores", earns=0)
def no_transform():
    return other(transformed=lambda self, x: x)


@wrong("The GELU between `transform` and its norm is missing", earns=0)
def no_gelu():
    return other(transformed=lambda self, x: self.transform_norm(self.transform(x)))


@wrong("`transform_norm` is missing", earns=0)
def no_norm():
    return other(transformed=lambda self, x: F.gelu(self.transform(x)))


@wrong("First GELU, then the norm", earns=0)
def norm_before_gelu():
    return other(transformed=lambda self, x: F.gelu(self.transform_norm(self.transform(x))))


@wrong("Yours also has `decoder.weight`", earns=0)
def no_tie():
    class BertForPreTraining(Base):
        def __init__(
            self, vocabulary_size, dim=64, heads=4, layers=2, positions=64, embeddings=BertEmbeddings
        ):
            super().__init__(vocabulary_size, dim, heads, layers, positions, embeddings)
            self.decoder = nn.Linear(dim, vocabulary_size, bias=False)

        def scores(self, x):
            return self.decoder(self.transformed(x)) + self.bias

    return BertForPreTraining


@wrong("the table learns from its scores too, so nothing is detached", earns=0)
def the_tie_is_detached():
    return other(scores=lambda self, x: self.transformed(x) @ self.table.detach().T + self.bias)


@wrong("something between the embeddings and the heads cuts the graph", earns=0)
def the_input_is_detached():
    return other(begin=lambda self, ids, segments: self.embeddings(ids, segments).detach())


@wrong("`bias`, one number for each word of the vocabulary, is not added", earns=0)
def no_bias():
    return other(scores=lambda self, x: self.transformed(x) @ self.table.T)


@wrong("You divide by a root", earns=0)
def divides_by_the_root():
    return other(
        scores=lambda self, x: (self.transformed(x) @ self.table.T + self.bias) / self.table.shape[1] ** 0.5
    )


@wrong("You divide by a root", earns=0)
def divides_the_products_by_the_root():
    return other(
        scores=lambda self, x: self.transformed(x) @ self.table.T / self.table.shape[1] ** 0.5 + self.bias
    )


@wrong("Those are probabilities; logits are asked for", earns=0)
def probabilities():
    return other(end=lambda self, tokens, pairs: (tokens.softmax(-1), pairs))


@wrong("Those are logarithms of probabilities; logits are asked for", earns=0)
def logarithms():
    return other(end=lambda self, tokens, pairs: (tokens.log_softmax(-1), pairs))


@wrong("the pair head reads the state of [CLS] alone", earns=0)
def mean_of_all_states():
    return other(pairs=lambda self, x: self.next_sentence(torch.tanh(self.pooler(x.mean(1)))))


@wrong("That is the last token; [CLS] stands first", earns=0)
def last_state():
    return other(pairs=lambda self, x: self.next_sentence(torch.tanh(self.pooler(x[:, -1]))))


@wrong("The tanh behind `pooler` is missing", earns=0)
def no_tanh():
    return other(pairs=lambda self, x: self.next_sentence(self.pooler(x[:, 0])))


@wrong("`pooler` is not used", earns=0)
def no_pooler():
    return other(pairs=lambda self, x: self.next_sentence(x[:, 0]))


@wrong("That is GELU; the pair head has tanh", earns=0)
def gelu_in_both_heads():
    return other(pairs=lambda self, x: self.next_sentence(F.gelu(self.pooler(x[:, 0]))))


@wrong("The two scores have changed places", earns=0)
def scores_turned_round():
    return other(end=lambda self, tokens, pairs: (tokens, pairs.flip(-1)))


@wrong("two scores are asked for", earns=0)
def probabilities_of_the_pair():
    return other(end=lambda self, tokens, pairs: (tokens, pairs.softmax(-1)))


@wrong("The pair logits at", earns=0)
def pair_head_reads_the_embeddings():
    """The state of [CLS] before the blocks."""

    class BertForPreTraining(Base):
        def forward(self, ids, segments=None, attention_mask=None):
            x = self.begin(ids, segments)
            deep = self.through(x, attention_mask)
            return self.scores(deep), self.pairs(2 * x)

    return BertForPreTraining


@wrong("change nothing in the pair logits", earns=0)
def pair_head_skips_the_blocks():
    class BertForPreTraining(Base):
        def forward(self, ids, segments=None, attention_mask=None):
            x = self.begin(ids, segments)
            return self.scores(self.through(x, attention_mask)), self.pairs(
                self.through(x, attention_mask) * 0 + x
            )

    return BertForPreTraining


@wrong("Is `attention_mask` handed on to every block, as it came", earns=0)
def no_mask():
    return other(through=lambda self, x, real: Base.through(self, x, None))


@wrong("Is `attention_mask` handed on to every block, as it came", earns=0)
def mask_for_the_first_block_alone():
    def through(self, x, real):
        for i, block in enumerate(self.blocks):
            x = block(x, real if i == 0 else None)
        return x

    return other(through=through)


@wrong("Is `attention_mask` handed on to every block, as it came", earns=0)
def mask_turned_round():
    return other(through=lambda self, x, real: Base.through(self, x, None if real is None else ~real))


@wrong("With `segments` the token logits do not follow", earns=0)
def no_segments():
    return other(begin=lambda self, ids, segments: self.embeddings(ids))


@wrong("Each block is used once, from the first to the last", earns=0)
def first_block_alone():
    return other(through=lambda self, x, real: self.blocks[0](x, real))


@wrong("Each block is used once, from the first to the last", earns=0)
def last_block_alone():
    """A loop that begins with the embeddings each time."""

    def through(self, x, real):
        for block in self.blocks:
            out = block(x, real)
        return out

    return other(through=through)


@wrong("Each block is used once, from the first to the last", earns=0)
def the_same_block_twice():
    def through(self, x, real):
        for _ in self.blocks:
            x = self.blocks[0](x, real)
        return x

    return other(through=through)


@wrong("Each block is used once, from the first to the last", earns=0)
def blocks_from_the_last_to_the_first():
    def through(self, x, real):
        for block in reversed(self.blocks):
            x = block(x, real)
        return x

    return other(through=through)


@wrong("are off", earns=0)
def a_residual_round_each_block():
    def through(self, x, real):
        for block in self.blocks:
            x = x + block(x, real)
        return x

    return other(through=through)


@wrong("The logits of one call and the next differ", earns=0)
def dropout():
    return other(through=lambda self, x, real: F.dropout(Base.through(self, x, real), 0.1, training=True))


@wrong("With your own BertEmbeddings", earns=4)
def embeddings_without_their_norm():
    class Bare(BertEmbeddings):
        def forward(self, ids, segments=None):
            segments = torch.zeros_like(ids) if segments is None else segments
            places = self.position_embedding(torch.arange(ids.shape[1]))
            return self.word_embedding(ids) + places + self.segment_embedding(segments)

    class BertForPreTraining(Base):
        def __init__(self, vocabulary_size, dim=64, heads=4, layers=2, positions=64, embeddings=Bare):
            super().__init__(vocabulary_size, dim, heads, layers, positions, embeddings)

    return BertForPreTraining


@wrong("With float64 in, float32 comes out", earns=4.5)
def always_float32():
    return other(end=lambda self, tokens, pairs: (tokens.float(), pairs.float()))


@wrong("yours come the other way round", earns=0)
def results_turned_round():
    return other(end=lambda self, tokens, pairs: (pairs, tokens))


@wrong("BertForPreTraining should return a tuple or a list", earns=0)
def token_logits_alone():
    return other(end=lambda self, tokens, pairs: tokens)


@wrong("Return two tensors: the token logits and the pair logits", earns=0)
def states_too():
    return other(end=lambda self, tokens, pairs: (tokens, pairs, tokens))


@wrong("The pair logits should be a tensor, (batch, 2); yours is None", earns=0)
def no_pair_head():
    return other(end=lambda self, tokens, pairs: (tokens, None))


@wrong("The token logits should be a tensor", earns=0)
def lists_of_numbers():
    return other(end=lambda self, tokens, pairs: (tokens.tolist(), pairs.tolist()))


@wrong("The token logits should be floating-point numbers; yours are int64", earns=0)
def the_best_guess_for_logits():
    return other(end=lambda self, tokens, pairs: (tokens.long(), pairs))


@wrong("returned nan", earns=0)
def not_a_number():
    return other(end=lambda self, tokens, pairs: (tokens / 0 - tokens / 0, pairs))


@wrong("should be a tensor", earns=0)
def objects():
    return other(end=lambda self, tokens, pairs: (nn.Linear(2, 2), object()))


@wrong("The token logits at", earns=0)
def constant():
    return other(end=lambda self, tokens, pairs: (tokens * 0, pairs * 0))


@wrong("the token logits, (batch, time, vocabulary), should have shape", earns=0)
def identity():
    return other(forward=lambda self, ids, segments=None, attention_mask=None: (ids, segments))


@wrong("a token logit is off", earns=0)
def hard_coded_examples():
    """Right for five words of width 4, and without a token head elsewhere."""

    class BertForPreTraining(Base):
        def scores(self, x):
            return super().scores(x) if self.table.shape == (5, 4) else x @ self.table.T

    return BertForPreTraining
