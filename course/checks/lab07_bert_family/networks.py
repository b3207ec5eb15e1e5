"""One call of `electra_loss`: what it returned, what its two networks have read, and what they have learned."""

import torch

from .. import helper_for, require, require_close, require_loss
from ..sentences import describe
from ..usual import usual
from .results import require_ids, two_tensors

MASK = 4


class Played:
    """A call with two `helpers.scorers`, of which all has been required that does not hang on its numbers.

    loss: the tensor that came back; corrupted: long (batch, time).
    """

    def __init__(
        self, student, generator, discriminator, ids, chosen, real, mask_id=None, training=True, **named
    ):
        """generator, discriminator: the arguments of their `scorer`; training: their mode; mask_id: handed over unless None."""
        self.training = training
        self.networks = {
            "generator": student.build(helper_for("scorer", training=training, **generator)),
            "discriminator": student.build(helper_for("scorer", training=training, **discriminator)),
        }
        if mask_id is not None:
            named["mask_id"] = mask_id
        result = student(*self.networks.values(), ids, chosen, real, **named)
        self.loss, self.corrupted = _both(result, ids)
        self._require_generator(ids, chosen, real, MASK if mask_id is None else mask_id)
        self._require_corrupted(ids, chosen, generator["table"].shape[1])
        self._require_discriminator(ids, chosen, real, MASK if mask_id is None else mask_id)

    def _came(self, name, ids, real, chosen):
        """The ids that a network has read, a list; its mask and its mode are required here."""
        came = self.networks[name].get("came")
        tensors = isinstance(came, list) and [isinstance(e, dict) and isinstance(e.get(k), torch.Tensor) for e in came for k in ("ids", "real")]  # fmt: skip
        require(tensors is not False and all(tensors), "The {name} has changed; ask it, and leave it as it is.", name=name)  # fmt: skip
        for each in came:
            mistakes = [
                (chosen, "That is what was chosen"),
                (~real, "It is turned round: True is a real token"),
                (torch.ones_like(real), "Padding counts as real there"),
            ]
            mask = each["real"]
            require(
                mask.shape == real.shape and torch.equal(mask.bool(), real),
                "The {name} is asked with `(ids, real)`; what reaches it as `real` is something else.{known}",
                name=name,
                known=usual(mask, mistakes),
            )
            require(
                bool(each.get("training")) == self.training,
                "The {name} came in {came} mode, and reads in {reads} mode: leave it as it is.",
                name=name,
                came="training" if self.training else "evaluation",
                reads="evaluation" if self.training else "training",
            )
            require(each["ids"].shape == ids.shape, "The {name} reads ids of shape {got}; the texts have {shape}.", name=name, got=tuple(each["ids"].shape), shape=tuple(ids.shape))  # fmt: skip
        return [each["ids"] for each in came]

    def _require_generator(self, ids, chosen, real, mask_id):
        masked = ids.masked_fill(chosen, mask_id)
        texts = self._came("generator", ids, real, chosen)
        require(texts or not chosen.any(), "The generator was not asked.")
        for text in texts:
            mistakes = [
                (ids, "It reads the true text, in which nothing is hidden"),
                (ids.masked_fill(chosen, MASK), f"It reads {MASK} there, and mask_id is {mask_id}: is `mask_id` used?"),
                (ids.masked_fill(~chosen, mask_id), "It is turned round: where `chosen` is True something is hidden"),
                (ids.masked_fill(real, mask_id), "All is hidden from it"),
                (ids.masked_fill(chosen, 0), "It reads 0 there"),
            ]  # fmt: skip
            require(
                torch.equal(text, masked),
                "The generator reads the text with `mask_id` where `chosen` is True; yours reads something else.{known}",
                known=usual(text, mistakes),
            )

    def _require_corrupted(self, ids, chosen, vocabulary):
        require(
            torch.equal(self.corrupted[~chosen], ids[~chosen]),
            "What you return as read by the discriminator has another token where nothing was chosen: samples stand at the chosen places alone.",
        )
        samples = self.corrupted[chosen]
        require(
            bool(((samples >= 0) & (samples < vocabulary)).all()),
            "A sample is an id from 0 to {last}, the last of the generator's logits; one of yours is none.",
            last=vocabulary - 1,
        )

    def _require_discriminator(self, ids, chosen, real, mask_id):
        texts = self._came("discriminator", ids, real, chosen)
        require(texts, "The discriminator was not asked.")
        for text in texts:
            mistakes = [
                (ids, "It reads the true text" + (", too; this is no GAN, and the corrupted text alone is read" if len(texts) > 1 else "; it reads the one with the samples")),
                (ids.masked_fill(chosen, mask_id), "It reads the text with `mask_id`; it reads the one with the samples"),
            ]  # fmt: skip
            require(
                torch.equal(text, self.corrupted),
                "What the discriminator has read is not what you return as read by it.{known}",
                known=usual(text, mistakes) or " Are there two draws, one to be read and one to be returned?",
            )

    def require_left_alone(self, student, *given):
        """Require that another call leaves the gradients that have arrived."""
        before = {name: network.grads()["table"] for name, network in self.networks.items()}
        student(*self.networks.values(), *given)
        for name, network in self.networks.items():
            found = network.grads()["table"]
            require(
                found is not None and torch.equal(found, before[name]),
                "One call, `backward`, and another call: the gradients of the {name} have changed. Clearing them (`zero_grad`), `backward` and steps belong to whoever asks for the loss.",
                name=name,
            )

    def require_gradient(self, name, truth, story=""):
        """Require the gradient of a network's table, after `loss.backward()`. No gradient at all is one of zeros."""
        found = self.networks[name].grads()["table"]
        require(
            found is not None or not truth.any(),
            "{story}No gradient reaches the {name}: something cuts the graph of its own part (detach, no_grad, item?).",
            story=story,
            name=name,
        )
        found = torch.zeros_like(truth) if found is None else found
        own = {
            "generator": "The generator learns from its own cross entropy alone: nothing of the discriminator's part reaches it, neither through the samples nor as a reward for them.",
            "discriminator": "It learns from what it says of every real token.",
        }[name]
        require(
            found.any() or not truth.any(),
            "{story}The gradient that reaches the {name} is 0: something cuts the graph of its own part (detach, no_grad?).",
            story=story,
            name=name,
        )
        require_close(
            found,
            truth,
            "{story}The loss is right, and the gradient that reaches the {name}'s table is off at {at} ({got}). {own}",
            story=story,
            name=name,
            own=own,
        )


def _both(result, ids):
    """(loss, corrupted), of the right kinds."""
    require(
        isinstance(result, (tuple, list)) and len(result) == 2,
        "Return two: the loss, and what the discriminator has read; yours is {what}.",
        what=describe(result),
    )
    require(
        not (isinstance(result[0], torch.Tensor) and result[0].shape == ids.shape),
        "The two results have changed places, or the losses of all places come first: the loss is one number, and what the discriminator has read comes second.",
    )
    loss = require_loss(result[0])
    _, corrupted = two_tensors(result, "the loss", "what the discriminator has read")
    require_ids(corrupted, ids.shape, "What the discriminator has read")
    return loss, corrupted
