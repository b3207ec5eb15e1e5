"""What an answer of lab 08 takes from the exercises before it: the parts of a T5, and rows for span corruption."""

import itertools
import math
import random

import torch
from torch import nn
from torch.nn import functional as F


def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
    side = torch.zeros_like(offset)
    if bidirectional:
        buckets //= 2
        side = (offset > 0).long() * buckets
        distance = offset.abs()
    else:
        distance = (-offset).clamp(min=0)
    exact = buckets // 2
    growth = torch.log(distance.clamp(min=1).float() / exact) / math.log(max_distance / exact)
    far = (exact + (growth * (buckets - exact)).long()).clamp(max=buckets - 1)
    return side + torch.where(distance < exact, distance, far)


class RelativeBias(nn.Module):
    def __init__(
        self, heads, bidirectional=True, buckets=32, max_distance=128, bucket=relative_position_bucket
    ):
        super().__init__()
        self.table = nn.Embedding(buckets, heads)
        self.bucket, self.options = bucket, (bidirectional, buckets, max_distance)

    def forward(self, queries, keys):
        device = self.table.weight.device
        offset = torch.arange(keys, device=device) - torch.arange(queries, device=device)[:, None]
        return self.table(self.bucket(offset, *self.options)).permute(2, 0, 1)[None]


class RMSNorm(nn.Module):
    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)


def cross_attention(x, memory, weights, heads, bias=None, may=None):
    *projections, output = weights
    query, key, value = (
        F.linear(states, weight).unflatten(-1, (heads, -1)).transpose(1, 2)
        for states, weight in zip((x, memory, memory), projections, strict=True)
    )
    scores = query @ key.transpose(-2, -1)
    if bias is not None:
        scores = scores + bias
    if may is not None:
        scores = scores.masked_fill(~may, -torch.inf)
    return F.linear((scores.softmax(-1) @ value).transpose(1, 2).flatten(2), output)


class Attention(nn.Module):
    def __init__(self, width, heads, size):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, heads * size, bias=False) for _ in range(3))
        self.output = nn.Linear(heads * size, width, bias=False)
        stds = ((width * size) ** -0.5, width**-0.5, width**-0.5, (heads * size) ** -0.5)
        for layer, std in zip((self.query, self.key, self.value, self.output), stds):
            nn.init.normal_(layer.weight, std=std)

    def forward(self, x, memory, bias=None, may=None):
        weights = self.query.weight, self.key.weight, self.value.weight, self.output.weight
        return cross_attention(x, memory, weights, self.heads, bias, may)


class T5Block(nn.Module):
    def __init__(self, width, heads, size, inner, cross=False, attention=Attention, norm=RMSNorm):
        super().__init__()
        self.attention, self.attention_norm = attention(width, heads, size), norm(width)
        if cross:
            self.cross, self.cross_norm = attention(width, heads, size), norm(width)
        self.dense_in = nn.Linear(width, inner, bias=False)
        self.dense_out = nn.Linear(inner, width, bias=False)
        self.dense_norm = norm(width)
        nn.init.normal_(self.dense_in.weight, std=width**-0.5)
        nn.init.normal_(self.dense_out.weight, std=inner**-0.5)

    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        own = self.attention_norm(x)
        x = x + self.attention(own, own, bias, may)
        if memory is not None:
            x = x + self.cross(self.cross_norm(x), memory, None, memory_may)
        return x + self.dense_out(F.relu(self.dense_in(self.dense_norm(x))))


class T5(nn.Module):
    def __init__(
        self,
        vocabulary_size,
        width=64,
        heads=4,
        layers=(2, 2),
        inner=256,
        block=T5Block,
        bias=RelativeBias,
        norm=RMSNorm,
    ):
        super().__init__()
        size = width // heads
        self.embedding = nn.Embedding(vocabulary_size, width)
        self.encoder = nn.ModuleList(block(width, heads, size, inner) for _ in range(layers[0]))
        self.decoder = nn.ModuleList(block(width, heads, size, inner, cross=True) for _ in range(layers[1]))
        self.encoder_bias = bias(heads, bidirectional=True)
        self.decoder_bias = bias(heads, bidirectional=False)
        self.encoder_norm, self.decoder_norm = norm(width), norm(width)

    def encode(self, ids):
        x, bias = self.embedding(ids), self.encoder_bias(ids.shape[1], ids.shape[1])
        for block in self.encoder:
            x = block(x, bias, (ids != 0)[:, None, None])
        return self.encoder_norm(x)

    def decode(self, ids, memory, real):
        time = ids.shape[1]
        x, bias = self.embedding(ids), self.decoder_bias(time, time)
        causal = torch.ones(time, time, dtype=torch.bool).tril()
        for block in self.decoder:
            x = block(x, bias, causal, memory, real[:, None, None])
        return self.decoder_norm(x) * x.shape[-1] ** -0.5 @ self.embedding.weight.T

    def forward(self, ids, decoder_ids):
        return self.decode(decoder_ids, self.encode(ids), ids != 0)


def noise_spans(length, rate=0.15, mean=3.0, seed=0):
    noise = min(max(round(rate * length), 1), length - 1)
    spans = min(max(round(noise / mean), 1), length - noise)
    draw, parts, mask = random.Random(seed), [], []
    for n in (length - noise, noise):
        cuts = [0, *sorted(draw.sample(range(1, n), spans - 1)), n]
        parts.append([end - start for start, end in itertools.pairwise(cuts)])
    for kept, hidden in zip(*parts):
        mask += [False] * kept + [True] * hidden
    return mask


def corrupt(tokens, hidden, sentinels, end):
    names, inputs, targets, before = iter(sentinels), [], [], False
    for token, now in zip(tokens, hidden):
        if now and not before:
            name = next(names)
            inputs.append(name)
            targets.append(name)
        (targets if now else inputs).append(token)
        before = now
    return [*inputs, end], [*targets, *([] if before else [next(names)]), end]


def shift_right(labels, start=0):
    return F.pad(labels[:, :-1], (1, 0), value=start)


def together(rows):
    return nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
