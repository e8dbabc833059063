"""One comment on a pull request, written once and brought up to date after that.

It is found again by its first line, which nobody sees: an HTML comment with a name.
"""

import json
import urllib.request
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PullRequestComment"]

_PAGE = 100
_MOST_PAGES = 30
_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestComment:
    """A comment of ours.

    Attributes:
        api_url: GitHub's API, such as ``https://api.github.com``.
        repository: ``owner/name``.
        number: The pull request's.
        name: What tells it from our other comments.
        token: What may write comments. It is no part of the object's text.
    """

    api_url: str
    repository: str
    number: int
    name: str
    token: str = field(repr=False)

    def write(self, text: str) -> None:
        """Put the text where everybody sees it.

        Raises:
            OSError: GitHub could not be reached, or refused.
        """
        body = {"body": f"{self._marker}\n{text}"}
        found = self._find()
        if found is None:
            self._ask("POST", f"issues/{self.number}/comments", body)
        else:
            self._ask("PATCH", f"issues/comments/{found}", body)

    @property
    def _marker(self) -> str:
        return f"<!-- fal-stream: {self.name} -->"

    def _find(self) -> int | None:
        for page in range(1, _MOST_PAGES + 1):
            comments = self._ask("GET", f"issues/{self.number}/comments?per_page={_PAGE}&page={page}")
            for comment in comments:
                if str(comment["body"]).startswith(self._marker):
                    return int(comment["id"])
            if len(comments) < _PAGE:
                return None
        return None

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - GitHub's own address, given by its runner
            f"{self.api_url}/repos/{self.repository}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            },
            method=method,
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - as above
            return json.load(response)
