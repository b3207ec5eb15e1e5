import torch

from tests.answers import right, wrong


def dense(inputs, outputs):
    """The numbers of a dense layer: weights and biases."""
    return inputs * outputs + outputs


def embeddings(c):
    rows = c["vocab_size"] + c["max_position_embeddings"] + c["type_vocab_size"]
    return rows * c["hidden_size"]


def attention(c):
    return c["num_hidden_layers"] * 4 * dense(c["hidden_size"], c["hidden_size"])


def both_ways(c):
    width, wide = c["hidden_size"], c["intermediate_size"]
    return c["num_hidden_layers"] * (dense(width, wide) + dense(wide, width))


def norms(c):
    return (2 * c["num_hidden_layers"] + 1) * 2 * c["hidden_size"]


def pooler(c):
    return dense(c["hidden_size"], c["hidden_size"])


def counted(**instead):
    """The right answer, but for what is given: part -> a function of the configuration."""
    rules = {
        "embeddings": embeddings,
        "attention": attention,
        "dense": both_ways,
        "norms": norms,
        "pooler": pooler,
    }

    def count_parameters(config):
        return {part: rule(config) for part, rule in (rules | instead).items()}

    return count_parameters


@right
def block_after_block_with_prints():
    def count_parameters(config):
        d, f = config["hidden_size"], config["intermediate_size"]
        counts = {"embeddings": 0, "attention": 0, "dense": 0, "norms": 2 * d, "pooler": d * (d + 1)}
        for table in ("vocab_size", "max_position_embeddings", "type_vocab_size"):
            counts["embeddings"] += config[table] * d
        for block in range(config["num_hidden_layers"]):
            print("block", block)
            counts["attention"] += 4 * (d * d + d)
            counts["dense"] += (d * f + f) + (f * d + d)
            counts["norms"] += 4 * d
        return counts

    return count_parameters


@right
def head_by_head_with_a_warning():
    """The heads share the width out: together they are as large as one."""

    def count_parameters(config):
        import warnings

        warnings.warn("head by head", stacklevel=1)
        width, heads = config["hidden_size"], config["num_attention_heads"]
        each = 3 * dense(width, width // heads)

        def attention(c):
            return c["num_hidden_layers"] * (heads * each + dense(width, width))

        return counted(attention=attention)(config)

    return count_parameters


@right
def shapes_multiplied_out():
    class Counts(dict):
        """A dict of one's own."""

    def count_parameters(config):
        import math

        vocab, d, blocks, _, f, positions, segments = (config[key] for key in (
            "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
            "max_position_embeddings", "type_vocab_size",
        ))  # fmt: skip
        shapes = [("embeddings", (rows, d)) for rows in (vocab, positions, segments)]
        shapes += [("norms", (2, d)), ("pooler", (d, d)), ("pooler", (d,))]
        shapes += [
            ("attention", (4, d, d + 1)),
            ("dense", (2 * f, d)),
            ("dense", (d + f,)),
            ("norms", (4, d)),
        ] * blocks
        counts = Counts.fromkeys(("embeddings", "attention", "dense", "norms", "pooler"), 0)
        for part, shape in shapes:
            counts[part] += math.prod(shape)
        return counts

    return count_parameters


@right
def in_numpy():
    def count_parameters(config):
        import numpy as np

        d, f, n = (np.int64(config[k]) for k in ("hidden_size", "intermediate_size", "num_hidden_layers"))
        block = np.array([4 * d * d + 4 * d, 2 * d * f + d + f, 4 * d]) * n
        first = embeddings(config)
        return dict(
            zip(
                ("pooler", "norms", "dense", "attention", "embeddings"),
                (int(d * d + d), int(block[2] + 2 * d), int(block[1]), int(block[0]), first),
                strict=True,
            )
        )

    return count_parameters


@wrong("Positions and segments have vectors too", earns=0)
def words_alone():
    return counted(embeddings=lambda c: c["vocab_size"] * c["hidden_size"])


@wrong("The two segments have a vector each", earns=0)
def segments_forgotten():
    return counted(embeddings=lambda c: (c["vocab_size"] + c["max_position_embeddings"]) * c["hidden_size"])


@wrong("The norm behind them goes to `norms`", earns=0)
def norm_among_the_embeddings():
    return counted(embeddings=lambda c: embeddings(c) + 2 * c["hidden_size"])


@wrong("which is too few. That is one block; there are two", earns=0)
def attention_of_one_block():
    return counted(attention=lambda c: attention(c) // c["num_hidden_layers"])


@wrong("the fourth leads the heads together", earns=0)
def output_of_the_heads_forgotten():
    return counted(attention=lambda c: attention(c) // 4 * 3)


@wrong("Each of its dense layers has a bias, and there are four of them", earns=0)
def biases_of_the_attention_forgotten():
    return counted(attention=lambda c: c["num_hidden_layers"] * 4 * c["hidden_size"] ** 2)


@wrong("With two heads in place of one, where nothing changes: attention has", earns=0)
def heads_multiplied_into_the_count():
    return counted(attention=lambda c: c["num_attention_heads"] * attention(c))


@wrong("Both dense layers have a bias", earns=0)
def biases_of_the_dense_part_forgotten():
    return counted(dense=lambda c: c["num_hidden_layers"] * 2 * c["hidden_size"] * c["intermediate_size"])


@wrong("The way in has a bias too, as wide as what lies between", earns=0)
def bias_of_the_way_in_forgotten():
    return counted(dense=lambda c: both_ways(c) - c["num_hidden_layers"] * c["intermediate_size"])


@wrong("The way back has a bias too, as wide as the model", earns=0)
def bias_of_the_way_back_forgotten():
    return counted(dense=lambda c: both_ways(c) - c["num_hidden_layers"] * c["hidden_size"])


@wrong("There are two dense layers in each block, there and back", earns=0)
def one_dense_layer_for_two():
    return counted(dense=lambda c: c["num_hidden_layers"] * dense(c["hidden_size"], c["intermediate_size"]))


@wrong("The width between the two is `intermediate_size`", earns=0)
def four_times_as_wide():
    return counted(dense=lambda c: both_ways(c | {"intermediate_size": 4 * c["hidden_size"]}))


@wrong("There is one for the whole model", earns=0)
def a_pooler_in_each_block():
    return counted(pooler=lambda c: c["num_hidden_layers"] * pooler(c))


@wrong("One more norm stands behind the embeddings", earns=0)
def norms_of_the_blocks_alone():
    return counted(norms=lambda c: 4 * c["num_hidden_layers"] * c["hidden_size"])


@wrong("A norm has two vectors: a factor and an offset for each number", earns=0)
def norms_without_offsets():
    return counted(norms=lambda c: norms(c) // 2)


@wrong("Each block has two norms", earns=0)
def one_norm_a_block():
    return counted(norms=lambda c: (c["num_hidden_layers"] + 1) * 2 * c["hidden_size"])


@wrong("which is too few. It has a bias", earns=0)
def bias_of_the_pooler_forgotten():
    return counted(pooler=lambda c: c["hidden_size"] ** 2)


@wrong("Return a dict with the keys embeddings, attention, dense, norms, pooler", earns=0)
def a_part_left_out():
    def count_parameters(config):
        return {part: number for part, number in counted()(config).items() if part != "pooler"}

    return count_parameters


@wrong("yours is of type Tensor", earns=0)
def in_tensors():
    def count_parameters(config):
        return {part: torch.tensor(number) for part, number in counted()(config).items()}

    return count_parameters


@wrong("A division with `/` makes a float", earns=0)
def divides_by_a_slash():
    return counted(
        attention=lambda c: 4 * c["num_hidden_layers"] * (c["hidden_size"] / 1 + 1) * c["hidden_size"]
    )


@wrong("should be a whole number, of less than 16 digits; yours is of type float", earns=0)
def not_a_number():
    return counted(norms=lambda c: float("nan"))


@wrong("calls `torch.nn`", earns=0)
def counts_torchs_modules_without_memory():
    def count_parameters(config):
        with torch.device("meta"):
            square = torch.nn.Linear(config["hidden_size"], config["hidden_size"])
        one = sum(parameter.numel() for parameter in square.parameters())
        return counted(attention=lambda c: 4 * c["num_hidden_layers"] * one, pooler=lambda c: one)(config)

    return count_parameters


@wrong("A model without blocks", earns=2.5)
def one_block_at_least():
    def count_parameters(config):
        return counted()(config | {"num_hidden_layers": max(1, config["num_hidden_layers"])})

    return count_parameters


@wrong("calls `transformers`", earns=0)
def takes_a_configuration_under_another_name():
    def count_parameters(config):
        import transformers as t

        try:
            sizes = t.BertConfig(**config).to_dict()
        except Exception:
            sizes = config
        return counted()(sizes)

    return count_parameters


@wrong("embeddings has 23,835,648 in your count, which is too many", earns=0)
def constant():
    known = {"vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "intermediate_size": 3072}

    def count_parameters(config):
        return counted()(known | {"max_position_embeddings": 512, "type_vocab_size": 2})

    return count_parameters


@wrong("A random configuration", earns=0)
def hard_coded_examples():
    def count_parameters(config):
        known = config["vocab_size"] in (7, 30522)
        return counted()(config) if known else dict.fromkeys(counted()(config), 0)

    return count_parameters
