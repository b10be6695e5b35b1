"""Workbooks, written here by hand as Excel writes them: no package is needed to make one."""

import sys
import zipfile
from datetime import date

import pytest

from iatros.cases import read
from iatros.findings import InputError

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
VND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def cell(row, column, value):
    at = f'r="{chr(65 + column)}{row}"'
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str) and value.startswith("day "):
        return f'<c {at} s="1"><v>{value[4:]}</v></c>'
    if isinstance(value, str):
        return f'<c {at} t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c {at}><v>{value}</v></c>"


def workbook(path, rows, sheets=("cases",)):
    """A workbook as Excel writes it, its first sheet filled; "day 45000" is a date."""
    body = "".join(f'<row r="{r}">{"".join(cell(r, i, v) for i, v in enumerate(row))}</row>' for r, row in enumerate(rows, 1))
    numbers = range(1, len(sheets) + 1)
    parts = "".join(f'<Override PartName="/xl/worksheets/sheet{k}.xml" ContentType="{VND}.worksheet+xml"/>' for k in numbers)
    listed = "".join(f'<sheet name="{name}" sheetId="{k}" r:id="r{k}"/>' for k, name in enumerate(sheets, 1))
    links = "".join(f'<Relationship Id="r{k}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{k}.xml"/>' for k in numbers)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("[Content_Types].xml", f'{XML}<Types xmlns="{TYPES}"><Default Extension="rels" '
                     'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                     f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
                     f'ContentType="{VND}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{VND}.styles+xml"/>'
                     f"{parts}</Types>")  # fmt: skip
        out.writestr("_rels/.rels", f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
                     f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
        out.writestr(
            "xl/workbook.xml", f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
        )
        out.writestr("xl/_rels/workbook.xml.rels", f'{XML}<Relationships xmlns="{PACKAGE}">{links}<Relationship Id="s" '
                     f'Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>')  # fmt: skip
        out.writestr("xl/styles.xml", f'{XML}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts>'
                     '<fills count="1"><fill/>'
                     '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
                     '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
                     "</styleSheet>")  # fmt: skip
        for k in numbers:
            inside = f"<sheetData>{body if k == 1 else ''}</sheetData>"
            out.writestr(f"xl/worksheets/sheet{k}.xml", f'{XML}<worksheet xmlns="{MAIN}">{inside}</worksheet>')


ROWS = [
    ["id", "age", "crp", "seen", "ok", "ward"],
    [1, 63, 1.5, "day 45000", True, "0012"],
    [None] * 6,
    [2, None, 2.25, "day 45001", False, "x"],
]


def test_a_workbook_reads_like_a_csv(tmp_path):
    workbook(tmp_path / "a.xlsx", ROWS)
    cases = read("a.xlsx", tmp_path)
    assert cases.frame["age"].to_list() == [63, None]
    assert cases.frame["crp"].to_list() == [1.5, 2.25]
    assert cases.frame["seen"].to_list() == [date(2023, 3, 15), date(2023, 3, 16)]
    assert cases.frame["ok"].to_list() == [True, False]
    assert cases.frame["ward"].to_list() == ["0012", "x"]
    assert cases.rows.tolist() == [2, 4]
    assert [finding.check for finding in cases.findings] == ["blank_rows"]


def test_rows_count_as_excel_shows_them_below_blank_ones(tmp_path):
    workbook(tmp_path / "a.xlsx", [[None] * 6, [None] * 6, *ROWS])
    assert read("a.xlsx", tmp_path).rows.tolist() == [4, 6]


def test_other_sheets_are_told_of(tmp_path):
    workbook(tmp_path / "a.xlsx", ROWS, ("cases", "codebook"))
    found = [finding for finding in read("a.xlsx", tmp_path).findings if finding.check == "sheet"]
    assert '"codebook"' in found[0].what


@pytest.mark.parametrize("content", [b"PK", b"", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_workbook_is_said_so(content, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        read("a.xlsx", tmp_path)


def test_an_empty_workbook_is_said_so(tmp_path):
    workbook(tmp_path / "a.xlsx", [])
    with pytest.raises(InputError, match="empty"):
        read("a.xlsx", tmp_path)


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    workbook(tmp_path / "a.xlsx", ROWS)
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    with pytest.raises(InputError, match=r"iatros\[excel\]"):
        read("a.xlsx", tmp_path)
