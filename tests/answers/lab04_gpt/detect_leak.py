import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def by_targets(guess, token, ids):
    """The place of the token that a guess is made for; None for none."""
    return ids.tolist().index(token) if token in ids.tolist() else None


def moved_by(threshold):
    return lambda found, logits: (found - logits).abs().amax((0, 2)) > threshold


def function(
    others=lambda own, size: torch.arange(size),
    moved=moved_by(1e-5),
    target_of=by_targets,
    leaks=lambda target, source: source >= target,
    sources=lambda ids: range(len(ids)),
    pair=lambda found, ids: min(found, default=None),
):
    """The exercise's function, with a place for each mistake."""

    def detect_leak(step, ids, vocabulary_size):
        logits, targets = step(ids[None])
        found = []
        for source in sources(ids):
            tokens = others(ids[source], vocabulary_size)
            changed = ids.repeat(len(tokens), 1)
            changed[:, source] = tokens
            differs = moved(step(changed)[0], logits)
            for guess, token in enumerate(targets[0].tolist()):
                target = target_of(guess, token, ids)
                if target is not None and differs[guess] and leaks(target, source):
                    found.append((target, source))
        return pair(found, ids)

    return detect_leak


def with_others(others):
    return function(others=others)


def with_pair(pair):
    """The exercise's function with another result: (all leaks, ids) -> result; where none was found it is None."""
    return function(pair=lambda found, ids: pair(found, ids) if found else None)


@right
def one_token_at_a_time_with_prints():
    def detect_leak(step, ids, vocabulary_size):
        before, targets = step(ids.unsqueeze(0))
        for target in range(len(ids)):
            for source in range(target, len(ids)):
                for other in range(0, vocabulary_size, 2 if vocabulary_size > 30 else 1):
                    text = ids.clone()
                    text[source] = other
                    after, _ = step(text.unsqueeze(0))
                    for guess in range(targets.shape[1]):
                        own = targets[0, guess] == ids[target]
                        if own and (after[0, guess] - before[0, guess]).abs().max() >= 1e-5:
                            print(target, source, other)
                            return target, source
        return None

    return detect_leak


@right
def all_texts_in_one_batch():
    def detect_leak(step, ids, vocabulary_size):
        import logging

        logging.getLogger("student").warning("%d words", vocabulary_size)
        time = len(ids)
        others = torch.tensor([0, 1, 2, vocabulary_size // 2, vocabulary_size - 1])
        texts = ids.expand(time, len(others), time).clone()
        texts[torch.arange(time), :, torch.arange(time)] = others
        logits, targets = step(torch.cat([ids[None], texts.flatten(0, 1)]))
        moved = (logits[1:] - logits[0]).abs().gt(1e-5).any(-1).unflatten(0, texts.shape[:2]).any(1)
        same = targets[0][:, None] == ids
        leak = torch.einsum("tg,sg->ts", same.T.float(), moved.float()).triu() > 0
        return leak.nonzero()[0].tolist() if leak.any() else None

    return detect_leak


@right
def in_numpy_from_behind():
    def detect_leak(step, ids, vocabulary_size):
        import numpy as np

        logits, targets = (t.numpy() for t in step(ids[None]))
        place = {token: t for t, token in enumerate(ids.tolist())}
        best = None
        for source in reversed(range(len(ids))):
            rows = np.tile(ids.numpy(), (vocabulary_size, 1))
            rows[:, source] = np.arange(vocabulary_size)
            after = step(torch.from_numpy(rows))[0].numpy()
            guesses = np.flatnonzero(np.abs(after - logits).max(axis=(0, 2), initial=0.0) > 1e-5)
            for guess in guesses:
                target = place.get(int(targets[0, guess]), source + 1)
                if target <= source and (best is None or (target, source) < best):
                    best = (target, source)
        return best

    return detect_leak


@right
def places_as_numpy_counts_them():
    def detect_leak(step, ids, vocabulary_size):
        import numpy as np

        found = function(pair=lambda found, ids: found)(step, ids, vocabulary_size)
        return tuple(np.array(sorted(found))[0]) if found else None

    return detect_leak


@right
def places_as_tensors():
    return with_pair(lambda found, ids: tuple(torch.tensor(min(found)).unbind()))


@wrong("the place of its target", earns=0)
def place_of_the_guess():
    """A leak is what lies at the target or behind; but what is returned is where the guess stands."""

    def detect_leak(step, ids, vocabulary_size):
        found = function()(step, ids, vocabulary_size)
        if found is None:
            return None
        return step(ids[None])[1][0].tolist().index(ids[found[0]].item()), found[1]

    return detect_leak


@wrong("That is the place of the guess", earns=0)
def sources_behind_the_guess():
    """(guess, source) with source > guess, as one reads it off the mask."""

    def detect_leak(step, ids, vocabulary_size):
        return function(
            target_of=lambda guess, token, ids: guess, leaks=lambda guess, source: source > guess
        )(step, ids, vocabulary_size)

    return detect_leak


@wrong("The first guess is made for the token at 1", earns=0)
def the_guess_taken_for_its_target():
    return function(target_of=lambda guess, token, ids: guess)


@wrong("Which token is a guess made for?", earns=0)
def next_token_taken_for_the_target():
    return function(target_of=lambda guess, token, ids: guess + 1)


@wrong("First the target, then the source", earns=0)
def pair_turned_round():
    return with_pair(lambda found, ids: min(found)[::-1])


@wrong("Of several leaks, the one with the smallest target", earns=0)
def the_last_leak():
    return with_pair(lambda found, ids: max(found))


@wrong("the one with the smallest source", earns=0)
def the_farthest_source():
    return with_pair(lambda found, ids: min(found, key=lambda pair: (pair[0], -pair[1])))


@wrong("the one with the smallest target", earns=0)
def smallest_source_first():
    return with_pair(lambda found, ids: min(found, key=lambda pair: pair[::-1]))


@wrong("the one with the smallest target", earns=0)
def smallest_target_and_smallest_source_of_any():
    return with_pair(lambda found, ids: (min(t for t, _ in found), min(s for _, s in found)))


@wrong("places", earns=0)
def tokens_in_place_of_places():
    return with_pair(lambda found, ids: tuple(ids[list(min(found))].tolist()))


@wrong("One other token in each place is not enough", earns=0)
def the_next_id():
    return with_others(lambda own, size: (own[None] + 1) % size)


@wrong("One other token in each place is not enough", earns=0)
def every_other_token_must_move_the_guess():
    return function(
        others=lambda own, size: torch.tensor([t for t in range(size) if t != own]),
        moved=lambda found, logits: (found - logits).abs().amax(2).amin(0) > 1e-5,
    )


@wrong("Is padding, id 0, among the tokens that you put in?", earns=0)
def never_padding():
    return with_others(lambda own, size: torch.arange(1, size))


@wrong("One other token in each place is not enough", earns=0)
def padding_alone():
    return with_others(lambda own, size: torch.tensor([0]))


@wrong("A difference above 1e-5 is no rounding", earns=0)
def threshold_too_high():
    return function(moved=moved_by(1e-2))


@wrong("Differences below 1e-5 are rounding", earns=0)
def exact_comparison():
    return function(moved=moved_by(0.0))


@wrong("A difference above 1e-5 is no rounding", earns=0)
def compared_by_allclose():
    """Its tolerance is relative as well."""
    return function(
        moved=lambda found, logits: (
            ~torch.stack(
                [torch.isclose(found[:, g], logits[:, g], rtol=1e-2).all() for g in range(logits.shape[1])]
                or [torch.tensor(True)]
            )
        )
    )


@wrong("Look at each score by itself", earns=0)
def means_of_the_scores_compared():
    return function(moved=lambda found, logits: ((found.mean(-1) - logits.mean(-1)).abs() > 1e-5).any(0))


@wrong("You find nothing", earns=0)
def likeliest_words_compared():
    return function(moved=lambda found, logits: (found.argmax(-1) != logits.argmax(-1)).any(0))


@wrong("query 2 sees key 5, leaks", earns=0)
def only_the_neighbours():
    return function(leaks=lambda target, source: target <= source <= target + 1)


@wrong("A token that is its own target must not be seen either", earns=0)
def only_behind_the_target():
    return function(leaks=lambda target, source: source > target)


@wrong("What stands *before* the target may be seen", earns=0)
def before_the_target_too():
    return function(leaks=lambda target, source: True)


@wrong("What stands *before* the target may be seen", earns=0)
def the_guesss_own_token_too():
    return function(leaks=lambda target, source: source >= target - 1)


@wrong("the guess for the token at 1 depends on the token at 1", earns=0)
def only_the_last_token_changes():
    return function(sources=lambda ids: [len(ids) - 1])


@wrong("The targets move with the text", earns=0)
def costs_compared_with_the_changed_targets():
    def detect_leak(step, ids, vocabulary_size):
        def costs(texts):
            logits, targets = step(texts)
            return F.cross_entropy(logits.transpose(1, 2), targets, reduction="none", ignore_index=-100)

        targets = step(ids[None])[1][0].tolist()
        leaks = []
        for source in range(len(ids)):
            changed = ids.repeat(vocabulary_size, 1)
            changed[:, source] = torch.arange(vocabulary_size)
            moved = (costs(changed) - costs(ids[None])).abs().amax(0) > 1e-5
            found = [by_targets(guess, targets[guess], ids) for guess in moved.nonzero().flatten().tolist()]
            leaks += [(target, source) for target in found if target <= source]
        return min(leaks, default=None)

    return detect_leak


@wrong("Return None, or two places", earns=0)
def all_leaks():
    return with_pair(lambda found, ids: sorted(found))


@wrong("Return None, or two places", earns=0)
def true_or_false():
    return function(pair=lambda found, ids: bool(found))


@wrong("Return None, or two places", earns=0)
def an_empty_list_for_none():
    return function(pair=lambda found, ids: min(found, default=()))


@wrong("index 0 is out of bounds", earns=0)
def one_token_is_an_error():
    def detect_leak(step, ids, vocabulary_size):
        assert step(ids[None])[0][0, 0].numel() == vocabulary_size
        return function()(step, ids, vocabulary_size)

    return detect_leak


@wrong("index 14 is out of bounds", earns=0)
def an_id_too_many():
    return with_others(lambda own, size: torch.arange(size + 1))


@wrong("changed its argument `ids` in place", earns=0)
def changes_the_text_in_place():
    """Each token is put back; but the text is not the function's own."""

    def detect_leak(step, ids, vocabulary_size):
        found = function()(step, ids.clone(), vocabulary_size)
        ids[-1] = 0
        return found

    return detect_leak


@wrong("A mask that begins one too late leaks", earns=0)
def constant():
    return lambda step, ids, vocabulary_size: None


@wrong("Return None, or two places", earns=0)
def identity():
    return lambda step, ids, vocabulary_size: ids


@wrong("You find nothing", earns=0)
def hard_coded_examples():
    def detect_leak(step, ids, vocabulary_size):
        known = ids.tolist() == [5, 2, 9, 4, 7, 12]
        return function()(step, ids, vocabulary_size) if known else None

    return detect_leak
