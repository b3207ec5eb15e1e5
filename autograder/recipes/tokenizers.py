"""Makes the tokenizers of the course: a WordPiece as BERT's (lower case); a Unigram as T5's, with sentinels; and one without for GPT.

    wordpiece(lines).save_pretrained(folder)        # or unigram(lines), causal(lines)

Both are small enough that a softmax over them is cheap and rare words really split. The trainers of `tokenizers` break ties as it
happens, so a vocabulary is counted out here instead: letters, the most frequent words whole, and the endings and middles that most
words share. Ids are documented where they are used: BERT's specials are 0 to 4, T5's 0 to 2 and its sentinels the last ones,
`<extra_id_0>` the very last.
"""

import math
import string
from collections import Counter
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

WORDPIECES, PIECES, SENTINELS = 1600, 2000, 32
LENGTH = 512  # tokens a text


def _counted(lines: Iterable[str], tokenizer: Tokenizer) -> Counter:
    """Words as the tokenizer's first two steps see them, and how often."""
    words: Counter = Counter()
    for line in lines:
        pieces = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(line))
        words.update(word for word, _ in pieces)
    return words


def _most(counts: Counter, n: int) -> list[str]:
    """The n most frequent, in an order that does not hang on chance."""
    return sorted(counts, key=lambda piece: (-counts[piece], piece))[:n]


def _letters(words: Counter) -> list[str]:
    """Every letter and mark of the text, and all of ASCII: whatever is typed has a piece."""
    typed = string.ascii_letters + string.digits + string.punctuation
    found = {letter for word in words for letter in word}
    upper = any(letter.isupper() for letter in found)
    return sorted(found | set(typed if upper else typed.lower()))


def _shared(words: Counter, begin: int) -> Counter:
    """Parts of words from letter `begin` on, 2 to 6 letters long, and how many words have them; longer parts count for more."""
    parts: Counter = Counter()
    for word in words:
        found = {word[i : i + n] for n in range(2, 7) for i in range(begin, len(word) - n + 1)}
        parts.update({part: len(part) - 1 for part in found if part.isalpha()})
    return parts


def _stems(words: Counter) -> Counter:
    """Beginnings of words, of 3 letters at least, that go on in more than one way, and how many letters of the text they cover."""
    goes_on: dict[str, set[str]] = {}
    count: Counter = Counter()
    for word, n in words.items():
        for end in range(4, len(word) + 1):  # after the blank
            count[word[:end]] += n
            goes_on.setdefault(word[:end], set()).add(word[end : end + 1])
    return Counter({stem: n * (len(stem) - 1) for stem, n in count.items() if len(goes_on[stem]) > 1})


SHARED = 250  # of a vocabulary's pieces are parts that words share
STEMS = 250  # of T5's are beginnings, which a language of many endings needs


def wordpiece(lines: Iterable[str], size: int = WORDPIECES) -> PreTrainedTokenizerFast:
    """BERT's kind: words in lower case, rare ones in pieces that begin with ##; [CLS] a [SEP] b [SEP]."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    words = _counted(lines, tokenizer)
    letters = _letters(words)
    vocabulary = [*specials, *letters, *(f"##{letter}" for letter in letters if letter.isalnum())]
    vocabulary += [f"##{part}" for part in _most(_shared(words, 1), SHARED)]
    whole = Counter({word: n for word, n in words.items() if len(word) > 1})
    vocabulary += _most(whole, size - len(vocabulary))
    tokenizer.model = models.WordPiece({v: i for i, v in enumerate(vocabulary)}, unk_token="[UNK]")
    cls, sep = (tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", cls), ("[SEP]", sep)],
    )
    names = dict(
        zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), specials, strict=True)
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=LENGTH,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **names,
    )


def unigram(lines: Iterable[str], size: int = PIECES) -> PreTrainedTokenizerFast:
    """T5's kind: pieces of text with its blanks as ▁, capitals kept, </s> at the end; sentinels are the last ids."""
    sentinels = [f"<extra_id_{n}>" for n in reversed(range(SENTINELS))]
    tokenizer = _pieces(lines, ["<pad>", "</s>", "<unk>"], size - SENTINELS, STEMS)
    tokenizer.add_special_tokens(sentinels)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=LENGTH,
        model_input_names=["input_ids", "attention_mask"],
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        extra_special_tokens=sentinels[::-1],
    )


def causal(lines: Iterable[str], size: int = WORDPIECES) -> PreTrainedTokenizerFast:
    """The same pieces for GPT: nothing is added to a text, and one special, as in GPT-2, is its beginning, its end and padding."""
    end = "<|endoftext|>"
    tokenizer = _pieces(lines, [end, "<unk>"], size)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=LENGTH,
        model_input_names=["input_ids", "attention_mask"],
        pad_token=end,
        bos_token=end,
        eos_token=end,
        unk_token="<unk>",
    )


def _pieces(lines: Iterable[str], specials: list[str], size: int, stems: int = 0) -> Tokenizer:
    """A Unigram of that many pieces, those specials first; so many of them are beginnings of the words that are not kept whole."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()]
    )
    tokenizer.decoder = decoders.Metaspace()
    words = _counted(lines, tokenizer)
    letters = _letters(words)
    shared = _shared(words, 1)
    pieces = Counter({part: shared[part] for part in _most(shared, SHARED)})
    whole = Counter({word: n for word, n in words.items() if len(word) > 1 and word not in pieces})
    kept = _most(whole, size - len(specials) - len(pieces) - len(letters) - stems)
    begun = _stems(whole - Counter({word: whole[word] for word in kept}))
    pieces.update({word: whole[word] for word in kept})
    begun = Counter({stem: n for stem, n in begun.items() if stem not in pieces})
    pieces.update({stem: begun[stem] // len(stem) for stem in _most(begun, stems)})
    scored = [(piece, math.log(pieces[piece] / pieces.total())) for piece in _most(pieces, len(pieces))]
    scored += [(letter, scored[-1][1] - 1) for letter in letters]  # what nothing longer covers
    tokenizer.model = models.Unigram(
        [*((special, 0.0) for special in specials), *scored], unk_id=specials.index("<unk>")
    )
    tokenizer.add_special_tokens(specials)
    return tokenizer
