"""The few things these tests do with a browser, said once.

Selenium is imported late: where it is not installed, the tests are skipped with a reason and not broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from selenium import webdriver
    from selenium.webdriver.remote.webelement import WebElement
    from selenium.webdriver.support.ui import WebDriverWait

_ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1200,900",
)  # fmt: skip


@dataclass(slots=True)
class Browser:
    driver: webdriver.Chrome
    base: str = ""

    def fresh(self, base: str) -> None:
        """A new tab in place of the old one: session storage belongs to a tab."""
        self.base = base
        old = self.driver.current_window_handle
        self.driver.switch_to.new_window("tab")
        new = self.driver.current_window_handle
        self.driver.switch_to.window(old)
        self.driver.close()
        self.driver.switch_to.window(new)
        self.complaints()

    def open(self, path: str = "/") -> None:
        self.driver.get(self.base + path)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements("css selector", css)

    def one(self, css: str, count: int = 1) -> WebElement:
        """The last of at least `count` elements, once there are so many."""

        def found(_: object) -> WebElement | Literal[False]:
            elements = self.all(css)
            return elements[-1] if len(elements) >= count else False

        return self._wait().until(found, f"no {count} × {css}")

    def ask(self, question: str, turn: int = 1) -> WebElement:
        """Types and sends a question; gives back the turn, settled."""
        self.one("#question").send_keys(question + "\n")
        return self.one("#turns .turn:not([aria-busy])", turn)

    def text(self, css: str) -> str:
        return self.one(css).text

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def until(self, script: str) -> None:
        """Waits for an expression to become true."""
        self._wait().until(lambda _: self.run(f"return {script}"), script)

    def complaints(self) -> list[str]:
        """What the console has said since last asked: failed loads, violations of the policy, errors."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def offline(self) -> None:
        self.driver.set_network_conditions(offline=True, latency=0, throughput=-1)

    def online(self) -> None:
        self.driver.set_network_conditions(offline=False, latency=0, throughput=-1)

    def emulate(self, *, width: int, scheme: str = "light") -> None:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def _wait(self) -> WebDriverWait[webdriver.Chrome]:
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, 10)


def within(element: WebElement, css: str, number: int = 0) -> WebElement:
    return element.find_elements("css selector", css)[number]


def start(chromium: str, chromedriver: str, profile: Path) -> Browser:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return Browser(webdriver.Chrome(options=options, service=Service(chromedriver)))
