"""Solved labs whose replay is short: an answer that trains in a second or two, and not once more to look at the result."""

from tests.submissions import solved

QUICK_TRAINING = '''\
def train_cbow(sentences, vocabulary, dim=64, radius=4, negatives=5, steps=300, seed=0):
    """A bare loop with large steps."""
    torch.manual_seed(seed)
    line = [0] * radius
    for sentence in sentences:
        line += [vocabulary.get(word, 1) for word in sentence] + [0] * radius
    windows = torch.tensor(line).unfold(0, 2 * radius + 1, 1)  # (places, 2 * radius + 1)
    windows = windows[windows[:, radius] != 0]
    contexts = torch.cat([windows[:, :radius], windows[:, radius + 1 :]], 1)
    centres = windows[:, radius]
    noise = noise_distribution(torch.bincount(centres, minlength=len(vocabulary)))
    inner = (torch.randn(len(vocabulary), dim) * 0.1).requires_grad_()
    outer = torch.zeros(len(vocabulary), dim, requires_grad=True)
    optimizer = torch.optim.Adam([inner, outer], lr=2e-2)
    for _ in range(steps):
        rows = torch.randint(len(centres), (1024,))
        drawn = torch.multinomial(noise, 1024 * negatives, replacement=True).view(1024, negatives)
        real = (contexts[rows] != 0).to(inner.dtype).unsqueeze(1)  # (batch, 1, 2 * radius)
        mean = (real @ inner[contexts[rows]]).squeeze(1) / real.sum(2).clamp(min=1)
        loss = negative_sampling_loss(mean, outer[centres[rows]], outer[drawn])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return inner.detach()'''

ANSWERS = {"lab01_cbow": {"train_cbow": QUICK_TRAINING}}
LEFT_OUT = {"lab01_cbow": ("look", "map")}  # ids of cells that only show


def short(lab):
    """A lab with every answer filled in, each of them right, and quick to grade."""
    notebook = solved(lab, **ANSWERS.get(lab, {}))
    notebook.cells = [c for c in notebook.cells if c.id not in LEFT_OUT.get(lab, ())]
    return notebook
