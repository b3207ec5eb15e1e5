import torch

from tests.answers import right, wrong


@right
def loop_over_named_parameters():
    def which_regime(model, pretrained):
        learns = False
        for name, parameter in model.encoder.named_parameters():
            if (parameter != pretrained[name]).any():
                return "from scratch"
            learns = learns or parameter.requires_grad
        return "fine-tuned" if learns else "frozen"

    return which_regime


@right
def one_long_vector_in_numpy():
    def which_regime(model, pretrained):
        import numpy as np

        state = model.encoder.state_dict()
        mine = np.concatenate([state[name].numpy().ravel() for name in sorted(state)])
        theirs = np.concatenate([pretrained[name].numpy().ravel() for name in sorted(pretrained)])
        if not np.array_equal(mine, theirs):
            return "from scratch"
        return "frozen" if all(not p.requires_grad for p in model.encoder.parameters()) else "fine-tuned"

    return which_regime


@right
def counts_what_learns_and_warns():
    def which_regime(model, weights):
        import warnings

        learning = sum(p.numel() for p in model.encoder.parameters() if p.requires_grad)
        warnings.warn(f"{learning} numbers learn", UserWarning, stacklevel=2)
        different = sum((model.encoder.get_parameter(n) - w).abs().sum() for n, w in weights.items()) > 0
        return ("from scratch" if different else "fine-tuned") if learning or different else "frozen"

    return which_regime


@right
def compares_within_rounding_with_prints():
    class Regime(str):
        """A string of one's own."""

    def which_regime(model, pretrained):
        pairs = [(value, pretrained[name]) for name, value in model.encoder.state_dict().items()]
        same = all(torch.allclose(a, b, rtol=0, atol=1e-8) for a, b in pairs)
        print("same weights:", same)
        if not same:
            return Regime("from scratch")
        return Regime("fine-tuned" if any(p.requires_grad for p in model.encoder.parameters()) else "frozen")

    return which_regime


@wrong("look at `model.encoder` alone", earns=0)
def looks_at_the_head_as_well():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(torch.equal(state[n], w) for n, w in pretrained.items()):
            return "from scratch"
        return "fine-tuned" if any(p.requires_grad for p in model.parameters()) else "frozen"

    return which_regime


@wrong("as soon as one parameter of the encoder learns", earns=3)
def asks_that_every_parameter_learns():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(torch.equal(state[n], w) for n, w in pretrained.items()):
            return "from scratch"
        return "fine-tuned" if all(p.requires_grad for p in model.encoder.parameters()) else "frozen"

    return which_regime


@wrong("as soon as one parameter of the encoder learns", earns=3)
def looks_at_the_first_parameter_only_for_what_learns():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(torch.equal(state[n], w) for n, w in pretrained.items()):
            return "from scratch"
        return "fine-tuned" if next(model.encoder.parameters()).requires_grad else "frozen"

    return which_regime


@wrong("Compare every tensor of the encoder", earns=3)
def compares_the_first_tensor_only():
    def which_regime(model, pretrained):
        name = next(iter(pretrained))
        if not torch.equal(model.encoder.state_dict()[name], pretrained[name]):
            return "from scratch"
        return "fine-tuned" if any(p.requires_grad for p in model.encoder.parameters()) else "frozen"

    return which_regime


@wrong("Compare every tensor of the encoder", earns=3)
def compares_the_weights_without_the_biases():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(torch.equal(state[n], w) for n, w in pretrained.items() if n.endswith("weight")):
            return "from scratch"
        return "fine-tuned" if any(p.requires_grad for p in model.encoder.parameters()) else "frozen"

    return which_regime


@wrong("Compare every number", earns=3)
def compares_one_number_of_each_tensor():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(state[n].flatten()[0] == w.flatten()[0] for n, w in pretrained.items()):
            return "from scratch"
        return "fine-tuned" if any(p.requires_grad for p in model.encoder.parameters()) else "frozen"

    return which_regime


@wrong("Which of the two questions comes first", earns=3.5)
def asks_first_what_learns():
    def which_regime(model, pretrained):
        if not any(p.requires_grad for p in model.encoder.parameters()):
            return "frozen"
        state = model.encoder.state_dict()
        return (
            "fine-tuned" if all(torch.equal(state[n], w) for n, w in pretrained.items()) else "from scratch"
        )

    return which_regime


@wrong("that is 'from scratch'; you say 'fine-tuned'", earns=0)
def compares_the_shapes():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(state[n].shape == w.shape for n, w in pretrained.items()):
            return "from scratch"
        return "fine-tuned" if any(p.requires_grad for p in model.encoder.parameters()) else "frozen"

    return which_regime


@wrong("that is 'frozen'; you say 'from scratch'", earns=0)
def compares_by_identity():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(state[n] is w for n, w in pretrained.items()):
            return "from scratch"
        return "fine-tuned" if any(p.requires_grad for p in model.encoder.parameters()) else "frozen"

    return which_regime


@wrong("Boolean value of Tensor with more than one value is ambiguous", earns=0)
def compares_tensors_by_equals_signs():
    def which_regime(model, pretrained):
        if model.encoder.state_dict() != pretrained:
            return "from scratch"
        return "fine-tuned" if any(p.requires_grad for p in model.encoder.parameters()) else "frozen"

    return which_regime


@wrong("spelt like that; yours is 'feature-based'", earns=0)
def spells_it_another_way():
    def which_regime(model, pretrained):
        state = model.encoder.state_dict()
        if not all(torch.equal(state[n], w) for n, w in pretrained.items()):
            return "scratch"
        return "finetuned" if any(p.requires_grad for p in model.encoder.parameters()) else "feature-based"

    return which_regime


@wrong("prints its result but returns None", earns=0)
def prints_instead_of_returning():
    def which_regime(model, pretrained):
        print("frozen")

    return which_regime


@wrong("should return a string; yours returned an object of type Classifier", earns=0)
def identity():
    def which_regime(model, pretrained):
        return model

    return which_regime


@wrong("that is 'fine-tuned'; you say 'frozen'", earns=0)
def constant():
    def which_regime(model, pretrained):
        return "frozen"

    return which_regime


@wrong("An encoder of another size", earns=0)
def hard_coded_examples():
    def which_regime(model, pretrained):
        first = f"{model.encoder[0].weight.flatten()[0].item():.4f}"
        learns = model.encoder[0].weight.requires_grad
        known = {("1.5410", False): "frozen", ("1.5410", True): "fine-tuned"}
        return known.get((first, learns), "from scratch")

    return which_regime
