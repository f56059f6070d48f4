"""`lexical-hash-v1`: texts as vectors by what is written in them, and by nothing else.

Feature hashing of words, pairs of words and letter sequences (Weinberger et al., 2009): every
feature adds to a few places, with a sign, by its hash. The same text is the same vector on every
machine. Texts with words in common are near each other, and so are "delivery", "deliveries" and a
mistyped "delivry"; "car" and "vehicle" have nothing in common, and it does not say they do.

A change of any constant is a new model name.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float32]

MODEL: Final = "lexical-hash-v1"
DIMENSIONS: Final = 512

_WORD = re.compile(r"\w+")
_SHORTEST, _LONGEST = 3, 4  # letters of a sequence
_LETTERS = 1.2  # what a word's letters weigh, beside the word itself
_PAIR = 0.5  # what two neighbouring words weigh, beside one word
_FREQUENT = 0.15  # what a word weighs that says next to nothing
_PLACES = 2  # of each feature: a chance meeting of two features is then never a whole one
_WORDS_LIMIT = 2_000
_REMEMBERED = 20_000
_FREQUENT_WORDS = frozenset(
    _WORD.findall(
        "a an and are as at be been but by for from had has have in into is it its no not of on or "
        "that the their there these they this to was were which with"
    )
)


def embed(text: str) -> Numbers:
    """Return the text's vector, at length one whatever the text."""
    words = _words(text)
    sum_ = np.zeros(DIMENSIONS, np.float64)
    for word in words:
        places, values = _of_word(word)
        sum_[places] += values
    for first, second in itertools.pairwise(words):
        weight = _PAIR * min(_weight(first), _weight(second))
        for place, sign in _hashed(f"{_singular(first)} {_singular(second)}"):
            sum_[place] += weight * sign
    length = float(np.sqrt(sum_ @ sum_))
    if length == 0.0:  # nothing but signs, or features that met and cancelled out
        for place, sign in _hashed(f"text {text}"):
            sum_[place] += sign
        length = float(np.sqrt(sum_ @ sum_)) or 1.0
    return (sum_ / length).astype(np.float32)


def _words(text: str) -> list[str]:
    """Return the words without case, accents and other clothes."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WORD.findall(bare)[:_WORDS_LIMIT]


def _weight(word: str) -> float:
    return _FREQUENT if word in _FREQUENT_WORDS else 1.0


@lru_cache(maxsize=_REMEMBERED)
def _of_word(word: str) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the places of a word and what it adds to each."""
    own = np.zeros(DIMENSIONS, np.float64)
    for place, sign in _hashed(_singular(word)):
        own[place] += sign
    sequences = set(_sequences(word))
    for sequence in sorted(sequences):
        for place, sign in _hashed(f"…{sequence}"):
            own[place] += sign * _LETTERS / np.sqrt(len(sequences))
    own *= _weight(word)
    places = np.flatnonzero(own)
    return places, own[places]


def _singular(word: str) -> str:
    """Return a word without the s of an English plural, as far as that can be told by letters."""
    plural = len(word) > _SHORTEST and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def _sequences(word: str) -> Iterator[str]:
    """Yield the letter sequences of a word; its ends are letters too."""
    ended = f"<{word[:64]}>"
    for length in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(ended) - length + 1):
            yield ended[start : start + length]


def _hashed(feature: str) -> Iterator[tuple[int, float]]:
    """Yield the places of a feature and its sign at each: the same in every process."""
    digest = blake2b(feature.encode("utf-8", "replace"), digest_size=4 * _PLACES).digest()
    for start in range(0, len(digest), 4):
        number = int.from_bytes(digest[start : start + 4], "little")
        yield number % DIMENSIONS, 1.0 if number & 0x8000_0000 else -1.0
