"""The steady scenario on a machine where every host name means this machine."""

from gevent import socket
from locust import task

from load.scenario import StreamUser

_resolve = socket.getaddrinfo


def _resolve_at_home(host, port, *arguments):
    return _resolve("127.0.0.1", port, *arguments)


socket.getaddrinfo = _resolve_at_home


class HomeUser(StreamUser):
    @task
    def generate_picture(self) -> None:
        self.generate()
