# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser for the tests of the page: Debian's Chromium, without a window, told by selenium what to do."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
WIDTH, HEIGHT = 1280, 900
ARGUMENTS = (
    "--headless=new",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    # What it would keep outside of its profile.
    "--disable-dev-shm-usage",
    "--disable-breakpad",
    "--disable-crash-reporter",
    f"--window-size={WIDTH},{HEIGHT}",
)
SEARCH = (By.ID, "search")


class Browser:
    """One browser with one tab. All that it keeps lies in the folder; it ends with the block."""

    def __init__(self, folder: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER, env=_environment(folder)))
        self.tell("Page.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.driver.quit()

    def tell(self, method: str, **parameters: Any) -> Any:
        """Call a method of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(method, parameters)

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page, and give what it returns."""
        return self.driver.execute_script(script, *arguments)

    def open(self, page: Path, *, dark: bool = False, script: bool = True, width: int = WIDTH) -> None:
        """Open a page; before, forget what was logged."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[scheme])
        self.tell("Emulation.setScriptExecutionDisabled", value=not script)
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=False)
        self.driver.get("about:blank")
        self.faults()
        self.requests()
        self.driver.get(page.as_uri())

    def find(self, selector: str) -> WebElement:
        """Give the first element that fits a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def click(self, selector: str) -> None:
        """Click an element from the middle of the screen, where nothing that stays in sight covers it."""
        element = self.find(selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def all(self, selector: str) -> list[WebElement]:
        """Give all elements that fit a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """Give the texts of all elements that fit and are not hidden, in one call."""
        script = "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility())"
        return list(self.run(f"{script}.map(e => e.textContent.trim())", selector))

    def names(self) -> list[str]:
        """Give the names of the servers that are shown, in their order."""
        return self.texts("#servers tbody th")

    def search(self, words: str) -> None:
        """Type words into the search."""
        field = self.driver.find_element(*SEARCH)
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(words or Keys.DELETE)

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def focused(self) -> str:
        """Give the text of the element that has the focus."""
        return str(self.run("return document.activeElement.textContent.trim()"))

    def faults(self) -> list[str]:
        """Give the warnings and errors of the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]

    def requests(self) -> list[str]:
        """Give the addresses that were asked for since the last call, but for those that a page's policy stopped."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        failed = [event["params"] for event in events if event["method"] == "Network.loadingFailed"]
        stopped = {params["requestId"] for params in failed if params.get("blockedReason") == "csp"}
        return [params["request"]["url"] for params in asked if params["requestId"] not in stopped]

    def pdf(self) -> bytes:
        """Print the page."""
        return base64.b64decode(self.tell("Page.printToPDF", printBackground=True)["data"])

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Write what is shown, or the whole page, as PNG."""
        shot = self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole))
        file.write_bytes(base64.b64decode(shot["data"]))

    def _clip(self, whole: bool) -> dict[str, Any]:
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"] if whole else None
        return {"clip": {**size, "scale": 1}} if size else {}


def _environment(folder: Path) -> dict[str, str]:
    """Let it keep its settings and caches in the folder too.

    Its temporary files go where all do: it makes a socket there, whose path would be too long in the folder.
    """
    return {**os.environ, **{name: str(folder / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")}}
