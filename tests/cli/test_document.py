"""One JSON document, which every reader takes."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from iatros.cli.document import finite, print_json

NUMBERS = st.floats() | st.integers() | st.text() | st.none() | st.booleans()
CONTENT = st.recursive(NUMBERS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


@given(CONTENT)
def test_any_content_is_a_document_without_nan(content):
    text = json.dumps(finite(content), allow_nan=False)
    assert finite(json.loads(text)) == json.loads(text)


def test_numbers_stay_and_what_is_none_is_null(capsys):
    print_json({"a": (1.5, float("nan"), float("-inf")), "path": Path("x")})
    assert json.loads(capsys.readouterr().out) == {"a": [1.5, None, None], "path": "x"}
