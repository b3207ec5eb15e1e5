import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, vocabulary_size, dim, positions):
        super().__init__()
        self.word_embedding = nn.Embedding(vocabulary_size, dim)
        self.position_embedding = nn.Embedding(positions, dim)
        self.segment_embedding = nn.Embedding(2, dim)
        self.norm = nn.LayerNorm(dim, eps=1e-12)
        for embedding in (self.word_embedding, self.position_embedding, self.segment_embedding):
            nn.init.normal_(embedding.weight, std=0.05)

    def refuse(self, ids):
        positions = self.position_embedding.num_embeddings
        if ids.shape[1] > positions:
            raise ValueError(f"{ids.shape[1]} tokens, and there are {positions} positions")

    def words(self, ids):
        return self.word_embedding(ids)

    def places(self, ids, segments):
        return self.position_embedding(torch.arange(ids.shape[1]))

    def told(self, ids, segments):
        return self.segment_embedding(torch.zeros_like(ids) if segments is None else segments)

    def summed(self, words, places, told):
        return self.norm(words + places + told)

    def forward(self, ids, segments=None):
        self.refuse(ids)
        return self.summed(self.words(ids), self.places(ids, segments), self.told(ids, segments))


def other(**methods):
    """The exercise's class with other methods."""
    return type("BertEmbeddings", (Base,), methods)


def summing(summed):
    """The exercise's class with another sum: (self, words, places, told) -> float (batch, time, dim)."""
    return other(summed=summed)


def placing(place):
    """The exercise's class with other places: ids -> long."""
    return other(places=lambda self, ids, segments: self.position_embedding(place(ids)))


@right
def three_lookups_with_prints():
    class BertEmbeddings(Base):
        def forward(self, ids, segments=None):
            batch, time = ids.size()
            limit = self.position_embedding.weight.shape[0]
            if time > limit:
                raise ValueError(f"the row has {time} tokens, the table {limit} positions")
            if segments is None:
                segments = torch.zeros(batch, time, dtype=torch.long)
            place = torch.arange(time).unsqueeze(0).repeat(batch, 1)
            x = self.word_embedding(ids)
            print("words", x.shape)
            x = x + self.position_embedding(place)
            x = x + self.segment_embedding(segments)
            return self.norm(x)

    return BertEmbeddings


@right
def products_with_one_hot_rows():
    class BertEmbeddings(Base):
        def forward(self, ids, segments=None):
            words, places, told = (
                table.weight
                for table in (self.word_embedding, self.position_embedding, self.segment_embedding)
            )
            if ids.shape[-1] > len(places):
                raise ValueError(f"{ids.shape[-1]} > {len(places)}")
            second = torch.zeros(ids.shape) if segments is None else segments
            second = second.to(words.dtype)[..., None]
            one_hot = F.one_hot(ids, len(words)).to(words.dtype)
            x = torch.einsum("btv,vd->btd", one_hot, words) + places[: ids.shape[-1]]
            x = x + (1 - second) * told[0] + second * told[1]
            return F.layer_norm(x, x.shape[-1:], self.norm.weight, self.norm.bias, self.norm.eps)

    return BertEmbeddings


@right
def token_by_token():
    class BertEmbeddings(Base):
        def forward(self, ids, segments=None):
            import logging

            if ids.shape[1] > self.position_embedding.num_embeddings:
                raise ValueError(f"{ids.shape[1]} > {self.position_embedding.num_embeddings}")
            rows = []
            for row, line in enumerate(ids.tolist()):
                vectors = []
                for place, token in enumerate(line):
                    segment = 0 if segments is None else segments[row, place]
                    vectors.append(
                        self.word_embedding.weight[token]
                        + self.position_embedding.weight[place]
                        + self.segment_embedding.weight[segment]
                    )
                rows.append(torch.stack(vectors))
            logging.getLogger("student").warning("%d rows", len(rows))
            return self.norm(torch.stack(rows))

    return BertEmbeddings


@right
def the_norm_written_out_in_float64():
    class Refused(ValueError):
        pass

    class BertEmbeddings(Base):
        def forward(self, ids, segments=None):
            import warnings

            warnings.warn("in float64", stacklevel=1)
            if self.position_embedding.num_embeddings < ids.shape[1]:
                raise Refused(f"{ids.shape[1]} and {self.position_embedding.num_embeddings}")
            x = self.word_embedding(ids) + self.position_embedding.weight[None, : ids.shape[1]]
            if segments is None:
                x = x + self.segment_embedding.weight[0]
            else:
                x = x + self.segment_embedding(segments)
            wide = x.double()
            wide = (wide - wide.mean(-1, keepdim=True)) / wide.std(-1, keepdim=True, unbiased=False)
            return wide.to(x.dtype) * self.norm.weight + self.norm.bias

    return BertEmbeddings


@right
def the_parts_of_this_file():
    return other()


@wrong("The norm is missing", earns=0)
def no_norm():
    return summing(lambda self, words, places, told: words + places + told)


@wrong("There is one norm, over the sum", earns=0)
def norm_before_the_sum():
    return summing(lambda self, words, places, told: self.norm(words) + places + told)


@wrong("There is one norm, over the sum", earns=0)
def a_norm_for_each():
    return summing(lambda self, words, places, told: self.norm(words) + self.norm(places) + self.norm(told))


@wrong("There is one norm, over the sum of all three", earns=0)
def segments_behind_the_norm():
    return summing(lambda self, words, places, told: self.norm(words + places) + told)


@wrong("The vectors of the positions are not added", earns=0)
def no_positions():
    return summing(lambda self, words, places, told: self.norm(words + told))


@wrong("The vectors of the segments are not added", earns=0)
def no_segments():
    return summing(lambda self, words, places, told: self.norm(words + places))


@wrong("The position is looked up by the token's id", earns=0)
def positions_by_the_id():
    return placing(lambda ids: ids)


@wrong("Positions count from 0", earns=0)
def positions_from_1():
    return placing(lambda ids: torch.arange(1, ids.shape[1] + 1))


@wrong("is off at", earns=0)
def positions_from_the_end():
    return placing(lambda ids: torch.arange(ids.shape[1]).flip(0))


@wrong("is off at", earns=0)
def one_position_for_all():
    return placing(lambda ids: torch.zeros_like(ids))


@wrong("and do not begin again in the second sentence", earns=0)
def positions_begin_again_in_the_second_sentence():
    def places(self, ids, segments):
        place = torch.arange(ids.shape[1]).expand(ids.shape)
        if segments is not None:
            place = torch.where(segments == 1, place - (segments == 0).sum(1, keepdim=True), place)
        return self.position_embedding(place.clamp(min=0))

    return other(places=places)


@wrong("Are `segments` used? All tokens get the vector of segment 0", earns=0)
def segments_ignored():
    return other(told=lambda self, ids, segments: self.segment_embedding(torch.zeros_like(ids)))


@wrong("The segments are turned round", earns=0)
def segments_turned_round():
    return other(
        told=lambda self, ids, segments: self.segment_embedding(
            torch.zeros_like(ids) if segments is None else 1 - segments
        )
    )


@wrong("The vector of segment 0 is added then, too", earns=0)
def nothing_added_without_segments():
    return other(
        told=lambda self, ids, segments: 0.0 if segments is None else self.segment_embedding(segments)
    )


@wrong("Without `segments` all tokens belong to segment 0", earns=0)
def segment_1_without_segments():
    return other(
        told=lambda self, ids, segments: self.segment_embedding(
            torch.ones_like(ids) if segments is None else segments
        )
    )


@wrong("argument 'indices' (position 2) must be Tensor, not NoneType", earns=0)
def segments_are_asked_for():
    return other(told=lambda self, ids, segments: self.segment_embedding(segments))


@wrong("The words' vectors are multiplied by the root of the width", earns=0)
def scaled_words():
    return other(words=lambda self, ids: self.word_embedding(ids) * self.word_embedding.embedding_dim**0.5)


@wrong("what is drawn in `forward`? There is no dropout here", earns=0)
def dropout():
    return summing(
        lambda self, words, places, told: F.dropout(self.norm(words + places + told), 0.1, training=True)
    )


@wrong("is it `self.norm` that is used?", earns=0)
def a_norm_of_its_own():
    return summing(lambda self, words, places, told: F.layer_norm(words + places + told, words.shape[-1:]))


@wrong("Yours also has `dropout_norm.weight`", earns=0)
def another_norm_in_init():
    class BertEmbeddings(Base):
        def __init__(self, *sizes):
            super().__init__(*sizes)
            self.dropout_norm = nn.LayerNorm(sizes[1])

    return BertEmbeddings


@wrong("Yours is without `norm.weight`, `norm.bias`", earns=0)
def a_norm_without_weights():
    class BertEmbeddings(Base):
        def __init__(self, vocabulary_size, dim, positions):
            super().__init__(vocabulary_size, dim, positions)
            self.norm = nn.LayerNorm(dim, elementwise_affine=False)

    return BertEmbeddings


@wrong("is off at", earns=0)
def the_three_are_averaged_with_other_weights():
    return summing(lambda self, words, places, told: self.norm(words + 0.5 * places + told))


@wrong("7 tokens, and there are 6 positions: yours raises IndexError", earns=0)
def long_rows_are_not_refused():
    return other(refuse=lambda self, ids: None)


@wrong("7 tokens, and there are 6 positions: yours gives a result", earns=0)
def long_rows_begin_again():
    class BertEmbeddings(Base):
        def refuse(self, ids):
            pass

        def places(self, ids, segments):
            return self.position_embedding(
                torch.arange(ids.shape[1]) % self.position_embedding.num_embeddings
            )

    return BertEmbeddings


@wrong("it should name both numbers", earns=0)
def a_refusal_without_numbers():
    def refuse(self, ids):
        if ids.shape[1] > self.position_embedding.num_embeddings:
            raise ValueError("the row is too long")

    return other(refuse=refuse)


@wrong("Yours refuses 6 tokens, and there are 6 positions", earns=0)
def refuses_one_too_early():
    def refuse(self, ids):
        positions = self.position_embedding.num_embeddings
        if ids.shape[1] >= positions:
            raise ValueError(f"{ids.shape[1]} and {positions}")

    return other(refuse=refuse)


@wrong("yours raises AssertionError", earns=0)
def refuses_with_an_assert():
    def refuse(self, ids):
        assert ids.shape[1] <= self.position_embedding.num_embeddings, f"{ids.shape[1]}, 6"

    return other(refuse=refuse)


@wrong("something in your code cuts the graph", earns=0)
def cuts_the_graph():
    return summing(lambda self, words, places, told: self.norm(words + places + told).detach())


@wrong("No gradient reaches `position_embedding.weight`", earns=0)
def positions_do_not_learn():
    return other(places=lambda self, ids, segments: self.position_embedding.weight.data[: ids.shape[1]])


@wrong("With float64 in, float32 comes out", earns=1.5)
def always_float32():
    return summing(lambda self, words, places, told: self.norm(words + places + told).float())


@wrong("should have shape", earns=0)
def an_axis_too_many():
    return summing(lambda self, words, places, told: self.norm(words + places + told)[None])


@wrong("should have shape", earns=0)
def time_first():
    return summing(lambda self, words, places, told: self.norm(words + places + told).transpose(0, 1))


@wrong("yours returned a tuple", earns=0)
def returns_the_parts_too():
    return summing(lambda self, words, places, told: (self.norm(words + places + told), places))


@wrong("yours returned a list", earns=0)
def returns_lists():
    return summing(lambda self, words, places, told: self.norm(words + places + told).tolist())


@wrong("Is the `return` line missing", earns=0)
def returns_nothing():
    return summing(lambda self, words, places, told: None)


@wrong("returned nan", earns=0)
def not_a_number():
    return summing(lambda self, words, places, told: (words + places + told) * float("nan"))


@wrong("the norm of each word's own vector comes out", earns=0)
def constant():
    return summing(lambda self, words, places, told: torch.zeros_like(words))


@wrong("should have shape", earns=0)
def identity():
    return other(forward=lambda self, ids, segments=None: ids)


@wrong("Random weights, width 6", earns=0)
def hard_coded_examples():
    """Right for five words of width 4, and the words' own vectors elsewhere."""

    class BertEmbeddings(Base):
        def summed(self, words, places, told):
            if self.word_embedding.weight.shape == (5, 4):
                return super().summed(words, places, told)
            return words

    return BertEmbeddings


@wrong("With very small vectors", earns=0)
def the_norm_of_another_library():
    """`norm` is made with torch's own epsilon."""

    def __init__(self, vocabulary_size, dim, positions):
        Base.__init__(self, vocabulary_size, dim, positions)
        self.norm = nn.LayerNorm(dim)

    return other(__init__=__init__)
