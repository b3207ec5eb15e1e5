import copy
from types import SimpleNamespace

import torch
from torch import nn

from tests.answers import right, wrong


class Base(nn.Module):
    """A wrapper that stays frozen, with a place for each mistake."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = self.silence(encoder)
        self.config = encoder.config
        self.eval()

    def silence(self, encoder):
        return encoder.requires_grad_(False)

    def train(self, mode=True):
        return super().train(False)

    def forward(self, *args, **kwargs):
        with torch.no_grad():
            return self.encoder(*args, **kwargs)


def wrapping(**methods):
    """The exercise's function, with a wrapper of other methods."""

    def freeze(encoder):
        return type("Frozen", (Base,), methods)(encoder)

    return freeze


def plain_train(self, mode=True):
    """What nn.Module does."""
    return nn.Module.train(self, mode)


def with_graph(self, *args, **kwargs):
    return self.encoder(*args, **kwargs)


@right
def patches_the_encoder_itself():
    def freeze(encoder):
        for parameter in encoder.parameters():
            parameter.requires_grad = False
        encoder.eval()
        encoder.train = lambda mode=True: encoder
        encoder.forward = torch.no_grad()(encoder.forward)
        return encoder

    return freeze


@right
def a_subclass_of_its_class():
    def freeze(encoder):
        class Still(type(encoder)):
            def train(self, mode=True):
                print("train", mode, "is not heard")
                for module in self.modules():
                    module.training = False
                return self

            def forward(self, *args, **kwargs):
                with torch.no_grad():
                    return super().forward(*args, **kwargs)

        encoder.__class__ = Still
        encoder.requires_grad_(False)
        return encoder.eval()

    return freeze


@wrong("it should *stay* in evaluation mode", earns=0)
def a_copy_that_is_put_in_order_at_every_call():
    class Frozen(nn.Module):
        def __init__(self, encoder):
            super().__init__()
            self.inner = copy.deepcopy(encoder)
            self.config = self.inner.config
            for parameter in self.inner.parameters():
                parameter.requires_grad_(False)

        @torch.no_grad()
        def forward(self, *args, **kwargs):
            self.inner.eval()
            return self.inner(*args, **kwargs)

    return Frozen


@right
def hooks_and_a_train_of_its_inner_module():
    class Frozen(nn.Module):
        def __init__(self, encoder):
            super().__init__()
            self.encoder = encoder
            for _, p in encoder.named_parameters():
                p.requires_grad = False
            self.train()

        @property
        def config(self):
            return self.encoder.config

        def train(self, mode=True):
            super().train(mode)
            self.encoder.eval()
            return self

        def forward(self, input_ids=None, **kwargs):
            with torch.set_grad_enabled(False):
                return self.encoder(input_ids, **kwargs)

    def freeze(encoder):
        import warnings

        warnings.warn("frozen", stacklevel=1)
        return Frozen(encoder)

    return freeze


@right
def hidden_from_the_model_around_it():
    """In a list no `.train()` and no optimiser finds it."""

    class Frozen(nn.Module):
        def __init__(self, encoder):
            super().__init__()
            self.hidden = [encoder.eval()]
            self.config = encoder.config

        def forward(self, *args, **kwargs):
            with torch.no_grad():
                out = self.hidden[0](*args, **kwargs)
            return out

    return lambda encoder: Frozen(encoder)


@right
def a_copy_whose_train_is_deaf():
    """In evaluation mode before its `train` hears nothing more; a call of its own leaves gradients as they were."""

    class Frozen(nn.Module):
        def __init__(self, encoder):
            super().__init__()
            self.inner = copy.deepcopy(encoder).eval()
            self.config = self.inner.config
            for module in self.modules():
                module.training = False
            for parameter in self.inner.parameters():
                parameter.requires_grad_(False)

        def train(self, mode=True):
            return self

        @torch.no_grad()
        def forward(self, *args, **kwargs):
            return self.inner(*args, **kwargs)

    return Frozen


@right
def states_detached_one_by_one():
    def forward(self, *args, **kwargs):
        out = self.encoder(*args, **kwargs)
        for key, value in out.items():
            if torch.is_tensor(value):
                out[key] = value.detach()
        return out

    return wrapping(forward=forward)


@wrong("two calls with the same ids give other states. An `.eval()` lasts until the next `.train()`", earns=0)
def eval_alone():
    def freeze(encoder):
        encoder.requires_grad_(False)
        return encoder.eval()

    return freeze


@wrong("An `.eval()` lasts until the next `.train()`", earns=0)
def eval_alone_in_a_wrapper():
    return wrapping(train=plain_train)


@wrong("A new module is in training mode", earns=0)
def requires_grad_alone():
    def freeze(encoder):
        for parameter in encoder.parameters():
            parameter.requires_grad = False
        return encoder

    return freeze


@wrong("A new module is in training mode", earns=0)
def never_put_into_evaluation_mode():
    """Its `train` does nothing, so whatever mode the encoder came in stays."""

    class Frozen(Base):
        def __init__(self, encoder):
            nn.Module.__init__(self)
            self.encoder, self.config = encoder.requires_grad_(False), encoder.config

        def train(self, mode=True):
            return self

    return lambda encoder: Frozen(encoder)


@wrong("A new module is in training mode", earns=0)
def eval_does_nothing_either():
    """`eval` calls `train(False)`, and that one is silent."""
    return wrapping(train=lambda self, mode=True: self)


@wrong("the encoder's dropout is at work", earns=0)
def no_grad_alone():
    class Frozen(Base):
        def __init__(self, encoder):
            nn.Module.__init__(self)
            self.encoder, self.config = encoder, encoder.config

        train = plain_train

    return lambda encoder: Frozen(encoder)


@wrong("the encoder's dropout is at work", earns=0)
def dropout_layers_set_to_zero():
    """There is `F.dropout` too."""

    def freeze(encoder):
        encoder.requires_grad_(False)
        for module in encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        return encoder

    return freeze


@wrong("the encoder's dropout is at work", earns=0)
def dropout_layers_in_evaluation_mode():
    def freeze(encoder):
        encoder.requires_grad_(False)
        for module in encoder.modules():
            if isinstance(module, nn.Dropout):
                module.eval()
                module.train = lambda mode=True, module=module: module
        return encoder

    return freeze


@wrong("After `.train()`", earns=0)
def only_the_layers_inside_are_patched():
    """The encoder's own flag, which its forward reads, is not."""

    def freeze(encoder):
        encoder.requires_grad_(False).eval()
        for child in encoder.children():
            child.train = lambda mode=True, child=child: child
        return encoder

    return freeze


@wrong("the encoder's running mean, as a batch norm has one, is at work", earns=0)
def without_dropout_and_still_counting():
    def forward(self, *args, **kwargs):
        share, self.encoder.share = self.encoder.share, 0.0
        self.encoder.dropout.p = 0.0
        try:
            with torch.no_grad():
                return self.encoder(*args, **kwargs)
        finally:
            self.encoder.share = share

    return wrapping(forward=forward, train=plain_train)


@wrong("The states hang on a graph", earns=0)
def no_dropout_alone():
    """In evaluation mode for good, and everything learns."""

    def freeze(encoder):
        encoder.eval()
        encoder.train = lambda mode=True: encoder
        return encoder

    return freeze


@wrong("The states hang on a graph", earns=0)
def some_parameters_learn():
    """Those of the last layer are forgotten."""

    def silence(self, encoder):
        for parameter in list(encoder.parameters())[:-1]:
            parameter.requires_grad = False
        return encoder

    return wrapping(silence=silence, forward=with_graph)


@wrong("have `requires_grad` still", earns=0)
def no_grad_with_parameters_that_learn():
    return wrapping(silence=lambda self, encoder: encoder)


@wrong("have `requires_grad` still", earns=0)
def detached_states_and_parameters_that_learn():
    def forward(self, *args, **kwargs):
        out = self.encoder(*args, **kwargs)
        out.last_hidden_state = out.last_hidden_state.detach()
        return SimpleNamespace(last_hidden_state=out.last_hidden_state)

    return wrapping(silence=lambda self, encoder: encoder, forward=forward)


@wrong("it keeps a graph from its states back to them", earns=0)
def parameters_alone_are_stopped():
    return wrapping(forward=with_graph)


@wrong("it keeps a graph from its states back to them", earns=0)
def patched_without_no_grad():
    """`requires_grad_(False)`, `eval`, and a `train` that does nothing."""

    def freeze(encoder):
        encoder.requires_grad_(False).eval()
        encoder.train = lambda mode=True: encoder
        return encoder

    return freeze


@wrong("have `requires_grad` still", earns=0)
def biases_learn():
    def silence(self, encoder):
        for name, parameter in encoder.named_parameters():
            parameter.requires_grad = "bias" in name
        return encoder

    return wrapping(silence=silence)


@wrong("are in training mode, until the next call of your `forward` at best", earns=0)
def evaluation_mode_around_each_call():
    def forward(self, *args, **kwargs):
        self.encoder.eval()
        out = Base.forward(self, *args, **kwargs)
        self.encoder.train()
        return out

    return wrapping(forward=forward, train=plain_train)


@wrong("`train(True)` of what you return gives None", earns=0)
def a_train_without_return():
    def train(self, mode=True):
        nn.Module.train(self, False)

    return wrapping(train=train)


@wrong("`train(True)` of what you return gives None", earns=0)
def a_train_that_does_nothing_at_all():
    """So `eval()` gives None too, though that of a model around it gives the model."""

    def freeze(encoder):
        frozen = Base(encoder)
        frozen.train = lambda mode=True: None
        return frozen

    return freeze


@wrong("a `train` that calls `self.eval()` calls itself", earns=0)
def train_calls_eval():
    return wrapping(train=lambda self, mode=True: self.eval())


@wrong("a `train` that calls `self.eval()` calls itself", earns=0)
def train_calls_eval_later():
    """Only where it is told to train."""

    class Frozen(Base):
        def __init__(self, encoder):
            nn.Module.__init__(self)
            self.encoder, self.config = encoder.requires_grad_(False), encoder.config
            for module in self.modules():
                module.training = False

        def train(self, mode=True):
            return self.eval()

    return lambda encoder: Frozen(encoder)


@wrong("gradients are off for the whole program", earns=0)
def gradients_off_for_good():
    def silence(self, encoder):
        torch.set_grad_enabled(False)
        return encoder.requires_grad_(False)

    return wrapping(silence=silence, forward=with_graph)


@wrong("gradients are off for the whole program", earns=0)
def gradients_off_from_the_first_call_on():
    def forward(self, *args, **kwargs):
        torch.set_grad_enabled(False)
        return self.encoder(*args, **kwargs)

    return wrapping(forward=forward)


@wrong("can never be part of a graph", earns=0)
def inference_mode():
    def forward(self, *args, **kwargs):
        with torch.inference_mode():
            return self.encoder(*args, **kwargs)

    return wrapping(forward=forward)


@wrong("has no `config`", earns=0)
def without_config():
    class Frozen(Base):
        def __init__(self, encoder):
            nn.Module.__init__(self)
            self.encoder = encoder.requires_grad_(False)
            self.eval()

    return lambda encoder: Frozen(encoder)


@wrong("has no `config`", earns=0)
def config_as_a_dict():
    class Frozen(Base):
        def __init__(self, encoder):
            super().__init__(encoder)
            self.config = {"hidden_size": encoder.config.hidden_size}

    return lambda encoder: Frozen(encoder)


@wrong("give back the whole of it", earns=0)
def gives_the_states_alone():
    return wrapping(
        forward=lambda self, *args, **kwargs: Base.forward(self, *args, **kwargs).last_hidden_state
    )


@wrong("give back the whole of it", earns=0)
def gives_a_tuple():
    return wrapping(forward=lambda self, *args, **kwargs: Base.forward(self, *args, **kwargs).to_tuple())


@wrong("The encoder takes `attention_mask`, and your `forward` does not", earns=0)
def takes_ids_alone():
    return wrapping(forward=lambda self, ids: Base.forward(self, ids))


@wrong("is everything handed on?", earns=0)
def drops_the_mask():
    return wrapping(
        forward=lambda self, ids, attention_mask=None, token_type_ids=None: Base.forward(self, ids)
    )


@wrong("is everything handed on?", earns=0)
def drops_the_segments():
    return wrapping(
        forward=lambda self, ids, attention_mask=None, token_type_ids=None: Base.forward(
            self, ids, attention_mask=attention_mask
        )
    )


@wrong("The encoder takes `input_ids`, and your `forward` does not", earns=2.5)
def takes_the_three_that_the_lab_uses():
    def forward(self, ids, attention_mask=None, token_type_ids=None):
        return Base.forward(self, ids, attention_mask=attention_mask, token_type_ids=token_type_ids)

    return wrapping(forward=forward)


@wrong("it takes what `nn.Module.train` takes", earns=0)
def a_train_without_mode():
    class Frozen(Base):
        def __init__(self, encoder):
            nn.Module.__init__(self)
            self.encoder, self.config = encoder.requires_grad_(False), encoder.config
            encoder.eval()

        def train(self):
            return self

    return lambda encoder: Frozen(encoder)


@wrong("it takes what `nn.Module.train` takes", earns=0)
def a_train_that_raises():
    class Frozen(Base):
        def train(self, mode=True):
            if mode:
                raise RuntimeError("this encoder is frozen")
            return super().train(mode)

    return lambda encoder: Frozen(encoder)


@wrong("the states are not those that the encoder that came in gives", earns=0)
def new_weights():
    def silence(self, encoder):
        for parameter in encoder.parameters():
            nn.init.normal_(parameter)
        return encoder.requires_grad_(False)

    return wrapping(silence=silence)


@wrong("the states are not those that the encoder that came in gives", earns=0)
def weights_of_zero():
    """Nothing to learn, nothing known either."""

    def silence(self, encoder):
        for parameter in encoder.parameters():
            parameter.data.zero_()
        return encoder.requires_grad_(False)

    return wrapping(silence=silence)


@wrong("though nothing in this encoder is random", earns=0)
def learns_a_little_at_each_call():
    """A clumsy way to keep weights: they are halved before each call and never put back."""

    def forward(self, *args, **kwargs):
        for parameter in self.encoder.parameters():
            parameter.data *= 0.5
        return Base.forward(self, *args, **kwargs)

    return wrapping(forward=forward)


@wrong("something of it has learned", earns=0)
def thaws_after_a_while():
    """As schedules do that free an encoder after the first epoch."""

    class Frozen(Base):
        epochs = 0

        def train(self, mode=True):
            self.epochs += mode
            return super().train(False)

        def forward(self, *args, **kwargs):
            if self.epochs < 2:
                return super().forward(*args, **kwargs)
            out = super().forward(*args, **kwargs)
            out["last_hidden_state"] = out["last_hidden_state"] * 1.01
            return out

    return lambda encoder: Frozen(encoder)


@wrong("returned None. Put `return`", earns=0)
def no_return():
    def freeze(encoder):
        encoder.requires_grad_(False)
        encoder.eval()

    return freeze


@wrong("should return an nn.Module", earns=0)
def gives_a_function():
    def freeze(encoder):
        encoder.eval().requires_grad_(False)

        @torch.no_grad()
        def call(*args, **kwargs):
            return encoder(*args, **kwargs)

        call.config = encoder.config
        return call

    return freeze


@wrong("should return an nn.Module", earns=0)
def gives_the_class():
    return lambda encoder: Base


@wrong("called after `super().__init__()`", earns=0)
def forgets_super():
    class Frozen(Base):
        def __init__(self, encoder):
            self.config = encoder.config

        def forward(self, *args, **kwargs):
            return self.encoder(*args, **kwargs)

    return lambda encoder: Frozen(encoder)


@wrong("should return an nn.Module", earns=0)
def constant():
    return lambda encoder: 0


@wrong("A new module is in training mode", earns=0)
def identity():
    return lambda encoder: encoder


@wrong("something random, or something that counts along, is at work (on an encoder", earns=0)
def hard_coded_examples():
    """Frozen as long as there is dropout alone, or a running mean alone."""

    def freeze(encoder):
        if encoder.share and encoder.moving:
            return encoder
        return Base(encoder)

    return freeze
