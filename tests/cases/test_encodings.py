from __future__ import annotations

import pytest

from iatros.cases.encodings import decode


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("a,µ\n", "utf-8", "UTF-8"),
        ("a,µ\n", "utf-8-sig", "UTF-8 with a byte-order mark"),
        ("a,µ\n" * 5, "utf-16", "UTF-16"),
        ("age,sex\n1,m\n" * 5, "utf-16-le", "UTF-16"),
        ("age,sex\n1,m\n" * 5, "utf-16-be", "UTF-16"),
        ("病人编号,年龄,性别,结局\nP1,63,男,是\n", "gbk", "GBK"),
        ("größe,crp µg/l\n171,2\n", "latin-1", "Latin-1"),
        ("Müller,Ärztin,Straße,fièvre\n", "latin-1", "Latin-1"),
    ],
)
def test_text_is_read_in_the_letters_it_was_written_in(text, codec, name):
    found = decode(text.encode(codec))
    assert found.content == text
    assert found.encoding == name
