"""What the tests of figures ask of a drawing."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pytest

SPACE = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Drawing:
    """An SVG that was parsed as XML, which fails where it is not well formed."""

    root: ET.Element

    def of(self, kind: str, tag: str = "path") -> list[ET.Element]:
        """Elements with this class."""
        return [element for element in self.root.iter(tag) if kind in element.get("class", "").split()]

    @property
    def texts(self) -> list[str]:
        """All words drawn, in order."""
        return [element.text or "" for element in self.root.iter("text")]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in units."""
        _, _, width, height = map(float, self.root.get("viewBox", "").split())
        return width, height


def parse(markup: str) -> Drawing:
    """One drawing, named for those who cannot see it."""
    root = ET.fromstring(str(markup))  # our own
    assert root.tag == "svg"
    assert root.get("role") == "img"
    title, told = root.find("title"), root.find("desc")
    assert title is not None
    assert title.text
    assert told is not None
    assert told.text
    return Drawing(root)


@pytest.fixture
def drawing():
    """Parses one drawing."""
    return parse
