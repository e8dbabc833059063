"""nginx in front of FastAPI, set as its documentation advises for event streams."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.end_to_end.servers import fastapi_streaming
from tests.end_to_end.servers.child_process import free_port, running
from tests.end_to_end.servers.story import Story

_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 1h;
    }}
  }}
}}
"""


@contextmanager
def serve(story: Story, folder: Path, *, nginx: str) -> Iterator[str]:
    """Run both.

    Args:
        story: What the application tells.
        folder: Where nginx may write.
        nginx: The executable.
    """
    with fastapi_streaming.serve(story, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}) as url:
        file, port = folder / "nginx.conf", free_port()
        file.write_text(_CONFIGURATION.format(folder=folder, port=port, upstream=urlsplit(url).netloc), "utf-8")
        command = [nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(file)]
        with running(command, port=port) as origin:
            yield f"{origin}/stream"
