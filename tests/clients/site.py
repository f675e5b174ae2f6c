"""A running mypi as its clients see it: URLs, a user who may upload, and what can be read back."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class Site:
    """One server. `url` has no slash at its end; it may have a path, where mypi lives under a prefix."""

    url: str
    username: str
    password: str
    index: str = ""
    """Another index than the default one, as owner/name."""
    mypi: Callable[..., str] = field(default=str, compare=False, repr=False)
    """The command of this installation, for what an administrator does: words in, what it printed out."""

    @property
    def simple(self) -> str:
        """Return the index URL that installers take."""
        return f"{self.url}/{self.index}/+simple/" if self.index else f"{self.url}/simple/"

    @property
    def simple_with_login(self) -> str:
        """Return the index URL with username and password in it."""
        return self.simple.replace("://", f"://{self.username}:{self.password}@")

    @property
    def upload(self) -> str:
        """Return the URL to upload to."""
        return f"{self.url}/{self.index}/" if self.index else f"{self.url}/"

    def with_wrong_password(self) -> "Site":
        """Return the same server for a user who mistypes. A few times only: the server slows guessing down."""
        return replace(self, password=f"{self.password}-mistyped")

    def for_a_stranger(self, name: str) -> "Site":
        """Return the same server for somebody it does not know, each `name` another one."""
        return replace(self, username=f"stranger-{name[-12:]}")

    def page(self, name: str) -> dict[str, Any]:
        """Return a project's page as JSON. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(f"{self.simple}{name}/", headers={"Accept": JSON})
        with urllib.request.urlopen(request) as response:
            page: dict[str, Any] = json.load(response)
            return page

    def knows(self, name: str) -> bool:
        """Tell whether there is such a project."""
        try:
            self.page(name)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return False
            raise
        return True

    def served(self, name: str) -> dict[str, bytes]:
        """Return the bytes of each file of a project by filename, each with the digest that its page says."""
        page_url = f"{self.simple}{name}/"
        files = {}
        for file in self.page(name)["files"]:
            with urllib.request.urlopen(urljoin(page_url, file["url"])) as response:
                files[file["filename"]] = response.read()
            assert sha256(files[file["filename"]]).hexdigest() == file["hashes"]["sha256"]
        return files
