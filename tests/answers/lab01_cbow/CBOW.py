import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives: both layers under their names."""

    def __init__(self, vocabulary_size, dim):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, dim)
        self.output = nn.Linear(dim, vocabulary_size)


def mean_of_real(vectors, contexts):
    """The mean over the real words, zeros where there is none."""
    real = (contexts != 0).unsqueeze(-1)
    return (vectors * real).sum(1) / real.sum(1).clamp(min=1)


@right
def functional_embedding_bag():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(F.embedding_bag(contexts, self.embedding.weight, mode="mean", padding_idx=0))

    return CBOW


@right
def loop_over_contexts_with_prints():
    class CBOW(Base):
        def forward(self, contexts):
            means = []
            for context in contexts:
                words = [self.embedding.weight[i] for i in context.tolist() if i != 0]
                print(len(words), "real words")
                means.append(sum(words) / len(words) if words else torch.zeros(self.output.in_features))
            return self.output(torch.stack(means))

    return CBOW


@right
def counts_times_the_table():
    class CBOW(Base):
        def forward(self, contexts):
            one_hot = F.one_hot(contexts, self.embedding.num_embeddings)[..., 1:]
            counts = one_hot.sum(1).to(self.embedding.weight.dtype)
            weights = counts / counts.sum(1, keepdim=True).clamp(min=1)
            mean = torch.einsum("bv,vd->bd", weights, self.embedding.weight[1:])
            return torch.addmm(self.output.bias, mean, self.output.weight.T)

    return CBOW


@right
def padding_taken_out_by_a_hook():
    class CBOW(Base):
        def __init__(self, vocabulary_size, dim):
            super().__init__(vocabulary_size, dim)
            self.embedding.register_forward_hook(self.without_padding)

        @staticmethod
        def without_padding(module, inputs, vectors):
            return vectors.masked_fill((inputs[0] == 0).unsqueeze(-1), 0.0)

        def forward(self, contexts):
            import warnings

            warnings.warn("hooked", stacklevel=1)
            count = contexts.ne(0).sum(1, keepdim=True)
            return self.output(
                self.embedding(contexts).sum(dim=1) / torch.maximum(count, torch.ones_like(count))
            )

    return CBOW


@right
def a_padding_index_set_in_init():
    class CBOW(nn.Module):
        def __init__(self, vocabulary_size, dim):
            super().__init__()
            self.embedding = nn.Embedding(vocabulary_size, dim, padding_idx=0)
            self.output = nn.Linear(dim, vocabulary_size)
            nn.init.normal_(self.embedding.weight, std=0.1)

        def forward(self, contexts):
            mean = mean_of_real(self.embedding(contexts), contexts)
            assert mean.shape == (contexts.shape[0], self.embedding.embedding_dim)
            return self.output(mean)

    return CBOW


@right
def decorated_forward_in_a_subclass():
    def logged(forward):
        import functools
        import logging

        @functools.wraps(forward)
        def wrapper(*args, **kwargs):
            logging.getLogger("student").error("forward")
            return forward(*args, **kwargs)

        return wrapper

    class CBOW(Base):
        @logged
        def forward(self, contexts):
            weights = (contexts > 0).double()
            weights = weights / weights.sum(1, keepdim=True).clamp(min=1)
            mean = torch.bmm(weights.unsqueeze(1), self.embedding(contexts).double()).squeeze(1)
            return F.linear(mean, self.output.weight.double(), self.output.bias.double())

    return CBOW


@wrong("the sum of the four vectors", earns=0)
def sum_in_place_of_mean():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output((self.embedding(contexts) * (contexts != 0).unsqueeze(-1)).sum(1))

    return CBOW


@wrong("Return logits", earns=0)
def softmax_applied():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(mean_of_real(self.embedding(contexts), contexts)).softmax(-1)

    return CBOW


@wrong("Return logits", earns=0)
def log_softmax_applied():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(mean_of_real(self.embedding(contexts), contexts)).log_softmax(-1)

    return CBOW


@wrong("Divide by the number of real words", earns=0)
def padding_counted():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(self.embedding(contexts).mean(1))

    return CBOW


@wrong("The inner sizes of a matrix product differ", earns=0)
def bag_over_the_wrong_axis():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(self.embedding(contexts).mean(2))

    return CBOW


@wrong("should have shape (2, 4); yours has (4, 4)", earns=0)
def mean_over_the_batch():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(self.embedding(contexts).mean(0))

    return CBOW


@wrong("should have shape (2, 4); yours has (2, 4, 4)", earns=0)
def forgets_the_mean():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(self.embedding(contexts))

    return CBOW


@wrong("new layer or a dropout in `forward`", earns=0)
def new_layers_made_in_forward():
    class CBOW(Base):
        def forward(self, contexts):
            output = nn.Linear(self.output.in_features, self.output.out_features)
            return output(mean_of_real(self.embedding(contexts), contexts))

    return CBOW


@wrong("new layer or a dropout in `forward`", earns=0)
def drops_words_at_random():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(F.dropout(mean_of_real(self.embedding(contexts), contexts), 0.5))

    return CBOW


@wrong("`__init__` sets `embedding` and `output`; keep both as given", earns=0)
def weights_renamed_in_init():
    class CBOW(nn.Module):
        def __init__(self, vocabulary_size, dim):
            super().__init__()
            self.embeddings = nn.Embedding(vocabulary_size, dim)
            self.linear = nn.Linear(dim, vocabulary_size)

        def forward(self, contexts):
            return self.linear(mean_of_real(self.embeddings(contexts), contexts))

    return CBOW


@wrong("no method called `forward`", earns=0)
def forward_missing():
    class CBOW(Base):
        def foward(self, contexts):
            return self.output(mean_of_real(self.embedding(contexts), contexts))

    return CBOW


@wrong("CBOW returned nan", earns=3.5)
def nan_for_a_context_of_padding():
    class CBOW(Base):
        def forward(self, contexts):
            real = (contexts != 0).unsqueeze(-1)
            return self.output((self.embedding(contexts) * real).sum(1) / real.sum(1))

    return CBOW


@wrong("No gradient reaches embedding.weight", earns=3)
def detach_cuts_the_gradient():
    class CBOW(Base):
        def forward(self, contexts):
            return self.output(mean_of_real(self.embedding(contexts).detach(), contexts))

    return CBOW


@wrong("something in your code cuts the graph", earns=3)
def computes_without_gradients():
    class CBOW(Base):
        @torch.no_grad()
        def forward(self, contexts):
            return self.output(mean_of_real(self.embedding(contexts), contexts))

    return CBOW


@wrong("leave padding out by its id 0", earns=3.5)
def trusts_the_padding_vector_to_be_zero():
    class CBOW(Base):
        def forward(self, contexts):
            count = (contexts != 0).sum(1, keepdim=True).clamp(min=1)
            return self.output(self.embedding(contexts).sum(1) / count)

    return CBOW


@wrong("leave padding out by its id 0", earns=3.5)
def takes_a_vector_of_zeros_for_padding():
    class CBOW(Base):
        def forward(self, contexts):
            vectors = self.embedding(contexts)
            real = vectors.abs().sum(-1, keepdim=True) > 0
            return self.output((vectors * real).sum(1) / real.sum(1).clamp(min=1))

    return CBOW


@wrong("a word that stands twice counts twice", earns=0)
def counts_each_word_of_a_context_once():
    class CBOW(Base):
        def forward(self, contexts):
            seen = F.one_hot(contexts, self.embedding.num_embeddings).amax(1).float()
            seen[:, 0] = 0
            return self.output(seen @ self.embedding.weight / seen.sum(1, keepdim=True).clamp(min=1))

    return CBOW


@wrong("the bias of `output` is missing", earns=0)
def forgets_the_bias():
    class CBOW(Base):
        def forward(self, contexts):
            return mean_of_real(self.embedding(contexts), contexts) @ self.output.weight.T

    return CBOW


@wrong("That is scored with `embedding`", earns=0)
def scores_with_the_table_itself():
    class CBOW(Base):
        def forward(self, contexts):
            return (
                mean_of_real(self.embedding(contexts), contexts) @ self.embedding.weight.T + self.output.bias
            )

    return CBOW


@wrong("CBOW returned None", earns=0)
def forgets_to_return():
    class CBOW(Base):
        def forward(self, contexts):
            self.output(mean_of_real(self.embedding(contexts), contexts))

    return CBOW


@wrong("cannot assign module before Module.__init__() call", earns=0)
def forgets_to_initialise_the_module():
    class CBOW(nn.Module):
        def __init__(self, vocabulary_size, dim):
            self.embedding = nn.Embedding(vocabulary_size, dim)
            self.output = nn.Linear(dim, vocabulary_size)

        def forward(self, contexts):
            return self.output(mean_of_real(self.embedding(contexts), contexts))

    return CBOW


@wrong("Your logit [0] is 1", earns=0)
def identity():
    class CBOW(Base):
        def forward(self, contexts):
            return contexts

    return CBOW


@wrong("their mean [2.5, 1] goes through `output`", earns=0)
def constant():
    class CBOW(Base):
        def forward(self, contexts):
            return torch.zeros(len(contexts), self.output.out_features)

    return CBOW


@wrong("With random weights", earns=0)
def hard_coded_examples():
    class CBOW(Base):
        def forward(self, contexts):
            known = {
                "[[1, 3, 1, 3], [1, 1, 1, 3]]": [[2.5, 1.0, 3.5, 2.5], [1.75, 0.5, 2.25, 2.25]],
                "[[0, 1, 3, 0]]": [[2.5, 1.0, 3.5, 2.5]],
            }
            return torch.tensor(
                known.get(repr(contexts.tolist()), [[0.0] * self.output.out_features] * len(contexts))
            )

    return CBOW
