"""The Python side of chapter 5's visualisers: what they draw by chance, what they refuse, and the static pictures."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import traitlets
from scipy import stats

from course.widgets import MaskingStepper, PairBuilder, base, flow, masking_stepper, pair_builder
from tests.test_widgets import SVG, picture

SENTENCE = "we were on the right side of history , so they changed the law"
NASTY = ["<script>alert(1)</script>", "a&b", "\"'>", "שלום", "🦊"]
NEVER = {"[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"}
SHARES = (0.05, 0.15, 0.3, 0.5)
RARE = 1e-6  # a p below this is no chance


def draws_of(stepper):
    """Every draw at every share: (share, kinds, what is read, labels)."""
    n = len(stepper._level) // len(stepper.tokens)
    for share, draw in itertools.product(SHARES, range(n)):
        stepper.share, stepper.draw = share, draw
        yield share, draw, stepper._kinds(), stepper._reads(), stepper._labels()


@pytest.fixture
def all_of_the_draws(monkeypatch):
    """A stepper through which each of the 1,000 draws can be stepped."""
    monkeypatch.setattr(masking_stepper, "MAX_DRAWS", 1_000)
    return lambda *args, **options: MaskingStepper(*args, draws=1_000, **options)


# The masking stepper ------------------------------------------------------------------------------------------------


def test_masking_takes_a_text_or_tokens():
    assert MaskingStepper("We were, once").tokens == ["[CLS]", "We", "were,", "once", "[SEP]"]
    assert MaskingStepper("[CLS] a [SEP] [PAD]").tokens == ["[CLS]", "a", "[SEP]", "[PAD]"]
    assert MaskingStepper(("New York", "<b>")).tokens == ["New York", "<b>"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: MaskingStepper(""), "no word in this text"),
        (lambda: MaskingStepper([]), "no word in this text"),
        (lambda: MaskingStepper("word " * 10_000), "at most 60 tokens; yours has 10,000"),
        (lambda: MaskingStepper(["a"] * 61), "at most 60 tokens; yours has 61"),
        (lambda: MaskingStepper("word " * 59), "at most 60 tokens; yours has 61"),
        (lambda: MaskingStepper(["a", 3]), "each a string"),
        (lambda: MaskingStepper(None), "a text or a list of tokens; you gave a NoneType"),
        (lambda: MaskingStepper(["a", " "]), "empty or white space"),
        (lambda: MaskingStepper("x" * 5_000), "at most 100 letters here; one of yours has 5,000"),
        (lambda: MaskingStepper("a b", vocabulary="abc"), "a list of words"),
        (lambda: MaskingStepper("a b", vocabulary=["a", 1]), "a list of words"),
        (lambda: MaskingStepper("a b", vocabulary=[]), "no word to draw"),
        (lambda: MaskingStepper("a b", vocabulary=sorted(NEVER)), "no word to draw"),
        (lambda: MaskingStepper("a b", share=0.2), "one of 0.05, 0.15, 0.3, 0.5; you gave 0.2"),
        (lambda: MaskingStepper("a b", share="15 %"), "one of 0.05, 0.15, 0.3, 0.5; you gave '15 %'"),
        (lambda: MaskingStepper("a b", seed=-1), "a whole number from 0; you gave -1"),
        (lambda: MaskingStepper("a b", draws=0), "from 1 to 200; you gave 0"),
        (lambda: MaskingStepper("a b", draws=2.5), "from 1 to 200; you gave 2.5"),
        (lambda: MaskingStepper("a b", step="last"), "one of read, chosen, becomes, labels, draws; you gave 'last'"),
    ],
)  # fmt: skip
def test_masking_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_masking_can_be_steered_from_python():
    stepper = MaskingStepper(SENTENCE, draws=3)
    stepper.step, stepper.share, stepper.draw = "draws", 0.5, 2
    for name, value in [("step", "x"), ("share", 0.4), ("draw", 3), ("draw", -1), ("tokens", ["a"])]:
        with pytest.raises(traitlets.TraitError):
            setattr(stepper, name, value)
    assert (stepper.step, stepper.share, stepper.draw) == ("draws", 0.5, 2)


def test_the_same_seed_draws_the_same():
    one, same, other = (list(draws_of(MaskingStepper(SENTENCE, seed=seed, draws=20))) for seed in (3, 3, 4))
    assert one == same and one != other


@pytest.mark.parametrize(
    "tokens",
    [
        ["[CLS]", *SENTENCE.split(), "[SEP]", "[PAD]", "[PAD]"],
        ["[CLS]", "[UNK]", "[MASK]", "word", "[SEP]"],
        ["[CLS]", "[SEP]"],
    ],
    ids=["sentence", "one word", "marks alone"],
)
def test_what_every_draw_must_hold(tokens, all_of_the_draws):
    """Marks are never chosen nor changed, at least one word is, labels are -100 elsewhere, and random words are words."""
    vocabulary = [*NEVER, "word", "the", "tree", "moon"]
    may = [token not in NEVER for token in tokens]
    chosen_at = {}
    for share, draw, kinds, reads, labels in draws_of(all_of_the_draws(tokens, vocabulary, seed=1)):
        chosen = [kind is not None for kind in kinds]
        assert sum(chosen) >= min(1, sum(may)) and not any(
            one and not free for one, free in zip(chosen, may, strict=True)
        )
        assert labels == [token if one else -100 for token, one in zip(tokens, chosen, strict=True)]
        for token, kind, read in zip(tokens, kinds, reads, strict=True):
            if kind == 1:
                assert read in {"word", "the", "tree", "moon"} - {token}
            else:
                assert read == ("[MASK]" if kind == 0 else token)
        chosen_at[share, draw] = {i for i, one in enumerate(chosen) if one}
    for (share, draw), places in chosen_at.items():
        assert places <= chosen_at[0.5, draw], f"at {share} as at 0.5"


def test_the_shares_are_those_asked_for():
    """Over 60 tokens and 1,000 draws each share and each kind lies inside its binomial bounds; a draw that chose none adds one token."""
    stepper = MaskingStepper([f"w{i}" for i in range(60)], seed=5)
    for share in SHARES:
        stepper.share = share
        count, none = stepper._count(), stepper._none_came[SHARES.index(share)]
        assert stats.binomtest(int(count.sum()) - none, 60_000, share).pvalue > RARE
        assert stats.binomtest(none, 1_000, (1 - share) ** 60).pvalue > RARE
        for kind, asked in enumerate((0.8, 0.1, 0.1)):
            assert stats.binomtest(int(count.sum(0)[kind]), int(count.sum()), asked).pvalue > RARE
        each = [stats.binomtest(int(n), 1_000, share + none / 60_000).pvalue for n in count.sum(1)]
        assert min(each) > RARE, "no place is preferred"
        assert f"{100 * count.sum() / 60_000:.1f} % of the tokens" in stepper._alt_of_many()


def test_the_many_draws_are_the_draws(all_of_the_draws):
    """What the last step counts is what the steps before it show, for all of the 1,000."""
    tokens = ["[CLS]", "a", "b", "c", "[SEP]"]
    stepper = all_of_the_draws(tokens, seed=2)
    counts = {share: np.zeros((5, 3), int) for share in SHARES}
    for share, _, kinds, _, _ in draws_of(stepper):
        for i, kind in enumerate(kinds):
            if kind is not None:
                counts[share][i, kind] += 1
    for share in SHARES:
        stepper.share = share
        assert (stepper._count() == counts[share]).all()
        assert stats.binomtest(stepper._none_came[SHARES.index(share)], 1_000, (1 - share) ** 3).pvalue > RARE


def test_random_words_come_evenly_and_from_the_vocabulary(all_of_the_draws):
    vocabulary = [f"v{i}" for i in range(9)] + ["a"]
    stepper = all_of_the_draws(["a"] * 40, vocabulary, share=0.5)
    found = [read for share, _, kinds, reads, _ in draws_of(stepper) if share == 0.5
             for kind, read in zip(kinds, reads, strict=True) if kind == 1]  # fmt: skip
    counts = [found.count(f"v{i}") for i in range(9)]
    assert sum(counts) == len(found) > 1_500 and stats.chisquare(counts).pvalue > RARE
    alone = list(draws_of(MaskingStepper(["a"] * 40, ["a"])))
    assert any(1 in kinds for _, _, kinds, _, _ in alone), "there is no other word to draw"
    assert {read for _, _, _, reads, _ in alone for read in reads} == {"[MASK]", "a"}


def words_of(root, size="16"):
    return [text.text for text in root.iter(SVG + "text") if text.get("font-size") == size]


@pytest.mark.parametrize("draw", [0, 3])
@pytest.mark.parametrize("step", masking_stepper.STEPS)
def test_masking_static_picture_is_that_of_the_state(step, draw):
    tokens = ["[CLS]", *SENTENCE.split(), "[SEP]", "[PAD]"]
    stepper = MaskingStepper(tokens, share=0.3, seed=3, step=step)
    stepper.draw = draw
    kinds, reads, labels = stepper._kinds(), stepper._reads(), stepper._labels()
    chosen = [i for i, kind in enumerate(kinds) if kind is not None]
    root, said = picture(stepper), stepper._alt()
    assert root.find(SVG + "desc").text == said and len(chosen) >= 2
    boxes = [box for box in root.iter(SVG + "rect") if box.get("stroke-width") == "4"]
    dashed = [box for box in root.iter(SVG + "rect") if box.get("stroke-dasharray")]
    if step == "read":
        assert words_of(root) == tokens and not boxes and len(dashed) == 3
        assert "14 of 17 tokens may be chosen; never [CLS] or [SEP] or [PAD]." in said
    elif step == "chosen":
        assert words_of(root) == tokens and len(boxes) == len(chosen)
        assert (
            words_of(root, "11").count("chosen") == len(chosen) and words_of(root, "11").count("never") == 3
        )
        assert f"In draw {draw + 1} of 50 at 30 %, {len(chosen)} of 14 tokens are chosen" in said
        assert re.findall(r"\((\d+)\)", said) == [str(i + 1) for i in chosen]
    elif step == "becomes":
        assert sorted(words_of(root)) == sorted([*tokens, *(reads[i] for i in chosen)])
        assert len(boxes) == 2 * len(chosen)
        assert sorted(words_of(root, "11")) == sorted(
            ["never"] * 3 + ["chosen"] * len(chosen) + [masking_stepper.KINDS[kinds[i]] for i in chosen]
        )
    elif step == "labels":
        assert sorted(words_of(root)) == sorted(
            [*reads, *("−100" if label == -100 else label for label in labels)]
        )
        assert len(boxes) == len(chosen) and f"the other {17 - len(chosen)} labels are −100" in said
        assert f"the model reads “{' '.join(reads)}”" in said
    else:
        bars = [
            (float(b.get("x")), float(b.get("height")))
            for b in root.iter(SVG + "rect")
            if b.get("width") == "28"
        ]
        drawn = [high for _, high in bars[:-3]]  # the last three explain the marks
        truth = stepper._count()[1:15].ravel()
        assert np.allclose(np.array(drawn) / sum(drawn), truth / truth.sum(), atol=1e-4)
        assert [int(n) for n in words_of(root, "11") if n != "never"] == stepper._count()[1:15].sum(
            1
        ).tolist()


# The pair builder ---------------------------------------------------------------------------------------------------


def documents(*lengths, seed=0):
    """Documents of so many sentences, of 1 to 12 tokens each, no two sentences the same."""
    random = np.random.default_rng(seed)
    return [
        [[f"d{d}s{s}w{w}" for w in range(random.integers(1, 13))] for s in range(n)]
        for d, n in enumerate(lengths)
    ]


GIVEN = documents(5, 1, 3, 2)


def every(builder):
    """Each A and each toss in turn."""
    for d, document in enumerate(builder.documents):
        for s, toss in itertools.product(range(len(document) - 1), range(24)):
            builder.first, builder.toss = (d, s), toss
            yield d, s


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: PairBuilder("a text"), "takes documents, each a list of sentences, each a list of tokens; you gave a str"),
        (lambda: PairBuilder(3), "you gave a int"),
        (lambda: PairBuilder([]), "2 to 12 documents, since a negative comes from another one; you gave 0"),
        (lambda: PairBuilder(documents(3)), "you gave 1"),
        (lambda: PairBuilder(documents(*[2] * 13)), "you gave 13"),
        (lambda: PairBuilder([[["a"], ["b"]], "text"]), "document 2 is a str"),
        (lambda: PairBuilder([[["a"], ["b"]], []]), "1 to 30 sentences here; document 2 has 0"),
        (lambda: PairBuilder(documents(31, 2)), "document 1 has 31"),
        (lambda: PairBuilder([["we were", "on"], [["a"]]]), "sentence 1 of document 1 is a str"),
        (lambda: PairBuilder([[["a"], []], [["a"]]]), "1 to 60 tokens here; sentence 2 of document 1 has 0"),
        (lambda: PairBuilder([[["a"], ["w"] * 10_000], [["a"]]]), "sentence 2 of document 1 has 10,000"),
        (lambda: PairBuilder([[["a"], [1]], [["a"]]]), "each a string; in sentence 2 of document 1"),
        (lambda: PairBuilder([[["a"], ["[SEP]"]], [["a"]]]), "leave them out of sentence 2 of document 1"),
        (lambda: PairBuilder([[["a"], ["\t"]], [["a"]]]), "empty or white space"),
        (lambda: PairBuilder(documents(1, 1)), "none has a next one"),
        (lambda: PairBuilder([[["a"], ["b"]], [["b"]]]), "Sentence 1 of document 1 has no negative"),
        (lambda: PairBuilder(GIVEN, max_length=4), "from 5 to 128; you gave 4"),
        (lambda: PairBuilder(GIVEN, max_length=129), "from 5 to 128; you gave 129"),
        (lambda: PairBuilder(GIVEN, max_length=7.5), "a whole number from 5 to 128; you gave 7.5"),
        (lambda: PairBuilder(GIVEN, seed=-1), "a whole number from 0; you gave -1"),
    ],
)  # fmt: skip
def test_pairs_refuse_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_pairs_can_be_steered_from_python():
    builder = PairBuilder(GIVEN)
    builder.set_state(
        {"first": [2, 1], "toss": 23, "wrong": True, "max_length": 5}
    )  # as a front end sends it
    assert (builder.first, builder.toss, builder.wrong, builder.max_length) == ((2, 1), 23, True, 5)
    for name, value in [("first", (0, 4)), ("first", (1, 0)), ("first", (4, 0)), ("first", (-1, 0)), ("toss", 24),
                        ("draw", 60), ("max_length", 4), ("documents", GIVEN)]:  # fmt: skip
        with pytest.raises(traitlets.TraitError):
            setattr(builder, name, value)


def test_label_0_is_the_next_sentence_and_label_1_one_of_another_document():
    builder = PairBuilder(GIVEN, seed=1)
    labels, documents_of_b = [], []
    for d, s in every(builder):
        e, t = builder._second()
        labels.append(builder._label())
        if builder._label() == 0:
            assert (e, t) == (d, s + 1)
        else:
            assert e != d
            documents_of_b += [e] if d == 0 else []
        builder.wrong = True
        e, t = builder._second()
        assert e == d and t != s and builder._label() == 1
        builder.wrong = False
    assert len(labels) == 24 * (4 + 2 + 1) and stats.binomtest(sum(labels), len(labels), 0.5).pvalue > RARE
    counts = [documents_of_b.count(e) for e in (1, 2, 3)]
    assert stats.chisquare(counts).pvalue > RARE, "a document comes first, however many sentences it has"


def test_drawn_sentences_have_a_next_one_and_come_from_all_documents():
    builder = PairBuilder(GIVEN, seed=2)
    places = pair_builder._places(builder.documents)
    draws = [places[a] for a, _ in np.frombuffer(builder._draws, "<u2").reshape(-1, 2)]
    assert {d for d, _ in draws} == {0, 2, 3} and all(s < len(GIVEN[d]) - 1 for d, s in draws)
    assert builder.first == draws[0]


def test_a_negative_is_never_the_true_next_sentence_in_other_words_the_same():
    same = [["it", "rains"], ["we", "stay"]]
    builder = PairBuilder([same, [["we", "stay"], ["ada", "sings"]]], seed=0)
    negatives = set()
    for d, _ in every(builder):
        if builder._label() == 1 and d == 0:
            e, t = builder._second()
            negatives.add(tuple(builder.documents[e][t]))
    assert negatives == {("ada", "sings")}


def kept(a, b, room):
    """How many tokens stay, without taking them away one by one: the shorter one stays whole, or both get half, A the odd one."""
    if a + b <= room:
        return a, b
    half = (room + 1) // 2
    if a <= half:
        return a, room - a
    return (room - b, b) if b <= room // 2 else (half, room // 2)


def test_pairs_are_cut_from_the_longer_and_at_a_tie_from_b():
    for a, b in itertools.product((1, 2, 5, 9, 10), repeat=2):
        first, second = [f"a{i}" for i in range(a)], [f"b{i}" for i in range(b)]
        builder = PairBuilder([[first, second], [["x"]]])
        builder.toss = next(
            toss for toss in range(24) if not builder._tosses[6 * toss]
        )  # a coin that says "next"
        for length in range(5, 25):
            builder.max_length = length
            tokens, segments, cut = builder._pair()
            stay_a, stay_b = kept(a, b, length - 3)
            assert tokens == ["[CLS]", *first[:stay_a], "[SEP]", *second[:stay_b], "[SEP]"]
            assert segments == [0] * (2 + stay_a) + [1] * (1 + stay_b) and len(tokens) <= length
            assert [token for name, token in cut if name == "A"] == first[stay_a:][::-1]
            assert [token for name, token in cut if name == "B"] == second[stay_b:][::-1]
    builder.max_length = 8  # of 10 and 10
    assert [name for name, _ in builder._pair()[2]][:4] == ["B", "A", "B", "A"]


@pytest.mark.parametrize("state", ["next", "random", "wrong"])
def test_pair_static_picture_is_that_of_the_state(state, monkeypatch):
    monkeypatch.setattr(flow, "WIDTH", 2_000)  # all on one line: segments in one row, positions in the next
    builder = PairBuilder(GIVEN, max_length=10, seed=4)
    builder.first = (0, 3)
    builder.toss = next(
        t for t in range(24) if setattr(builder, "toss", t) or builder._label() == (state != "next")
    )
    builder.wrong = state == "wrong"
    (d, s), (e, t) = builder.first, builder._second()
    tokens, segments, cut = builder._pair()
    root, said = picture(builder), builder._alt()
    assert root.find(SVG + "desc").text == said and "A is sentence 4 of document 1; B is " in said
    assert words_of(root) == tokens
    heads = words_of(root, "11")
    assert heads == [str(n) for n in [*segments, *range(len(tokens))]], (
        "a row of segments, a row of positions"
    )
    badges = [
        text.text
        for text in root.iter(SVG + "text")
        if text.get("font-size") == "13" and text.get("font-weight")
    ]
    assert sorted(badges) == ["A", "B"]
    texts = [text.text for text in root.iter(SVG + "text")]
    after = {name: texts[texts.index(name) + 1] for name in "AB"}
    for name, place, sentence in (("A", s, GIVEN[d][s]), ("B", t, GIVEN[e][t])):
        assert after[name].startswith(f"{place + 1}. {sentence[0]}")
    assert {
        "next": "label 0, is next",
        "random": "label 1, random",
        "wrong": "label 1, but no good negative",
    }[state] in texts
    assert {
        "next": "label 0, is next",
        "random": f"of document {e + 1}, another one: label 1",
        "wrong": "the wrong kind",
    }[state] in said
    assert cut and all(f"“{token}” ({name})" in said for name, token in cut)


# Both ---------------------------------------------------------------------------------------------------------------

WIDGETS = [lambda: MaskingStepper(SENTENCE, step="labels"), lambda: PairBuilder(GIVEN)]


@pytest.mark.parametrize("make", WIDGETS)
def test_a_bundle_holds_the_view_the_picture_and_the_words(make, tmp_path):
    widget = make()
    data, _ = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["text/plain"] == repr(widget) and "\n" not in repr(widget)
    assert picture(widget).get("role") == "img" and picture(widget).get("aria-label").endswith(widget._alt())
    page = widget.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_what_a_person_wrote_is_text_in_every_static_form(tmp_path):
    odd = ["\x00", "\ud800", "\u202eturned"]
    shown = [
        MaskingStepper([*NASTY, *odd], [*NASTY, *odd], share=0.5, step=step) for step in masking_stepper.STEPS
    ]
    shown.append(PairBuilder([[NASTY, odd], [NASTY[:1], ["x"]]], max_length=40))
    for widget in shown:
        texts = " ".join(text.text for text in picture(widget).iter(SVG + "text"))
        assert "a&b" in texts or "a&b" not in repr(widget)
        assert "\u202e" not in texts + repr(widget), "a sign that turns what follows is no text"
        page = widget.save(tmp_path / "page.html").read_text(encoding="utf-8")
        assert "<script>alert" not in page


def test_the_static_pictures_are_such_as_a_graded_notebook_keeps():
    from autograder import drawings

    for make in (
        *WIDGETS,
        lambda: MaskingStepper(SENTENCE, step="draws"),
        lambda: MaskingStepper(SENTENCE, step="becomes"),
    ):
        widget = make()
        again, words = drawings._redrawn(widget._svg())
        ours = [element.tag for element in ET.fromstring(widget._svg()).iter()]
        kept_tags = [element.tag for element in ET.fromstring(again).iter()]
        assert len(kept_tags) == len(ours) + 1 and widget._alt() in words, (
            "with its ground, and no shape lost"
        )


@pytest.mark.parametrize("name", ["masking_stepper.js", "pair_builder.js"])
def test_modules_stay_small_and_plain(name):
    text = base._read("base.js") + base._read(name)
    assert len(text.encode()) <= 60_000
    assert "innerHTML" not in text and not re.search(r"^import\b", text, re.MULTILINE)


def test_no_public_name_answers_the_lab():
    """Lab 05 asks for `mask_tokens`, `make_pair` and `next_sentence_examples`: what the pictures know of them stays theirs."""
    for module, widget in ((masking_stepper, MaskingStepper), (pair_builder, PairBuilder)):
        own = {
            name
            for name, value in vars(module).items()
            if getattr(value, "__module__", "") == module.__name__
        }
        assert {name for name in own if not name.startswith("_")} == {widget.__name__}
        public = {name for name in vars(widget) if not name.startswith("_")}
        assert public <= {
            "tokens",
            "step",
            "share",
            "draw",
            "documents",
            "first",
            "toss",
            "wrong",
            "max_length",
        }
