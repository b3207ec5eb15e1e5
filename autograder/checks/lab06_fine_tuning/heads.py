"""Oracles: transformers' own encoders, the shipped one and others with drawn weights, run here by hand and read at their first token."""

import torch
from torch.nn import functional as F

from course.checks import helper_for, part, require, require_close, require_dtype, uneven
from course.checks.helpers.models import Reader, bert_encoder, shipped_encoder
from course.checks.lab06_fine_tuning.frozen import (
    frozen_of,
    require_a_step_moves_the_head_alone,
    require_config,
    require_frozen,
    require_no_graph,
    require_no_learning,
    set_to_train,
    states_from,
)
from course.checks.lab06_fine_tuning.heads import classifier_of, judge_dropout, require_learning
from course.checks.modules import state_of

from . import lab

CLOSE = {"rtol": 1e-3, "atol": 1e-3}


def berts(rng, dropout):
    """[(what it is, the helper that builds it, the same encoder here, in evaluation mode)]: two of drawn sizes and weights, and the shipped one."""
    from transformers import BertConfig, BertModel

    found = []
    for heads in (1, 2):
        sizes = {
            "vocab_size": rng.randint(12, 30), "hidden_size": 4 * heads, "num_hidden_layers": heads, "num_attention_heads": heads, "intermediate_size": 12,
            "max_position_embeddings": 16, "hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout, "initializer_range": 0.4,
        }  # fmt: skip
        torch.manual_seed(rng.randrange(2**31))
        state = BertModel(BertConfig(**sizes)).state_dict()
        what = f"transformers' BERT of width {4 * heads} with random weights"
        found.append((what, helper_for("bert_encoder", state=state, **sizes), bert_encoder(state, **sizes).eval()))  # fmt: skip
    return [*found, ("the course's tiny encoder", helper_for("shipped_encoder"), shipped_encoder())]


def rows(generator, vocabulary, time, batch=4):
    """(ids, real, segments): long (batch, time) each: rows of drawn lengths, filled up with 0."""
    length = torch.randint(2, time + 1, (batch, 1), generator=generator)
    length[0] = time
    place = torch.arange(time).expand(batch, time)
    real = (place < length).long()
    ids = torch.randint(1, vocabulary, (batch, time), generator=generator) * real
    return ids, real, (place >= length // 2).long() * real


@lab.check()
def ClsClassifier(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for what, encoder, theirs in berts(rng, 0.0):
        names, classes = [f"encoder.{n}" for n in theirs.state_dict()], rng.randint(2, 5)
        student.using(limit=60)(encoder, classes)  # at the far end its module is imported now
        model = classifier_of(student, encoder, names, classes)
        state = state_of(model)
        head = [state["head.weight"].clone().requires_grad_(), state["head.bias"].clone().requires_grad_()]
        model.eval()

        def wanted(ids, real, segments=None, theirs=theirs, head=head):
            states = theirs(ids, attention_mask=real, token_type_ids=segments).last_hidden_state
            return F.linear(states[:, 0], *head)

        for time in (3, 8, 15):
            ids, real, segments = rows(generator, theirs.config.vocab_size, time)
            drawn = (torch.rand(real.shape, generator=generator) < 0.7).long()
            drawn[:, 0] = 1
            cases = (
                ((ids,), wanted(ids, real), "no mask"),
                ((ids, real.bool()), wanted(ids, real), "a mask of True and False"),
                ((ids, drawn), wanted(ids, drawn), "a mask that has little to do with the ids"),
                ((ids, None, segments), wanted(ids, real, segments), "segments and no mask"),
                ((ids, drawn.bool(), segments), wanted(ids, drawn, segments), "a mask and segments"),
            )
            for given, truth, case in cases:
                require_close(
                    model(*given),
                    truth,
                    "On {what}, rows of up to {time} tokens, {case}: the logits are off at {at}.",
                    what=what,
                    time=time,
                    case=case,
                    **CLOSE,
                )
            longer = F.pad(ids, (0, 1))
            require_close(
                model(longer),
                wanted(ids, real),
                "One more [PAD] behind each row, and the logits change (at {at}).",
                **CLOSE,
            )
        model.zero_grad()
        uneven(model(ids, real, segments)).sum().backward()
        uneven(wanted(ids, real, segments)).sum().backward()
        mine = model.grads()
        right = {f"encoder.{n}": p.grad for n, p in theirs.named_parameters()} | {"head.weight": head[0].grad, "head.bias": head[1].grad}  # fmt: skip
        right = {n: g for n, g in right.items() if g is not None and g.abs().max() > 1e-6}
        require_learning(mine, right)
        for name, grad in right.items():
            scale = grad.abs().max()
            words = "word_embeddings" in name  # of [PAD], which transformers leaves out or not
            require_close(
                mine[name][words:] / scale,
                grad[words:] / scale,
                "On {what}: the gradient of `{name}` is off at {at}.",
                what=what,
                name=name,
                **CLOSE,
            )
    judge_dropout(student, rng.choice((0.2, 0.3, 0.4)))
    with part("float64", points=0.5):
        model.double()
        require_dtype(model(ids), torch.float64, "the weights")


def _call(frozen, *given, **named):
    return lambda: states_from(frozen, *given, **named).detach()


@lab.check()
def freeze(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    words, segments = torch.randn(9, 5, generator=generator), torch.randn(2, 5, generator=generator)
    both = helper_for("reader", words=words, segments=segments, dropout=0.4, moving=0.3)
    known = ("an encoder with dropout and a running mean", both, Reader(words, segments).eval())
    for what, encoder, theirs in [known, *berts(rng, 0.3)]:
        width = theirs.config.hidden_size
        ids, real, segments = rows(generator, min(9, getattr(theirs.config, "vocab_size", 9)), 8)
        student.using(limit=60)(encoder)  # at the far end its module is imported now
        frozen = frozen_of(student, encoder)
        require_config(frozen, width)
        named = {"attention_mask": real, "token_type_ids": segments}
        full = ids.clamp(min=1)  # transformers warns of [PAD] without a mask
        truths = [theirs(full).last_hidden_state.detach(), theirs(ids, **named).last_hidden_state.detach()]
        calls = [_call(frozen, full), _call(frozen, ids, **named)]
        for training in (False, True):
            if training:
                set_to_train(frozen)
            for call, truth in zip(calls, truths, strict=True):
                require_frozen(frozen, call, truth, training, f"something random, or something that counts along, is at work (on {what})")  # fmt: skip
        require(
            not states_from(frozen, ids, **named).requires_grad,
            "On {what}: the states hang on a graph, so a backward pass would go through the encoder.",
            what=what,
        )
        require_no_learning(frozen)
        require_a_step_moves_the_head_alone(student, frozen, calls[0], truths[0], full, width)
    _, encoder, theirs = berts(rng, 0.3)[1]
    frozen = frozen_of(student, encoder)
    set_to_train(frozen)
    with part("no graph, whatever comes in", points=0.5):
        require_no_graph(frozen, 8)
    with part("called as the encoder is", points=0.5):
        ids, real, _ = rows(generator, theirs.config.vocab_size, 6)
        vectors = torch.randn(4, 6, 8, generator=generator)
        for name, given in (("input_ids", ids), ("inputs_embeds", vectors)):
            named = {name: given, "attention_mask": real}
            require_close(
                states_from(frozen, **named),
                theirs(**named).last_hidden_state.detach(),
                "A BERT can be called with `{name}` by name, and a frozen one should give the same (at {at} it does not). Hand on whatever comes.",
                name=name,
                **CLOSE,
            )
