"""A tab that keeps what its console and its network said."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE_MILLISECONDS = 20_000


@dataclass(kw_only=True)
class Tab:
    """A page of the playground, as a user sees it.

    Attributes:
        page: playwright's own handle.
        complaints: what reached the console, and exceptions.
        hosts: every host that was asked for something.
    """

    page: Any
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def open(self, url: str) -> None:
        self.page.goto(f"{url}/playground/")
        self.page.locator("body[data-ready]").wait_for()

    def fill(self, **fields: Any) -> None:
        """Open the additional settings and write into fields."""
        self.page.locator("#advanced").evaluate("details => { details.open = true }")
        for name, value in fields.items():
            self.page.locator(f"#field-{name}").fill(str(value))

    def generate(self) -> None:
        self.page.locator("#start").click()

    def wait_for_status(self, beginning: str) -> str:
        """The status, once it begins so."""
        status = self.page.locator("#status", has_text=beginning)
        status.wait_for()
        return str(status.inner_text())

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).inner_text())

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())


@contextmanager
def new_tab(browser: Any, **options: Any) -> Iterator[Tab]:
    """A tab of its own, without memory of others."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    tab = Tab(page=context.new_page())
    tab.page.on("console", lambda message: tab.complaints.append(message.text))
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.on("request", lambda request: tab.hosts.add(urlsplit(request.url).netloc))
    yield tab
    context.close()
