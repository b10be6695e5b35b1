"""The policy of letters on whole lots, against the same policy applied letter by letter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.cases.sequences.letters import PLAIN, Policy, cleaned, guess, reverse_complements
from iatros.cases.sequences.records import Records
from iatros.cases.sequences.tally import Tally

PAIRS = dict(zip("ACGTRYSWKMBDHVN", "TGCAYRSWMKVHDBN", strict=True))


def records(texts):
    ends = np.cumsum([0, *map(len, texts)])
    numbers = np.arange(1, len(texts) + 1)
    letters = "".join(texts).encode("ascii")
    return Records(tuple(f"s{i}" for i in numbers), ("",) * len(texts), letters, ends, 2 * numbers - 1, numbers)


def clean(texts, alphabet, **said):
    tally = Tally("x.fa")
    found = cleaned(records(texts), alphabet, tally, Policy(**said))
    return [found[i] for i in range(len(found))], {one.check: one for one in tally.findings()}


def by_hand(text, alphabet):
    """One record under the default policy: its letters, or None where it is set aside."""
    text = text.upper()
    if alphabet == "protein":
        text = text.removesuffix("*")
        legal = "ACDEFGHIKLMNPQRSTVWYBZJXUO"
    else:
        text = text.translate(str.maketrans("UX", "TN"))
        legal = "ACGTRYSWKMBDHVN"
    if set(text) - set(legal + "-."):
        return None
    return text.replace("-", "").replace(".", "") or None


@given(st.lists(st.text("ACGTacgtNnRUXx-.E*1", max_size=12), max_size=8))
def test_dna_is_what_it_is_letter_by_letter(texts):
    assert clean(texts, "dna")[0] == [found for text in texts if (found := by_hand(text, "dna")) is not None]


@given(
    st.lists(st.text("ACDKWkwUOBXx-.*1", max_size=12).filter(lambda text: "-*" not in text and ".*" not in text), max_size=8)
)
def test_proteins_are_what_they_are_letter_by_letter(texts):
    assert clean(texts, "protein")[0] == [found for text in texts if (found := by_hand(text, "protein")) is not None]


@given(st.lists(st.text("ACGTacgtNRU-", max_size=12), max_size=6))
def test_what_is_clean_stays_as_it_is(texts):
    once = clean(texts, "dna")[0]
    again, told = clean(once, "dna")
    assert again == once
    assert not {"lower_case", "uracil", "gaps", "empty_record"} & told.keys()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ["ACGTRN", "GGGG"]),
        ({"lower": "unknown"}, ["ACNNRN", "GGGG"]),
        ({"lower": "keep"}, ["ACgtRN", "GGGG"]),
        ({"ambiguous": "unknown"}, ["ACGTNN", "GGGG"]),
        ({"ambiguous": "aside"}, ["GGGG"]),
        ({"gaps": "aside"}, ["ACGTRN"]),
    ],
)
def test_each_choice_does_what_it_says(said, expected):
    assert clean(["ACgtRN", "GG-GG"], "dna", **said)[0] == expected


@pytest.mark.parametrize(("stops", "expected"), [("end", ["MKV"]), ("keep", ["MKV*", "M*KV"]), ("aside", [])])
def test_stops_go_stay_or_set_aside(stops, expected):
    assert clean(["MKV*", "M*KV"], "protein", stops=stops)[0] == expected


def test_every_change_is_told_with_its_lines():
    _, told = clean(["ACGT", "acgt", "ACGU", "", "AC1T"], "dna")
    assert {check: one.rows for check, one in told.items()} == {
        "lower_case": (3,), "uracil": (5,), "letters": (9,), "empty_record": (7,),
    }  # fmt: skip
    assert told["letters"].severity == told["empty_record"].severity == "aside"
    assert told["uracil"].severity == "note"


def test_dna_that_is_read_as_protein_is_questioned():
    _, told = clean(["ACGT" * 10, "MKVLAW" * 8], "protein")
    assert told["nucleotides"].rows == (1,)


@given(st.lists(st.text("".join(PAIRS), max_size=15), max_size=6))
def test_the_other_strand_is_turned_and_paired_and_twice_is_the_first(texts):
    turned = [one.decode() for one in reverse_complements(records(texts))]
    assert turned == ["".join(PAIRS[letter] for letter in reversed(text)) for text in texts]
    assert [one.decode() for one in reverse_complements(records(turned))] == texts


@pytest.mark.parametrize(
    ("letters", "alphabet"),
    [
        (b"ACGTACGTNN", "dna"),
        (b"acgt", "dna"),
        (b"ACGUUU", "rna"),
        (b"ACGTU" * 3 + b"U", "rna"),
        (b"MKVLAAG", "protein"),
        (b"", "dna"),
    ],
)
def test_letters_tell_their_alphabet(letters, alphabet):
    assert guess(letters) == alphabet


@given(st.sampled_from(["dna", "rna", "protein"]), st.integers(0, 10_000))
def test_plain_letters_of_each_alphabet_pass_untouched_and_unsaid(alphabet, seed):
    text = "".join(np.random.default_rng(seed).choice(list(PLAIN[alphabet].decode()), 12))
    assert clean([text], alphabet) == ([text], {})
