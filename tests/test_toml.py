"""TOML: there and back, and lines of keys."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.findings import InputError
from iatros.study import Study
from iatros.toml import dumps, line_of, read

VALUES = st.recursive(
    st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
TABLES = st.recursive(
    st.dictionaries(NAMES, VALUES, max_size=4), lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_what_is_written_reads_the_same(content):
    assert tomllib.loads(dumps(content)) == content


TEXT = 'name = "s"\n\n[cases]\ntable = "a.csv"\n\n[inputs."my labs"]\nkind = "table"\n'


@pytest.mark.parametrize(
    ("location", "line"),
    [(("name",), 1), (("cases", "table"), 4), (("inputs", "my labs"), 6), (("inputs", "my labs", "no"), 6), (("none",), 1)],
)
def test_a_key_is_found_on_its_line_or_in_its_section(location, line):
    assert line_of(TEXT, location) == line


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b'name = "a', "not TOML"),
        (b"name = 1\nname = 2\n", "given twice"),
        (b"\xff\xfa\x00", "not UTF-8"),
        (b"a = " + b"[" * 3000, "not TOML"),
    ],
)
def test_what_is_not_toml_is_told_in_words(tmp_path, raw, told):
    path = tmp_path / "s.toml"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=told):
        read(path, Study)


def test_a_file_that_is_not_there_is_answered_with_the_nearest(tmp_path):
    (tmp_path / "sepsis.toml").write_text(TEXT)
    with pytest.raises(InputError, match=r"did you mean `.*sepsis\.toml`"):
        read(tmp_path / "sepsi.toml", Study)
    (tmp_path / "cases.csv").write_text("age,ill\n1,0\n", "utf-8")
    with pytest.raises(InputError, match=r"a table, not a study; `iatros new NAME --from .*cases\.csv` looks"):
        read(tmp_path / "cases.csv", Study)
    with pytest.raises(InputError, match="this is a folder"):
        read(tmp_path, Study)
