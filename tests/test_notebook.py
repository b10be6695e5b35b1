"""Fragments of HTML: escaped, whole, without anything from outside."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from iatros import notebook

VOID = {"br", "hr", "img", "meta", "link"}


class Balanced(HTMLParser):
    """Notes text and tags, and fails where a tag is closed that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said = ""

    def handle_starttag(self, tag, attrs):
        assert tag not in VOID | {"script", "iframe"}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said += data if self.open[-1:] != ["style"] else ""


def parsed(html: str) -> Balanced:
    parser = Balanced()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc"))))
def test_whatever_the_words_they_stay_words(text):
    made = notebook.card(
        text, notebook.line(text), notebook.table(text, (text, text), [(text, text)]), notebook.folded(text, text)
    )
    parser = parsed(made)
    assert parser.said == text * (9 if text else 8)


def test_markup_in_a_name_is_shown_and_not_obeyed():
    made = notebook.card("<script>alert(1)</script>", notebook.link('"><img src=x>', 'a"onclick="b'))
    assert "<script" not in made
    assert "<img" not in made
    assert 'href="a&quot;onclick=&quot;b"' in made


def test_a_table_names_its_rows_and_columns_for_a_screen_reader():
    made = notebook.table("models", ("model", "AUROC"), [("iatros", ".9"), ("logistic regression", ".8")])
    assert made.count('scope="col"') == 2
    assert made.count('scope="row"') == 2
    assert "<caption>models</caption>" in made
    assert notebook.table("models", ("model",), []) == ""


def test_it_is_small_and_fetches_nothing_and_takes_the_colours_of_the_page():
    made = notebook.card("title", notebook.line("words"))
    assert len(made) < 2000
    assert "http" not in made
    assert "url(" not in made
    assert "color:inherit" in made
    assert "background:transparent" in made
