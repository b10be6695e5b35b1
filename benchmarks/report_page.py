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
import subprocess
import tarfile
import time
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from chromium import COLOURS, WIDTHS, opened, out_of_sight, requests, show
from fresh import finished, iatros
from PIL import Image
from places import STUDIES
from pypdf import PdfReader
from table import Row, report

from iatros.report.page import page
from iatros.report.reading import read
from iatros.runs import RunFolder

AXE = "axe-core@4.14.1"
NAMES = ("page_table", "page_images", "page_tasks")
LARGEST, SECONDS = 3_000_000, 3.0
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
        browser = opened(folder / "profile")
        try:
            for name, path in pages(runs, folder).items():
                rows += looked_at(browser, name, path, folder)
                if told.pictures:
                    photographed(browser, path, name, told.pictures)
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
        spent, worked = time.perf_counter() - start, time.process_time() - busy
        note = f"{spent:.2f} s by the clock; {len(made.files)} files for a paper inside"
        rows.append(Row(f"{name}: page built", worked, goal=f"< {SECONDS:g} s", met=worked < SECONDS, unit="s", note=note))
    note = f"a new process, with imports; {wall:.1f} s by the clock"
    return [*rows, Row("whole `iatros report`, 5,856 cases", processor, unit="s", note=note)]


def pages(runs: Path, folder: Path) -> dict[str, Path]:
    """Every page to look at: reports, findings, and the comparison of a run with another program's predictions."""
    found = {f"{name}, {kind}": runs / name / f"{kind}.html" for name in NAMES for kind in ("report", "findings")}
    return found | {"comparison": compared(runs / NAMES[0], folder)}


def compared(run: Path, folder: Path) -> Path:
    """The page of `iatros compare`: the run, and its own logistic regression as a table of another program."""
    other, made = folder / "logistic_regression.csv", folder / "comparison.html"
    tested = pl.read_parquet(run / "predictions" / "disease.parquet").filter(part="test", scheme="folds")
    rows = pl.read_parquet(run / "folds.parquet").select("case", "row").unique("case")
    tested.filter(model="logistic regression").join(rows, on="case").select("row", "truth", "score").write_csv(other)
    finished(iatros("compare", str(run), str(other), "--out", str(made), folder=folder))
    return made


def looked_at(browser: Any, name: str, path: Path, folder: Path) -> list[Row]:
    """Overflow, violations, print and requests of one page."""
    wide = [f"{width} px: {text}" for width in WIDTHS for text in out_of_sight(show(browser, path, width), width)]
    axe, faults = axe_core(folder), []
    for colours in COLOURS:
        show(browser, path, 1280, colours)
        browser.execute_script(axe)
        faults += [f"{colours}: {found}" for found in browser.execute_async_script(VIOLATIONS)]
    cut, figures = cut_in_two(browser, path)
    asked, size = requests(browser), path.stat().st_size
    return [
        Row(f"{name}: size", size / 1e6, goal="< 3 MB", met=size < LARGEST, unit="MB"),
        _none(f"{name}: texts that overflow or are cut", wide),
        _none(f"{name}: serious or critical violations", faults),
        _none(f"{name}: of {figures} figures and cards, cut in two on A4", cut),
        _none(f"{name}: requests", asked),
    ]


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


def photographed(browser: Any, page: Path, name: str, folder: Path) -> None:
    """The first screens of a page, light and dark, at all widths, in a palette of 32 colours."""
    folder.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        for colours in COLOURS:
            show(browser, page, width, colours)
            clip = {"x": 0, "y": 0, "width": width, "height": 2 * width if width < 700 else width, "scale": 1}
            shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
            picture = Image.open(io.BytesIO(b64decode(shot["data"]))).convert("RGB").quantize(32)
            picture.save(folder / f"{name.replace(', ', '-')}-{width}-{colours}.png", optimize=True)


def _none(claim: str, found: list[str]) -> Row:
    return Row(claim, len(found), goal="0", met=not found, note="; ".join(found[:5]))


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
