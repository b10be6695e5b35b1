"""The page as a whole: what it says is what was measured, it is well made, and it needs nothing else."""

import json
import re
import shutil
import time
from html.parser import HTMLParser

import pytest

from iatros.report import write
from iatros.report.numbers import limits, plain
from iatros.report.parts.difference import turned
from iatros.report.section import TITLES
from iatros.results import MetricRow
from iatros.runs import RunFolder

VOID = {"meta", "br", "img", "input", "link", "hr"}
SVG_VOID = {"path", "line", "rect", "circle"}


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.headings, self.addresses, self.text, self.errors = [], [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.addresses += [found[name] for name in ("src", "href") if name in found]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.errors += [] if tag in VOID | SVG_VOID else [tag]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"/{tag}")

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script", "pre"):
            self.text.append(data)


@pytest.fixture(scope="module", params=["binary_run", "whole_run"])
def run(request):
    folder = request.getfixturevalue(request.param)
    return folder, write(folder).read_text("utf-8")


def test_the_html_is_well_formed(run):
    page = Page(run[1])
    assert (page.errors, page.open) == ([], [])


def test_ids_are_unique_and_headings_in_order(run):
    page = Page(run[1])
    assert len(page.ids) == len(set(page.ids))
    assert page.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(page.headings, page.headings[1:], strict=False))


def test_every_section_is_there_in_order_and_opens_with_an_answer(run):
    assert re.findall(r'<section id="(\w+)"', run[1]) == list(TITLES)
    assert len(re.findall(r'</h2><p class="answer">[^<]|</h2><p class="answer"><b>', run[1])) == len(TITLES)


def test_nothing_is_asked_of_the_network(run):
    page = Page(run[1])
    assert all(
        address.startswith(("#", "data:image/png;base64,", "data:application/zip;base64,")) for address in page.addresses
    )
    assert "default-src 'none'" in re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', run[1]).group(
        1
    ).replace("&#39;", "'")
    assert not re.search(r"https?://(?!www\.w3\.org)", run[1])


def test_no_patient_and_no_hostile_word_gets_through(run):
    assert "CANARYPATIENT" not in run[1]
    assert "<script>alert" not in run[1]
    assert "&lt;script&gt;alert" in run[1]
    assert len(re.findall("<script", run[1])) == 1


def test_every_figure_has_a_name_and_a_description(run):
    figures = re.findall(r'<svg class="fig".*?</svg>', run[1], re.DOTALL)
    assert figures
    assert all(re.search(r"<title id=\"t\d+\">[^<]+</title><desc id=\"d\d+\">[^<]+</desc>", figure) for figure in figures)
    assert not re.search("[\ue000-\ue002]", run[1])


def test_every_interval_printed_is_one_that_was_measured(run):
    folder, html = run
    rows = [MetricRow.model_validate(row) for row in json.loads(folder.metrics.read_text())]
    known = {plain(row) for row in rows} | {plain(turned(row)) for row in rows} | {limits(row) for row in rows}
    evidence = folder.evidence.read_text()
    cells = re.sub(r"(</t[dh]>|</p>|</li>|</h3>)", " | ", html)  # neighbours are not one number
    shown = "".join(Page(re.sub(r"<(style|script)>.*?</\1>", "", cells, flags=re.DOTALL)).text).replace("\xa0", " ")
    printed = set(re.findall(r"[+−]?\d[\d,.]*%? \[[^\]]* to [^\]]*\]", shown))
    assert len(printed) > 30
    behind = {re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r'<td class="n">[^<]*\[[^<]*</td>', html)}
    strange = {
        text
        for text in printed - known - behind
        if not all(number in evidence for number in re.findall(r"\d\.\d+", text.replace("0 ", " ")))
    }
    strange = {text for text in strange if not any(text.startswith(known_text) for known_text in behind)}
    allowed = {
        "0.050 [0.040 to 0.060]",
        "0.001 [−0.001 to 0.002]",
        "0.80 [0.70 to 0.90]",
        "0.758 [0.726 to 0.788]",
        "0.490 [0.452 to 0.532]",
    }
    assert strange <= allowed


def test_the_page_is_small_and_made_quickly(run):
    start = time.perf_counter()
    write(run[0])
    assert time.perf_counter() - start < 10  # 3 s on an idle machine
    assert len(run[1].encode()) < 700_000
    assert len(re.search(r"<script>(.*?)</script>", run[1], re.DOTALL).group(1)) < 5_000


def test_a_leak_that_was_forced_is_the_first_line_in_red(tmp_path, binary_run):
    folder = RunFolder(shutil.copytree(binary_run.path, tmp_path / "run"))
    told = json.loads(folder.record.read_text()) | {"leak": ["rows 3, 9: one patient on both sides of the split"]}
    folder.record.write_text(json.dumps(told))
    html = write(folder).read_text("utf-8")
    header = html[html.index('<header class="top">') :]
    assert header.index('class="leak"') < header.index("<h1>")
    assert "one patient on both sides of the split" in header[: header.index("<h1>")]


@pytest.mark.parametrize(
    "part",
    [
        "record.json",
        "findings.json",
        "metrics.json",
        "curves.parquet",
        "evidence.json",
        "study.toml",
        "predictions/disease.parquet",
    ],
)
def test_a_part_that_is_missing_leaves_its_reason_on_the_page(tmp_path, binary_run, part):
    folder = RunFolder(shutil.copytree(binary_run.path, tmp_path / "run"))
    (folder.path / part).unlink()
    html = write(folder).read_text("utf-8")
    assert re.findall(r'<section id="(\w+)"', html) == list(TITLES)
    assert part.startswith("predictions") or "the run has no such file" in html.casefold()


@pytest.mark.parametrize("part", ["record.json", "metrics.json", "curves.parquet", "evidence.json", "study.toml"])
def test_a_part_that_is_broken_does_not_stop_the_page(tmp_path, binary_run, part):
    folder = RunFolder(shutil.copytree(binary_run.path, tmp_path / "run"))
    (folder.path / part).write_bytes(b"\x00 not what it should be")
    assert "cannot be read" in write(folder).read_text("utf-8").casefold()


def test_an_empty_folder_has_a_page_too(tmp_path):
    assert write(RunFolder(tmp_path)).is_file()


def test_figures_and_tables_are_written_beside(run):
    folder = run[0]
    assert (folder.path / "figures" / "fig1.svg").read_text().startswith("<svg xmlns=")
    assert (folder.path / "metrics.csv").read_text().count("\n") == len(json.loads(folder.metrics.read_text())) + 1
    assert "Author to complete" in (folder.path / "model_card.md").read_text()


def test_the_explorer_counts_as_evaluation_does(binary_run):
    html = write(binary_run).read_text("utf-8")
    counts = json.loads(re.search(r'data-counts="([^"]*)"', html).group(1).replace("&#34;", '"'))
    rows = [MetricRow.model_validate(row) for row in json.loads(binary_run.metrics.read_text())]
    at = {
        r.metric: r
        for r in rows
        if r.rule == "declared" and r.scheme == "folds" and not r.group and r.model == "iatros" and not r.against
    }
    true, false = counts["c"][19]
    assert (true, false) == (at["true_positives"].value, at["false_positives"].value)
    assert counts["p"] == at["sensitivity"].events
