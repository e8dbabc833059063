"""A CLIP tokenizer built in memory: every word of the captions is one token, every other word a few bytes each."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

START = "<|startoftext|>"
END = "<|endoftext|>"
# CLIP's own vocabulary begins with "!", and SDXL's second encoder pads with that token 0.
FIRST = "!"
MAX_TOKENS = 77

_Pieces = tuple[str, ...]


def word_tokenizer(words: Iterable[str], *, pad_token: str) -> Any:
    """A `CLIPTokenizer` with byte-pair merges that make each of the words one token.

    Any Unicode prompt has tokens, as every byte is one, alone and at the end of a word.
    """
    from transformers import CLIPTokenizer

    symbols = _byte_symbols()
    ordered = [FIRST, *(symbol for symbol in symbols if symbol != FIRST)]
    merges = _merges(words)
    joined = [first + second for first, second in merges]
    tokens = dict.fromkeys([*ordered, *(f"{symbol}</w>" for symbol in ordered), *joined, START, END])
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=MAX_TOKENS, pad_token=pad_token)


def _merges(words: Iterable[str]) -> list[tuple[str, str]]:
    """Byte-pair encoding, learnt until no ASCII word is in pieces. Each word counts once; ties go by the alphabet."""
    pieces = [(*word[:-1], f"{word[-1]}</w>") for word in words]
    merges: list[tuple[str, str]] = []
    while counts := _pair_counts(pieces):
        pair = max(sorted(counts), key=lambda pair: counts[pair])
        merges.append(pair)
        pieces = [_merged(word, pair) for word in pieces]
    return merges


def _pair_counts(pieces: Iterable[_Pieces]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for word in pieces:
        for pair in pairwise(word):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def _merged(word: _Pieces, pair: tuple[str, str]) -> _Pieces:
    result: list[str] = []
    for piece in word:
        if result and (result[-1], piece) == pair:
            result[-1] += piece
        else:
            result.append(piece)
    return tuple(result)


def _byte_symbols() -> list[str]:
    """GPT-2's printable stand-in for each byte: its own Latin-1 character, or one above 255 where it has none."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    unprintable = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) if byte in printable else chr(256 + unprintable.index(byte)) for byte in range(256)]
