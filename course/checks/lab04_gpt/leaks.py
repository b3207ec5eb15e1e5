"""The check of `detect_leak`: training steps whose leaks are known."""

import torch

from .. import helper_for, require
from ..usual import ended
from . import lab

TIME, VOCABULARY, DIM = 6, 14, 8


def step(
    kind, vocabulary=VOCABULARY, time=TIME, seed=0, twins=False, padding_is=None, balanced=False, **settings
):
    """A `helpers.language.Step` with random weights.

    twins: two tokens each, 2 and 3, 4 and 5, …, have the same vector; padding_is: the token whose vector padding has;
    balanced: the scores of a place sum to 0 whatever is read.
    """
    generator = torch.Generator().manual_seed(seed)
    vectors = torch.randn(vocabulary, DIM, generator=generator)
    if twins:
        vectors[3::2] = vectors[2 : vocabulary - 1 : 2]
    if padding_is is not None:
        vectors[0] = vectors[padding_is]
    output = torch.randn(DIM, vocabulary, generator=generator)
    if balanced:
        output -= output.mean(1, keepdim=True)
    return helper_for(
        "training_step",
        kind=kind,
        vectors=vectors,
        output=output,
        scores=torch.randn(time + 1, time + 1, generator=generator),
        **settings,
    )


def causal(time):
    """bool (query, key)."""
    return torch.ones(time, time, dtype=torch.bool).tril()


def pair_of(result):
    """None, or the two places as ints; says so when it is neither."""
    if result is None:
        return None
    good = isinstance(result, (tuple, list)) and len(result) == 2
    places = (
        [p.item() if isinstance(p, torch.Tensor) and p.numel() == 1 else p for p in result] if good else []
    )
    require(
        good and all(isinstance(p, int) and not isinstance(p, bool) for p in places),
        "Return None, or two places, (target, source), as whole numbers.",
    )
    return tuple(places)


def told(pair):
    """A result in words."""
    return "None" if pair is None else f"({pair[0]}, {pair[1]})"


def require_pair(result, truth, case, mistakes=()):
    """Require None or (target, source). case: which step; mistakes: (wrong result, what led there)."""
    got = pair_of(result)
    known = next((f" {ended(s)}" for wrong, s in mistakes if wrong == got), "")
    if truth is None:
        require(
            got is None,
            "{case} leaks nothing, and you find {got}.{known}",
            case=case,
            got=told(got),
            known=known,
        )
        return
    require(
        got is not None,
        "{case} leaks: the guess for the token at {target} depends on the token at {source}. You find nothing.{known}",
        case=case,
        target=truth[0],
        source=truth[1],
        known=known,
    )
    require(
        got == truth,
        "{case}: the guess for the token at {target} depends on the token at {source}, so {truth}; you give {got}.{known}",
        case=case,
        target=truth[0],
        source=truth[1],
        truth=told(truth),
        got=told(got),
        known=known,
    )


@lab.check(points=5, without=("course.masks",))
def detect_leak(student):
    ids = torch.tensor([5, 2, 9, 4, 7, 12])

    def find(kind, **settings):
        return student(step(kind, **settings), ids, VOCABULARY)

    honest = (
        "Too much is taken for a leak: a guess may depend on all tokens before its target, and on rounding"
    )
    require_pair(
        find("attention", allowed=causal(6)),
        None,
        "A step with a causal mask",
        [
            ((0, 0), "The first guess is made for the token at 1: look up its target"),
            ((1, 0), "What stands *before* the target may be seen"),
            ((1, 1), "The targets move with the text, and costs with them: compare logits with logits"),
        ],
    )
    require_pair(find("reader"), None, "A recurrent reader from the left", [((1, 0), honest)])
    off_by_one = causal(6) | causal(6).roll(1, 1).triu()
    off_by_one[-1, 0] = True
    require_pair(
        find("attention", allowed=off_by_one),
        (1, 1),
        "A mask that begins one too late",
        [
            ((0, 1), "That is the place of the guess; what is asked for is the place of its target, the token that it is made for"),
            ((0, 0), "That is where the guess stands; what is asked for is its target's place, and that of the token seen"),
            ((5, 5), "Of several leaks, the one with the smallest target"),
            ((2, 2), "Those are tokens; their places are asked for"),
            (None, "A token that is its own target must not be seen either: source >= target"),
        ],
    )  # fmt: skip
    require_pair(
        find("attention", allowed=causal(6), shift=0),
        (0, 0),
        "A step that forgets to shift, so that a guess is compared with the token just read,",
        [((1, 1), "Which token is a guess made for? `step` tells: the targets"), (None, "Which token is a guess made for? The targets say. And a token that is its own target must not be seen either: source >= target")],
    )  # fmt: skip
    ahead = causal(6)
    ahead[2, 5] = True
    require_pair(
        find("attention", allowed=ahead),
        (3, 5),
        "A causal mask with one cell too many, query 2 sees key 5,",
        [((2, 5), "That is the place of the guess; its target stands at 3"), ((5, 3), "First the target, then the source"), ((5, 2), "First the target, then the source")],
    )  # fmt: skip
    two = causal(6)
    two[0, 5] = two[2, 3] = True
    smallest = "Of several leaks, first the one with the smallest target, then of these the one with the smallest source"
    require_pair(
        find("attention", allowed=two),
        (1, 5),
        "A causal mask with two cells too many, query 0 sees key 5 and query 2 sees key 3,",
        [((3, 3), smallest), ((1, 3), smallest)],
    )
    for case, settings in (
        (
            "A step in which two words each have the same vector (12 and 13 are one such pair), and query 2 sees key 5,",
            {"twins": True},
        ),
        (
            "A step in which padding has the same vector as 12, and query 2 sees key 5, where 12 stands,",
            {"padding_is": 12},
        ),
    ):
        require_pair(
            find("attention", allowed=ahead, **settings),
            (3, 5),
            case,
            [(None, "One other token in each place is not enough")],
        )
    require_pair(
        find("attention", allowed=ahead, balanced=True),
        (3, 5),
        "A step whose scores for all words sum to 0 whatever it reads, and query 2 sees key 5,",
        [(None, "Look at each score by itself: sums and means hide what moves")],
    )
    require_pair(
        find("convolution", offsets=(-2, -1, 0, 3)),
        (1, 3),
        "A convolution that also looks three places ahead",
        [((1, 1), "It sees the token at 3, and neither 1 nor 2"), ((0, 3), "That is the place of the guess; its target stands at 1"), ((3, 3), "First the smallest target"), ((3, 5), "Of several leaks, the one with the smallest target")],
    )  # fmt: skip
    require_pair(find("convolution", offsets=(-3, -2, -1, 0)), None, "A convolution that looks back only")
    require_pair(
        find("normalised", over=1),
        (1, 1),
        "A step that normalises over time",
        [
            (
                (1, 5),
                "Of several leaks with this target, the one with the smallest source",
            )
        ],
    )
    require_pair(find("normalised", over=2), None, "A step that normalises each token by itself")
    require_pair(
        find("attention_to_padding", since=2),
        (3, 3),
        "A step whose queries from 2 on look at padding wherever it stands",
        [(None, "Is padding, id 0, among the tokens that you put in?")],
    )
    require_pair(find("attention_past_padding"), None, "A causal step that hides padding")
    require_pair(
        find("attention", allowed=ahead, strength=0.0005),
        (3, 5),
        "A weak leak, which moves scores by less than a thousandth,",
        [(None, "A difference above 1e-5 is no rounding")],
    )
    require_pair(
        find("attention", allowed=two, silent=2),
        (3, 3),
        "A causal mask with two cells too many, query 0 sees key 5 and query 2 sees key 3, whose first two guesses are compared with nothing (-100),",
        [((1, 5), "The guess at place 0 has no target: it is compared with nothing")],
    )
    require_pair(
        find("what_is_left"),
        None,
        "A step that takes what comes behind away from the sum of all: nothing is left of it but rounding, and it",
        [((1, 1), "Differences below 1e-5 are rounding")],
    )
    require_pair(
        find("attention", allowed=causal(7), start=True),
        None,
        "A causal step that puts a token in front of the text, so that its first token is guessed too,",
        [((0, 0), "The targets tell which token a guess is made for; not its place")],
    )
    require_pair(
        find("attention", allowed=torch.ones(7, 7, dtype=torch.bool), start=True),
        (0, 0),
        "A fully visible step with a token in front of the text",
        [((1, 1), "The first token is guessed here too: the targets tell which token a guess is made for")],
    )
    require_pair(
        student(step("attention", allowed=causal(6)), ids[:1], VOCABULARY),
        None,
        "A text of one token, for which no guess is made,",
    )
