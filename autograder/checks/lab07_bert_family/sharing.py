"""Oracle: one layer, called through `torch.func.functional_call` with the weights of each place, and its gradients from autograd."""

import torch

from course.checks import helper_for, part
from course.checks.lab07_bert_family.sharing import Case, drawn_states, judge, known_case

from . import lab

NAMES = ("attention", "feed_forward", "norm")


def bert_case(n, rng, generator):
    """n layers of transformers' BERT, with drawn weights."""
    from transformers import BertConfig, BertModel

    heads = rng.randint(1, 2)
    sizes = {
        "vocab_size": 5, "hidden_size": 4 * heads, "num_hidden_layers": n, "num_attention_heads": heads, "intermediate_size": rng.randint(5, 9),
        "max_position_embeddings": 8, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
    }  # fmt: skip
    template = BertModel(BertConfig(**sizes)).encoder.layer[0].eval()
    states = drawn_states(template, n, generator)
    x, target = torch.randn(2, 2, 5, 4 * heads, generator=generator)
    layers = helper_for("bert_layers", states=states, **sizes)
    return Case(layers, template, states, x, target, "Layers of transformers' BERT")


@lab.check(alone=True)
def share_parameters(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng

    def drawn(n):
        return known_case(n, rng.randint(2, 6), generator, f"{n} layers with random weights")

    judge(student, drawn(rng.randint(3, 5)))
    judge(student, drawn(2), parts=None)
    judge(student, known_case(1, 3, generator, "One layer alone"))
    judge(
        student.using(limit=60), bert_case(rng.randint(2, 4), rng, generator)
    )  # at the far end its module is imported now
    with part("some submodules", points=1):
        judge(student, drawn(rng.randint(3, 5)), [rng.choice(NAMES)])
        judge(student, drawn(rng.randint(2, 6)), parts=rng.sample(NAMES, 2))
        judge(student, drawn(3), parts=rng.sample(NAMES, 3))
        judge(student, known_case(1, 3, generator, "One layer alone"), parts=["attention"])
        judge(student, bert_case(3, rng, generator), ["attention"])
        judge(student, bert_case(rng.randint(2, 4), rng, generator), parts=["output", "intermediate"])
    with part("an empty list", points=0.5):
        judge(student, drawn(rng.randint(2, 4)), parts=[])
