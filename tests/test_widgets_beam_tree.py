"""The Python side of the beam tree: the search against brute force, what is asked of the step function, the words, what is refused."""

import itertools
import json
import math
import random
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
import traitlets

from course.widgets import BeamTree, base, beam_tree, beam_tree_search, gallery
from course.widgets.beam_tree_given import alpha_text, shown_word
from course.widgets.beam_tree_picture import apart, columns_of, kind_of, marks_of
from course.widgets.span_scores_words import percent, signed
from tests.test_widgets import SVG, picture

NASTY = ["<script>alert(1)</script>", "a&b", "\"'>", "שלום", "🦊", "\x00", "\u202eturned", " ", ""]
ALPHAS = (0.0, 0.3, 0.7, 1.0, 1.5, 2.0)


def table_step(seed, vocabulary, *, ties=False, masked=0.0, scale=2.0):
    """A language in which each text has its own next-token logits, and never another text's."""

    def row(ids):
        draw = random.Random(f"{seed} {ids}")
        found = [0.0 if ties else draw.gauss(0, scale) for _ in range(vocabulary)]
        stays = draw.randrange(vocabulary)
        return [-math.inf if draw.random() < masked and i != stays else one for i, one in enumerate(found)]

    return lambda ids: torch.tensor([row(text) for text in ids.tolist()], dtype=torch.float64)


def logs_of(step, text):
    """[log-probability of each id]."""
    return step(torch.tensor([text]))[0].double().log_softmax(-1).tolist()


def brute_beam(step, prompt, end, width, most):
    """([[(ids, sum)] kept in each step], [(ids, sum)] finished, in the order in which they are put aside): the rule, in plain loops."""
    live, finished, steps = [((), 0.0)], [], []
    for _ in range(most):
        every = [
            (ids, token, before + log)
            for ids, before in live
            for token, log in enumerate(logs_of(step, [*prompt, *ids]))
            if log > -math.inf
        ]
        every.sort(key=lambda one: -one[2])  # stable: the earlier text first, then the smaller id
        steps.append([((*ids, token), total) for ids, token, total in every[:width]])
        finished += [one for one in steps[-1] if one[0][-1] == end]
        live = [one for one in steps[-1] if one[0][-1] != end]
        if not live:
            return steps, finished
    return steps, finished + live


def brute_ranked(finished, alpha):
    return sorted(finished, key=lambda one: -(one[1] / len(one[0]) ** alpha))


def made(seed=0, vocabulary=5, prompt=(2, 0), end=1, **options):
    step = table_step(seed, vocabulary, **{k: options.pop(k) for k in ("ties", "masked", "scale") if k in options})  # fmt: skip
    return BeamTree(
        step, list(prompt), [f"w{i}" for i in range(vocabulary)], end, **{"most": 5} | options
    ), step


def check_against_brute(tree, step, prompt, end):
    for width in range(1, tree.widest + 1):
        steps, finished = brute_beam(step, prompt, end, width, tree.most)
        tree.width = width
        for mine, theirs in zip(tree._steps(), steps, strict=True):
            assert [node.ids for node in mine.kept] == [ids for ids, _ in theirs]
            assert [node.sum for node in mine.kept] == pytest.approx([total for _, total in theirs], rel=1e-12)  # fmt: skip
            assert [node.place for node in mine.kept] == list(range(1, len(theirs) + 1))
        for alpha in ALPHAS:
            tree.alpha = alpha
            want = brute_ranked(finished, alpha)
            assert [one.ids for one in tree.finished()] == [ids for ids, _ in want]
            ids, total = want[0]
            assert tree.result().ids == ids and tree.result().length == len(ids)
            assert tree.result().sum == pytest.approx(total)
            assert tree.result().score == pytest.approx(total / len(ids) ** alpha)


# The search ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("masked", [0.0, 0.4])
def test_the_beam_of_every_width_is_that_of_brute_force(masked):
    """A hundred random languages; the end is seldom, often, and sometimes the likeliest."""
    for seed in range(50):
        draw = random.Random(seed)
        vocabulary = draw.choice([2, 3, 5, 9, 30])
        prompt = [draw.randrange(vocabulary) for _ in range(draw.randrange(1, 4))]
        end = draw.randrange(vocabulary)
        tree, step = made(seed, vocabulary, prompt, end, most=draw.randrange(1, 7), widest=draw.randrange(1, 6), width=1, masked=masked)  # fmt: skip
        check_against_brute(tree, step, prompt, end)


def test_of_equal_ones_the_earlier_text_is_kept_then_the_smaller_id():
    for vocabulary in (2, 3, 4, 7):
        for end in range(vocabulary):
            tree, step = made(0, vocabulary, [0], end, ties=True, most=4, widest=6, width=1)
            check_against_brute(tree, step, [0], end)
    tree, _ = made(0, 4, [0], 3, ties=True, most=2, widest=6, width=6)
    assert [node.ids for node in tree._steps()[0].kept] == [(0,), (1,), (2,), (3,)], "there are no more"
    assert [node.ids for node in tree._steps()[1].kept] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]
    assert [one.ids for one in tree.finished()] == [(3,), (0, 3), (0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]


def test_sums_that_are_equal_in_spite_of_their_logarithms_go_by_the_id():
    """Beside a sum of -1e9 two logarithms that differ by 1e-9 vanish: the smaller id stands first, as for a search over all tokens."""
    near = torch.tensor([1e-9, 3e-9, 2e-9, 0.0], dtype=torch.float64)
    assert beam_tree_search._row(0.0, near.log_softmax(-1).numpy(), 2).tokens == (1, 2)
    row = beam_tree_search._row(-1e9, near.log_softmax(-1).numpy(), 2)
    assert row.tokens == (0, 1)


def test_a_beam_as_wide_as_the_space_finds_the_best_of_all():
    for seed in range(25):
        tree, step = made(seed, 2, [0, 1], 1, most=4, widest=8, width=8, scale=1.5)
        texts = [
            ids
            for length in range(1, 5)
            for ids in itertools.product(range(2), repeat=length)
            if 1 not in ids[:-1] and (ids[-1] == 1 or length == 4)
        ]
        sums = {ids: sum(logs_of(step, [0, 1, *ids[:i]])[token] for i, token in enumerate(ids)) for ids in texts}  # fmt: skip
        for alpha in ALPHAS:
            tree.alpha = alpha
            best = max(texts, key=lambda ids: sums[ids] / len(ids) ** alpha)
            assert tree.result().ids == best
            assert {one.ids for one in tree.finished()} == set(texts)
    tree, step = made(3, 8, [0], 7, most=2, widest=8, width=8)
    every = {ids: logs_of(step, [0])[ids[0]] + logs_of(step, [0, ids[0]])[ids[1]] for ids in itertools.product(range(7), range(8))}  # fmt: skip
    every[7,] = logs_of(step, [0])[7]
    assert tree.result().ids == max(every, key=every.get)


def test_width_one_is_greedy():
    tree, step = made(4, 20, [0], 1, most=8, width=1)
    ids = []
    while len(ids) < 8 and (not ids or ids[-1] != 1):
        ids.append(int(np.argmax(logs_of(step, [0, *ids]))))
    assert list(tree.result().ids) == ids and len(tree.finished()) == 1
    assert "Greedy" not in tree._said()


def test_the_end_likeliest_at_once():
    step = lambda ids: torch.tensor([[0.0, 5.0, 1.0]]).expand(len(ids), 3)  # noqa: E731
    tree = BeamTree(step, [0], list("a.b"), 1, most=6, width=1, widest=3)
    assert tree.result().ids == (1,) and len(tree._steps()) == 1
    assert tree._said() == (
        "Step 1 of 1: of 3 continuations the best one is kept, and it has ended; the search is over. "
        "The result at width 1 and alpha 0: the empty text, sum −0.02, 1 token, score −0.02."
    )
    tree.width = 3
    assert tree.result().ids == (1,), "long ones have lost"
    assert tree.finished()[-1].length == 6, "the others go on to the end"
    picture(tree)


def test_one_token_is_all_there_may_be():
    tree, step = made(1, 6, [0], 1, most=1, widest=6, width=6)
    logs = logs_of(step, [0])
    assert [one.ids[0] for one in tree.finished()] == sorted(range(6), key=lambda i: -logs[i])
    assert all(one.score == one.sum == pytest.approx(logs[one.ids[0]]) for one in tree.finished())
    tree.alpha = 2
    assert all(one.score == one.sum for one in tree.finished()), "1 to any power is 1"


def test_alpha_changes_the_result_but_not_the_tree():
    tree = gallery._beam()
    kept = [[node.ids for node in step.kept] for step in tree._steps()]
    tree.alpha = 0.5
    assert tree._text(tree.result().ids) == "“the cat sleeps”"
    tree.alpha = 0.6
    assert tree._text(tree.result().ids) == "“the cat sleeps quietly”"
    assert [[node.ids for node in step.kept] for step in tree._steps()] == kept
    for one in tree.finished():
        assert one.score == pytest.approx(one.sum / one.length**0.6)
    tree.width = 1
    assert tree._text(tree.result().ids) == "“a small cat sleeps”", "greedy is led astray"


def test_of_equal_scores_the_first_put_aside_is_the_result():
    """Each token is one of four: with alpha 1 all scores are equal."""
    tree, _ = made(0, 4, [0], 2, ties=True, most=3, widest=4, width=4, alpha=1.0)
    found = tree.finished()
    assert len({round(one.score, 12) for one in found}) == 1 and tree.result().ids == (2,)
    assert [one.ids for one in found[:2]] == [(2,), (0, 2)]


@pytest.mark.parametrize("seed", [8, 24, 70])
def test_a_text_that_the_beam_has_lost_is_said(seed):
    """Greedy's text scores more than all that a beam of two has found; that is rare, so these seeds were looked for."""
    tree, _ = made(seed, 10, [0], 1, most=8, widest=2, width=2, scale=1)
    assert tree._greedy().sum > tree.result().sum
    assert tree._said().endswith(" That scores higher: this beam has lost it.")
    tree, _ = made(seed + 1, 10, [0], 1, most=8, widest=2, width=2, scale=1)
    assert tree._greedy().sum <= tree.result().sum and "lost" not in tree._said()


# What is asked -------------------------------------------------------------------------------------------------------


def test_step_is_asked_for_each_text_once_all_of_a_length_together():
    asked = []
    inner = table_step(7, 9)

    def step(ids):
        assert ids.dtype == torch.long and not torch.is_grad_enabled()
        asked.append(ids.tolist())
        return inner(ids)

    tree = BeamTree(step, torch.tensor([[3, 0]]), [f"w{i}" for i in range(9)], 1, most=6, widest=5)
    count = len(asked)
    assert [len(texts[0]) for texts in asked] == list(range(2, 2 + len(asked)))
    every = [tuple(text) for texts in asked for text in texts]
    assert len(every) == len(set(every)) == len(tree._table) and all(text[:2] == (3, 0) for text in every)
    tree.width, tree.alpha, tree.at = 5, 1.3, 2
    tree.result(), tree._alt(), tree._svg()
    assert len(asked) == count, "nothing is asked later"
    texts = {node.ids for width in range(1, 6) for step in tree._runs[width] for node in step.live}
    assert texts == set(tree._table), "no text is asked for in vain"


def test_the_table_has_the_best_and_what_is_left():
    tree, step = made(2, 40, [0], 1, widest=3)
    for ids, row in tree._table.items():
        logs = np.array(logs_of(step, [0, *ids]) if ids else logs_of(step, [0]))
        assert len(row.tokens) == 4 and list(row.tokens) == np.argsort(-logs)[:4].tolist()
        assert row.logs == pytest.approx(logs[list(row.tokens)].tolist(), rel=1e-12)
        assert row.others == pytest.approx(1 - np.exp(logs[list(row.tokens)]).sum(), abs=1e-12)


def made_of_logits(logits, **options):
    return BeamTree(lambda ids: torch.tensor([logits]).expand(len(ids), len(logits)), [0], [f"w{i}" for i in range(len(logits))], 1, **options)  # fmt: skip


def test_what_cannot_come_is_never_kept():
    for mask in (-math.inf, torch.finfo(torch.float32).min):
        tree = made_of_logits([mask, 0.0, mask, 1.0], most=3, widest=5, width=5)
        used = {token for step in tree._steps() for node in step.kept for token in node.ids}
        assert used == {1, 3} and tree._words == ["w1", "w3"]
        assert [row.others for row in tree._table.values()] == pytest.approx([0] * len(tree._table))
    tree = made_of_logits([-1e9, 0.0, -1e9, 1.0], most=1, widest=4, width=4)
    assert [node.ids[0] for node in tree._steps()[0].kept] == [3, 1, 0, 2], "very unlikely is not impossible"
    assert "has < 0.0001 % after the prompt; the sum is −1000000001.31" in tree._about(tree._steps()[0].kept[3])  # fmt: skip


@pytest.mark.parametrize("kind", ["bfloat16", "gradient", "numpy", "list"])
def test_step_may_give_what_a_model_gives(kind):
    logits = torch.tensor([[1.0, 0.5, -2.0]])
    give = {
        "bfloat16": lambda n: logits.bfloat16().expand(n, 3), "gradient": lambda n: logits.expand(n, 3).clone().requires_grad_(),
        "numpy": lambda n: logits.expand(n, 3).numpy(), "list": lambda n: logits.expand(n, 3).tolist(),
    }[kind]  # fmt: skip
    for prompt in ([0], (0,), np.array([[0]]), torch.tensor([0]), torch.tensor([[0]], dtype=torch.int32)):
        tree = BeamTree(lambda ids: give(len(ids)), prompt, ("a", "b", "c"), np.int64(1), most=2, width=np.int32(2), widest=2)  # fmt: skip
        assert tree.result().sum == pytest.approx(float(logits.log_softmax(-1)[0, 1]))
        assert tree.result().ids == (1,)


# What is refused ------------------------------------------------------------------------------------------------------


def good(ids):
    return torch.zeros(len(ids), 4)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"step": 3}, "The step is a function from ids to logits; you gave 3."),
        ({"words": "abcd"}, "The words are a list, a string for each id."),
        ({"words": ["a", 1, "b", "c"]}, "The words are a list, a string for each id."),
        ({"words": ["a"]}, "A vocabulary has 2 words at least; yours has 1."),
        ({"words": list("abcde")}, "(1, 5) for 1 text and a word for each id; yours gave the shape (1, 4)."),
        ({"ids": []}, "The prompt has 1 to 1,024 ids (of a T5: its start token); yours has 0."),
        ({"ids": torch.zeros(1, 0, dtype=torch.long)}, "yours has 0."),
        ({"ids": torch.zeros(2, 2, dtype=torch.long)}, "The prompt has the shape (time,) or (1, time); yours has (2, 2)."),
        ({"ids": 3}, "The prompt has the shape (time,) or (1, time); yours has ()."),
        ({"ids": [0.5]}, "The prompt's ids are whole numbers; yours are float64."),
        ({"ids": ["a"]}, "The prompt's ids are whole numbers; yours are <U1."),
        ({"ids": [0, 4]}, "An id is from 0 to 3 here; the prompt has 4."),
        ({"ids": [-1, 2]}, "An id is from 0 to 3 here; the prompt has -1."),
        ({"ids": [[0], [1, 2]]}, "The prompt is a list of ids, (time,) or (1, time)."),
        ({"end": 4}, "The id that ends a text is a whole number from 0 to 3; you gave 4."),
        ({"end": None}, "you gave None."),
        ({"end": True}, "you gave True."),
        ({"most": 0}, "The most tokens that are written is a whole number from 1 to 20; you gave 0."),
        ({"most": 21}, "you gave 21."),
        ({"widest": 9}, "The widest beam is a whole number from 1 to 8; you gave 9."),
        ({"widest": 0}, "you gave 0."),
        ({"width": 6}, "The width is a whole number from 1 to 5; you gave 6."),
        ({"width": 0}, "you gave 0."),
        ({"width": 2.0}, "you gave 2.0."),
        ({"alpha": 2.1}, "Alpha is a number from 0 to 2; you gave 2.1."),
        ({"alpha": -0.1}, "you gave -0.1."),
        ({"alpha": math.nan}, "you gave nan."),
        ({"alpha": "1"}, "you gave '1'."),
        ({"at": -1}, "The step (None for all) is a whole number from 0 to 8; you gave -1."),
        ({"at": 9}, "you gave 9."),
        ({"step": lambda ids: torch.zeros(len(ids), 2, 4)}, "gives logits (batch, vocabulary), (1, 4) for 1 text and a word for each id; yours gave the shape (1, 2, 4)."),
        ({"step": lambda ids: torch.zeros(1, 4)}, "(3, 4) for 3 texts and a word for each id; yours gave the shape (1, 4)."),
        ({"step": lambda ids: "no"}, "The step function gives logits (batch, vocabulary); yours gave a str."),
        ({"step": lambda ids: None}, "yours gave"),
        ({"step": lambda ids: torch.full((len(ids), 4), math.nan)}, "your step function gave nan or inf."),
        ({"step": lambda ids: torch.tensor([[0, 0, 0, math.inf]])}, "your step function gave nan or inf."),
        ({"step": lambda ids: torch.full((len(ids), 4), -math.inf)}, "After each text some token can come; your step function gave -inf for all of them."),
    ],
)  # fmt: skip
def test_the_tree_refuses_with_a_sentence(change, sentence):
    asked = {"step": good, "ids": [0], "words": list("abcd"), "end": 3}
    BeamTree(**asked)
    with pytest.raises(ValueError) as caught:
        BeamTree(**asked | change)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_a_step_that_is_never_reached_is_refused():
    step = lambda ids: torch.tensor([[0.0, 99.0]]).expand(len(ids), 2)  # noqa: E731
    with pytest.raises(ValueError, match="from 0 to 1; you gave 2"):
        BeamTree(step, [0], ["a", "."], 1, widest=1, width=1, at=2)


def test_the_tree_can_be_steered_from_python():
    tree, _ = made(0, 6, [0], 1, most=5, widest=4)
    longest = max(len(steps) for steps in tree._runs.values())
    tree.set_state({"width": 4, "alpha": 1, "at": longest})
    json.dumps(tree.get_state(["width", "alpha", "at"]), allow_nan=False)
    for name, value, said in [
        ("width", 0, "The width is"), ("width", 5, "from 1 to 4; you gave 5."), ("alpha", 2.5, "Alpha is a number"), ("alpha", -1, "Alpha is"),
        ("alpha", math.nan, "Alpha is"), ("at", -1, "The step (None for all)"), ("at", longest + 1, f"from 0 to {longest};"),
    ]:  # fmt: skip
        with pytest.raises(traitlets.TraitError) as caught:
            setattr(tree, name, value)
        assert said in str(caught.value) and "\n" not in str(caught.value)
    for name, value in [("most", 3), ("widest", 2), ("_words", []), ("_logs", b"")]:
        with pytest.raises(traitlets.TraitError):
            setattr(tree, name, value)
    assert (tree.width, tree.alpha, tree.at) == (4, 1.0, longest)


# Models ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", ["t5", "gpt"])
def test_the_tree_of_a_model(name, training):
    """Greedy, and each sum, are those of the model itself; its mode stays what it was."""
    from course import load_model, load_tokenizer

    head = {"t5": "seq2seq-lm", "gpt": "causal-lm"}[name]
    model, tokenizer = load_model(name, head=head).train(training), load_tokenizer(name)
    text = {"t5": "translate English to Esperanto: Ada plays the violin.", "gpt": "Ada plays"}[name]
    tree = BeamTree.of(model, tokenizer, text, most=6, width=1, widest=3)
    assert model.training == training, "as it was before"
    model.eval()
    encoded = tokenizer(text, return_tensors="pt")
    written = model.generate(**encoded, max_new_tokens=6, do_sample=False)[0].tolist()
    prompt = [0] if name == "t5" else encoded.input_ids[0].tolist()
    assert list(tree.result().ids) == written[len(prompt) :]
    tree.width = 3
    for one in tree.finished():
        with torch.no_grad():
            if name == "t5":
                logits = model(**encoded, decoder_input_ids=torch.tensor([[*prompt, *one.ids]])).logits[0]
            else:
                logits = model(input_ids=torch.tensor([[*prompt, *one.ids]])).logits[0]
        logs = logits.double().log_softmax(-1)
        total = sum(logs[len(prompt) - 1 + i, token].item() for i, token in enumerate(one.ids))
        assert one.sum == pytest.approx(total, abs=1e-3)
    assert tree._texts["source"] == (text if name == "t5" else "")
    assert tree._texts["prompt"] == ("<pad>" if name == "t5" else text)
    assert ("For the source “translate" in repr(tree)) == (name == "t5")
    assert tree._named[tree.result().ids[0]] == tokenizer.convert_ids_to_tokens(tree.result().ids[0])


def test_of_a_model_refuses_with_a_sentence():
    from course import load_model, load_tokenizer

    model, tokenizer = load_model("gpt", head="causal-lm").train(), load_tokenizer("gpt")
    for text in ("", "  ", 3, None):
        with pytest.raises(ValueError, match="is a text with at least one word; you gave"):
            BeamTree.of(model, tokenizer, text)
    with pytest.raises(
        ValueError, match=r"The text has 251 tokens and 8 are written, and there is room for 256\."
    ):
        BeamTree.of(model, tokenizer, "violin " * 251)
    with pytest.raises(ValueError, match="The width is a whole number"):
        BeamTree.of(model, tokenizer, "Ada", width=0)
    assert model.training, "also when it is refused"
    end = tokenizer.convert_tokens_to_ids(".")
    tree = BeamTree.of(model, tokenizer, "Ada plays the violin", end=end, most=2, width=2)
    assert tree._finish == end
    for name, head in (("t5", "base"), ("bert", "base")):
        options = {} if name == "t5" else {"end": 0}
        with pytest.raises(
            ValueError, match=r"writes no text: load a model for it, load_model\(…, head='causal-lm'\)"
        ):
            BeamTree.of(load_model(name, head=head), load_tokenizer(name), "Ada", **options)
    with pytest.raises(ValueError, match=r"no end-of-sequence token: say which id ends a text, end=…\."):
        BeamTree.of(load_model("bert"), load_tokenizer("bert"), "Ada")


# The words -------------------------------------------------------------------------------------------------------------


def test_every_step_is_said():
    tree = gallery._beam()
    said = []
    for step in range(8):
        tree.at = step
        said.append(tree._said())
    assert said[0] == "Step 0 of 7: the search begins with the prompt, “<s>”, whose sum is 0."
    assert said[3].endswith(
        "of 24 continuations the 2 best are kept, none of them has ended; 2 go on. None is finished yet."
    )
    assert said[4].endswith("one of them has ended; one goes on. One is finished so far.")
    assert said[5].startswith("Step 5 of 7: of 12 continuations the 2 best are kept, one of them has ended;")
    assert said[5].endswith("2 are finished so far.")
    assert said[7] == (
        "Step 7 of 7: of 24 continuations the 2 best are kept, none of them has ended; the search is over after 7 tokens, and 2 that are "
        "cut there count as finished. The result at width 2 and alpha 0: “the cat sleeps”, sum −1.85, 4 tokens, score −1.85. Greedy "
        "(width 1) writes “a small cat sleeps”: sum −3.07, 5 tokens, score −3.07."
    )
    tree.at, tree.width, tree.alpha = 1, 1, 0.25
    assert (
        tree._said()
        == "Step 1 of 5: of 12 continuations the best one is kept, and it has not ended; one goes on. None is finished yet."
    )
    tree.at = 7
    assert tree._shown() == 5 and "The result at width 1 and alpha 0.25" in tree._said(), (
        "a step behind the last is the last"
    )


def test_greedy_and_the_result_may_be_the_same():
    tree = BeamTree(
        lambda ids: torch.tensor([[0.0, 1.0, 2.0]]).expand(len(ids), 3),
        [0],
        ["a", ".", "b"],
        1,
        most=1,
        width=2,
        widest=2,
    )
    assert tree._said().endswith("score −0.41. Greedy (width 1) writes the same.")
    assert (
        "one of them has ended; the search is over after 1 token, and one that is cut there counts as finished."
        in tree._said()
    )
    assert [beam_tree._ended(*one) for one in ((0, 3), (1, 3), (2, 3), (3, 3), (1, 1), (0, 1))] == [
        "none of them has ended", "one of them has ended", "2 of them have ended", "all of them have ended", "and it has ended",
        "and it has not ended",
    ]  # fmt: skip


def test_every_box_is_said():
    tree = gallery._beam()
    about = lambda t, place: tree._about(tree._steps()[t - 1].kept[place - 1])  # noqa: E731
    assert tree._about(beam_tree_search.ROOT) == "The prompt, “<s>”: nothing is written, and the sum is 0."
    assert (
        about(1, 2)
        == "“the” has 38.2 % after the prompt; the sum is −0.96. Number 2 of the 2 kept in step 1."
    )
    assert about(4, 1) == (
        "“</s>” has 54.1 % after “the cat sleeps”; the sum is −1.85. Number 1 of the 2 kept in step 4; it has ended: sum −1.85, 4 tokens, "
        "score −1.85."
    )
    assert about(7, 2).endswith(
        "Number 2 of the 2 kept in step 7; it is cut here: sum −10.00, 7 tokens, score −10.00."
    )
    step = tree._steps()[0]
    lost = beam_tree_search.dropped(tree._table, step, step.live[0])
    assert [tree._named[node.ids[-1]] for node in lost] == ["my", "</s>"]
    assert (
        tree._about(lost[0])
        == "“my” has 10.0 % after the prompt; the sum is −2.30. Dropped in step 1: the last one kept has −0.96."
    )
    tree.width = 1
    assert about(1, 1).endswith("The one kept in step 1.")


def test_texts_are_joined_as_they_are_written():
    words = ["▁", "▁la", "kat", "o", "</s>", "##x"]
    tree = BeamTree(lambda ids: torch.zeros(len(ids), 6), [0], words, 4, most=4, widest=6, width=6)
    assert (
        tree._text((1, 2, 3, 4)) == "“lakato”"
        and tree._text((2, 3, 1, 4)) == "“kato la”"
        and tree._text((4,)) == "the empty text"
    )
    plain = BeamTree(lambda ids: torch.zeros(len(ids), 3), [0], ["the", "cat", "##s"], 0, most=3, widest=3)
    assert plain._text((1, 2, 1)) == "“cats cat”"
    assert [shown_word(one) for one in (" ", "", "\n", "a", "x" * 200)] == [
        "' '",
        "''",
        "'\\n'",
        "a",
        "x" * 99 + "…",
    ]
    assert [alpha_text(one) for one in (0, 0.1, 0.6, 1, 1.25, 0.333, 2)] == [
        "0",
        "0.1",
        "0.6",
        "1",
        "1.25",
        "0.33",
        "2",
    ]


# The picture -----------------------------------------------------------------------------------------------------------


def test_places_are_moved_as_little_as_needed():
    assert apart([(0, 10), (100, 10)]) == [0, 100]
    assert apart([(0, 10), (0, 10)], 2) == [-6, 6]
    assert apart([(0, 10), (0, 20), (100, 10)], 5) == [-10, 10, 100]
    for seed in range(50):
        draw = random.Random(seed)
        wanted = sorted(
            (draw.uniform(0, 80), draw.choice([20, 38, 52])) for _ in range(draw.randrange(1, 12))
        )
        places = apart(wanted, 7)
        for (one, (_, size)), (two, (_, other)) in itertools.pairwise(zip(places, wanted, strict=True)):
            assert two - one >= (size + other) / 2 + 7 - 1e-9
        assert sum(places) == pytest.approx(sum(middle for middle, _ in wanted)), "no drift"


def test_the_columns_hold_the_kept_and_the_best_of_the_dropped():
    tree, _ = made(5, 12, [0], 1, most=5, widest=4, width=3)
    for column, step in zip(columns_of(tree)[1:], tree._steps(), strict=True):
        nodes = [node for node, _ in column]
        assert {node.ids for node in nodes if node.place} == {node.ids for node in step.kept}
        for live in step.live:
            lost = [node for node in nodes if not node.place and node.ids[:-1] == live.ids]
            row = tree._table[live.ids]
            stays = {node.ids[-1] for node in step.kept if node.ids[:-1] == live.ids}
            assert [node.ids[-1] for node in lost] == [token for token in row.tokens if token not in stays][
                :2
            ]
            assert all(node.sum <= step.kept[-1].sum for node in lost)
    tree.at = 2
    assert len(columns_of(tree)) == 3


@pytest.mark.parametrize("at", [None, 0, 3, 5])
def test_the_static_picture_is_that_of_the_state(at):
    tree = gallery._beam()
    tree.at, tree.alpha = at, 0.6
    root = picture(tree)
    assert root.find(SVG + "desc").text == tree._alt()
    words = [text.text for text in root.iter(SVG + "text")]
    for column in columns_of(tree)[1:]:
        for node, _ in column:
            word, sign = (
                tree._named[node.ids[-1]],
                {"dropped": "✕ "}.get(kind_of(tree, node), "★ " if marks_of(tree, node)[0] else ""),
            )
            assert (
                f"{sign}{word}" in words and f"{percent(math.exp(node.log))}  Σ {signed(node.sum)}" in words
            )
            if kind_of(tree, node) == "finished":
                assert f"score {signed(node.sum / len(node.ids) ** 0.6)}" in words
    assert ("g" in words) == (at is None) and words.count("g") == (4 if at is None else 0)
    assert ("★  “the cat sleeps quietly”" in words) == (at is None)
    assert ("1  “the cat sleeps quietly”" in words) == (at == 5)
    listed = [one for one in words if re.match(r"[★\d]  ", one)]
    assert len(listed) == len(tree._ranked(tree._shown())) == {None: 4, 0: 0, 3: 0, 5: 2}[at]
    paths = [path for path in root.iter(SVG + "path") if "C" in path.get("d")]
    assert len(paths) == sum(len(column) for column in columns_of(tree)[1:])
    assert sum(path.get("stroke-width") == "4" for path in paths) == (5 if at is None else 0), (
        "the way of the result"
    )
    dashed = [path for path in paths if path.get("stroke-dasharray")]
    assert len(dashed) == sum(not node.place for column in columns_of(tree)[1:] for node, _ in column)


def test_boxes_do_not_overlap_and_edges_do_not_cross():
    for seed in range(10):
        tree, _ = made(seed, 30, [0], 1, most=6, widest=6, width=1 + seed % 6)
        boxes = [
            tuple(float(box.get(key)) for key in ("x", "y", "width", "height"))
            for box in picture(tree).iter(SVG + "rect")
            if box.get("width") == "104"
        ]
        for (x, y, w, h), (a, b, _, j) in itertools.combinations(boxes, 2):
            assert abs(x - a) >= w or y + h <= b + 0.2 or b + j <= y + 0.2
        for before, column in itertools.pairwise(columns_of(tree)):
            order = {node.ids: i for i, (node, _) in enumerate(before)}
            parents = [order[node.ids[:-1]] for node, _ in column]
            assert parents == sorted(parents)


def test_the_largest_picture_is_such_as_a_graded_notebook_keeps():
    from autograder import drawings

    words = [f"tokenised{i}" for i in range(60)]
    wide = BeamTree(table_step(1, 60, scale=0.3), [0], words, 1, most=20, width=8, widest=8)
    for shown in (wide, gallery._beam()):
        again, _ = drawings._redrawn(shown._svg())
        ours = [element.attrib for element in ET.fromstring(shown._svg()).iter()]
        kept = [element.attrib for element in ET.fromstring(again).iter()]
        for mine, there in list(zip(ours, [kept[0], *kept[2:]], strict=True))[1:]:
            assert mine == there, "no shape and no look is lost"


def test_text_is_text_and_the_module_is_plain(tmp_path):
    shown = BeamTree(
        lambda ids: torch.zeros(len(ids), 9), list(range(9)), NASTY, 1, most=3, widest=8, width=8
    )
    words = " ".join(text.text for text in picture(shown).iter(SVG + "text"))
    assert "a&b" in words and "<script>alert" in words and "\u202e" not in words + repr(shown)
    page = shown.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and set(re.findall(r"https?://[^\s\"'<]+", page)) <= {
        "http://www.w3.org/2000/svg"
    }
    for name in ("beam_tree.js", *BeamTree._with):
        assert "innerHTML" not in base._read(name)
    assert len(BeamTree._esm.encode()) <= 60_000


def test_few_public_names():
    own = {k for k, v in vars(beam_tree).items() if getattr(v, "__module__", "") == beam_tree.__name__}
    assert {name for name in own if not name.startswith("_")} == {"BeamTree", "Finished"}
    public = {name for name in vars(BeamTree) if not name.startswith("_")}
    assert public == {"most", "widest", "width", "alpha", "at", "of", "finished", "result"}


def test_the_gallery_shows_what_greedy_misses():
    tree = gallery._beam()
    best = {}
    for width in range(1, 7):
        tree.width = width
        best[width] = tree.result().ids
    assert best[1] != best[2] and len({best[width] for width in range(2, 7)}) == 1
    assert tree._runs[2][-1].kept and tree.most == 7


def test_what_is_kept_stands_beside_its_parent():
    tree = gallery._beam()
    tree.width = 1
    assert [middle for column in columns_of(tree) for node, middle in column if node.place] == [0.0] * 6


def test_no_step_stands_higher_than_the_others():
    tree = gallery._beam()
    for width in range(1, 7):
        tree.width = width
        for column in columns_of(tree):
            middles = [middle for node, middle in column if node.place]
            assert sum(middles) == pytest.approx(0, abs=1e-6)


def test_a_long_search_goes_on_below_with_the_texts_that_go_on():
    tree = gallery._beam()  # seven steps: five, and two below
    tree.width = 4
    words = [text.text for text in picture(tree).iter(SVG + "text")]
    assert (
        words.count("step 5") == 2
        and words.count("step 4") == words.count("step 6") == words.count("prompt") == 1
    )
    frames = [box for box in picture(tree).iter(SVG + "rect") if box.get("width") == "104"]
    columns = columns_of(tree)
    again = sum(kind_of(tree, node) == "live" for node, _ in columns[5])
    assert 0 < again < len(columns[5])
    assert len(frames) == sum(map(len, columns)) + again
