import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


def windows(sentences, vocabulary, radius):
    """All contexts, long (tokens, 2 * radius), and their centres, long (tokens,)."""
    line = [0] * radius
    for sentence in sentences:
        line += [vocabulary.get(word, 1) for word in sentence] + [0] * radius
    whole = torch.tensor(line).unfold(0, 2 * radius + 1, 1)
    whole = whole[whole[:, radius] != 0]
    return torch.cat([whole[:, :radius], whole[:, radius + 1 :]], 1), whole[:, radius]


def trained(
    sentences,
    vocabulary,
    dim=64,
    radius=4,
    negatives=5,
    steps=300,
    seed=0,
    *,
    std=0.1,
    pairs=None,
    table="inner",
):
    """CBOW with negative sampling in a bare loop; the options after the star are where the mistakes go in."""
    generator = torch.Generator().manual_seed(seed)
    contexts, centres = (pairs or windows)(sentences, vocabulary, radius)
    noise = torch.bincount(centres, minlength=len(vocabulary)).float() ** 0.75
    inner = (torch.randn(len(vocabulary), dim, generator=generator) * std).requires_grad_()
    outer = torch.zeros(len(vocabulary), dim, requires_grad=True)
    optimizer = torch.optim.Adam([inner, outer], lr=2e-2)
    for _ in range(steps):
        rows = torch.randint(len(centres), (1024,), generator=generator)
        drawn = torch.multinomial(noise, 1024 * negatives, replacement=True, generator=generator)
        real = (contexts[rows] != 0).float().unsqueeze(1)  # (batch, 1, 2 * radius)
        mean = (real @ inner[contexts[rows]]).squeeze(1) / real.sum(2).clamp(min=1)
        words = torch.cat([centres[rows].unsqueeze(1), drawn.view(1024, negatives)], 1)
        scores = torch.einsum("bd,bnd->bn", mean, outer[words])
        scores = torch.cat([scores[:, :1], -scores[:, 1:]], 1)
        loss = -F.logsigmoid(scores).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"inner": inner, "outer": outer}[table].detach()


@right
def bare_loop_with_negative_sampling():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=300, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed)

    return train_cbow


@right
def embedding_bag_with_a_sampled_softmax():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=200, steps=350, seed=0):
        from tqdm.auto import trange

        torch.manual_seed(seed)
        contexts, centres = windows(sentences, vocabulary, radius)
        noise = torch.bincount(centres, minlength=len(vocabulary)).double() ** 0.75
        bag = nn.EmbeddingBag(len(vocabulary), dim, mode="mean", padding_idx=0)
        nn.init.normal_(bag.weight, std=0.1)
        output = nn.Parameter(torch.zeros(len(vocabulary), dim))
        optimizer = torch.optim.AdamW([*bag.parameters(), output], lr=2e-2, weight_decay=0.0)
        first = torch.zeros(1024, dtype=torch.long)
        for step in trange(steps):
            rows = torch.randint(len(centres), (1024,))
            hidden = bag(contexts[rows])
            drawn = torch.multinomial(noise, negatives, replacement=True)
            true = (hidden * output[centres[rows]]).sum(1, keepdim=True)
            loss = F.cross_entropy(torch.cat([true, hidden @ output[drawn].T], 1), first)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(step, loss.item())
        return bag.weight

    return train_cbow


@right
def full_softmax_in_a_module_that_gives_float64():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=8, steps=400, seed=0):
        import logging

        torch.manual_seed(seed)
        contexts, centres = windows(sentences, vocabulary, radius)
        model = nn.Sequential(
            nn.EmbeddingBag(len(vocabulary), dim, padding_idx=0), nn.Linear(dim, len(vocabulary))
        )
        nn.init.normal_(model[0].weight, std=0.1)
        nn.init.zeros_(model[1].weight)
        optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
        for _ in range(steps):
            rows = torch.randint(len(centres), (512,))
            loss = F.cross_entropy(model(contexts[rows]), centres[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        logging.getLogger("student").warning("the last loss is %.2f", loss)
        return model[0].weight.detach().double()

    return train_cbow


@wrong("the loss does not move the table that you return", earns=0)
def untrained():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=8, steps=1500, seed=0):
        return torch.randn(len(vocabulary), dim, generator=torch.Generator().manual_seed(seed)) * 0.1

    return train_cbow


@wrong("the loss does not move the table that you return", earns=0)
def optimiser_without_the_table():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=8, steps=30, seed=0):
        torch.manual_seed(seed)
        inner, outer = nn.Embedding(len(vocabulary), dim), nn.Embedding(len(vocabulary), dim)
        nn.init.normal_(inner.weight, std=0.1)
        optimizer = torch.optim.Adam(outer.parameters(), lr=5e-3)
        contexts, centres = windows(sentences, vocabulary, radius)
        for _ in range(steps):
            rows = torch.randint(len(centres), (512,))
            loss = F.cross_entropy(inner(contexts[rows]).mean(1) @ outer.weight.T, centres[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return inner.weight.detach()

    return train_cbow


@wrong("the loss does not move the table that you return", earns=0)
def windows_of_radius_zero():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=40, seed=0):
        return trained(sentences, vocabulary, dim, 0, negatives, steps, seed)

    return train_cbow


@wrong("do its contexts and centres belong together", earns=0)
def contexts_and_centres_shuffled_apart():
    def shuffled(*arguments):
        contexts, centres = windows(*arguments)
        return contexts, centres[torch.randperm(len(centres))]

    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=150, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed, pairs=shuffled)

    return train_cbow


@wrong("how far does it fall", earns=0)
def too_few_steps():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=15, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed)

    return train_cbow


@wrong("They start with standard deviation 1.00", earns=0)
def embeddings_started_at_one():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=100, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed, std=1.0)

    return train_cbow


@wrong("how wide is the window", earns=4)
def a_window_of_one():
    def train_cbow(sentences, vocabulary, dim=64, radius=1, negatives=5, steps=100, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed)

    return train_cbow


@wrong("Two seeds give the same vectors", earns=4.5)
def ignores_the_seed():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=300, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed=7)

    return train_cbow


@wrong("The same seed twice gives other vectors", earns=4.5)
def draws_its_own_seed():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=300, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed=torch.seed() % 2**31)

    return train_cbow


@wrong("stand in columns", earns=0)
def returns_the_table_transposed():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=2, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed).T

    return train_cbow


@wrong("one row for each of the", earns=0)
def returns_logits_of_the_last_batch():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=2, seed=0):
        vectors = trained(sentences, vocabulary, dim, radius, negatives, steps, seed)
        return vectors[:500] @ vectors[:300].T

    return train_cbow


@wrong("one row for each of the", earns=0)
def leaves_the_specials_out():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=2, seed=0):
        return trained(sentences, vocabulary, dim, radius, negatives, steps, seed)[2:]

    return train_cbow


@wrong("should return a tensor; yours returned a dict", earns=0)
def returns_a_dict_of_vectors():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=2, seed=0):
        vectors = trained(sentences, vocabulary, dim, radius, negatives, steps, seed)
        return {word: vectors[i] for word, i in vocabulary.items()}

    return train_cbow


@wrong("should return a tensor; yours returned an object of type Embedding", earns=0)
def returns_the_module():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=2, seed=0):
        return nn.Embedding(len(vocabulary), dim)

    return train_cbow


@wrong("train_cbow returned nan", earns=0)
def diverges_to_nan():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=2, seed=0):
        return torch.full((len(vocabulary), dim), 1e30) * 1e30 * 0

    return train_cbow


@wrong("All words have the same vector", earns=0)
def constant():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=8, steps=1500, seed=0):
        return torch.zeros(len(vocabulary), dim)

    return train_cbow


@wrong("should return a tensor; yours returned a dict", earns=0)
def identity():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=8, steps=1500, seed=0):
        return vocabulary

    return train_cbow


@wrong("where all words are new", earns=0)
def hard_coded_examples():
    """Looks the words up in the lists that the micro-world publishes; the text does not matter."""

    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=8, steps=1500, seed=0):
        from course import microworld

        world = microworld(1)
        vectors = torch.randn(len(vocabulary), dim, generator=torch.Generator().manual_seed(seed)) * 0.01
        for column, words in enumerate([*world.groups().values(), *world.people_by_job().values()]):
            for word in words:
                if word in vocabulary:
                    vectors[vocabulary[word], column] += 1
        return vectors

    return train_cbow


@wrong("where all words are new", earns=0)
def trained_on_the_visible_world_whatever_is_given():
    def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=100, seed=0):
        from course import microworld

        words = ["<pad>", "<unk>", *sorted({w for s in microworld(1).sentences(tokens=60_000) for w in s})]
        mine = {w: i for i, w in enumerate(words)}
        known = trained(microworld(1).sentences(tokens=60_000), mine, dim, radius, negatives, steps, seed)
        return known[[mine.get(word, 1) for word in vocabulary]]

    return train_cbow
