"""What a manuscript takes from the page: complete, in numbers, and equal to what was measured."""

import base64
import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
import zipfile

import polars as pl
import pytest

from iatros.report import write
from iatros.report.methods import PARAGRAPHS, methods
from iatros.report.page import page
from iatros.report.paper import slug, zipped
from iatros.report.reading import read
from iatros.report.standing import plain
from iatros.report.tabulating import sheets
from iatros.results import MetricRow

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=["binary_run", "whole_run"])
def made(request):
    return page(read(request.getfixturevalue(request.param)))


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def files(made, ending):
    return {name: text for name, text in made.files.items() if name.endswith(ending)}


def test_every_numbered_table_and_figure_of_the_page_is_a_file(made):
    tables = set(map(int, re.findall(r'id="tab(\d+)"', made.html)))
    figures = set(map(int, re.findall(r'id="fig(\d+)"', made.html)))
    assert tables == {int(name[6:8]) for name in files(made, ".csv") if name.startswith("table")}
    assert figures == {int(name[7:9]) for name in files(made, ".svg")}
    assert figures == {int(name[7:9]) for name in files(made, ".csv") if name.startswith("figure")}
    assert len(tables) > 8
    assert len(figures) > 5


def test_svg_files_stand_alone(made):
    for name, text in files(made, ".svg").items():
        root = ElementTree.fromstring(text)
        assert root.tag == f"{SVG}svg", name
        assert not re.search(r"var\(|class=|<style|currentColor|url\(|[\ue000-\uf8ff]", text), name
        assert "sans-serif" in root.get("font-family")
        assert float(root.get("height")) > 50
        assert root.find(f"{SVG}title").text
        for line in root.iter(f"{SVG}path"):
            assert line.get("stroke") or line.get("fill"), name


def test_a_legend_of_the_page_stands_in_the_svg(made):
    svg = next(text for name, text in files(made, ".svg").items() if "roc-curve" in name)
    words = [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert words[:3] == ["Neural network", "95% interval", "Logistic regression"]


def test_the_style_sheet_is_resolved_by_its_own_rules():
    assert plain('<path class="m" d="M0 0"/>') == (
        '<path d="M0 0" fill="none" stroke="#0a62a8" stroke-width="2.2" stroke-linejoin="round"/>'
    )
    assert 'fill="#52606f"' in plain('<text class="t halo" x="1">a</text>')
    assert 'paint-order="stroke"' in plain('<text class="t halo" x="1">a</text>')


def test_points_of_a_figure_are_those_of_the_run(binary_run):
    made = page(read(binary_run))
    told = rows_of(next(text for name, text in made.files.items() if re.match(r"figure-\d+-roc-curve.csv", name)))
    curves = pl.read_parquet(binary_run.curves).filter(
        (pl.col("curve") == "roc") & (pl.col("scheme") == "folds") & (pl.col("group") == "") & (pl.col("model") == "iatros")
    )
    ours = [row for row in told if row["series"] == "neural network"]
    for name in ("x", "y", "low", "high"):
        assert [float(row[name]) if row[name] else None for row in ours] == curves[name].to_list()


def test_the_table_of_thresholds_agrees_with_metrics_json(binary_run):
    made = page(read(binary_run))
    told = rows_of(next(text for name, text in made.files.items() if "what-happens-at-each" in name))
    measured = [MetricRow.model_validate(row) for row in json.loads(binary_run.metrics.read_text())]
    heads = {"sensitivity": ("Sensitivity %", 100), "ppv": ("PPV %", 100), "net_benefit": ("Net benefit", 1)}
    assert len(told) >= 5
    for line in told:
        for metric, (head, scale) in heads.items():
            row = next(
                row
                for row in measured
                if (row.metric, row.scheme, row.group, row.model, row.against, row.part)
                == (metric, "folds", "", "iatros", "", "test")
                and row.threshold is not None
                and abs(row.threshold - float(line["Threshold"])) < 6e-4
            )
            if row.value is None:
                continue
            near = 0.051 if scale == 100 else 0.00051
            for column, value in ((head, row.value), (f"{head}, low", row.low), (f"{head}, high", row.high)):
                assert float(line[column]) == pytest.approx(scale * value, abs=near)


def test_metrics_csv_holds_every_row_at_full_precision(binary_run):
    told = rows_of(page(read(binary_run)).files["metrics.csv"])
    measured = json.loads(binary_run.metrics.read_text())
    assert len(told) == len(measured)
    for line, row in zip(told, measured, strict=True):
        for name in ("value", "low", "high"):
            assert (float(line[name]) if line[name] else None) == row[name]


def test_intervals_become_columns_of_numbers_and_reasons_stay_words():
    html = (
        "<table><caption><div>Table 3. Places<span>more</span></div></caption><thead><tr><th>Place</th><th>AUROC</th>"
        "<th>Share</th><th>Picture</th></tr></thead><tbody><tr class='sub'><th colspan='4'>Seen</th></tr>"
        "<tr><th>=A</th><td>0.898&nbsp;<span>[0.876 to 0.919]</span></td><td>96.1% [95.0 to 97.2]</td><td><svg><text>1</text>"
        "</svg></td></tr><tr><th>B</th><td colspan='3'>Withheld: 8 non-events</td></tr>"
        "<tr><th>C</th><td>−0.010 [−0.017 to 0.003]<br>worse</td><td>1,234</td><td></td></tr></tbody></table>"
    )
    (sheet,) = sheets(html)
    assert (sheet.number, sheet.title) == (3, "Places")
    told = rows_of(sheet.csv())
    assert told[0] == {
        "Under": "Seen",
        "Place": "'=A",
        "AUROC": "0.898",
        "AUROC, low": "0.876",
        "AUROC, high": "0.919",
        "AUROC, note": "",
        "Share": "0.961",
        "Share, low": "0.950",
        "Share, high": "0.972",
    }
    assert (told[1]["AUROC"], told[1]["AUROC, note"]) == ("", "Withheld: 8 non-events")
    assert (told[2]["AUROC"], told[2]["AUROC, low"], told[2]["AUROC, note"]) == ("-0.010", "-0.017", "worse")
    assert told[2]["Share"] == "1234"


def test_the_link_in_the_page_holds_the_very_files(made):
    data = re.search(r'download="[\w-]+-paper.zip" href="data:application/zip;base64,([^"]*)"', made.html).group(1)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(data))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name).decode() for name in archive.namelist()} == dict(made.files)


def test_equal_files_give_equal_bytes():
    assert zipped({"a.txt": "a"}) == zipped({"a.txt": "a"})


def test_methods_say_what_the_record_says_and_leave_the_rest_to_the_author(binary_run):
    told = methods(read(binary_run))
    assert [line.partition(".")[0] for line in told.split("\n\n")] == list(PARAGRAPHS)
    for words in ("400 patients", "150 of 400", "10 were set aside (age >= 18)", "2 networks per fold", "torch 2.13.0"):
        assert words in told
    assert "logistic regression" in told
    assert told.count("[Author to complete:") >= 4


def test_an_empty_record_gives_no_made_up_methods(tmp_path):
    from iatros.runs import RunFolder

    told = methods(read(RunFolder(tmp_path)))
    assert "None" not in told
    assert not re.search(r"neural network \(|epochs|cross-validation", told)


def test_exports_hold_no_patient(made):
    assert not any("CANARYPATIENT" in text for text in made.files.values())


def test_files_are_written_where_they_are_asked_for(tmp_path, binary_run):
    write(binary_run, tmp_path / "paper")
    names = {path.name for path in (tmp_path / "paper").iterdir()}
    assert {"methods.txt", "captions.txt", "metrics.csv"} <= names
    assert any(name.startswith("figure-01-") and name.endswith(".svg") for name in names)


def test_names_of_files_are_short_and_plain():
    assert slug("What: is / this?") == "what-is-this"
    assert slug("«»") == "untitled"
    assert len(slug("word " * 40)) <= 44
