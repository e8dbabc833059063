"""Node's http module: writeHead, a write for each event, end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.servers.child_process import free_port, running
from tests.end_to_end.servers.story import Story

PROGRAM = Path(__file__).with_name("node_http.mjs")


@contextmanager
def serve(story: Story, folder: Path, *, node: str, compressed: bool = False) -> Iterator[str]:
    """Run the program.

    Args:
        story: What it tells.
        folder: Where the story may be written.
        node: The executable.
        compressed: Whether each event goes through gzip, whatever the request accepts, and is flushed.
    """
    file, port = folder / "story.json", free_port()
    file.write_text(json.dumps([[beat.after_seconds * 1000, beat.wire.decode()] for beat in story]), "utf-8")
    command = [node, str(PROGRAM), str(port), str(file), "gzip" if compressed else "plain"]
    with running(command, port=port) as origin:
        yield f"{origin}/stream"
