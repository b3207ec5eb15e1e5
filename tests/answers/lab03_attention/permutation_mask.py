import torch

from tests.answers import right, wrong


def by_turns(rule, turns=lambda order: order.argsort(), turn_back=lambda mask, order: mask):
    """The exercise's function, with a rule for one cell: the turns of (query, key) -> bool."""

    def permutation_mask(order):
        turn = turns(order)
        return turn_back(rule(turn[:, None], turn[None]), order)

    return permutation_mask


def truth(query, key):
    return key <= query


def causal(order):
    n = len(order)
    return torch.ones(n, n, dtype=torch.bool).tril()


@right
def scattered_turns_with_prints():
    def permutation_mask(order):
        turn = torch.empty_like(order)
        turn[order] = torch.arange(len(order))
        print("turns", turn)
        return turn.unsqueeze(1) >= turn.unsqueeze(0)

    return permutation_mask


@right
def grows_what_has_been_guessed():
    def permutation_mask(order):
        mask = torch.zeros(len(order), len(order), dtype=torch.bool)
        known = []
        for place in order.tolist():
            known.append(place)
            mask[place, known] = True
        return mask

    return permutation_mask


@right
def a_causal_mask_shuffled_by_turns():
    def permutation_mask(order):
        import warnings

        warnings.warn("shuffled", stacklevel=1)
        turn = torch.sort(order).indices
        return causal(order)[turn][:, turn]

    return permutation_mask


@right
def between_two_matrices_of_a_permutation():
    def permutation_mask(order):
        shuffle = torch.eye(len(order))[order]
        return (shuffle.T @ causal(order).float() @ shuffle) > 0.5

    return permutation_mask


@right
def put_where_it_belongs():
    def permutation_mask(order):
        mask = torch.zeros(len(order), len(order)).bool()
        mask[order[:, None], order[None]] = causal(order)
        return mask

    return permutation_mask


@wrong("It is the other way: order[t] is the place whose turn is t", earns=0)
def argsort_forgotten():
    return by_turns(truth, turns=lambda order: order)


@wrong("A query sees what comes after it, in an order that is turned round", earns=0)
def argsort_forgotten_and_turned_round():
    return by_turns(lambda query, key: key >= query, turns=lambda order: order)


@wrong("A query sees what comes *after* it in the order", earns=0)
def sees_what_comes_after():
    """The transpose, too."""
    return by_turns(lambda query, key: key >= query)


@wrong("No query sees itself: that is the query stream", earns=0)
def without_itself():
    return by_turns(lambda query, key: key < query)


@wrong("That is the causal mask: the order is not used", earns=0)
def order_not_used():
    def permutation_mask(order):
        return causal(order)

    return permutation_mask


@wrong("The rows stand in the order of the turns; row p is place p", earns=0)
def rows_in_the_order_of_the_turns():
    return by_turns(truth, turn_back=lambda mask, order: mask[order])


@wrong("The columns stand in the order of the turns; column p is place p", earns=0)
def columns_in_the_order_of_the_turns():
    return by_turns(truth, turn_back=lambda mask, order: mask[:, order])


@wrong("It is the other way: order[t] is the place whose turn is t", earns=0)
def shuffles_by_the_order():
    def permutation_mask(order):
        return causal(order)[order][:, order]

    return permutation_mask


@wrong("which is itself, or whose turn came before", earns=0)
def itself_alone():
    return by_turns(lambda query, key: key == query)


@wrong("whose turn comes later", earns=0)
def everything():
    return by_turns(lambda query, key: key + query >= 0)


@wrong("Your mask is inverted: True = may attend", earns=0)
def true_means_hidden():
    return by_turns(lambda query, key: key > query)


@wrong("whose turn comes later", earns=0)
def one_turn_too_many():
    return by_turns(lambda query, key: key <= query + 1)


@wrong("A mask is boolean, True = may attend; yours is of type torch.float32", earns=0)
def ones_and_zeros():
    return by_turns(truth, turn_back=lambda mask, order: mask.float())


@wrong("yours is of type torch.int64", earns=0)
def turns_in_place_of_a_mask():
    return by_turns(lambda query, key: query - key)


@wrong("should have shape (4, 4); yours has (4,)", earns=0)
def one_row():
    return by_turns(truth, turn_back=lambda mask, order: mask[order[0]])


@wrong("changed its argument `order` in place", earns=0)
def sorts_in_place():
    def permutation_mask(order):
        turn = order.argsort()
        order.copy_(turn)
        return order[:, None] >= order

    return permutation_mask


@wrong("should return a tensor; yours returned a numpy array", earns=0)
def in_numpy():
    return by_turns(truth, turn_back=lambda mask, order: mask.numpy())


@wrong("calls `course.masks`", earns=0)
def takes_the_explorers():
    def permutation_mask(order):
        from course.masks import permutation as drawn

        return torch.from_numpy(drawn(order.tolist()).array(len(order)))

    return permutation_mask


@wrong("should have shape (4, 4); yours has (4,)", earns=0)
def identity():
    def permutation_mask(order):
        return order

    return permutation_mask


@wrong("does not see key 0, which is itself, or whose turn came before", earns=0)
def constant():
    def permutation_mask(order):
        return torch.zeros(len(order), len(order)).bool()

    return permutation_mask


@wrong("(a random order, n = 2)", earns=0)
def hard_coded_examples():
    known = {(1, 2, 3, 0): (3, 0, 1, 2), (0, 1, 2, 3, 4): (0, 1, 2, 3, 4), (4, 3, 2, 1, 0): (4, 3, 2, 1, 0)}

    def turns(order):
        return torch.tensor(known.get(tuple(order.tolist()), [0] * len(order)))

    return by_turns(truth, turns)
