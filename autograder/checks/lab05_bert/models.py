"""Oracles: transformers' BertEmbeddings and BertForPreTraining with copied weights: what they give, both losses, and the gradients."""

import torch
from torch.nn import functional as F

from course.checks import part, require, require_close, require_dtype, require_graph, uneven
from course.checks.lab05_bert.models import EMBEDDINGS, bert_of
from course.checks.modules import module_of, weights_for

from . import lab

CLOSE = {"rtol": 1e-3, "atol": 1e-3}


def config(vocabulary, dim, heads, layers, positions):
    """transformers' configuration of the same model, without dropout."""
    from transformers import BertConfig

    return BertConfig(
        vocab_size=vocabulary, hidden_size=dim, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * dim,
        max_position_embeddings=positions, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager",
    )  # fmt: skip


TABLES = {
    "word_embeddings.weight": "word_embedding.weight",
    "position_embeddings.weight": "position_embedding.weight",
    "token_type_embeddings.weight": "segment_embedding.weight",
    "LayerNorm.weight": "norm.weight",
    "LayerNorm.bias": "norm.bias",
}


@lab.check()
def BertEmbeddings(student):
    from transformers.models.bert.modeling_bert import BertEmbeddings as Library

    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for dim, positions in ((6, 4), (8, 11)):
        vocabulary = rng.randint(5, 20)
        model = module_of(
            student, EMBEDDINGS, vocabulary, dim, positions, shape=lambda ids, dim=dim: (*ids.shape, dim)
        )
        weights = weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        theirs = Library(config(vocabulary, dim, 2, 1, positions)).eval()
        theirs.load_state_dict({name: weights[ours] for name, ours in TABLES.items()}, strict=False)
        for time in (1, positions - 1, positions):
            ids = torch.randint(vocabulary, (3, time), generator=generator)
            segments = torch.randint(2, (3, time), generator=generator)
            for given, case in (((ids, segments), "with segments"), ((ids,), "without segments")):
                truth = theirs(*given).detach() if len(given) == 1 else theirs(ids, token_type_ids=segments).detach()  # fmt: skip
                require_close(
                    model(*given),
                    truth,
                    "Random weights, width {dim}, {time} tokens, {case}: the result is off at {at}.",
                    dim=dim,
                    time=time,
                    case=case,
                    **CLOSE,
                )
        small = {name: value if "norm" in name else value / 1000 for name, value in weights.items()}
        model.load_state_dict(small)
        theirs.load_state_dict({name: small[ours] for name, ours in TABLES.items()}, strict=False)
        require_close(
            model(ids),
            theirs(ids).detach(),
            "With very small vectors the result is off at {at}: is `norm` as `__init__` makes it?",
            **CLOSE,
        )
        model.load_state_dict(weights)
        theirs.load_state_dict({name: weights[ours] for name, ours in TABLES.items()}, strict=False)
        found = model(ids, segments)
        require_graph(found)
        uneven(found).sum().backward()
        uneven(theirs(ids, token_type_ids=segments)).sum().backward()
        mine, truth = model.grads(), dict(theirs.named_parameters())
        for name, ours in TABLES.items():
            require(mine.get(ours) is not None, "No gradient reaches `{name}`.", name=ours)
            wanted = truth[name].grad
            if name.startswith("word"):  # theirs leaves padding, id 0, out
                require_close(mine[ours][1:], wanted[1:], "The gradient of `{name}` is off at {at}.", name=ours, **CLOSE)  # fmt: skip
            else:
                require_close(mine[ours], wanted, "The gradient of `{name}` is off at {at}.", name=ours, **CLOSE)  # fmt: skip
    with part("float64", points=0.5):
        model.double()
        require_dtype(model(ids, segments), torch.float64, "the weights")


def renamed(layers):
    """transformers' names of the parameters, and the student's."""
    names = {f"bert.embeddings.{name}": f"embeddings.{ours}" for name, ours in TABLES.items()}
    pairs = {
        "attention.self.query": "query",
        "attention.self.key": "key",
        "attention.self.value": "value",
        "attention.output.dense": "output",
        "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "dense_in",
        "output.dense": "dense_out",
        "output.LayerNorm": "dense_norm",
    }
    heads = {
        "bert.pooler.dense": "pooler",
        "cls.seq_relationship": "next_sentence",
        "cls.predictions.transform.dense": "transform",
        "cls.predictions.transform.LayerNorm": "transform_norm",
    }
    for kind in ("weight", "bias"):
        names |= {f"{a}.{kind}": f"{b}.{kind}" for a, b in heads.items()}
        for i in range(layers):
            names |= {f"bert.encoder.layer.{i}.{a}.{kind}": f"blocks.{i}.{b}.{kind}" for a, b in pairs.items()}  # fmt: skip
    return names | {"cls.predictions.bias": "bias"}


def library(weights, dim, heads, layers, positions, own):
    """transformers' BERT with a student's weights. own: whether these have embeddings; if not, the library's become those that stand in
    for them: the segments' vectors are those, positions are zeros, and the norm is plain."""
    from transformers import BertForPreTraining as Library

    vocabulary = len(weights["bias"])
    theirs = Library(config(vocabulary, dim, heads, layers, positions)).eval()
    if not own:
        second = torch.zeros(2, dim)
        second[1, 0], second[1, 1] = 1, -1
        weights = weights | {
            "embeddings.position_embedding.weight": torch.zeros(positions, dim),
            "embeddings.segment_embedding.weight": second,
            "embeddings.norm.weight": torch.ones(dim),
            "embeddings.norm.bias": torch.zeros(dim),
        }
    state = {name: weights[ours].clone() for name, ours in renamed(layers).items()}
    state["cls.predictions.decoder.weight"] = state["bert.embeddings.word_embeddings.weight"]
    state["cls.predictions.decoder.bias"] = state["cls.predictions.bias"]
    theirs.load_state_dict(state, strict=False)
    return theirs


def real_tokens(generator, batch, time):
    """bool (batch, time): each row begins with real tokens, one at least."""
    length = torch.randint(1, time + 1, (batch, 1), generator=generator)
    return torch.arange(time) < length


def _compare(student, dim, heads, layers, positions, own, what):
    """Logits, losses and gradients of the student's BERT and the library's."""
    generator, rng = torch.Generator().manual_seed(student.seed + layers), student.rng
    vocabulary = rng.randint(7, 20)
    model = bert_of(student, vocabulary, dim, heads, layers, positions, own)
    weights = {n: t / 2 for n, t in weights_for(model, rng.randrange(2**31)).items()}
    model.load_state_dict(weights)
    theirs = library(weights, dim, heads, layers, positions, own)
    for time in (1, positions // 2, positions):
        ids = torch.randint(1, vocabulary, (3, time), generator=generator)
        segments = torch.randint(2, (3, time), generator=generator)
        for real in (None, real_tokens(generator, 3, time)):
            every = torch.ones(3, time, dtype=torch.bool) if real is None else real
            tokens, pairs = model(ids, segments) if real is None else model(ids, segments, real)
            truth = theirs(ids, token_type_ids=segments, attention_mask=every.long())
            case = {"what": what, "layers": layers, "time": time, "padded": "no padding" if real is None else "with padding"}  # fmt: skip
            require_close(
                tokens[every],
                truth.prediction_logits[every].detach(),
                "{what}: {layers} layers, {time} tokens, {padded}: a token logit is off.",
                **case,
                **CLOSE,
            )
            require_close(
                pairs,
                truth.seq_relationship_logits.detach(),
                "{what}: {layers} layers, {time} tokens, {padded}: the pair logit at {at} is off.",
                **case,
                **CLOSE,
            )
    labels = torch.randint(vocabulary, (3, positions), generator=generator)
    labels[torch.rand(3, positions, generator=generator) < 0.5] = -100
    labels[:, 0] = 1
    follows = torch.randint(2, (3,), generator=generator)
    tokens, pairs = model(ids, segments)
    loss = F.cross_entropy(tokens.flatten(0, 1), labels.flatten()) + F.cross_entropy(pairs, follows)
    truth = theirs(ids, token_type_ids=segments, labels=labels, next_sentence_label=follows).loss
    require_close(loss, truth.detach(), "{what}: the two losses together are off ({got}).", what=what, **CLOSE)  # fmt: skip
    require_graph(loss)
    loss.backward()
    truth.backward()
    mine, wanted = model.grads(), dict(theirs.named_parameters())
    for name, ours in renamed(layers).items():
        if ours not in mine and not own and ours.startswith("embeddings."):
            continue
        require(mine.get(ours) is not None, "{what}: no gradient reaches `{name}`.", what=what, name=ours)
        right = wanted[name].grad
        scale = right.abs().max().clamp(min=1e-3)
        rows = slice(1, None) if "word_embedding" in ours else slice(None)  # theirs leaves padding, id 0, out
        require_close(
            mine[ours][rows] / scale,
            right[rows] / scale,
            "{what}: the gradient of `{name}` is off at {at}.{tied}",
            what=what,
            name=ours,
            tied=" It comes from both ends: from the input, and from the scores." if "word" in ours else "",
            **CLOSE,
        )


@lab.check()
def BertForPreTraining(student):
    for dim, heads, layers, positions in ((6, 2, 1, 4), (8, 4, 3, 9)):
        _compare(student, dim, heads, layers, positions, False, "With stand-ins for the embeddings, random weights")  # fmt: skip
    with part("equal to transformers' BertForPreTraining, with your own embeddings", points=1):
        _compare(student, 8, 2, 2, 7, True, "With your own BertEmbeddings (whose check comes before this one), random weights")  # fmt: skip
    with part("float64", points=0.5):
        model = bert_of(student, 9, 6, 2, 1, 5)
        model.double()
        for found in model(torch.tensor([[1, 2, 3]])):
            require_dtype(found, torch.float64, "the weights")
