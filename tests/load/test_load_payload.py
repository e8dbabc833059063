"""Reading payloads."""

import pytest

from load.errors import PayloadError
from load.payload import DEFAULT_PAYLOAD, absolute_payload, read_payload


def test_a_payload_is_json():
    """The text is read as JSON, and the default is valid."""
    assert read_payload('{"steps": [1, null]}') == {"steps": [1, None]}
    assert "prompt" in read_payload(DEFAULT_PAYLOAD)


def test_an_at_sign_names_a_file(tmp_path, monkeypatch):
    """@FILE reads the file, and its absolute spelling reads it from anywhere."""
    (tmp_path / "payload.json").write_text('{"seed": 7}')
    monkeypatch.chdir(tmp_path)
    absolute = absolute_payload("@payload.json")
    monkeypatch.chdir("/")
    assert read_payload(absolute) == {"seed": 7}


@pytest.mark.parametrize("text", ["", "{", "prompt=x", "@nowhere.json", "[" * 100_000])
def test_what_is_not_json_is_refused_in_one_line(text):
    """The error says that the payload is at fault."""
    with pytest.raises(PayloadError, match=r"^the payload .*(is not JSON|cannot be read)") as raised:
        read_payload(text)
    assert "\n" not in str(raised.value)
