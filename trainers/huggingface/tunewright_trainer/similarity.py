"""How alike two texts are, in [0, 1], as the service measures it: src/evaluation/metrics."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

_LONGEST = 4


def fuzzy_match(left: str, right: str) -> float:
    return 2 * _common(left, right) / (len(left) + len(right)) if left or right else 1.0


def rouge_n(left: str, right: str, n: int) -> float:
    said, hoped = _rouge_tokens(left), _rouge_tokens(right)
    return _f_measure(_shared(said, hoped, n), _count(said, n), _count(hoped, n))


def rouge_l(left: str, right: str) -> float:
    said, hoped = _rouge_tokens(left), _rouge_tokens(right)
    return _f_measure(_common(hoped, said), len(said), len(hoped))


def bleu(left: str, right: str) -> float:
    """NLTK's with its `method3` of smoothing and `auto_reweigh`."""
    said, hoped = _words(left), _words(right)
    shared = [_shared(said, hoped, n) for n in range(1, _LONGEST + 1)]
    if shared[0] == 0:
        return 0.0
    precisions: list[float] = []
    unmatched = 0
    for n, match in enumerate(shared, 1):
        of = max(1, _count(said, n))
        if match == 0:
            unmatched += 1
        precisions.append(match / of if match else 1 / (2**unmatched * of))
    used = precisions[: min(_LONGEST, len(said))]
    brevity = 1.0 if len(said) > len(hoped) else math.exp(1 - len(hoped) / len(said))
    return brevity * math.exp(sum(map(math.log, used)) / len(used))


def gleu(left: str, right: str) -> float:
    said, hoped = _words(left), _words(right)
    lengths = range(1, _LONGEST + 1)
    most = max(sum(_count(words, n) for n in lengths) for words in (said, hoped))
    return sum(_shared(said, hoped, n) for n in lengths) / most if most else 0.0


METRICS: dict[str, Callable[[str, str], float]] = {
    "fuzzy_match": fuzzy_match,
    "bleu": bleu,
    "gleu": gleu,
    "rouge_l": rouge_l,
    **{f"rouge_{n}": partial(rouge_n, n=n) for n in range(1, 6)},
}
"""By the names of `evaluation_metric`; `meteor` and `cosine` are not known here."""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]+", text)


def _rouge_tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _count(words: Sequence[str], n: int) -> int:
    return max(0, len(words) - n + 1)


def _runs(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(_count(words, n)))


def _shared(left: Sequence[str], right: Sequence[str], n: int) -> int:
    return (_runs(left, n) & _runs(right, n)).total()


def _f_measure(common: int, said: int, hoped: int) -> float:
    # 2PR / (P + R).
    return 2 * common / (said + hoped) if common else 0.0


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence, all positions of `left` at a time: Hyyrö, 2004."""
    places: dict[str, int] = {}
    for at, one in enumerate(left):
        places[one] = places.get(one, 0) | 1 << at
    every = (1 << len(left)) - 1
    row = every
    for one in right:
        hits = row & places.get(one, 0)
        row = ((row + hits) | (row & ~hits)) & every
    return len(left) - row.bit_count()
