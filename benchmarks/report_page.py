"""Claim: the report of a run holds in a real browser. At 390, 768 and 1280 px nothing overflows and no text is cut; axe-core
finds no serious or critical violation in light or dark; printed on A4 no figure is cut in two; no request leaves the page;
it is under 3 MB, and building it takes less than 3 s for 5,856 cases.

Studies: heart disease at four hospitals (table), chest radiographs (images with explanations, 5,856 cases), and three targets
(class, value, labels), trained as `benchmarks/studies/page_*.toml` say; also the page of `iatros check` of each, and that of
`iatros compare`. Browser: Debian's chromium and chromium-driver, by selenium; axe-core 4.14.1 from npm; pypdf reads the print.
`--runs FOLDER` takes finished runs instead of training them; `--pictures FOLDER` keeps screenshots.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import tarfile
import time
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fresh import finished, iatros
from PIL import Image
from places import STUDIES
from pypdf import PdfReader
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from table import Row, report

from iatros.report.page import page
from iatros.report.reading import read
from iatros.runs import RunFolder

AXE = "axe-core@4.14.1"
NAMES = ("page_table", "page_images", "page_tasks")
WIDTHS, COLOURS = (390, 768, 1280), ("light", "dark")
LARGEST, SECONDS = 3_000_000, 3.0
LOOK = "tests/report/texts.js"  # what the tests ask of every text of a page
SLACK = 1.5  # px of rounding
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage")
VIOLATIONS = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(
  found => done(found.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ' ' + v.nodes.length)),
  error => done([String(error)]));
"""
MARKS = """
[...document.querySelectorAll('figure, .explore, .card, .case, article')].filter(e => e.offsetHeight).forEach((e, i) => {
  const mark = text => Object.assign(document.createElement('span'), {textContent: text, style: 'font-size:2px;color:#777'});
  e.prepend(mark(`<<a${i}>>`)); e.append(mark(`<<z${i}>>`)); });
return document.querySelectorAll('figure').length;
"""


def main() -> bool:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--pictures", type=Path)
    told = parser.parse_known_args()[0]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        runs = (told.runs or trained(folder)).resolve()
        whole = finished(iatros("report", str(runs / "page_images"), folder=folder))
        rows = built(runs, whole.seconds, whole.processor)
        browser = opened(folder)
        try:
            rows += [row for name, path in pages(runs, folder).items() for row in looked_at(browser, name, path, folder)]
            if told.pictures:
                photographed(browser, runs, told.pictures)
        finally:
            browser.quit()
    return report("report_page", rows, ["selenium", "pypdf"])


def trained(folder: Path) -> Path:
    """The three runs, each by the command itself."""
    for name in NAMES:
        finished(iatros("run", str(STUDIES / f"{name}.toml"), folder=folder))
    return folder / "runs"


def built(runs: Path, wall: float, processor: float) -> list[Row]:
    """Seconds and bytes of each page; the first making of a page loads its templates, and counts."""
    rows = []
    for name in NAMES:
        start, busy = time.perf_counter(), time.process_time()
        made = page(read(RunFolder(runs / name)))
        spent, worked, size = time.perf_counter() - start, time.process_time() - busy, len(made.html.encode())
        note = f"{spent:.2f} s by the clock; {len(made.files)} files for a paper inside"
        rows.append(Row(f"{name}: page built", worked, goal=f"< {SECONDS:g} s", met=worked < SECONDS, unit="s", note=note))
        rows.append(Row(f"{name}: size", size / 1e6, goal="< 3 MB", met=size < LARGEST, unit="MB"))
    note = f"a new process, with imports; {wall:.1f} s by the clock"
    return [*rows, Row("whole `iatros report`, 5,856 cases", processor, unit="s", note=note)]


def pages(runs: Path, folder: Path) -> dict[str, Path]:
    """Every page to look at: reports, findings, and a comparison (of a run with its copy: the page counts, not its result)."""
    found = {f"{name}, {kind}": runs / name / f"{kind}.html" for name in NAMES for kind in ("report", "findings")}
    copied, compared = folder / "copy", folder / "comparison.html"
    shutil.copytree(runs / NAMES[0], copied)
    finished(iatros("compare", str(runs / NAMES[0]), str(copied), "--out", str(compared), folder=folder))
    return found | {"comparison": compared}


def opened(folder: Path) -> Any:
    """A browser that notes what it asks of the network."""
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    browser.set_script_timeout(300)
    browser.set_page_load_timeout(300)
    browser.get("about:blank")
    browser.get_log("performance")  # what the empty browser asked for is not the page's
    return browser


def show(browser: Any, path: Path, width: int, colours: str = "light", medium: str = "screen") -> None:
    """Open a page, all that is folded open."""
    wanted = [{"name": "prefers-color-scheme", "value": colours}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": wanted})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(path.resolve().as_uri())
    browser.execute_script("document.querySelectorAll('main details').forEach(e => e.open = true)")


def looked_at(browser: Any, name: str, path: Path, folder: Path) -> list[Row]:
    """Overflow, violations, print and requests of one page."""
    wide = [found for width in WIDTHS for found in beyond(browser, path, width)]
    axe, faults = axe_core(folder), []
    for colours in COLOURS:
        show(browser, path, 1280, colours)
        browser.execute_script(axe)
        faults += [f"{colours}: {found}" for found in browser.execute_async_script(VIOLATIONS)]
    cut, figures = cut_in_two(browser, path)
    asked = requests(browser)
    return [
        _none(f"{name}: texts that overflow or are cut", wide),
        _none(f"{name}: serious or critical violations", faults),
        _none(f"{name}: of {figures} figures and cards, cut in two on A4", cut),
        _none(f"{name}: requests", asked),
    ]


def beyond(browser: Any, path: Path, width: int) -> list[str]:
    """Texts beyond the window, or cut; and the page, if it scrolls sideways."""
    show(browser, path, width)
    texts = browser.execute_script((STUDIES.parents[1] / LOOK).read_text("utf-8"))
    scrolled = browser.execute_script("return document.documentElement.scrollWidth")
    out = [t for t in texts if not t["scrolls"] and (t["right"] > width + SLACK or t["left"] < -SLACK)]
    cut = [t for t in texts if t["clipped"] or t["outside"] > SLACK]
    return [f"{width} px: {t['text']}" for t in (*out, *cut)] + ([f"{width} px: scrolls"] if scrolled > width else [])


def cut_in_two(browser: Any, path: Path) -> tuple[list[str], int]:
    """Print with a mark at the start and the end of each figure and card; both must be on one sheet."""
    show(browser, path, 1280, medium="print")
    browser.execute_script(MARKS)
    told = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    sheets = ["".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(b64decode(told["data"]))).pages]
    where = {}
    for number, text in enumerate(sheets):
        for part in text.split("<<")[1:]:
            where[part.partition(">>")[0]] = number
    begun = [mark[1:] for mark in where if mark.startswith("a")]
    return [f"no. {i}" for i in begun if where.get(f"z{i}") != where[f"a{i}"]], len(begun)


def requests(browser: Any) -> list[str]:
    """Addresses asked for since the last look that are neither files here nor data in the page."""
    told = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [entry["params"]["request"]["url"] for entry in told if entry["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith(("file:", "data:", "blob:"))]


def axe_core(folder: Path) -> str:
    """The script of axe-core, fetched once from npm."""
    packed = next(folder.glob("axe-core-*.tgz"), None)
    if packed is None:
        subprocess.run(["npm", "pack", AXE, "--silent"], cwd=folder, check=True, capture_output=True)
        packed = next(folder.glob("axe-core-*.tgz"))
    with tarfile.open(packed) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def photographed(browser: Any, runs: Path, folder: Path) -> None:
    """The first screens of each report, light and dark, at all widths, in a palette of 64 colours."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        for width in WIDTHS:
            for colours in COLOURS:
                show(browser, runs / name / "report.html", width, colours)
                clip = {"x": 0, "y": 0, "width": width, "height": 2 * width if width < 700 else width, "scale": 1}
                shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
                picture = Image.open(io.BytesIO(b64decode(shot["data"]))).convert("RGB").quantize(32)
                picture.save(folder / f"{name}-{width}-{colours}.png", optimize=True)


def _none(claim: str, found: list[str]) -> Row:
    return Row(claim, len(found), goal="0", met=not found, note="; ".join(found[:5]))


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
