import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def mask(self, ids, attention_mask):
        return (ids != 0 if attention_mask is None else attention_mask).long()

    def read(self, ids, attention_mask, token_type_ids):
        return self.encoder(ids, attention_mask=attention_mask, token_type_ids=token_type_ids)

    def pick(self, read):
        return read.last_hidden_state[:, 0]

    def score(self, state):
        return self.head(self.dropout(state))

    def forward(self, ids, attention_mask=None, token_type_ids=None):
        return self.score(self.pick(self.read(ids, self.mask(ids, attention_mask), token_type_ids)))


def other(**methods):
    """The exercise's class with other methods."""
    return type("ClsClassifier", (Base,), methods)


def picking(pick):
    """The exercise's class with another vector for the text: what the encoder gives -> float (batch, width)."""
    return other(pick=lambda self, read: pick(read))


def scoring(score):
    """The exercise's class with another way from a state to the logits: (self, state) -> float (batch, classes)."""
    return other(score=score)


def masking(mask):
    """The exercise's class with another mask: (ids, the mask given, or None) -> the mask that the encoder gets."""
    return other(mask=lambda self, ids, attention_mask: mask(ids, attention_mask))


def reading(read):
    """The exercise's class with another call of the encoder: (self, ids, mask, segments) -> what it gives."""
    return other(read=read)


@right
def step_by_step_with_prints():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            if attention_mask is None:
                attention_mask = torch.where(ids == 0, 0, 1)
            else:
                attention_mask = attention_mask.to(torch.int64)
            kwargs = {"attention_mask": attention_mask}
            if token_type_ids is not None:
                kwargs["token_type_ids"] = token_type_ids
            output = self.encoder(input_ids=ids, **kwargs)
            print("states", output.last_hidden_state.shape)
            cls = output[0][:, 0, :]
            cls = self.dropout(cls)
            return self.head(cls)

    return ClsClassifier


@right
def int_and_the_functional_dropout():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            mask = ids.ne(0) if attention_mask is None else attention_mask
            if token_type_ids is None:
                token_type_ids = torch.zeros_like(ids)
            states = self.encoder(ids, attention_mask=mask.int(), token_type_ids=token_type_ids)[
                "last_hidden_state"
            ]
            cls = F.dropout(states, p=self.dropout.p, training=self.training).select(1, 0)
            return cls @ self.head.weight.T + self.head.bias

    return ClsClassifier


@right
def a_mask_of_floats():
    def mask(ids, attention_mask):
        return torch.clamp(ids, max=1).float() if attention_mask is None else 1.0 * attention_mask

    return masking(mask)


@right
def row_by_row():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            import warnings

            warnings.warn("one row at a time", stacklevel=1)
            mask = (
                torch.tensor([[int(i != 0) for i in row] for row in ids.tolist()])
                if attention_mask is None
                else attention_mask.long()
            )
            states, _ = self.encoder(ids, attention_mask=mask, token_type_ids=token_type_ids).to_tuple()[:2]
            return torch.stack([self.head(self.dropout(row[0])) for row in states])

    return ClsClassifier


@right
def all_states_are_scored_and_the_first_is_taken():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            if attention_mask is None:
                attention_mask = ids.bool()
            tokens = self.encoder(
                ids, attention_mask=attention_mask * 1, token_type_ids=token_type_ids
            ).last_hidden_state
            return torch.einsum("btw,cw->btc", self.dropout(tokens), self.head.weight)[:, 0] + self.head.bias

    return ClsClassifier


@right
def the_parts_of_this_file():
    return other()


@wrong("That is from the mean of all states", earns=0)
def mean_of_all_states():
    return picking(lambda read: read.last_hidden_state.mean(dim=1))


@wrong("That is from the largest of all states", earns=0)
def the_largest_of_all_states():
    return picking(lambda read: read.last_hidden_state.max(dim=1).values)


@wrong("That is from the sum of all states", earns=0)
def sum_of_all_states():
    return picking(lambda read: read.last_hidden_state.sum(1))


@wrong("That is from the last token; [CLS] stands first", earns=0)
def the_last_token():
    return picking(lambda read: read.last_hidden_state[:, -1])


@wrong("That is from the second token", earns=0)
def counts_from_one():
    return picking(lambda read: read.last_hidden_state[:, 1])


@wrong("You score the tokens of the first row", earns=0)
def the_tokens_of_the_first_row():
    return picking(lambda read: read.last_hidden_state[0])


@wrong("You score every token", earns=0)
def every_token_is_scored():
    return picking(lambda read: read.last_hidden_state)


@wrong("An axis of one token is left", earns=0)
def keeps_the_axis_of_time():
    return picking(lambda read: read.last_hidden_state[:, :1])


@wrong("That is from `pooler_output`", earns=0)
def the_pooler():
    return picking(lambda read: read.pooler_output)


@wrong("That is from `pooler_output`", earns=0)
def the_second_of_what_comes():
    return picking(lambda read: read[1])


@wrong("must be Tensor, not BaseModelOutputWithPooling", earns=0)
def forgets_last_hidden_state():
    return other(pick=lambda self, read: read)


@wrong("Those are probabilities; logits are asked for", earns=0)
def probabilities():
    return scoring(lambda self, state: self.head(self.dropout(state)).softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def log_probabilities():
    return scoring(lambda self, state: F.log_softmax(self.head(self.dropout(state)), dim=-1))


@wrong("A tanh lies before `head`", earns=0)
def with_a_tanh():
    return scoring(lambda self, state: self.head(self.dropout(torch.tanh(state))))


@wrong("A ReLU lies before `head`", earns=0)
def with_a_relu():
    return scoring(lambda self, state: self.head(F.relu(self.dropout(state))))


@wrong("is that the class itself", earns=0)
def the_class_itself():
    return scoring(lambda self, state: self.head(self.dropout(state)).argmax(-1))


@wrong("In training mode nothing is dropped out", earns=0)
def no_dropout():
    return scoring(lambda self, state: self.head(state))


@wrong("The dropout lies behind `head`", earns=0)
def dropout_behind_the_head():
    return scoring(lambda self, state: self.dropout(self.head(state)))


@wrong("The state is dropped out twice", earns=0)
def dropout_twice():
    return other(
        pick=lambda self, read: self.dropout(read.last_hidden_state)[:, 0],
    )


@wrong("dropout is for training mode alone", earns=0)
def functional_dropout_that_is_always_on():
    return scoring(lambda self, state: self.head(F.dropout(state, self.dropout.p)))


@wrong("Is `self.dropout` used", earns=0)
def a_dropout_of_its_own_share():
    return scoring(lambda self, state: self.head(F.dropout(state, 0.1, training=self.training)))


@wrong("is not divided by the share that is left", earns=0)
def a_dropout_that_does_not_scale():
    def score(self, state):
        if self.training:
            state = state * (torch.rand_like(state) >= self.dropout.p)
        return self.head(state)

    return scoring(score)


@wrong("each has a draw of its own", earns=0)
def one_draw_for_the_whole_batch():
    return scoring(lambda self, state: self.head(state * self.dropout(torch.ones_like(state[:1]))))


@wrong("It is turned round: 1 is a real token", earns=0)
def a_given_mask_turned_round():
    return masking(lambda ids, mask: (ids != 0).long() if mask is None else (mask == 0).long())


@wrong("It stands on the wrong side", earns=0)
def padding_in_front():
    return masking(lambda ids, mask: (ids.flip(1) != 0).long() if mask is None else mask.long())


@wrong("That is the mask; hand both over by their names", earns=0)
def mask_and_segments_mixed_up():
    def read(self, ids, mask, segments):
        given = {} if segments is None else {"token_type_ids": mask}
        return self.encoder(ids, attention_mask=mask if segments is None else segments, **given)

    return reading(read)


@wrong("no `attention_mask` reaches the encoder", earns=0)
def no_mask():
    return reading(lambda self, ids, mask, segments: self.encoder(ids, token_type_ids=segments))


@wrong("no `attention_mask` reaches the encoder", earns=0)
def a_mask_only_where_one_is_given():
    return masking(lambda ids, mask: None if mask is None else mask.long())


@wrong("Every token is real in it; without a mask that is what is not [PAD]", earns=0)
def every_token_is_real():
    return masking(lambda ids, mask: torch.ones_like(ids) if mask is None else mask.long())


@wrong("is the mask turned round? 1 is a real token", earns=0)
def the_mask_of_padding():
    return masking(lambda ids, mask: (ids == 0).long() if mask is None else mask.long())


@wrong("reaches the encoder as True and False", earns=0)
def a_mask_of_bool():
    return masking(lambda ids, mask: ids != 0 if mask is None else mask.bool())


@wrong("A mask is given, of True and False: `attention_mask` reaches the encoder as True and False", earns=0)
def a_given_mask_of_bool_stays_so():
    return masking(lambda ids, mask: (ids != 0).long() if mask is None else mask)


@wrong("Yours is made of the ids here too", earns=0)
def the_ids_decide_always():
    return masking(lambda ids, mask: (ids != 0).long())


@wrong("What the ids say is mixed in", earns=0)
def both_must_say_so():
    return masking(lambda ids, mask: (ids != 0).long() if mask is None else ((ids != 0) & mask.bool()).long())


@wrong("`torch.equal` compares two as a whole", earns=0)
def a_mask_or_the_ids():
    return masking(lambda ids, mask: (mask or ids != 0).long())


@wrong("no `token_type_ids` reaches the encoder", earns=0)
def no_segments():
    return reading(lambda self, ids, mask, segments: self.encoder(ids, attention_mask=mask))


@wrong("`token_type_ids` reaches the encoder with other numbers. They are all 0", earns=0)
def segments_of_zeros():
    return reading(
        lambda self, ids, mask, segments: self.encoder(
            ids, attention_mask=mask, token_type_ids=torch.zeros_like(ids)
        )
    )


@wrong("No `token_type_ids` are given, and 1 reaches the encoder", earns=0)
def segments_of_ones_where_none_are_given():
    return reading(
        lambda self, ids, mask, segments: self.encoder(
            ids, attention_mask=mask, token_type_ids=torch.ones_like(ids) if segments is None else segments
        )
    )


@wrong("name the arguments as the statement does", earns=0)
def by_position():
    return reading(lambda self, ids, mask, segments: self.encoder(ids, mask, segments))


@wrong("unexpected keyword argument 'mask'", earns=0)
def by_another_name():
    return reading(lambda self, ids, mask, segments: self.encoder(ids, mask=mask))


@wrong("The result has no gradient", earns=0)
def under_no_grad():
    class ClsClassifier(Base):
        @torch.no_grad()
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            return super().forward(ids, attention_mask, token_type_ids)

    return ClsClassifier


@wrong("so the encoder would not learn along", earns=0)
def a_frozen_encoder():
    class ClsClassifier(Base):
        def read(self, *given):
            with torch.no_grad():
                return super().read(*given)

    return ClsClassifier


@wrong("No gradient reaches `encoder.words`", earns=0)
def a_detached_state():
    return picking(lambda read: read.last_hidden_state[:, 0].detach())


@wrong("Keep the layers as `__init__` sets them", earns=0)
def other_layers():
    class ClsClassifier(Base):
        def __init__(self, encoder, classes, dropout=0.1):
            super().__init__(encoder, classes, dropout)
            self.classifier = nn.Linear(encoder.config.hidden_size, classes)

    return ClsClassifier


@wrong("float32 comes out", earns=1.5)
def always_float32():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            return super().forward(ids, attention_mask, token_type_ids).float()

    return ClsClassifier


@wrong("One text alone, and two classes: your result has shape (2,)", earns=0)
def squeezes_the_state():
    return picking(lambda read: read.last_hidden_state[:, :1].squeeze())


@wrong("One text alone, and two classes: your result has shape (2,)", earns=0)
def squeezes_the_batch_away():
    return scoring(lambda self, state: self.head(self.dropout(state)).squeeze(0))


@wrong("Three texts, and one class: your result has shape (3,)", earns=0)
def squeezes_the_only_class_away():
    return scoring(lambda self, state: self.head(self.dropout(state)).squeeze(-1))


@wrong("something in `forward` calls its `eval()`", earns=0)
def the_encoder_never_trains():
    def read(self, ids, mask, segments):
        self.encoder.eval()
        return self.encoder(ids, attention_mask=mask, token_type_ids=segments)

    return reading(read)


@wrong("The token with id 1 is taken for padding", earns=0)
def ids_above_1_are_real():
    return masking(lambda ids, mask: (ids > 1 if mask is None else mask).long())


@wrong("is a layer made in `forward`, with new weights each time?", earns=0)
def a_new_head_at_each_call():
    def score(self, state):
        return nn.Linear(state.shape[-1], self.head.out_features)(self.dropout(state))

    return scoring(score)


@wrong("The axes have changed places", earns=0)
def turned():
    return scoring(lambda self, state: self.head(self.dropout(state)).T)


@wrong("should return a tensor; yours returned a dict", earns=0)
def an_output_like_the_librarys():
    return scoring(lambda self, state: {"logits": self.head(self.dropout(state))})


@wrong("Is the `return` line missing", earns=0)
def no_return():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            super().forward(ids, attention_mask, token_type_ids)

    return ClsClassifier


@wrong("should make an nn.Module", earns=0)
def a_function_in_place_of_the_class():
    return lambda encoder, classes, dropout=0.1: torch.zeros(1, classes)


@wrong("the logits are off", earns=0)
def constant():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            return torch.zeros(len(ids), self.head.out_features) + self.head.bias

    return ClsClassifier


@wrong("(batch, classes), should have shape", earns=0)
def identity():
    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            return ids

    return ClsClassifier


@wrong("On transformers' BERT", earns=0)
def hard_coded_examples():
    """Right for the stand-in alone."""

    class ClsClassifier(Base):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            found = super().forward(ids, attention_mask, token_type_ids)
            return found if hasattr(self.encoder, "came") else torch.zeros_like(found)

    return ClsClassifier
