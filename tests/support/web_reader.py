"""Somebody at a browser: signs in, and notes what the pages complain about or ask of others."""

from __future__ import annotations

from typing import Any

from web_store import PASSWORD


class Reader:
    """A page with everything that it complained about or asked of others."""

    def __init__(
        self, browser: Any, address: str, *, width: int = 1280, scripts: bool = True, lang: str = "en"
    ) -> None:
        self.address = address
        size = {"width": width, "height": 844}
        self.context = browser.new_context(viewport=size, java_script_enabled=scripts, locale=lang)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.elsewhere.append(request.url)

    def sign_in(self, name: str = "officer") -> Any:
        self.page.goto(self.address + "/login")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url(self.address + "/")
        return self.page
