"""A CLIP tokenizer built in memory: one token a byte, so any Unicode prompt has tokens and nothing is downloaded."""

from typing import Any

START = "<|startoftext|>"
END = "<|endoftext|>"
# CLIP's own vocabulary begins with "!", and SDXL's second encoder pads with that token 0.
FIRST = "!"
MAX_TOKENS = 77


def byte_tokenizer(*, pad_token: str) -> Any:
    """A `CLIPTokenizer` of 514 tokens: every byte, every byte at the end of a word, start and end of text.

    There are no merges yet, so a prompt is read up to its 75th byte.
    """
    from transformers import CLIPTokenizer

    symbols = _byte_symbols()
    ordered = [FIRST, *(symbol for symbol in symbols if symbol != FIRST)]
    tokens = [*ordered, *(f"{symbol}</w>" for symbol in ordered), START, END]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=MAX_TOKENS, pad_token=pad_token)


def _byte_symbols() -> list[str]:
    """GPT-2's printable stand-in for each byte: its own Latin-1 character, or one above 255 where it has none."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    unprintable = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) if byte in printable else chr(256 + unprintable.index(byte)) for byte in range(256)]
