"""A request as a line for a shell, so that a finding can be seen with nothing but curl."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus

from conformance.core import Request, redact_url
from conformance.core.redaction import REDACTED, is_secret_name
from conformance.judging.report import Report
from conformance.probing.endpoint import is_fal_host

__all__ = ["curl_line", "request_to_reproduce"]

# curl writes these itself, from the URL and the body.
_CURLS_OWN = frozenset({"connection", "content-length", "host", "transfer-encoding"})
_SECRET_PARAMETER = re.compile(rf"([^?&#=]*)={re.escape(REDACTED)}(?=[&#]|$)")
# What means itself between double quotes; an exclamation mark does not in an interactive shell.
_PLAIN = re.compile(r"[\w .,:;=/?&%+@~#*()<>|^{}\[\]-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Variable:
    """A shell variable that stands for a secret."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}"


_Word = tuple[str | _Variable, ...]


def request_to_reproduce(report: Report) -> Request | None:
    """The request that shows the first thing that fell short; the generation's where nothing did."""
    probes: list[str] = []
    for result in (*report.shortfalls, *report.warnings):
        probes += [finding.probe for finding in result.findings] or result.rule.evidence
    requests = {item.probe: item.request for item in reversed(report.transcripts)}
    return next((requests[probe] for probe in (*probes, "generation", *requests) if probe in requests), None)


def curl_line(request: Request) -> str:
    r"""The request as one curl command that prints the stream as it comes.

    A secret becomes a variable that the shell fills in: ``$FAL_KEY`` at fal, elsewhere one named after its
    header or parameter. Bytes that do not print are written ``$'\x..'``, as bash, zsh and POSIX 2024 read them.
    """
    url = redact_url(request.url)
    words: list[_Word] = [("curl",), ("-N",), *_decoding(request), ("-X",), (request.method,)]
    if re.search(r"[][{}]", url):
        words.append(("--globoff",))
    words.append(_url_word(url))
    for header in _headers(request):
        words += [("-H",), header]
    if request.body:
        words += [("--data-raw",), (request.body.decode("utf-8", "surrogateescape"),)]
    return " ".join(map(_quote, words))


def _decoding(request: Request) -> list[_Word]:
    codings = [value for name, value in request.headers if name.lower() == "accept-encoding"]
    return [("--compressed",)] if codings and codings != ["identity"] else []


def _headers(request: Request) -> Iterator[_Word]:
    for name, value in request.headers:
        if is_secret_name(name) or REDACTED in value:
            yield _secret_header(name, request.url)
        elif name.lower() not in _CURLS_OWN:
            # "name:" would take the header away; with a semicolon curl sends it empty.
            yield (f"{name}: {value}" if value.strip() else f"{name};",)
    if request.body and "content-type" not in {name.lower() for name, _ in request.headers}:
        yield ("content-type:",)  # or curl would say that the body is a form


def _secret_header(name: str, url: str) -> _Word:
    if name.lower() == "authorization" and is_fal_host(url):
        return f"{name}: Key ", _Variable("FAL_KEY")
    return f"{name}: ", _Variable(_variable_name(name))


def _url_word(url: str) -> _Word:
    pieces: list[str | _Variable] = []
    done = 0
    for match in _SECRET_PARAMETER.finditer(url):
        pieces += [url[done : match.end(1) + 1], _Variable(_variable_name(unquote_plus(match.group(1))))]
        done = match.end()
    return (*pieces, url[done:])


def _variable_name(name: str) -> str:
    return re.sub(r"\W|^(?=\d)", "_", name, flags=re.ASCII).upper() or "SECRET"


def _quote(word: _Word) -> str:
    literals = [piece for piece in word if isinstance(piece, str)]
    if len(literals) == len(word):
        return _quote_literal("".join(literals))
    if all(map(_PLAIN.fullmatch, literals)):
        return f'"{"".join(map(str, word))}"'
    return "".join(_quote_literal(piece) if isinstance(piece, str) else f'"{piece}"' for piece in word)


def _quote_literal(text: str) -> str:
    return shlex.quote(text) if text.isprintable() else "$'" + "".join(map(_escape, text)) + "'"


def _escape(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    # Surrogates stand for bytes that are not UTF-8; those that cannot are passed as they are.
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", errors))
