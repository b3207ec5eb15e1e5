"""Oracles: the table laid out number by number, with stand-ins for the buckets; and transformers' T5Attention with a copied table, with the student's own."""

import torch

from course.checks import helper_for, part, require, require_close, uneven
from course.checks.helpers.stacks import Buckets
from course.checks.lab08_t5.bias import bias_of

from . import lab


def attention_of(heads, bidirectional, buckets, far, table):
    """transformers' attention that has this table, float (buckets, heads)."""
    from transformers import T5Config
    from transformers.models.t5.modeling_t5 import T5Attention

    config = T5Config(
        d_model=heads, d_kv=1, num_heads=heads, is_decoder=not bidirectional,
        relative_attention_num_buckets=buckets, relative_attention_max_distance=far,
    )  # fmt: skip
    theirs = T5Attention(config, has_relative_attention_bias=True, layer_idx=0)
    theirs.relative_attention_bias.load_state_dict({"weight": table})
    return theirs


@lab.check()
def RelativeBias(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for bidirectional in (True, False):
        heads, buckets, far = rng.randint(1, 6), 2 * rng.randint(3, 9), rng.randint(30, 200)
        bucket = student.build(helper_for("plain_buckets"))
        model = bias_of(student, heads, bidirectional, buckets, far, bucket)
        table = torch.randn(buckets, heads, generator=generator)
        model.load_state_dict({"table.weight": table})
        for queries, keys in ((1, rng.randint(2, 9)), (rng.randint(2, 9), 1), (rng.randint(2, 9), rng.randint(10, 14))):  # fmt: skip
            place = Buckets()
            truth = [
                [[table[place(torch.tensor(j - i), bidirectional, buckets, far), h].item() for j in range(keys)] for i in range(queries)]
                for h in range(heads)
            ]  # fmt: skip
            require_close(
                model(queries, keys),
                [truth],
                "Random numbers, {queries} queries, {keys} keys: at {at} stands another number than that of the head for the bucket of key minus query.",
                queries=queries,
                keys=keys,
            )
        require(
            bucket.options() == [[bidirectional, buckets, far]],
            "`bucket` is called with other options than the module was made with: hand `self.options` on.",
        )
    model.double()
    require(
        model(2, 3).dtype == torch.float64,
        "With a table of float64 other numbers come out: a cast in your code decides the dtype; let the table decide.",
    )
    with part("equal to transformers' T5Attention, with your own buckets", points=0.5):
        for bidirectional in (True, False):
            heads = rng.randint(2, 5)
            given = ((), (16, 40))[rng.randrange(2)]
            buckets, far = given or (32, 128)
            model = bias_of(student, heads, bidirectional, *given)
            table = torch.randn(buckets, heads, generator=generator)
            model.load_state_dict({"table.weight": table})
            theirs = attention_of(heads, bidirectional, buckets, far, table)
            for queries, keys in ((rng.randint(3, 20), rng.randint(21, 60)), (190, 4), (3, 190)):
                found, truth = model(queries, keys), theirs.compute_bias(queries, keys)
                require_close(
                    found,
                    truth.detach(),
                    "With your own relative_position_bucket (whose check comes before this one), {queries} queries and {keys} keys: the number at {at} is off.",
                    queries=queries,
                    keys=keys,
                )
            uneven(found).sum().backward()
            uneven(truth).sum().backward()
            require_close(
                model.grads()["table.weight"],
                theirs.relative_attention_bias.weight.grad,
                "With your own relative_position_bucket the gradient of the table is off at {at}.",
                rtol=1e-3,
                atol=1e-3,
            )
