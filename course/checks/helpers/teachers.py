"""Encoders of transformers that smaller ones are made of, and a look at two of them side by side."""

from . import helper


def library_encoder(kind, sizes):
    """An encoder of transformers with new weights. kind: "Bert", "Electra" or "Roberta"; sizes: as its configuration takes them."""
    import transformers

    return getattr(transformers, f"{kind}Model")(getattr(transformers, f"{kind}Config")(**sizes))


@helper
def teacher(kind, state, sizes):
    """A `library_encoder` with these weights, in evaluation mode. state: its state dict."""
    model = library_encoder(kind, sizes)
    model.load_state_dict(state)
    return model.eval()


class Pair:
    """Two objects, to be asked how they belong together."""

    def __init__(self, one, other):
        self.one, self.other = one, other

    def same_class(self):
        """Whether both are of one class."""
        return type(self.one) is type(self.other)

    def same_object(self):
        """Whether both are one object."""
        return self.one is self.other

    def frozen(self):
        """How many parameters of the first do not learn, of those that the second has too and that learn there."""
        theirs = {name for name, p in self.other.named_parameters() if p.requires_grad}
        return sum(name in theirs and not p.requires_grad for name, p in self.one.named_parameters())


@helper
def pair(one, other):
    """A `Pair`."""
    return Pair(one, other)
