"""Structures as a target: read from files and laid along sequences, learned case by case, predicted as files."""

import math

import numpy as np
import polars as pl
import pytest
import torch

from iatros.cases import structures
from iatros.contracts import Cells, Features, Motion, Sizes
from iatros.heads.backbone import build, ideal
from iatros.metrics.geometry import distances, torsions
from iatros.metrics.structure import contact_precision
from iatros.packed import Packed
from iatros.targets.structure import Structure
from iatros.targets.structure_cells import paired_residues
from iatros.targets.structure_loss import BINS, EDGES, OWN, Shares, binned, losses
from iatros.targets.structure_said import as_chain, confidence, likeliest, said_of

LETTERS = ["ACDEFGHIKLMNPQRSTVWY", "MKVLAAGIVGLCAKAWQPTRNDE", "ACDEFGHIKL"]
KEPT = torch.tensor([1.0])


def fold(length, seed):
    """A backbone of ideal bonds that is mostly helix."""
    generator = torch.Generator().manual_seed(seed)
    helix = torch.tensor([-57.8, -47.0, 180.0]) * math.pi / 180
    return build(ideal(torch.randn(1, length, 3, generator=generator) * 0.3 + helix))[0].double().numpy()


@pytest.fixture
def cells(tmp_path):
    frame = {"letters": [], "path": []}
    for i, letters in enumerate(LETTERS):
        structures.write(tmp_path / f"{i}.pdb", structures.chain_of(letters, fold(len(letters), i)))
        frame["letters"].append(letters)
        frame["path"].append(f"{i}.pdb")
    return Cells(pl.DataFrame(frame), np.arange(3) + 2, "chains.csv", tmp_path)


def anchor(*lengths):
    return Packed({"lengths": np.array(lengths)}, np.ones(len(lengths), bool), Structure(column="path").Plan())


def packed_of(cells, **said):
    target = Structure(column="path", **said)
    return target, target.pack(cells, target.plan(cells), anchor(*map(len, cells.frame["letters"])))


def with_rows(cells, **columns):
    return Cells(
        cells.frame.with_columns(**{k: pl.Series(k, v) for k, v in columns.items()}), cells.rows, cells.file, cells.folder
    )


# ---- cells


def test_coordinates_and_torsions_are_those_of_the_files(cells):
    target, packed = packed_of(cells)
    assert packed.findings == ()
    assert packed["lengths"].tolist() == [20, 23, 10]
    truth = target.truth(packed, np.array([1, 2]), None)
    np.testing.assert_allclose(truth["ca"][0].numpy(), fold(23, 1)[:, 1], atol=1e-3)
    np.testing.assert_allclose(truth["torsions"][0].numpy(), torsions(fold(23, 1)), atol=5e-3)
    assert truth["ca"][1, 10:].isnan().all()
    columns = target.truth_columns(packed, np.array([2]))
    np.testing.assert_allclose(np.reshape(columns["truth"][0], (10, 3, 3)), fold(10, 2), atol=1e-3)


@pytest.mark.parametrize(
    ("path", "said"),
    [("none.pdb", "no such file"), ("../x.pdb", "leaves"), ("broken.pdb", "no PDB or mmCIF"), ("two.pdb", "2 chains")],
)
def test_what_cannot_be_read_is_set_aside_with_its_row(cells, path, said):
    (cells.folder / "broken.pdb").write_text("hello")
    both = [structures.chain_of("ACD", fold(3, 0), name=name) for name in "AB"]
    structures.write(cells.folder / "two.pdb", both)
    target, packed = packed_of(with_rows(cells, path=["0.pdb", path, None]))
    assert packed.present.tolist() == [True, False, False]
    assert [(f.severity, f.rows) for f in packed.findings] == [("aside", (3,))]
    assert said in packed.findings[0].what
    assert target.truth_columns(packed, np.array([1]))["truth"] == [None]


def test_the_chain_is_taken_by_its_name(cells):
    both = [structures.chain_of("A" * 20, fold(20, seed), name=name) for seed, name in ((5, "L"), (6, "H"))]
    structures.write(cells.folder / "0.pdb", both)
    _, packed = packed_of(with_rows(cells, chain=["H", "A", "A"]), chain="chain")
    np.testing.assert_allclose(packed["places"][:20].reshape(-1, 3, 3), fold(20, 6), atol=1e-3)


def test_a_structure_of_another_length_is_set_aside_unless_letters_are_given(cells):
    longer = with_rows(cells, letters=["MM" + LETTERS[0], LETTERS[1], "WWWWWWWWWWWW"])
    _, packed = packed_of(longer)
    assert packed.present.tolist() == [False, True, False]
    assert [f.check for f in packed.findings] == ["lengths_differ"]
    _, packed = packed_of(longer, letters="letters")
    assert packed.present.tolist() == [True, True, False]
    assert np.isnan(packed["places"][:2]).all()
    np.testing.assert_allclose(packed["places"][2:22].reshape(-1, 3, 3), fold(20, 0), atol=1e-3)
    assert [f.check for f in packed.findings] == ["other_protein"]


def test_residues_that_are_not_resolved_are_gaps():
    letters = "MKTAYIAKQRQISFVKSHFSRQ"
    here, there = paired_residues(letters, letters[3:9] + letters[14:20])
    assert list(here) == [*range(3, 9), *range(14, 20)]
    assert list(there) == list(range(12))


def test_faults_of_files_are_told_once_with_all_their_rows(cells):
    for i in (0, 2):
        chain = structures.chain_of(LETTERS[i], fold(len(LETTERS[i]), i))
        chain.coordinates[2, 0] = np.nan
        structures.write(cells.folder / f"{i}.pdb", chain)
    _, packed = packed_of(cells)
    assert [(f.severity, f.check, f.rows) for f in packed.findings] == [("warning", "missing_atoms", (2, 4))]
    assert packed.present.all()


def test_a_study_without_structures_is_an_error(cells):
    empty = with_rows(cells, path=[None, "", " "])
    assert [f.severity for f in Structure(column="path").check(empty)] == ["error"]
    assert Structure(column="path").check(cells) == []


# ---- what is learned


def test_frequencies_and_middles_are_those_of_a_loop(cells):
    target, packed = packed_of(cells)
    fitted = target.fit(packed, np.array([0, 2]))
    count = np.full((64, BINS), 0.5)
    values = [[] for _ in range(BINS)]
    for i in (0, 2):
        d = distances(packed["places"][packed["starts"][i] :][: len(LETTERS[i]), 3:6].astype(float))
        for a in range(len(d)):
            for b in range(len(d)):
                code = int(np.searchsorted(EDGES, d[a, b]))
                count[abs(a - b), code] += 1
                values[code].append(d[a, b])
    np.testing.assert_allclose(fitted.frequencies, np.log(count / count.sum(1, keepdims=True)))
    for code, some in enumerate(values):
        if some:
            assert fitted.middles[code] == pytest.approx(np.mean(some), abs=1e-6)
    assert np.all(np.diff(fitted.middles) > 0)


@pytest.fixture
def learned(cells):
    target, packed = packed_of(cells)
    fitted = target.fit(packed, np.arange(3))
    truth = target.truth(packed, np.arange(3), fitted)
    mask = torch.arange(23) < torch.tensor([20, 23, 10])[:, None]
    positions = torch.randn(3, 23, 8, generator=torch.Generator().manual_seed(0)) * mask[:, :, None]
    torch.manual_seed(0)
    head = target.head(Sizes(8, 8), fitted)
    return target, fitted, truth, head, Features(positions.mean(1), positions, mask)


def test_an_untrained_head_has_the_entropy_of_what_separation_tells(learned):
    target, fitted, truth, head, features = learned
    raw = head.eval()(features)
    found = losses(raw, truth["ca"], truth["torsions"], Shares(0, 0))
    frequencies = np.array(fitted.frequencies)
    for case, length in enumerate((20, 23, 10)):
        d = distances(truth["ca"][case, :length].double().numpy())
        terms = [
            -frequencies[abs(a - b), np.searchsorted(EDGES, d[a, b])]
            for a in range(length)
            for b in range(length)
            if abs(a - b) >= 2
        ]
        assert float(found[case].detach()) == pytest.approx(np.mean(terms), rel=1e-4)
    assert target.width(fitted) == BINS


@pytest.mark.parametrize("training", [False, True])
def test_a_case_s_loss_hangs_on_no_other_case(learned, training):
    target, fitted, truth, head, features = learned
    head.train(training)
    head.stripe = 6
    positions = features.positions.clone().requires_grad_()
    found = target.loss(head(Features(features.whole, positions, features.mask)), truth, fitted)
    for case in range(3):
        (gradient,) = torch.autograd.grad(found[case], positions, retain_graph=True)
        assert gradient.isfinite().all()
        assert gradient[case].abs().sum() > 0
        others = [other for other in range(3) if other != case]
        assert gradient[others].abs().sum() == 0
        assert gradient[case][~features.mask[case]].abs().sum() == 0


def test_true_scores_have_no_loss(learned):
    _, _, truth, _, features = learned
    ca, angles = truth["ca"], truth["torsions"]
    d = (ca[:, :, None] - ca[:, None]).square().sum(-1).sqrt().nan_to_num()
    bins = torch.nn.functional.one_hot(binned(d), BINS) * 50.0
    own = torch.stack([angles.nan_to_num().cos(), angles.nan_to_num().sin()], -1).flatten(2)
    last = torch.nn.functional.pad(own, (0, BINS - OWN))
    raw = torch.cat([bins, last[:, :, None]], 2).masked_fill(~features.mask[:, :, None, None], float("nan"))
    found = losses(raw, ca, angles, Shares(1, 1))
    assert float(found.max()) < 2e-3


def test_residues_that_are_not_known_do_not_count(learned):
    target, fitted, truth, head, features = learned
    raw = head.eval()(features)
    less = {name: values.clone() for name, values in truth.items()}
    less["ca"][0] = less["torsions"][0] = float("nan")
    found = target.loss(raw, less, fitted)
    assert float(found[0].detach()) == 0
    torch.testing.assert_close(found[1:], target.loss(raw, truth, fitted)[1:])


def test_truth_follows_the_letters(learned):
    target, _, truth, _, _ = learned
    places = torch.arange(23).expand(3, -1) - 2
    moved = target.follow(truth, Motion(places=places))
    torch.testing.assert_close(moved["ca"][1, 2:], truth["ca"][1, :-2])
    assert moved["torsions"][:, :2].isnan().all()
    assert target.follow(truth, None) is truth


def test_a_head_learns_the_chains_it_sees(learned):
    target, fitted, truth, head, features = learned
    head.train()
    head.stripe = 100
    begun = float(target.loss(head(features), truth, fitted).mean().detach())
    optimizer = torch.optim.Adam(head.parameters(), lr=0.03)
    for _ in range(25):
        loss = target.loss(head(features), truth, fitted).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.6 * begun


# ---- what is predicted


def test_predictions_are_coordinates_confidence_and_contacts_of_each_residue(learned):
    target, fitted, _, head, features = learned
    raw = head.eval()(features).detach()
    columns = Structure(column="path", refined=3).predict(raw, fitted)
    for case, length in enumerate((20, 23, 10)):
        assert columns["score"][case].shape == (9 * length,)
        assert columns["confidence"][case].shape == (length,)
        assert ((columns["confidence"][case] >= 0) & (columns["confidence"][case] <= 1)).all()
        assert len(columns["contacts"][case]) == 0  # shorter than a long range
        assert np.isfinite(columns["score"][case]).all()
    assert target.form(target.Plan()).scores() == ("score",)


def test_a_sure_distance_is_said_with_confidence_and_an_even_guess_without():
    sure = torch.full((1, 30, 31, BINS), -30.0)
    sure[:, :, :-1, 3] = 30
    even = torch.zeros(1, 30, 31, BINS)
    middles = torch.tensor([3.0, *((torch.tensor(EDGES[1:]) + torch.tensor(EDGES[:-1])) / 2).tolist(), 60.0])
    mask = torch.ones(1, 30, dtype=torch.bool)
    said = said_of(sure, middles)
    assert said.distance[0, 0, 5] == pytest.approx(float(middles[3]))
    assert said.contact[0, 0, 5] == pytest.approx(1)
    assert float(confidence(said, mask).min()) > 0.99
    assert float(confidence(said_of(even, middles), mask).max()) < 0.2


def test_the_likeliest_pairs_are_those_that_contact_precision_takes():
    rng = np.random.default_rng(0)
    score, truth = rng.normal(size=(60, 60)), rng.uniform(4, 12, size=(60, 60))
    pairs = likeliest(score)
    assert len(pairs) == 60
    found = (truth[pairs // 60, pairs % 60] < 8).mean()
    assert found == pytest.approx(contact_precision(truth, score))


def test_files_hold_the_confidence_in_the_b_factor_column(tmp_path, learned):
    _, fitted, _, head, features = learned
    columns = Structure(column="path", refined=0).predict(head.eval()(features).detach(), fitted)
    for suffix in ("pdb", "cif"):
        structures.write(tmp_path / f"a.{suffix}", as_chain(LETTERS[2], columns["score"][2], columns["confidence"][2]))
        chain = structures.read(tmp_path / f"a.{suffix}").chain()
        assert chain.letters == LETTERS[2]
        np.testing.assert_allclose(chain.confidence, 100 * columns["confidence"][2], atol=0.006)
        np.testing.assert_allclose(chain.coordinates.ravel(), columns["score"][2], atol=6e-4)
        assert not chain.breaks.any()
