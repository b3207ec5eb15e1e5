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

QUICK_PROBE = '''\
def train_probe(sentences, vocabulary, examples, dim=96, steps=300, seed=0):
    """One wide layer a side learns faster than two."""
    torch.manual_seed(seed)
    ordered = sorted(sentences, key=len)
    batches = [rows_of(ordered[i : i + 32], vocabulary) for i in range(0, len(ordered), 32)]
    bilm = BiLM(len(vocabulary), dim, layers=1)
    nn.init.normal_(bilm.embedding.weight, std=0.1)
    optimizer = torch.optim.Adam(bilm.parameters(), lr=3e-2)
    for step in range(steps):
        ids = batches[torch.randint(len(batches), ()).item()]
        top = bilm(ids)[-1]
        loss = bilm_loss(bilm.output(top[..., :dim]), bilm.output(top[..., dim:]), ids)
        optimizer.param_groups[0]["lr"] = 3e-2 * min(1.0, 2 * (steps - step) / steps)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(bilm.parameters(), 1.0)
        optimizer.step()
    tokens, places, labels = zip(*examples, strict=True)
    with torch.no_grad():
        vectors = bilm(rows_of(tokens, vocabulary))[:, torch.arange(len(tokens)), torch.tensor(places)].transpose(0, 1)
    probe = nn.Sequential(nn.Flatten(), nn.Linear(vectors[0].numel(), 2))
    optimizer = torch.optim.Adam(probe.parameters(), lr=2e-2)
    for _ in range(200):
        optimizer.zero_grad()
        F.cross_entropy(probe(vectors), torch.tensor(labels)).backward()
        optimizer.step()
    return bilm, probe'''

QUICK_GPT = '''\
def train_gpt(sentences, vocabulary, dim=64, steps=400, seed=0):
    """One layer, and batches of any length."""
    torch.manual_seed(seed)
    model, rows = GPT(len(vocabulary), dim, layers=1), rows_of(sentences, vocabulary)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 5e-3 * min(1.0, (step + 1) / 20, 2 * (steps - step) / steps)
        ids = rows[torch.randint(len(rows), (32,))]
        ids = ids[:, : int((ids != 0).sum(1).max())]
        loss = lm_loss(model(ids), ids.masked_fill(ids == 0, -100))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()'''

QUICK_BERT = '''\
def train_bert(documents, vocabulary, dim=64, steps=500, seed=0):
    """One layer, and the token head where something is asked."""
    torch.manual_seed(seed)
    model = BertForPreTraining(len(vocabulary), dim, layers=1)
    ids, segments, is_random = rows_of(next_sentence_examples(documents, seed), vocabulary)
    ordinary = torch.arange(5, len(vocabulary))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 5e-3 * min(1.0, (step + 1) / 20, 2 * (steps - step) / steps)
        rows = torch.randint(len(ids), (48,))
        own = ids[rows]
        own = own[:, : int((own != 0).sum(1).max())]
        inputs, labels = mask_tokens(own, own < 5, ordinary, vocabulary["[MASK]"], share=0.35, seed=seed * 100_000 + step)
        x = model.embeddings(inputs, segments[rows, : own.shape[1]])
        for block in model.blocks:
            x = block(x, own != 0)
        asked = labels != -100
        states = model.transform_norm(F.gelu(model.transform(x[asked])))
        tokens = states @ model.embeddings.word_embedding.weight.T + model.bias
        pairs = model.next_sentence(torch.tanh(model.pooler(x[:, 0])))
        loss = F.cross_entropy(tokens, labels[asked]) + 2 * F.cross_entropy(pairs, is_random[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()'''

QUICK_TUNING = '''\
def fine_tune(encoder, ids, labels, steps=200, seed=0):
    """A bare loop with larger steps, in batches no wider than their reviews."""
    torch.manual_seed(seed)
    model = ClsClassifier(copy.deepcopy(encoder), 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=1.5e-3)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 1.5e-3 * min(1.0, (step + 1) / 20, (steps - step) / (0.9 * steps))
        rows = torch.randint(len(ids), (32,))
        own = ids[rows]
        optimizer.zero_grad()
        F.cross_entropy(model(own[:, : int((own != 0).sum(1).max())]), labels[rows]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()'''

QUICK_T5 = '''\
def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
    """A bare loop over a smaller model."""
    torch.manual_seed(seed)
    model, draw = T5(vocabulary_size, width, layers=(2, 1), inner=128), random.Random(seed)
    table = model.embedding.weight
    rates = {4e-2: [table], 3e-3: [p for p in model.parameters() if p is not table]}
    optimizer = torch.optim.Adam([{"params": group} for group in rates.values()])
    for step in range(steps):
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / 30, 2 * (steps - step) / steps)
        some = draw.choices(texts, k=32)
        rows = [corrupt(ids, noise_spans(len(ids), 0.3, 2.0, draw.random()), sentinels, end) for ids in some]
        inputs, targets = (together(side) for side in zip(*rows, strict=True))
        logits = model(inputs, shift_right(targets))
        optimizer.zero_grad()
        F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=0).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()'''

QUICK_READER = '''\
def fine_tune_qa(encoder, windows, steps=150, seed=0):
    """A bare loop with larger steps for the head."""
    torch.manual_seed(seed)
    reader = Reader(copy.deepcopy(encoder))
    rates = {2e-3: list(reader.encoder.parameters()), 1e-1: list(reader.head.parameters())}
    optimizer = torch.optim.Adam([{"params": group} for group in rates.values()])
    for step in range(steps):
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / 15, (steps - step) / (0.9 * steps))
        rows = torch.randint(len(windows), (16,)).tolist()
        ids, types, may, starts, ends = together([windows[i] for i in rows])
        optimizer.zero_grad()
        reader.head.loss(*reader(ids, types, may), starts, ends).backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
    return reader.eval()'''

ANSWERS = {
    "lab01_cbow": {"train_cbow": QUICK_TRAINING},
    "lab02_elmo": {"train_probe": QUICK_PROBE},
    "lab04_gpt": {"train_gpt": QUICK_GPT},
    "lab05_bert": {"train_bert": QUICK_BERT},
    "lab06_fine_tuning": {"fine_tune": QUICK_TUNING},
    "lab08_t5": {"train_t5": QUICK_T5},
    "lab10_question_answering": {"fine_tune_qa": QUICK_READER},
}
# ids of cells that only show
LEFT_OUT = {
    "lab01_cbow": ("look", "map"),
    "lab02_elmo": ("look", "look-right", "look-map", "shipped"),
    "lab03_attention": ("train-all", "train-plot", "gradient"),
    "lab04_gpt": ("overfit", "stages", "write", "gap"),
    "lab05_bert": ("pieces", "library", "same", "training", "guesses", "shares"),
    "lab06_fine_tuning": ("first-scores", "pieces", "tagger-rows", "tagger", "tagged", "rates", "gap"),
    "lab07_bert_family": (
        "overlap",
        "sampled",
        "factors",
        "family",
        "learn",
        "members",
        "table",
        "heads",
        "heads-picture",
    ),
    "lab09_text_to_text": ("sources", "answers", "scores", "rates", "mixture", "table"),
    "lab10_question_answering": (
        "rows",
        "spans",
        "truth",
        "hundred",
        "questions",
        "read",
        "write",
        "three",
        "wrong",
    ),
}


def short(lab):
    """A lab with every answer filled in, each of them right, and quick to grade."""
    notebook = solved(lab, **ANSWERS.get(lab, {}))
    notebook.cells = [c for c in notebook.cells if c.id not in LEFT_OUT.get(lab, ())]
    return notebook
