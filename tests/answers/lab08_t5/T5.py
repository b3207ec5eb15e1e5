import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong
from tests.answers.lab08_t5 import parts
from tests.answers.lab08_t5.parts import RelativeBias, RMSNorm, T5Block


class Base(parts.T5):
    """The solution, in steps that an answer replaces by its mistake."""

    def words(self, ids):
        return self.embedding(ids)

    def bias_of(self, stack, time):
        return (self.encoder_bias if stack == "encoder" else self.decoder_bias)(time, time)

    def padding(self, ids):
        return (ids != 0)[:, None, None]

    def through_encoder(self, x, bias, may):
        for block in self.encoder:
            x = block(x, bias, may)
        return x

    def final(self, x):
        return self.encoder_norm(x)

    def causal(self, ids):
        time = ids.shape[1]
        return torch.ones(time, time, dtype=torch.bool, device=ids.device).tril()

    def memory(self, memory, real):
        return memory, real[:, None, None]

    def through_decoder(self, x, bias, may, memory, memory_may):
        for block in self.decoder:
            x = block(x, bias, may, memory, memory_may)
        return x

    def states(self, x):
        return self.decoder_norm(x) * x.shape[-1] ** -0.5

    def logits(self, x):
        return x @ self.embedding.weight.T

    def encode(self, ids):
        x, bias = self.words(ids), self.bias_of("encoder", ids.shape[1])
        return self.final(self.through_encoder(x, bias, self.padding(ids)))

    def decode(self, ids, memory, real):
        x, bias = self.words(ids), self.bias_of("decoder", ids.shape[1])
        x = self.through_decoder(x, bias, self.causal(ids), *self.memory(memory, real))
        return self.logits(self.states(x))


def other(**methods):
    """The exercise's class with other methods."""
    return type("T5", (Base,), methods)


@right
def with_prints():
    def encode(self, ids):
        import warnings

        print(ids.shape)
        warnings.warn("an encoder", stacklevel=1)
        return Base.encode(self, ids)

    return other(encode=encode)


@right
def masks_written_out():
    """All masks in full, (batch, heads, time, time or source), and everything by name."""

    class T5(Base):
        def encode(self, ids):
            batch, time = ids.shape
            may = torch.zeros(batch, 1, time, time, dtype=torch.bool)
            for row in range(batch):
                for key in range(time):
                    may[row, 0, :, key] = bool(ids[row, key] != 0)
            hidden = F.embedding(ids, self.embedding.weight)
            for i in range(len(self.encoder)):
                hidden = self.encoder[i](hidden, bias=self.encoder_bias(time, time), may=may)
            return self.encoder_norm(hidden)

        def decode(self, ids, memory, real):
            batch, time = ids.shape
            key, query = torch.arange(time)[None], torch.arange(time)[:, None]
            may = (key <= query).expand(batch, 1, time, time)
            there = real[:, None, None, :].expand(batch, 1, time, memory.shape[1])
            hidden = F.embedding(ids, self.embedding.weight)
            for i in range(len(self.decoder)):
                bias = self.decoder_bias(time, time)
                hidden = self.decoder[i](hidden, memory=memory, memory_may=there, bias=bias, may=may)
            width = self.embedding.embedding_dim
            return F.linear(self.decoder_norm(hidden) / width**0.5, self.embedding.weight)

    return T5


@right
def row_by_row_without_its_padding():
    class T5(Base):
        def encode(self, ids):
            rows = []
            for row in ids:
                real = row[row != 0]
                bias = self.encoder_bias(len(real), len(real))
                x = self.embedding(real)[None]
                for block in self.encoder:
                    x = block(x, bias)
                rows.append(F.pad(self.encoder_norm(x)[0], (0, 0, 0, len(row) - len(real))))
            return torch.stack(rows)

        def decode(self, ids, memory, real):
            rows = []
            for row, there, kept in zip(ids, memory, real):
                x = self.embedding(row)[None]
                bias = self.decoder_bias(len(row), len(row))
                for block in self.decoder:
                    x = block(x, bias, self.causal(ids), there[kept][None])
                rows.append(self.logits(self.states(x))[0])
            return torch.stack(rows)

    return T5


@right
def scaled_at_the_end_by_einsum():
    class T5(Base):
        def decode(self, ids, memory, real):
            import functools
            import math

            bias, causal = self.decoder_bias(ids.size(1), ids.size(1)), ~self.causal(ids).mT | torch.eye(ids.size(1)).bool()  # fmt: skip
            x = functools.reduce(
                lambda x, block: block(x, bias, causal, memory, real.unsqueeze(1).unsqueeze(1)),
                self.decoder,
                self.embedding(ids),
            )
            return torch.einsum("btd,vd->btv", self.decoder_norm(x), self.embedding.weight) / math.sqrt(
                x.size(-1)
            )

    return T5


@right
def the_parts_of_this_file():
    return other()


@right
def padding_set_to_zero_behind_the_encoder():
    """What `encode` gives at padding is asked by nobody."""
    return other(encode=lambda self, ids: Base.encode(self, ids) * (ids != 0)[..., None])


@wrong("`encoder_norm` is missing", earns=0)
def no_encoder_norm():
    return other(final=lambda self, x: x)


@wrong("That is `decoder_norm`; behind the encoder's", earns=0)
def decoder_norm_behind_the_encoder():
    return other(final=lambda self, x: self.decoder_norm(x))


@wrong("`encoder_norm` is used twice", earns=0)
def norm_behind_each_encoder_block():
    def through_encoder(self, x, bias, may):
        for block in self.encoder:
            x = self.encoder_norm(block(x, bias, may))
        return x

    return other(through_encoder=through_encoder)


@wrong("The words' vectors are multiplied by the root of the width", earns=0)
def scaled_words():
    return other(words=lambda self, ids: self.embedding(ids) * self.embedding.embedding_dim**0.5)


@wrong("The padding, id 0, is attended to", earns=0)
def no_encoder_mask():
    return other(padding=lambda self, ids: None)


@wrong("somebody attends to nothing", earns=0)
def encoder_mask_turned_round():
    return other(padding=lambda self, ids: (ids == 0)[:, None, None])


@wrong("a causal mask is for the decoder", earns=0)
def causal_encoder():
    return other(padding=lambda self, ids: self.causal(ids) & (ids != 0)[:, None, None])


@wrong("a causal mask is for the decoder", earns=0)
def causal_encoder_without_padding():
    return other(padding=lambda self, ids: self.causal(ids))


@wrong("Is a bias handed on to the block?", earns=0)
def no_encoder_bias():
    def bias_of(self, stack, time):
        return None if stack == "encoder" else self.decoder_bias(time, time)

    return other(bias_of=bias_of)


@wrong("That is `decoder_bias`; the encoder has its own", earns=0)
def one_bias_for_both():
    return other(bias_of=lambda self, stack, time: self.decoder_bias(time, time))


@wrong("That is `encoder_bias`; the decoder has its own", earns=0)
def the_encoders_bias_for_both():
    return other(bias_of=lambda self, stack, time: self.encoder_bias(time, time))


@wrong("the encoder has its own", earns=0)
def biases_exchanged():
    def bias_of(self, stack, time):
        return Base.bias_of(self, "decoder" if stack == "encoder" else "encoder", time)

    return other(bias_of=bias_of)


@wrong("with the same bias, masks and memory", earns=0)
def bias_for_the_first_block_alone():
    """As in the library, where only the first block has a table; but all of them get its numbers."""

    def through_encoder(self, x, bias, may):
        for i, block in enumerate(self.encoder):
            x = block(x, bias if i == 0 else None, may)
        return x

    return other(through_encoder=through_encoder)


@wrong("with the same bias, masks and memory", earns=0)
def decoder_bias_for_the_first_block_alone():
    def through_decoder(self, x, bias, *given):
        for i, block in enumerate(self.decoder):
            x = block(x, bias if i == 0 else None, *given)
        return x

    return other(through_decoder=through_decoder)


@wrong("with the same bias, masks and memory", earns=0)
def mask_for_the_first_block_alone():
    def through_encoder(self, x, bias, may):
        for i, block in enumerate(self.encoder):
            x = block(x, bias, may if i == 0 else None)
        return x

    return other(through_encoder=through_encoder)


@wrong("with the same bias, masks and memory", earns=0)
def memory_for_the_last_block_alone():
    def through_decoder(self, x, bias, may, memory, memory_may):
        last = len(self.decoder) - 1
        for i, block in enumerate(self.decoder):
            x = block(x, bias, may, *((memory, memory_may) if i == last else ()))
        return x

    return other(through_decoder=through_decoder)


@wrong("Each block is used once", earns=0)
def first_block_alone():
    return other(through_encoder=lambda self, x, bias, may: self.encoder[0](x, bias, may))


@wrong("Each block is used once", earns=0)
def a_loop_that_begins_again():
    def through_decoder(self, x, *given):
        for block in self.decoder:
            out = block(x, *given)
        return out

    return other(through_decoder=through_decoder)


@wrong("Each block is used once", earns=0)
def as_many_decoder_blocks_as_encoder_blocks():
    def through_decoder(self, x, *given):
        for _, block in zip(self.encoder, self.decoder):
            x = block(x, *given)
        return x

    return other(through_decoder=through_decoder)


@wrong("Each block is used once", earns=0)
def the_same_block_again_and_again():
    def through_decoder(self, x, *given):
        for _ in self.decoder:
            x = self.decoder[0](x, *given)
        return x

    return other(through_decoder=through_decoder)


@wrong("do the blocks come from the first to the last", earns=0)
def encoder_from_the_last_to_the_first():
    def through_encoder(self, x, bias, may):
        for block in reversed(self.encoder):
            x = block(x, bias, may)
        return x

    return other(through_encoder=through_encoder)


@wrong("do the blocks come from the first to the last", earns=0)
def decoder_from_the_last_to_the_first():
    def through_decoder(self, x, *given):
        for block in reversed(self.decoder):
            x = block(x, *given)
        return x

    return other(through_decoder=through_decoder)


@wrong("`decoder_norm` is missing", earns=0)
def no_decoder_norm():
    return other(states=lambda self, x: x * x.shape[-1] ** -0.5)


@wrong("That is `encoder_norm`; behind the decoder's", earns=0)
def encoder_norm_behind_the_decoder():
    return other(states=lambda self, x: self.encoder_norm(x) * x.shape[-1] ** -0.5)


@wrong("The states are not multiplied by width^−0.5", earns=0)
def logits_not_scaled():
    return other(states=lambda self, x: self.decoder_norm(x))


@wrong("The states are multiplied by the root of the width", earns=0)
def logits_multiplied():
    return other(states=lambda self, x: self.decoder_norm(x) * x.shape[-1] ** 0.5)


@wrong("The states are multiplied by width^−1", earns=0)
def logits_divided_by_the_width():
    return other(states=lambda self, x: self.decoder_norm(x) / x.shape[-1])


@wrong("Those are probabilities", earns=0)
def probabilities():
    return other(logits=lambda self, x: Base.logits(self, x).softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def logarithms():
    return other(logits=lambda self, x: Base.logits(self, x).log_softmax(-1))


@wrong("Yours also has `head.weight`", earns=0)
def another_table_for_the_output():
    class T5(Base):
        def __init__(self, vocabulary_size, width=64, *given, **named):
            super().__init__(vocabulary_size, width, *given, **named)
            self.head = nn.Linear(width, vocabulary_size, bias=False)

        def logits(self, x):
            return self.head(x)

    return T5


@wrong("what `decode` gives, (batch, time, vocabulary), should have shape", earns=0)
def states_for_logits():
    return other(logits=lambda self, x: x)


@wrong("the decoder sees ahead", earns=0)
def no_causal_mask():
    return other(causal=lambda self, ids: None)


@wrong("the decoder sees ahead", earns=0)
def causal_mask_turned_round():
    return other(causal=lambda self, ids: Base.causal(self, ids).T)


@wrong("somebody attends to nothing", earns=0)
def sees_only_what_is_before():
    return other(causal=lambda self, ids: Base.causal(self, ids).tril(-1))


@wrong("Does the decoder take its first token, whose id is 0, for padding?", earns=0)
def the_decoders_padding_hidden():
    return other(causal=lambda self, ids: Base.causal(self, ids) & (ids != 0)[:, None, None])


@wrong("The decoder takes id 0 for padding", earns=0)
def the_decoders_padding_hidden_but_from_itself():
    def causal(self, ids):
        itself = torch.eye(ids.shape[1], dtype=torch.bool)
        return (Base.causal(self, ids) & (ids != 0)[:, None, None]) | itself

    return other(causal=causal)


@wrong("Each token sees itself alone", earns=0)
def sees_itself_alone():
    return other(causal=lambda self, ids: torch.eye(ids.shape[1], dtype=torch.bool))


@wrong("The decoder's ids are shifted once more", earns=0)
def shifted_once_more():
    def decode(self, ids, memory, real):
        return Base.decode(self, torch.cat([ids[:, :1], ids[:, :-1]], 1), memory, real)

    return other(decode=decode)


@wrong("Is the memory handed on to the blocks?", earns=0)
def no_memory():
    return other(memory=lambda self, memory, real: (None, None))


@wrong("The memory's padding is attended to", earns=0)
def no_mask_for_the_memory():
    return other(memory=lambda self, memory, real: (memory, None))


@wrong("somebody attends to nothing", earns=0)
def mask_for_the_memory_turned_round():
    return other(memory=lambda self, memory, real: (memory, ~real[:, None, None]))


@wrong("The memory goes through `encoder_norm` again", earns=0)
def memory_normed_again():
    return other(memory=lambda self, memory, real: (self.encoder_norm(memory), real[:, None, None]))


@wrong("The memory goes through `decoder_norm`", earns=0)
def memory_normed_by_the_decoders():
    return other(memory=lambda self, memory, real: (self.decoder_norm(memory), real[:, None, None]))


@wrong("RuntimeError", earns=0)
def mask_for_the_memory_without_axes():
    return other(memory=lambda self, memory, real: (memory, real))


@wrong("of the memory that `decode` is handed and of no other", earns=0)
def each_block_reads_the_encoder_block_beside_it():
    """The states of the layer beside it, kept by `encode`, in the place of the final ones."""

    class T5(Base):
        def through_encoder(self, x, bias, may):
            self.kept = []
            for block in self.encoder:
                x = block(x, bias, may)
                self.kept.append(x)
            return x

        def through_decoder(self, x, bias, may, memory, memory_may):
            for i, block in enumerate(self.decoder):
                x = block(x, bias, may, self.kept[min(i, len(self.kept) - 1)], memory_may)
            return x

    return T5


@wrong("of the memory that `decode` is handed and of no other", earns=0)
def what_encode_kept_in_place_of_the_memory():
    class T5(Base):
        def encode(self, ids):
            self.kept = Base.encode(self, ids)
            return self.kept

        def memory(self, memory, real):
            return self.kept, real[:, None, None]

    return T5


@wrong("leave `forward` as it is", earns=0)
def forward_without_the_sources_padding():
    def forward(self, ids, decoder_ids):
        return self.decode(decoder_ids, self.encode(ids), torch.ones_like(ids).bool())

    return other(forward=forward)


@wrong("leave `forward` as it is", earns=0)
def forward_that_shifts():
    def forward(self, ids, decoder_ids):
        return self.decode(F.pad(decoder_ids[:, :-1], (1, 0)), self.encode(ids), ids != 0)

    return other(forward=forward)


@wrong("so nothing of it is detached", earns=0)
def detached_output_table():
    return other(logits=lambda self, x: x @ self.embedding.weight.detach().T)


@wrong("so nothing of it is detached", earns=0)
def detached_words_in_the_decoder():
    class T5(Base):
        def decode(self, ids, memory, real):
            x = self.embedding(ids).detach()
            x = self.through_decoder(
                x, self.bias_of("decoder", ids.shape[1]), self.causal(ids), *self.memory(memory, real)
            )
            return self.logits(self.states(x))

    return T5


@wrong("No gradient reaches `encoder_bias.slope`", earns=0)
def detached_bias():
    return other(bias_of=lambda self, stack, time: Base.bias_of(self, stack, time).detach())


@wrong("No gradient reaches", earns=0)
def detached_memory():
    return other(memory=lambda self, memory, real: (memory.detach(), real[:, None, None]))


@wrong("The states of one call and the next differ", earns=0)
def dropout():
    return other(final=lambda self, x: F.dropout(self.encoder_norm(x), 0.1))


@wrong("of the real tokens number", earns=0)
def a_residual_round_each_block():
    def through_encoder(self, x, bias, may):
        for block in self.encoder:
            x = x + block(x, bias, may)
        return x

    return other(through_encoder=through_encoder)


@wrong("With your own T5Block, RelativeBias and RMSNorm", earns=3)
def own_block_with_a_gelu():
    class Other(T5Block):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            own = self.attention_norm(x)
            x = x + self.attention(own, own, bias, may)
            if memory is not None:
                x = x + self.cross(self.cross_norm(x), memory, None, memory_may)
            return x + self.dense_out(F.gelu(self.dense_in(self.dense_norm(x))))

    class T5(Base):
        def __init__(
            self, vocabulary_size, width=64, heads=4, layers=(2, 2), inner=256, block=Other, bias=RelativeBias, norm=RMSNorm
        ):  # fmt: skip
            super().__init__(vocabulary_size, width, heads, layers, inner, block, bias, norm)

    return T5


@wrong("leave that as it is", earns=3)
def inner_not_used():
    class T5(Base):
        def __init__(self, vocabulary_size, width=64, heads=4, layers=(2, 2), inner=256, **named):
            super().__init__(vocabulary_size, width, heads, layers, 4 * width + 3, **named)

    return T5


@wrong("Yours is without `decoder.2.attention.own`", earns=0)
def layers_not_used():
    class T5(Base):
        def __init__(self, vocabulary_size, width=64, heads=4, layers=(2, 2), *given, **named):
            super().__init__(vocabulary_size, width, heads, (layers[0], layers[0]), *given, **named)

    return T5


@wrong("With float64 in, float32 comes out", earns=3.5)
def always_float32():
    return other(logits=lambda self, x: Base.logits(self, x).float())


@wrong("T5 is not written yet", earns=0)
def unwritten():
    def encode(self, ids):
        raise NotImplementedError("T5.encode")

    return other(encode=encode)


@wrong("T5 is not written yet", earns=0)
def decode_unwritten():
    def decode(self, ids, memory, real):
        raise NotImplementedError("T5.decode")

    return other(decode=decode)


@wrong("What `encode` gives should be a tensor, (batch, source, width); yours is None", earns=0)
def encode_prints():
    return other(encode=lambda self, ids: print(ids))


@wrong("What `encode` gives should be a tensor", earns=0)
def states_and_mask():
    return other(encode=lambda self, ids: (Base.encode(self, ids), ids != 0))


@wrong("of the real tokens number", earns=0)
def constant():
    return other(encode=lambda self, ids: self.embedding(ids) * 0)


@wrong("what `encode` gives, (batch, source, width), should have shape", earns=0)
def identity():
    return other(encode=lambda self, ids: ids, decode=lambda self, ids, memory, real: ids)


@wrong("is off", earns=0)
def hard_coded_examples():
    """Right for five words of width 4, and something else elsewhere."""

    def final(self, x):
        made = self.encoder_norm(x)
        return made if self.embedding.weight.shape == (5, 4) else 2 * made

    return other(final=final)
