"""The page in a real browser: widths, colours, sliders, without script, and printed.

Needs Chromium and its driver (Debian: `apt-get install chromium chromium-driver`); skipped where they are missing.
"""

import re
from base64 import b64decode

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from iatros.checks import page as findings_page
from iatros.cli.comparing import contest
from iatros.findings import Finding
from iatros.report import write
from iatros.report.comparison import comparison
from iatros.report.parts.explorer import hundred
from iatros.report.section import TITLES
from iatros.workflow.compare import compare

pytest.importorskip("selenium", reason="selenium is not installed: pip install -e .[dev]")
import chromium  # benchmarks/chromium.py
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.skipif(
    not (chromium.BROWSER and chromium.DRIVER), reason="no chromium or no chromedriver: the page was not looked at in a browser"
)

LONG = "a_column_whose_name_is_longer_than_a_telephone_is_wide_and_holds_no_place_to_break_it"
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
CONTRAST = 4.5  # WCAG 2.2, AA, text of any size
SMALLEST_PT = 8
PRINTED = 688  # px: A4 less the margins of @page, at 96 px an inch
PRINTED_TALL = 1005


@pytest.fixture(scope="module")
def page(whole_run):
    """The report of a run with a target of every kind."""
    return write(whole_run)


@pytest.fixture(scope="module")
def beside(whole_run, tmp_path_factory):
    """The pages of `iatros check` and of `iatros compare`, this of the run's own model and the simple one."""
    folder = tmp_path_factory.mktemp("beside")
    found = [
        Finding("error", f'"{LONG}" is no date', "write 2024-01-31", f"{LONG}.csv", tuple(range(2, 900)), LONG),
        Finding("aside", "2 images cannot be decoded", "scan them again", rows=(4, 9), source="film"),
        Finding("warning", "28 groups of near-duplicates", "name the patient column", rows=(4, 9), source="film"),
    ]
    (folder / "findings.html").write_text(findings_page(found, "synthetic", 900, {("film", 4): PNG}), "utf-8")
    table = pl.read_parquet(whole_run.predictions("disease")).filter(scheme="folds", part="test")
    for model in ("iatros", "logistic regression"):
        table.filter(model=model).select("case", "truth", "score").write_csv(folder / f"{model}.csv")
    found = compare(folder / "iatros.csv", folder / "logistic regression.csv")
    (folder / "compare.html").write_text(comparison(contest(found)), "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """One browser for all tests; it notes what it asks of the network."""
    driver = chromium.opened(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def show(browser, page):
    """Opens the page: width in px, colours, medium, with or without script, all that is folded open."""

    def opened(width=1280, colours="light", medium="screen", **how):
        return chromium.show(browser, page, width, colours, medium, **how)

    yield opened
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def rgba(text):
    """`rgb(1, 2, 3)` or `rgba(1, 2, 3, .5)` as four numbers; alpha is 1 where it is not said."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", text)]
    return np.array(numbers if len(numbers) == 4 else [*numbers, 1.0])


def over(front, back):
    """A colour with alpha on an opaque one."""
    return front[:3] * front[3] + back * (1 - front[3])


def luminance(colour):
    """Relative luminance of sRGB 0..255, as WCAG 2.2 defines it."""
    share = np.asarray(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(text, canvas):
    """Contrast of a text with all that lies behind it."""
    back = np.array(canvas, float)
    for colour in reversed(text["behind"]):
        back = over(rgba(colour), back)
    front = rgba(text["colour"])
    front[3] *= text["opacity"]
    light, dark = sorted((luminance(over(front, back)), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    black = {"behind": [], "colour": "rgb(0, 0, 0)", "opacity": 1}
    assert contrast(black, (255, 255, 255)) == pytest.approx(21)
    assert contrast(black | {"colour": "rgb(118, 118, 118)"}, (255, 255, 255)) == pytest.approx(4.54, abs=0.01)
    assert contrast(black | {"colour": "rgba(0, 0, 0, 0.5)"}, (255, 255, 255)) == pytest.approx(3.95, abs=0.03)


@pytest.mark.parametrize("width", chromium.WIDTHS)
def test_nothing_is_wider_than_the_window_and_no_text_is_cut(show, width):
    browser = show(width)
    assert len(chromium.texts(browser)) > 500
    assert chromium.out_of_sight(browser, width) == []


CANVAS = {"light": (255, 255, 255), "dark": (0, 0, 0)}


@pytest.mark.parametrize("name", ["findings", "compare"])
@pytest.mark.parametrize("colours", CANVAS)
def test_the_pages_of_check_and_compare_fit_and_can_be_read(browser, beside, name, colours):
    for width in chromium.WIDTHS:
        chromium.show(browser, beside / f"{name}.html", width, colours)
        assert chromium.out_of_sight(browser, width) == []
    seen = chromium.texts(browser)
    assert len(seen) > 20
    assert {t["text"]: contrast(t, CANVAS[colours]) for t in seen if contrast(t, CANVAS[colours]) < CONTRAST} == {}
    assert chromium.requests(browser) == []


@pytest.mark.parametrize(("colours", "canvas"), CANVAS.items())
def test_all_text_can_be_read_against_what_lies_behind_it(show, colours, canvas):
    texts = chromium.texts(show(1280, colours))
    pale = {t["text"]: round(contrast(t, canvas), 2) for t in texts if contrast(t, canvas) < CONTRAST}
    assert pale == {}


def test_dark_is_dark_and_light_is_light(show):
    ground = {}
    for colours in ("light", "dark"):
        ground[colours] = show(1280, colours).execute_script("return getComputedStyle(document.body).backgroundColor")
    assert luminance(rgba(ground["light"])[:3]) > 0.8
    assert luminance(rgba(ground["dark"])[:3]) < 0.05


def shown_at(browser, threshold):
    """Move the slider, and read all that it moves."""
    browser.execute_script(
        "const x = document.querySelector('.xt'); x.value = arguments[0]; x.dispatchEvent(new Event('input'))", threshold
    )
    return read_explorer(browser)


def read_explorer(browser):
    read = "return [...document.querySelector('.explore').querySelectorAll(arguments[0])].map(e => e.textContent.trim())"
    wanted = {"ot": ".ot", "table": ".op td", "cells": ".cm td[class]", "people": ".says b", "still": ".still"}
    return {name: browser.execute_script(read, selector) for name, selector in wanted.items()}


def expected_at(folder, threshold):
    """The same from the predictions table, by scikit-learn."""
    table = pl.read_parquet(folder.predictions("disease")).filter(
        (pl.col("model") == "iatros") & (pl.col("scheme") == "folds") & (pl.col("part") == "test")
    )
    truth, flagged = table["truth"].to_numpy(), table["score"].to_numpy() >= threshold / 100
    found, needless = int((truth & flagged).sum()), int((~truth & flagged).sum())
    nan = {"zero_division": np.nan}
    shares = [
        recall_score(truth, flagged),
        recall_score(~truth, ~flagged),
        precision_score(truth, flagged, **nan),
        precision_score(~truth, ~flagged, **nan),
        accuracy_score(truth, flagged),
    ]
    odds = threshold / (100 - threshold)
    measures = [f1_score(truth, flagged), (found - needless * odds) / len(truth)]
    cells = [found, int(truth.sum()) - found, needless, int((~truth).sum()) - needless]
    return shares, measures, cells, hundred(float(truth.mean()), shares[0], shares[1])


@pytest.mark.parametrize("threshold", [1, 20, 37, 62, 90, 99])
def test_the_slider_moves_every_figure_to_what_python_computes(show, whole_run, threshold):
    seen = shown_at(show(), threshold)
    shares, measures, cells, of_hundred = expected_at(whole_run, threshold)
    assert seen["ot"][0] == f"{threshold}%"
    for text, share in zip(seen["table"][:5], shares, strict=True):
        assert (text == "not defined") if np.isnan(share) else abs(float(text.rstrip("%")) - 100 * share) <= 0.0501
    for text, value in zip(seen["table"][5:], measures, strict=True):
        assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.000501)
    assert [int(cell) for cell in seen["cells"]] == cells
    people = [of_hundred.found, of_hundred.missed, of_hundred.needless, of_hundred.spared]
    assert [int(number) for number in seen["people"]] == people
    assert seen["still"][0].startswith(f"Threshold {threshold}%")


def test_before_the_slider_is_touched_the_script_shows_what_the_page_was_written_with(show):
    with_script = read_explorer(show())
    without = show(script=False)
    assert without.find_element(By.CSS_SELECTOR, ".explore .ctl").is_displayed() is False
    assert [e.text for e in without.find_elements(By.CSS_SELECTOR, ".op td")] == with_script["table"]
    assert [e.text for e in without.find_elements(By.CSS_SELECTOR, ".cm td[class]")] == with_script["cells"]


def test_an_arrow_key_moves_the_threshold_by_one_per_cent(show):
    browser = show()
    slider = browser.find_element(By.CSS_SELECTOR, ".xt")
    before = int(slider.get_attribute("value"))
    slider.send_keys(Keys.ARROW_RIGHT)
    assert read_explorer(browser)["ot"][0] == f"{before + 1}%"


def test_without_script_every_section_and_the_declared_threshold_can_be_read(show):
    browser = show(script=False)
    sections = browser.find_elements(By.CSS_SELECTOR, "main section")
    assert [section.get_attribute("id") for section in sections] == list(TITLES)
    assert all(section.find_element(By.CSS_SELECTOR, ".answer").is_displayed() for section in sections)
    still = browser.find_element(By.CSS_SELECTOR, ".explore .still")
    assert still.is_displayed()
    assert still.text.startswith("Threshold 20%")


def test_no_request_leaves_the_page(show, browser):
    chromium.requests(browser)
    show()
    show(390, "dark")
    assert chromium.requests(browser) == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_request_that_leaves_a_page_would_be_seen(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<img src='http://127.0.0.1:9/x.png'>", "utf-8")
    chromium.requests(chromium.show(browser, page))
    chromium.show(browser, page)
    assert chromium.requests(browser) == ["http://127.0.0.1:9/x.png"]


def test_printed_no_figure_is_cut_in_two_and_no_text_is_too_small(show):
    browser = show(PRINTED, medium="print")
    broken = browser.execute_script(
        "return [...document.querySelectorAll('figure, .card, .explore, .case, .warns, .mult')]"
        ".filter(e => e.offsetHeight && getComputedStyle(e).breakInside != 'avoid').map(e => e.id || e.className)"
    )
    assert broken == []
    tall = browser.execute_script(
        "return [...document.querySelectorAll('figure, .explore')].map(e => [e.id || e.className, e.offsetHeight])"
    )
    assert len(tall) > 5
    assert [name for name, height in tall if height > PRINTED_TALL] == []
    texts = chromium.texts(browser)
    small = {t["text"]: round(t["size"] * 0.75, 2) for t in texts if t["size"] * 0.75 < SMALLEST_PT - 0.01}
    assert small == {}
    assert [t["text"] for t in texts if t["right"] > PRINTED + chromium.SLACK or t["outside"] > chromium.SLACK] == []


def test_a_printed_page_holds_the_values_in_place_of_the_sliders(show):
    browser = show(PRINTED, medium="print")
    assert browser.find_element(By.CSS_SELECTOR, ".explore .ctl").is_displayed() is False
    assert browser.find_element(By.CSS_SELECTOR, ".explore .still").is_displayed()
    assert browser.find_element(By.CSS_SELECTOR, "nav.side").is_displayed() is False


def test_a_slider_says_its_value_and_the_rest_once_it_rests(show):
    browser = show()
    slider, live = (browser.find_element(By.CSS_SELECTOR, name) for name in (".xt", ".explore .live"))
    assert slider.get_attribute("aria-valuetext") == "20%"
    assert live.get_attribute("textContent") == ""
    for _ in range(3):
        slider.send_keys(Keys.ARROW_RIGHT)
    assert slider.get_attribute("aria-valuetext") == "23%"
    assert live.get_attribute("textContent") == ""
    WebDriverWait(browser, 10).until(lambda _: live.get_attribute("textContent"))
    people = read_explorer(browser)["people"]
    said = live.get_attribute("textContent")
    assert said.startswith("Threshold 23%")
    assert re.findall(r"\d+(?= found| missed| flagged| spared)", said) == people
    picture = browser.find_element(By.CSS_SELECTOR, ".explore .icons").get_attribute("aria-label")
    assert said.partition(": ")[2].rstrip(".") in picture


def test_the_first_tab_goes_to_the_link_that_skips_to_the_report(show):
    browser = show(unfold=False)
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.get_attribute("class") == "skip"
    assert skip.rect["x"] >= 0
    skip.send_keys(Keys.ENTER)
    assert browser.execute_script("return document.activeElement.id") == "main"


def test_every_numbered_table_and_figure_can_be_saved_from_the_page(show):
    browser = show()
    numbered = browser.execute_script("return document.querySelectorAll('[id^=tab], [id^=fig]').length")
    assert len(browser.find_elements(By.CSS_SELECTOR, "p.get")) == numbered
    names = [button.get_attribute("aria-label") for button in browser.find_elements(By.CSS_SELECTOR, "p.get button")]
    assert len(set(names)) == len(names)
    assert "Save figure 1 as SVG" in names


def test_a_saved_figure_is_the_one_that_export_writes(show, browser, whole_run, tmp_path):
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path / "saved")})
    show()
    write(whole_run, tmp_path / "paper")
    browser.execute_script("document.querySelector('[aria-label=\"Save figure 1 as SVG\"]').click()")
    WebDriverWait(browser, 20).until(lambda _: list((tmp_path / "saved").glob("*.svg")))
    (saved,) = (tmp_path / "saved").glob("*.svg")
    (written,) = (tmp_path / "paper").glob("figure-01-*.svg")
    assert saved.name == f"synthetic-{written.name}"
    assert saved.read_text("utf-8") == written.read_text("utf-8")


def test_without_script_the_link_that_saves_everything_is_there(show):
    browser = show(script=False)
    assert browser.find_element(By.ID, "paper").get_attribute("download") == "synthetic-paper.zip"
    assert browser.find_elements(By.CSS_SELECTOR, "p.get") == []
