"""What answers of lab 09 take from the cells before them: the tables of the tasks, and an adapter."""

from torch import nn
from torch.nn import functional as F

SOURCES = {
    "acceptability": "cola sentence: {text}",
    "sentiment": "sst2 sentence: {text}",
    "paraphrase": "mrpc sentence1: {text_a} sentence2: {text_b}",
    "duplicates": "qqp question1: {text_a} question2: {text_b}",
    "similarity": "stsb sentence1: {text_a} sentence2: {text_b}",
    "answerability": "qnli question: {question} sentence: {context}",
    "entailment": "mnli premise: {premise} hypothesis: {hypothesis}",
    "entities": "ner: {text}",
    "coreference": "wsc: {text}",
    "summaries": "summarize: {text}",
    "questions": "question: {question} context: {context}",
    "translation": "translate English to Esperanto: {english}",
}
LABELS = {  # the words for the labels 0, 1, 2
    "acceptability": ("unacceptable", "acceptable"),
    "sentiment": ("negative", "positive"),
    "paraphrase": ("not_equivalent", "equivalent"),
    "duplicates": ("not_duplicate", "duplicate"),
    "answerability": ("not_entailment", "entailment"),
    "entailment": ("entailment", "neutral", "contradiction"),
}
CLASSES = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other"}


class Adapter(nn.Module):
    """A small network that is put into a large one (Houlsby et al. 2019, section 2.1)."""

    def __init__(self, width, size):
        super().__init__()
        self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x):
        """x: float (…, width). Returns float (…, width)."""
        return x + self.up(F.relu(self.down(x)))
