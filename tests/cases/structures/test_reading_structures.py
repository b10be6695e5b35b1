"""Structures as their files tell them. Oracles: files written by hand, coordinates read by others, files written by us."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.cases import structures
from iatros.findings import InputError

BM5 = (
    Path(os.environ.get("IATROS_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data") / "sequences/bm5_structures"
)


def atom(name, residue="ALA", number=1, place=(1.0, 2.0, 3.0), record="ATOM", **more):
    x, y, z = place
    given = {"chain": "A", "conformer": " ", "insertion": " ", "occupancy": 1.0, "b": 20.0} | more
    return (
        f"{record:<6s}{1:5d}  {name:<3s}{given['conformer']}{residue:>3s} {given['chain']}{number:4d}{given['insertion']}   "
        f"{x:8.3f}{y:8.3f}{z:8.3f}{given['occupancy']:6.2f}{given['b']:6.2f}"
    )


def residue(number, name="ALA", shift=0.0, **more):
    """N, CA, C of one residue, 3.8 angstrom from the one before."""
    x = 3.8 * number + shift
    places = {"N": (x, 0, 0), "CA": (x + 1.4, 0.5, 0), "C": (x + 2.5, 0, 0)}
    return [atom(atom_name, name, number, place, **more) for atom_name, place in places.items()]


def read(tmp_path, lines, name="a.pdb"):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n")
    return structures.read(path)


def checks(reading):
    return [finding.check for finding in reading.findings]


def test_letters_numbers_and_coordinates_are_those_of_the_file(tmp_path):
    found = read(tmp_path, [*residue(7, "GLY"), *residue(8, "TRP", b=55.5)])
    chain = found.chain()
    assert (chain.name, chain.letters, chain.numbers.tolist(), chain.lines.tolist()) == ("A", "GW", [7, 8], [1, 4])
    assert chain.coordinates[0, 1] == pytest.approx([28.0, 0.5, 0])
    assert chain.confidence.tolist() == [20.0, 55.5]
    assert chain.known.all()
    assert not chain.breaks.any()
    assert found.findings == ()


def test_every_chain_is_read_and_asked_for_by_name(tmp_path):
    found = read(tmp_path, [*residue(1, chain="A"), "TER", *residue(1, "SER", chain="B")])
    assert [chain.letters for chain in found.chains] == ["A", "S"]
    assert found.chain("B").letters == "S"
    with pytest.raises(InputError, match="name one of A, B"):
        found.chain()


def test_the_first_model_is_read(tmp_path):
    found = read(tmp_path, ["MODEL        1", *residue(1), "ENDMDL", "MODEL        2", *residue(1, shift=9), "ENDMDL"])
    assert found.chain().coordinates[0, 0, 0] == 3.8
    assert checks(found) == ["models"]
    assert "2 models" in found.findings[0].what


def test_the_most_occupied_conformer_is_read_whole(tmp_path):
    shared = [atom("N", place=(0, 0, 0))]
    some = [atom(name, conformer="A", occupancy=0.4, place=(1, 1, 1)) for name in ("CA", "C")]
    more = [atom(name, "SER", conformer="B", occupancy=0.6, place=(2, 2, 2)) for name in ("CA", "C")]
    found = read(tmp_path, [*shared, *some, *more])
    assert found.chain().coordinates[0].tolist() == [[0, 0, 0], [2, 2, 2], [2, 2, 2]]
    assert checks(found) == ["conformers"]


def test_equally_occupied_conformers_are_taken_by_their_letters(tmp_path):
    both = [atom(n, conformer=c, occupancy=0.5, place=(k, k, k)) for k, c in enumerate("BA") for n in ("N", "CA", "C")]
    assert read(tmp_path, both).chain().coordinates[0, 0, 0] == 1


def test_insertion_codes_are_kept_in_the_file_s_order(tmp_path):
    lines = [*residue(52), *residue(52, "GLY", 3.8, insertion="A"), *residue(53, "SER", 3.8)]
    chain = read(tmp_path, lines).chain()
    assert (chain.letters, chain.numbers.tolist(), chain.insertions) == ("AGS", [52, 52, 53], ("", "A", ""))


@pytest.mark.parametrize(("name", "letter"), [("MSE", "M"), ("SEP", "S"), ("HIE", "H"), ("CYX", "C")])
def test_a_modified_residue_is_read_as_its_parent(tmp_path, name, letter):
    found = read(tmp_path, residue(1, name, record="HETATM"))
    assert found.chain().letters == letter
    assert checks(found) == ["modified"]


def test_ligands_water_and_what_follows_the_chain_are_left_out(tmp_path):
    calcium = atom("CA", "CA", 90, record="HETATM")
    glutamate = residue(91, "GLU", record="HETATM")
    found = read(tmp_path, [*residue(1), "TER       4      ALA A   1", calcium, *glutamate])
    assert found.chain().letters == "A"
    assert found.findings == ()


def test_an_unknown_residue_of_the_chain_is_an_x(tmp_path):
    found = read(tmp_path, [*residue(1), *residue(2, "0AF", record="HETATM"), *residue(3)])
    assert found.chain().letters == "AXA"
    assert [(f.check, f.rows, f.example) for f in found.findings] == [("unknown_residue", (4,), '"0AF"')]


def test_missing_atoms_are_nan_and_named_by_line(tmp_path):
    found = read(tmp_path, [*residue(1), residue(2)[1], *residue(3)], "hole.pdb")
    assert found.chain().known.tolist() == [True, False, True]
    assert np.isnan(found.chain().coordinates[1, 0]).all()
    assert found.findings[0].rows == (4,)
    assert str(found.findings[0]).startswith(str(tmp_path / "hole.pdb"))


def test_an_interrupted_chain_says_where(tmp_path):
    found = read(tmp_path, [*residue(1), *residue(2, shift=10), *residue(3, shift=10)])
    assert found.chain().breaks.tolist() == [True, False]
    assert [(f.check, f.rows) for f in found.findings] == [("breaks", (4,))]


def test_two_molecules_under_one_sign_are_not_mixed(tmp_path):
    found = read(tmp_path, [*residue(1), *residue(2), *residue(1, shift=50), *residue(2, shift=50)])
    assert found.chain().coordinates[:, 0, 0].tolist() == [3.8, 7.6]
    assert [(f.check, f.count, f.rows[0]) for f in found.findings] == [("again", 6, 7)]


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (atom("CA").replace("   1.000", "   1.0O0"), "coordinates"),
        (atom("CA").replace("   1.000", "     nan"), "coordinates"),
        (atom("CA").replace("   1.000", "   1_000"), "coordinates"),
        (atom("CA").replace("   1.000", " 1e30   "), "coordinates"),
        (atom("CA")[:50], "short_line"),
        (atom("CA").replace("A   1 ", "A   ? "), "residue_number"),
    ],
)
def test_an_atom_that_cannot_be_placed_is_set_aside_with_its_line(tmp_path, broken, check):
    n, _, c = residue(1)
    found = read(tmp_path, [n, broken, c, *residue(2)])
    first = found.findings[0]
    assert (first.severity, first.check, first.rows) == ("aside", check, (2,))
    assert found.chains[0].known.tolist() == [False, True]


def test_a_chain_without_a_sign_is_named_after_its_segment(tmp_path):
    lines = [f"{line:<72s}SEGB" for line in residue(1, chain=" ")]
    assert read(tmp_path, lines).chain().name == "SEGB"


MMCIF = """data_1ABC
# a comment
_struct.title
;loop_ of a text with 'quotes'
_atom_site.trap
;
_entity.id 'O5'' and more'
loop_
_atom_site.group_PDB
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.label_seq_id
_atom_site.auth_seq_id
_atom_site.auth_asym_id
_atom_site.pdbx_PDB_ins_code
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.B_iso_or_equiv
_atom_site.pdbx_PDB_model_num
ATOM N . GLY A 1 40 H ? 0.0 0.0 0.0 11 1
ATOM "CA" . GLY A 1 40 H ? 1.4 0.5 0.0 12 1
ATOM C . GLY A 1 40 H ?
  2.5 0.0 0.0 13 1
ATOM "O5'" . GLY A 1 40 H ? 2.5 0.0 0.0 13 1
ATOM N . SER A 2 41 H A 3.8 0.0 0.0 21 1  # and a comment
ATOM CA . SER A 2 41 H A 5.2 0.5 0.0 22 1
ATOM C . SER A 2 41 H A 6.3 0.0 0.0 23 1
HETATM CA . CA B . 90 H ? 9.0 9.0 9.0 5 1
ATOM N . SER A 2 41 H A 3.8 0.0 0.0 21 2
#
_atom_site_anisotrop.id 1
"""


def test_mmcif_is_read_with_its_quotes_comments_texts_and_broken_rows(tmp_path):
    (tmp_path / "a.txt").write_text(MMCIF)
    found = structures.read(tmp_path / "a.txt")
    chain = found.chain()
    assert (found.format, chain.name, chain.letters, chain.numbers.tolist()) == ("mmcif", "H", "GS", [40, 41])
    assert chain.insertions == ("", "A")
    assert chain.coordinates[0].tolist() == [[0, 0, 0], [1.4, 0.5, 0], [2.5, 0, 0]]
    assert chain.confidence.tolist() == [12, 22]
    assert checks(found) == ["models"]


def test_a_cut_off_mmcif_keeps_what_was_whole(tmp_path):
    found = structures.read(_written(tmp_path, MMCIF[: MMCIF.index("6.3 0.0")]))
    assert found.chain().known.tolist() == [True, False]
    assert checks(found) == ["cut_row", "missing_atoms"]


def test_a_table_without_coordinates_is_an_error(tmp_path):
    with pytest.raises(InputError, match="has no cartn_z"):
        structures.read(_written(tmp_path, MMCIF.replace("_atom_site.Cartn_z", "_atom_site.other")))


@pytest.mark.parametrize("text", ["", "\n\n", "hello", ">a\nACDE\n", "HEADER only\nEND\n", "\x00\x01" * 50])
def test_what_is_no_structure_is_refused_with_its_name(tmp_path, text):
    with pytest.raises(InputError, match=r"b\.cif"):
        structures.read(_written(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        structures.read(tmp_path / "none.pdb")


def _written(tmp_path, text):
    path = tmp_path / "b.cif"
    path.write_text(text)
    return path


PLACES = st.floats(-900, 9000).map(lambda value: round(value, 3))


@st.composite
def chains(draw):
    length = draw(st.integers(1, 12))
    rows = st.lists(
        st.lists(st.lists(PLACES, min_size=3, max_size=3), min_size=3, max_size=3), min_size=length, max_size=length
    )
    places = np.array(draw(rows))
    gone = draw(st.lists(st.integers(0, 3), min_size=length, max_size=length))
    for i, atom_number in enumerate(gone):  # 3: none is missing
        if atom_number < 3:
            places[i, atom_number] = np.nan
    letters = "".join(draw(st.lists(st.sampled_from("ACDEFGHIKLMNPQRSTVWYUO"), min_size=length, max_size=length)))
    trust = np.array(draw(st.lists(st.floats(0, 100).map(lambda v: round(v, 2)), min_size=length, max_size=length)))
    return structures.chain_of(letters, places, trust, draw(st.sampled_from("ABZ9")))


@pytest.mark.parametrize("name", ["a.pdb", "a.cif", "a.ent.gz", "a.cif.gz"])
@settings(max_examples=30, deadline=None)
@given(chain=chains())
def test_reading_undoes_writing(tmp_path_factory, name, chain):
    path = tmp_path_factory.mktemp("written") / name
    structures.write(path, chain)
    found = structures.read(path).chain()
    assert (found.name, found.letters, found.insertions) == (chain.name, chain.letters, chain.insertions)
    np.testing.assert_allclose(found.coordinates, chain.coordinates, atol=5.1e-4)
    there = ~np.isnan(chain.coordinates[:, 1, 0])
    np.testing.assert_allclose(found.confidence[there], chain.confidence[there], atol=5.1e-3)


@settings(max_examples=30, deadline=None)
@given(name=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=8).map(str.strip).filter(bool))
def test_mmcif_spells_any_name_of_a_chain_or_refuses_it(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("named") / "a.cif"
    chain = structures.chain_of("A", np.ones((1, 3, 3)), name=name)
    if "'" in name and '"' in name:
        with pytest.raises(ValueError, match="cannot be the name"):
            structures.write(path, chain)
    else:
        structures.write(path, chain)
        label = name if name not in (".", "?") else "C1"  # of the file, where the author gave no name
        assert structures.read(path).chains[0].name == label


@pytest.mark.parametrize(
    "change",
    [{"coordinates": np.full((1, 3, 3), -1000.0)}, {"confidence": np.array([1e4])}, {"name": "AB"}],
)
def test_what_pdb_has_no_room_for_is_refused_and_mmcif_takes_it(tmp_path, change):
    given = {"letters": "A", "coordinates": np.ones((1, 3, 3)), "name": "A"} | change
    chain = structures.chain_of(**given)
    with pytest.raises(ValueError, match="write mmCIF"):
        structures.write(tmp_path / "a.pdb", chain)
    structures.write(tmp_path / "a.cif", chain)
    assert structures.read(tmp_path / "a.cif").chain().name == chain.name


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="ends in none of"):
        structures.write(tmp_path / "a.xyz", structures.chain_of("A", np.ones((1, 3, 3))))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_files_give_findings_with_file_and_line_or_are_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "damaged"
    text = data.draw(st.sampled_from([MMCIF, "\n".join([*residue(1), *residue(2), "TER", *residue(3, chain="B")])])).encode()
    damaged = bytearray(text)
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.integers(0, 255)), max_size=40)):
        damaged[place] = value
    path.write_bytes(bytes(damaged[: data.draw(st.integers(0, len(text)))]))
    _reads_or_refuses(path)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "bytes"
    path.write_bytes(b"ATOM  " + content)
    _reads_or_refuses(path)


def _reads_or_refuses(path):
    try:
        found = structures.read(path)
    except InputError as wrong:
        refused = str(wrong)
        found = None
    if found is None:
        assert str(path) in refused
        return
    for finding in found.findings:
        assert finding.file == str(path)
        assert finding.rows
        assert min(finding.rows) >= 1
    for chain in found.chains:
        assert len(chain) == len(chain.coordinates) == len(chain.numbers) == len(chain.lines) > 0
        assert not np.isinf(chain.coordinates).any()


def test_a_gzip_file_that_is_cut_off_is_an_error_and_keeps_what_came_before(tmp_path):
    lines = "\n".join(line for number in range(1, 900) for line in residue(number))
    packed = gzip.compress(lines.encode())
    (tmp_path / "cut.pdb.gz").write_bytes(packed[: len(packed) // 2])
    found = structures.read(tmp_path / "cut.pdb.gz")
    assert "truncated" in checks(found)
    assert 0 < len(found.chains[0]) < 899


@pytest.mark.skipif(not BM5.is_dir(), reason="the 300 chains of ../shared/data/sequences/bm5_structures are not here")
def test_real_files_give_the_letters_and_coordinates_that_others_read():
    theirs = np.load(BM5 / "chains.npz")
    ends = np.concatenate(([0], np.cumsum(theirs["length"])))
    place = {name: i for i, name in enumerate(theirs["ids"])}
    compared = 0
    for path in sorted((BM5 / "pdb").glob("*.pdb.gz"))[::4]:
        for chain in structures.read(path).chains:
            i = place.get(f"{path.name.removesuffix('_u.pdb.gz')}_{chain.name}")
            if i is None:
                continue
            kept = chain.known  # theirs leave residues without a whole backbone out
            assert "".join(np.array(list(chain.letters))[kept]) == theirs["seq"][i]
            np.testing.assert_allclose(chain.coordinates[kept], theirs["coords"][ends[i] : ends[i + 1]], atol=2e-5)
            compared += 1
    assert compared > 20
