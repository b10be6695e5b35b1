"""A page as a real browser shows it: Debian's chromium, driven by selenium. For `report_page` and for tests/report.

In: a page's file. Out: a browser that shows it; its texts; those that are out of sight; what it asked of the network.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
WIDTHS, COLOURS = (390, 768, 1280), ("light", "dark")
SLACK = 1.5  # px of rounding
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage")
TEXTS = Path(__file__).with_name("texts.js").read_text("utf-8")


def opened(profile: Path) -> Any:  # Any: selenium's driver has methods that its types do not know
    """A browser that notes what it asks of the network. profile: a folder of its own."""
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.binary_location = BROWSER or ""
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    browser.set_script_timeout(300)
    browser.set_page_load_timeout(300)
    browser.get("about:blank")
    browser.get_log("performance")  # what the empty browser asked for is not the page's
    return browser


def show(
    browser: Any,
    page: Path,
    width: int = 1280,
    colours: str = "light",
    medium: str = "screen",
    *,
    script: bool = True,
    unfold: bool = True,
) -> Any:
    """Open a page at a width in px, for a medium, with or without script; by default all that is folded is opened."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
    wanted = [{"name": "prefers-color-scheme", "value": colours}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": wanted})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.resolve().as_uri())
    if unfold and script:
        browser.execute_script("document.querySelectorAll('main details').forEach(e => e.open = true)")
    return browser


def texts(browser: Any) -> list[dict[str, Any]]:
    """Every text of the page shown: where it is, its size and colours, whether it is cut (see texts.js)."""
    found: list[dict[str, Any]] = browser.execute_script(TEXTS)
    return found


def out_of_sight(browser: Any, width: int) -> list[str]:
    """Texts of the page shown that are beyond the window, or cut; and the page itself, if it scrolls sideways."""
    seen = texts(browser)
    beyond = [t["text"] for t in seen if not t["scrolls"] and (t["right"] > width + SLACK or t["left"] < -SLACK)]
    cut = [t["text"] for t in seen if t["clipped"] or t["outside"] > SLACK]
    wide = browser.execute_script("return document.documentElement.scrollWidth") > width
    return [*beyond, *cut, *(["the page scrolls sideways"] if wide else [])]


def requests(browser: Any) -> list[str]:
    """Addresses asked for since the last look that are neither files here nor data in the page."""
    told = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [entry["params"]["request"]["url"] for entry in told if entry["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith(("file:", "data:", "blob:"))]
