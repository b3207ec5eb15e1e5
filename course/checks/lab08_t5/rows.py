"""What must hold of the input and the target of span corruption, whatever the text: for the checks of `corrupt` and `restore`.

`judge_rows` names the mistake in a pair of rows; it needs no reference, but for where in its row a sentinel stands.
"""

from .. import require
from ..sentences import describe


def rows_of(found, what):
    """Require two lists of words and ids, and return them."""
    good = (
        isinstance(found, (tuple, list)) and len(found) == 2 and all(isinstance(row, list) for row in found)
    )
    require(
        good,
        "{what}: return two lists, what the encoder reads and what the decoder writes; yours is {got}{of}.",
        what=what,
        got=describe(found),
        of=f", the first of which is {describe(found[0])}"
        if isinstance(found, (tuple, list)) and found
        else "",
    )
    for row, name in zip(found, ("input", "target"), strict=True):
        require_items(row, f"{what}: in your {name}")
    return tuple(found)


def require_items(row, where):
    other = next((each for each in row if type(each) not in (int, str)), 0)
    require(
        type(other) in (int, str),
        "{where} there is {got}. The tokens go over as they are, one by one, ids or words.",
        where=where,
        got=describe(other),
    )


def shown(row):
    """The first items of a row; a number of thousands of digits cannot even be written down."""
    words = [
        str(each)[:30] if isinstance(each, str) or abs(each) < 2**63 else "a huge number" for each in row[:30]
    ]
    return " ".join(words) + (" …" if len(row) > 30 else "") or "nothing"


def judge_rows(found, what, tokens, hidden, sentinels, end, tell=True):
    """Require what holds of both rows, where no token of the text is a sentinel or `end`. Returns (inputs, targets).

    tell: whether the message may show the rows, as it may where the example is not secret.
    """
    inputs, targets = rows_of(found, what)
    yours = f" Your input is “{shown(inputs)}”, your target “{shown(targets)}”." if tell else ""

    def must(ok, sentence):
        require(ok, "{what}: {sentence}{yours}", what=what, sentence=sentence, yours=yours)

    _judge_end(must, inputs, targets, sentinels, end)
    marks = set(sentinels)
    for row, name in ((inputs, "input"), (targets, "target")):
        strange = [each for each in row if each not in marks and each not in tokens and each != end]
        must(
            not strange,
            f"in your {name} stands something that is neither a token, nor a sentinel, nor `end`. The sentinels are those of the list, in its order: do not make them up, and do not count up or down from the first.",
        )
    kept = [token for token, gone in zip(tokens, hidden, strict=True) if not gone]
    lost = [token for token, gone in zip(tokens, hidden, strict=True) if gone]
    read, written = ([each for each in row[:-1] if each not in marks] for row in (inputs, targets))
    must(
        (read, written) != (lost, kept) or read == kept,
        "the hidden tokens stand in the input, and the kept ones in the target. Have the two lists changed places, or is the mask turned round? True means hidden.",
    )
    again = " Do you look for a token by its value (`index`, `in`)? Here tokens come more than once; go by the place." if len(set(tokens)) < len(tokens) else ""  # fmt: skip
    for row, true, name, kind in ((read, kept, "input", "kept"), (written, lost, "target", "hidden")):
        why = again
        if len(row) == len(tokens) and row == list(tokens):
            why = f" The {name} holds the whole text."
        elif row and true[: len(row)] == row:
            why = " The last of them are missing."
        elif row and true[len(true) - len(row) :] == row:
            why = " The first of them are missing."
        must(row == true, f"the {name} holds each {kind} token once, in its order, and no other.{why}")
    runs = sum(now and not before for before, now in zip([False, *hidden], hidden, strict=False))
    why = ""
    if hidden and hidden[0]:
        why = " The first token is hidden here, and a run starts with it" + (": is `hidden[-1]`, the *last* one, taken for the one before it?" if hidden[-1] else ".")  # fmt: skip
    read, written = ([each for each in row if each in marks] for row in (inputs, targets))
    closing, closed = sentinels[runs : runs + 1], not hidden or not hidden[-1]
    must(
        not closed or read != sentinels[: runs + 1] or inputs[-2:-1] != closing or not closing,
        "the closing sentinel stands in the input, too. It is in the target alone, since nothing is hidden there.",
    )
    _judge_sentinels(must, read, sentinels[:runs], lost, "input", why)
    _judge_closing(must, written, sentinels[:runs], closing, closed, lost, why)
    must(
        not targets[:-1] or targets[0] in marks,
        "the target begins with a token. Each run stands *behind* its sentinel.",
    )
    return inputs, targets


def _judge_end(must, inputs, targets, sentinels, end):
    """`end` once, behind both."""
    missing = [name for row, name in ((inputs, "input"), (targets, "target")) if end not in row]
    must(not missing, f"`end` is missing behind the {' and the '.join(missing)}. It is put behind both.")
    must(
        targets[-2:-1] != [end] or targets[-1] not in sentinels,
        "the closing sentinel stands behind `end`. `end` is the last of all.",
    )
    for row, name in ((inputs, "input"), (targets, "target")):
        must(
            row[-1] == end and row.count(end) == 1,
            f"`end` stands {'not at the end' if row.count(end) == 1 else 'more than once'} in the {name}; it is put behind it, once.",
        )


def _judge_sentinels(must, found, true, lost, name, why):
    """The sentinels of a row, from the first of the list on, one a run."""
    must(
        found or not true,
        f"there is no sentinel in the {name}: each run of hidden tokens has one there.{why}",
    )
    must(
        len(found) != len(lost) or len(lost) <= len(true),
        f"in the {name} each hidden *token* has a sentinel; each *run* of hidden tokens has one, however long it is.",
    )
    must(
        len(true) < 2 or len(found) < 2 or len(set(found)) > 1,
        f"in the {name} all runs have the same sentinel. Each has the next one of the list, so that the target can tell them apart.",
    )
    must(
        found == true or sorted(map(str, found)) != sorted(map(str, true)),
        f"the sentinels of the {name} are the right ones in another order. They are used in the order of the list, whatever their numbers.",
    )
    must(
        len(found) == len(true),
        f"sentinels in the {name}: {len(found)}; runs of hidden tokens: {len(true)}. Hidden tokens side by side are one run, and a kept one between them makes two.{why if len(found) < len(true) else ''}",
    )
    must(
        found == true,
        f"the sentinels of the {name} are not the first of the list, in their order: `sentinels[0]` for the first run, `sentinels[1]` for the second.",
    )


def _judge_closing(must, found, true, closing, closed, lost, why):
    """The sentinels of the target: one a run, and the closing one where the text ends kept."""
    must(
        found or not true,
        "there is no sentinel in the target. Each run stands behind the one that stands for it in the input; how else should one know where it belongs?",
    )
    must(
        not closed or found != true,
        "the text ends with a kept token, and the closing sentinel is missing: the next one of the list, behind the last run.",
    )
    must(
        closed or found != [*true, *closing] or not closing,
        "the text ends hidden, and a closing sentinel stands in the target all the same. It is there only where the text ends kept.",
    )
    must(
        not closed or found[:-1] != true or found[-1:] == list(closing),
        "the sentinel that closes the target is not the next one of the list, the first that no run has used.",
    )
    must(
        not true or found != [*true[1:], *(closing if closed else [])],
        "the first run has no sentinel in the target. Each run has its own in front, also the first.",
    )
    if closed and found[-1:] == list(closing):
        found, closed = found[:-1], False
    _judge_sentinels(must, found, true, lost, "target", why)
    must(not closed, "the text ends with a kept token: one more sentinel, the next of the list, closes the target.")  # fmt: skip
