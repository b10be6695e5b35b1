"""The backbone: the projection is a turn that keeps handedness, lines are drawn far first, and the script draws the same."""

import json
import re
import shutil
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.report.figures.backbone import HEIGHT, backbone, flattest, told
from iatros.report.page import policy
from iatros.report.render import asset

TURNS = np.linspace(0, 8 * np.pi, 60)
HELIX = np.column_stack([2.3 * np.cos(TURNS), 2.3 * np.sin(TURNS), 1.5 * np.arange(60)])
SURE = np.linspace(0.2, 1, 60)


def parts(made):
    """The drawing, and what the script is told."""
    text = str(made)
    return re.search(r"<svg.*</svg>", text).group(), json.loads(unescape(re.search(r'data-chain="([^"]*)"', text).group(1)))


@given(st.integers(0, 100))
def test_distances_keep_their_proportion_and_handedness_whichever_way_the_chain_lies(seed):
    draw = np.random.default_rng(seed)
    turn = np.linalg.qr(draw.normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    given_points = HELIX @ turn.T + draw.normal(size=3)
    shown = flattest(given_points)
    scale = np.linalg.norm(shown[0] - shown[-1]) / np.linalg.norm(HELIX[0] - HELIX[-1])
    np.testing.assert_allclose(
        np.linalg.norm(np.diff(shown, axis=0), axis=1), scale * np.linalg.norm(np.diff(HELIX, axis=0), axis=1)
    )
    handed = [np.linalg.det(np.diff(points[:4], axis=0)) for points in (shown, HELIX)]
    assert handed[0] * handed[1] > 0
    assert np.ptp(shown[:, 0]) >= np.ptp(shown[:, 1]) - 1e-6


def test_any_turn_of_the_chain_stays_inside():
    assert np.linalg.norm(flattest(HELIX), axis=1).max() <= HEIGHT / 2


def test_every_residue_is_a_line_in_the_colour_of_its_confidence(drawing):
    drawn = drawing(parts(backbone(HELIX, SURE, "Helix", told(SURE)))[0])
    assert [len(drawn.of(f"f{k}")) for k in range(4)] == [int(n) for n in np.bincount(np.digitize(SURE, (0.5, 0.7, 0.9)))]
    assert {"N", "C"} <= set(drawn.texts)


def test_what_is_nearer_is_drawn_later():
    _, chain = parts(backbone(HELIX, SURE, "Helix", "a helix"))
    depth = [chain["xyz"][at[1]][2] for at in chain["of"]]
    assert depth == sorted(depth)


def test_a_break_is_not_bridged():
    broken = HELIX.copy()
    broken[20:25] = np.nan
    _, chain = parts(backbone(broken, SURE, "Helix", "a broken helix"))
    assert len(chain["of"]) == 55
    assert chain["xyz"][22] is None
    assert all((max(at) < 20) or (min(at) > 24) for at in chain["of"])


def test_the_measured_chain_lies_beside_dashed_and_unlabelled(drawing):
    drawn = drawing(parts(backbone(HELIX, SURE, "Helix", "beside", truth=HELIX + 0.5))[0])
    assert len(drawn.of("f4")) == 60
    assert drawn.texts.count("N") == 1


def test_the_script_asks_nothing_of_the_network():
    script = asset("backbone.js")
    assert len(script) < 2_500
    assert not re.search(r"fetch|XMLHttp|import|https?:|eval|innerHTML|Storage", script)


def test_confidence_is_told_in_words():
    assert told(np.array([0.95, 0.8, 0.6, 0.1])).startswith(
        "4 residues by confidence: 25.0% very good (90 and over), 25.0% good"
    )


def test_hostile_titles_are_escaped(drawing):
    made = backbone(HELIX, SURE, '<"b">', "&")
    assert '<"b">' not in made
    assert drawing(parts(made)[0]).root.find("title").text == '<"b">'


@pytest.fixture
def browser():
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install -e .[dev]")
    found, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not (found and driver):
        pytest.skip("no chromium or no chromedriver: the backbone was not turned in a browser")
    options = webdriver.ChromeOptions()
    options.binary_location = found
    for told_ in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(told_)
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


def test_keys_turn_it_and_home_brings_back_what_was_drawn(browser, tmp_path):
    script = asset("report.js") + asset("backbone.js")
    page = tmp_path / "page.html"
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy(script)}">'
    nav = '<nav class="side"><details></details></nav>'
    page.write_text(f"<!doctype html>{head}{nav}{backbone(HELIX, SURE, 'Helix', 'a helix')}<script>{script}</script>", "utf-8")
    browser.get(page.as_uri())

    def drawn():
        paths = browser.execute_script(
            "return [...document.querySelectorAll('.turning g')].map(g => g.lastChild.getAttribute('d'))"
        )
        return sorted([float(n) for n in re.findall(r"-?[\d.]+", path)] for path in paths)

    before, box = drawn(), browser.find_element("css selector", ".turn")
    box.send_keys("\ue014")  # the right arrow
    turned = drawn()
    box.send_keys("\ue011")  # Home
    assert np.abs(np.array(turned) - before).max() > 1
    np.testing.assert_allclose(drawn(), before, atol=0.25)
    assert not browser.get_log("browser")
