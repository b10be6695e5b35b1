"""How nouns show themselves in a notebook. In: plain words. Out: a fragment of HTML, everything in it escaped.

The fragment takes colour and type from the page around it, so that it is right on light and dark ones alike; it fetches
nothing and runs no script.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

# Only borders have a colour of their own, 3:1 and more against white and against black.
STYLE = """<style>
.iatros{max-width:62em;border:1px solid #8a94a0;border-radius:6px;padding:.7em 1em;color:inherit;background:transparent;
font-size:14px;line-height:1.45;overflow-wrap:break-word;text-align:left}
.iatros p{margin:0 0 .5em}.iatros .title{font-size:1.15em;font-weight:700}
.iatros .scroll{overflow-x:auto}.iatros a{color:inherit;text-decoration:underline}
.iatros table{border-collapse:collapse;color:inherit;font-size:inherit;margin:.2em 0 .7em;font-variant-numeric:tabular-nums}
.iatros caption{text-align:left;font-weight:600;padding:.2em 0}
.iatros th,.iatros td{text-align:left;vertical-align:top;padding:.2em 1em .2em 0;border:0;
border-bottom:1px solid #8a94a0;background:transparent;color:inherit;white-space:normal}
.iatros thead th{font-weight:600}.iatros tbody th{font-weight:400}
.iatros pre{white-space:pre-wrap;background:transparent;color:inherit;margin:.4em 0 0;font-size:13px}
.iatros summary{cursor:pointer}
</style>"""


def card(title: str, *parts: str) -> str:
    """A box with a title around parts that the functions below made."""
    said = escape(title)
    return f'{STYLE}<section class="iatros" aria-label="{said}"><p class="title">{said}</p>{"".join(parts)}</section>'


def line(text: str) -> str:
    """A paragraph, "" for no text."""
    return f"<p>{escape(text)}</p>" if text else ""


def link(text: str, address: str) -> str:
    """A paragraph that leads to a file beside the notebook."""
    return f'<p><a href="{escape(address)}">{escape(text)}</a></p>'


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of words, the first cell of each being its name; "" where there are none."""
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    titles = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    said = escape(caption)
    return (
        f'<div class="scroll" role="group" tabindex="0" aria-label="{said}"><table><caption>{said}</caption>'
        f"<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>"
        if body
        else ""
    )


def folded(summary: str, text: str) -> str:
    """A long text that opens on demand."""
    return f"<details><summary>{escape(summary)}</summary><pre>{escape(text)}</pre></details>"
