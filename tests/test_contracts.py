"""Promises that every registered kind keeps, whichever it is."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from torch import Tensor, nn

from iatros import toml
from iatros.cases import structures
from iatros.contracts import (
    Batch,
    Cells,
    Encoder,
    Fusion,
    Graph,
    Grid,
    Layout,
    Learned,
    Level,
    Modality,
    Rows,
    Safeguard,
    Shape,
    Target,
    Tokens,
    each,
)
from iatros.packed import Packed
from iatros.predictions import Form
from iatros.registry import GROUPS, Kind, addresses, load

B, M = 6, 60  # cases of a batch, of a study
KINDS = [(group, kind) for group in GROUPS for kind in sorted(addresses(group))]
NEEDED: dict[tuple[str, str], dict[str, Any]] = {  # what a study must say of a kind
    ("modalities", "table"): {"columns": ["age", "sex"]},
    ("modalities", "image"): {"column": "path"},
    ("modalities", "sequence"): {"column": "letters"},
    ("targets", "residues"): {"column": "states"},
    ("targets", "structure"): {"column": "fold", "refined": 1},
    ("targets", "class"): {"column": "grade"},
    ("targets", "labels"): {"columns": ["edema", "mass"]},
    ("targets", "value"): {"column": "crp"},
    ("splits", "column"): {"column": "part"},
    ("splits", "homology"): {"column": "sequence"},
    ("splits", "partners"): {"columns": ["a", "b"]},
}
SHAPES = {
    "rows": Shape(Rows, numbers=3, categories=(4, 3), quantiles=((-1.0, 0.0, 1.0),) * 3),
    "series": Shape(Grid, channels=2, space=(40,)),
    "image": Shape(Grid, channels=2, space=(28, 30)),
    "volume": Shape(Grid, channels=1, space=(12, 14, 16)),
    "letters": Shape(Tokens, categories=(9,), space=(16,)),
    "events": Shape(Tokens, numbers=2, categories=(9,), space=(16,)),
}
LENGTHS = torch.tensor([12, 1, 7, 0, 12, 3])  # positions of the cases of a batch of tokens; one has none


def of_group(group: str) -> list[str]:
    return sorted(addresses(group))


def made(group: str, kind: str, **said: Any) -> Any:
    return load(group, kind).model_validate({"kind": kind, **NEEDED.get((group, kind), {}), **said})


def frame(cases: int = M) -> pl.DataFrame:
    generator = np.random.default_rng(0)
    columns = {"grade": generator.integers(0, 3, cases), "edema": generator.integers(0, 2, cases)}
    columns |= {"mass": generator.integers(0, 2, cases), "crp": generator.normal(size=cases)}
    lengths = generator.integers(1, 40, cases).tolist()
    columns["fold"] = [f"{max(n, 4)}.pdb" for n in lengths]
    return pl.DataFrame({**columns, "states": ["".join(generator.choice(list("HEC?"), n)) for n in lengths]})


def cells() -> Cells:
    return Cells(frame(), np.arange(M) + 2, "cases.csv", folds())


@cache
def folds() -> Path:
    """A folder with structures of 4 to 40 residues, each named after how many."""
    folder = Path(tempfile.mkdtemp(prefix="iatros-contracts-"))
    atexit.register(shutil.rmtree, folder, True)
    generator = np.random.default_rng(1)
    for length in range(4, 41):
        structures.write(folder / f"{length}.pdb", structures.chain_of("A" * length, generator.normal(0, 9, (length, 3, 3))))
    return folder


def layout(shape: Shape, seed: int = 0) -> Layout:
    generator = torch.Generator().manual_seed(seed)
    if shape.layout is Grid:
        mask = torch.rand(B, *shape.space, generator=generator) < 0.8
        return Grid(torch.randn(B, shape.channels, *shape.space, generator=generator), mask)
    if shape.layout is Tokens:
        return tokens(shape, generator)
    observed = torch.rand(B, shape.numbers, generator=generator) < 0.7
    numbers = torch.randn(B, shape.numbers, generator=generator).where(observed, torch.zeros(()))
    codes = [torch.randint(0, codes, (B,), generator=generator) for codes in shape.categories]
    return Rows(numbers, observed, torch.stack(codes, 1))


def tokens(shape: Shape, generator: torch.Generator) -> Tokens:
    """As `Modality.batch` gives them: zeros where no position is."""
    mask = torch.arange(int(LENGTHS.max())) < LENGTHS[:, None]
    codes = torch.randint(1, shape.categories[0], mask.shape, generator=generator) * mask
    if not shape.numbers:
        return Tokens(mask, codes)
    values = torch.randn(*mask.shape, shape.numbers, generator=generator) * mask[:, :, None]
    return Tokens(mask, codes, values, torch.rand(mask.shape, generator=generator) * mask)


def soft(given: Layout) -> Layout:
    """The same with codes of tokens as shares, and gradients by every number."""
    if isinstance(given, Tokens):
        assert given.codes is not None
        shares = nn.functional.one_hot(given.codes, SHAPES["letters"].categories[0]).float()
        given = Tokens(given.mask, shares, given.values, given.times)
    return each(given, lambda t: t.clone().requires_grad_() if t.is_floating_point() else t)


def numbers_of(one: object) -> list[Tensor]:
    return [t for t in vars(one).values() if isinstance(t, Tensor) and t.is_floating_point()]


def encoders() -> list[tuple[str, str]]:
    return [(k, s) for k in of_group("encoders") for s, shape in SHAPES.items() if shape.layout in _encoder(k).takes]


def encoders_of(layout: type[Layout]) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name in encoders() if SHAPES[name].layout is layout]


def _encoder(kind: str) -> type[Encoder]:
    found = load("encoders", kind)
    assert issubclass(found, Encoder)
    return found


def built(kind: str, shape: Shape) -> nn.Module:
    torch.manual_seed(0)
    encoder: Encoder = made("encoders", kind)
    return encoder.build(shape).eval()


# ---- all kinds: what a study may say


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_every_field_is_described(group, kind):
    schema = load(group, kind).model_json_schema()
    dumb = [name for name, field in schema["properties"].items() if name != "kind" and not field.get("description")]
    assert not dumb
    assert schema.get("description")


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_a_kind_comes_back_from_toml_as_it_was(group, kind):
    one: Kind = made(group, kind)
    written = toml.dumps(one.model_dump(mode="json", exclude_none=True))
    assert type(one).model_validate(tomllib.loads(written)) == one


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_an_unknown_key_is_refused(group, kind):
    with pytest.raises(ValidationError, match="Extra inputs"):
        made(group, kind, no_such_key=1)


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_a_kind_is_frozen_and_says_its_name(group, kind):
    one = made(group, kind)
    assert one.kind == kind
    with pytest.raises(ValidationError, match="frozen"):
        one.kind = "other"


FRESH = """
import os, sys, importlib
for name in sys.argv[1].split(","):
    importlib.import_module(name)
from iatros.registry import load
failed = []
for address in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        try:
            load(*address.split(":"))
            os._exit(3 if sys.argv[1] != "torch" and "torch" in sys.modules else 0)
        except BaseException as wrong:
            print(address, repr(wrong), file=sys.stderr, flush=True)
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        failed.append(address + (" imports torch" if status == 3 else ""))
sys.exit("; ".join(failed) or 0)
"""


def in_fresh_processes(before: str, kinds: list[tuple[str, str]]) -> subprocess.CompletedProcess[str]:
    """Load each kind in a child of its own, forked from a process that has imported `before` and no kind."""
    told = [f"{group}:{kind}" for group, kind in kinds]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-c", FRESH, before, *told], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot")
def test_every_kind_can_be_imported_first():
    done = in_fresh_processes("torch", KINDS)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot")
def test_checking_a_study_needs_no_torch_for_its_targets_safeguards_and_splits():
    light = [(group, kind) for group, kind in KINDS if group in ("targets", "safeguards", "splits")]
    done = in_fresh_processes("polars", light)
    assert done.returncode == 0, done.stderr


# ---- encoders


@pytest.mark.parametrize(("kind", "name"), encoders())
def test_an_encoder_gives_what_it_says(kind, name):
    network = built(kind, SHAPES[name])
    features = network(layout(SHAPES[name]))
    assert tuple(features.whole.shape) == (B, network.sizes.whole)
    assert tuple(m.shape[1] for m in features.maps) == network.sizes.maps
    assert bool(features.maps) == (Level.MAPS in _encoder(kind).gives)
    assert (features.positions is not None) == (Level.POSITIONS in _encoder(kind).gives) == (network.sizes.positions > 0)
    sides = [m.shape[2:].numel() for m in features.maps]
    assert sides == sorted(sides, reverse=True)


@pytest.mark.parametrize(("kind", "name"), encoders())
def test_an_encoder_reads_each_case_by_itself(kind, name):
    network, given = built(kind, SHAPES[name]), soft(layout(SHAPES[name]))
    found = [one for one in numbers_of(network(given)) if one.requires_grad]
    for i in range(B):
        for gradient in torch.autograd.grad(sum(one[i].sum() for one in found), numbers_of(given), retain_graph=True):
            assert not gradient[torch.arange(B) != i].any()


@pytest.mark.parametrize(("kind", "name"), encoders())
def test_an_encoder_reads_nothing_that_is_absent(kind, name):
    network, given = built(kind, SHAPES[name]), layout(SHAPES[name])
    trap = torch.full((), float("nan"))
    if isinstance(given, Grid):
        assert given.mask is not None
        changed: Layout = Grid(given.values.where(given.mask[:, None], trap), given.mask)
    elif isinstance(given, Tokens):
        changed = each(given, lambda t: t.where(given.mask.reshape(*given.mask.shape, *(1,) * (t.ndim - 2)), _trap(t)))
    else:
        assert isinstance(given, Rows)
        changed = Rows(given.numbers.where(given.observed, trap), given.observed, given.categories)
    assert torch.equal(network(given).whole, network(changed).whole)


def _trap(values: Tensor) -> Tensor:
    """What nobody must read: not a number, a code beyond the vocabulary, or False."""
    return torch.full((), float("nan") if values.is_floating_point() else -1 if values.dtype == torch.long else False)


@pytest.mark.parametrize(("kind", "name"), encoders_of(Tokens))
def test_an_encoder_of_tokens_describes_a_case_as_if_it_were_alone(kind, name):
    network, given = built(kind, SHAPES[name]), layout(SHAPES[name])
    together = network(given)
    dense = Level.POSITIONS in _encoder(kind).gives
    assert (together.positions is not None) == dense
    if dense:
        assert torch.equal(together.mask, given.mask)
        assert tuple(together.positions.shape) == (*given.mask.shape, network.sizes.positions)
    for i in range(B):
        length = max(1, int(LENGTHS[i]))
        alone = network(each(given.take(torch.tensor([i])), lambda t, length=length: t[:, :length]))
        torch.testing.assert_close(alone.whole[0], together.whole[i])
        if dense:
            torch.testing.assert_close(alone.positions[0][alone.mask[0]], together.positions[i][given.mask[i]])


@pytest.mark.parametrize(("kind", "name"), encoders_of(Tokens))
def test_an_encoder_of_tokens_takes_shares_of_codes_as_it_takes_codes(kind, name):
    network, given = built(kind, SHAPES[name]), layout(SHAPES[name])
    torch.testing.assert_close(network(soft(given)).whole, network(given).whole)


@pytest.mark.parametrize(("kind", "name"), encoders_of(Tokens))
def test_a_case_without_positions_gives_finite_features_and_gradients(kind, name):
    network, given = built(kind, SHAPES[name]).train(), layout(SHAPES[name])
    whole = network(given).whole
    assert torch.isfinite(whole).all()
    (whole**2).sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


@pytest.mark.parametrize(("kind", "name"), encoders())
def test_an_encoder_is_the_same_for_the_same_seed(kind, name):
    first, second = built(kind, SHAPES[name]).state_dict(), built(kind, SHAPES[name]).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


# ---- fusions


@pytest.mark.parametrize("kind", of_group("fusions"))
@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_a_fusion_reads_each_case_by_itself_and_nothing_that_is_absent(kind, inputs):
    torch.manual_seed(0)
    fusion: Fusion = made("fusions", kind)
    widths = {f"input{i}": 3 + i for i in range(inputs)}
    module = fusion.build(widths)
    present = {name: torch.arange(B) % (i + 2) > 0 for i, name in enumerate(widths)}
    whole = {name: torch.randn(B, width, requires_grad=True) for name, width in widths.items()}
    joined = module(whole, present)
    assert tuple(joined.shape) == (B, module.width)
    trap = {name: w.detach().where(present[name][:, None], torch.full((), float("nan"))) for name, w in whole.items()}
    assert torch.equal(module(trap, present), joined)
    for i in range(B):
        gradients = torch.autograd.grad(joined[i].sum(), list(whole.values()), retain_graph=True)
        assert not any(gradient[torch.arange(B) != i].any() for gradient in gradients)


# ---- modalities


def table_cells() -> Cells:
    generator = np.random.default_rng(0)
    ages = [None if i == 0 else float(age) for i, age in enumerate(generator.integers(20, 90, M))]
    sexes = [None if i == 0 else str(sex) for i, sex in enumerate(generator.choice(["f", "m"], M))]
    return Cells(pl.DataFrame({"age": ages, "sex": sexes}), np.arange(M) + 2, "cases.csv")


def image_cells() -> Cells:
    films = np.random.default_rng(0).integers(0, 255, (M, 28, 30)).astype(np.uint8)
    films[0] = 0  # blank: as good as none
    return Cells(pl.DataFrame({"path": np.arange(M)}), np.arange(M) + 2, "cases.npz", arrays={"path": films})


def letter_cells() -> Cells:
    generator = np.random.default_rng(0)
    letters = ["".join(generator.choice(list("ACGT"), n)) for n in generator.integers(1, 40, M).tolist()]
    return Cells(pl.DataFrame({"letters": ["", *letters[1:]]}), np.arange(M) + 2, "cases.csv")


def text_cells() -> Cells:
    generator, words = np.random.default_rng(0), ["pain", "fever", "since", "two", "days", "no", "cough", "chest", "clear"]
    notes = [" ".join(generator.choice(words, n)) for n in generator.integers(2, 20, M).tolist()]
    return Cells(pl.DataFrame({"letters": ["", *notes[1:]]}), np.arange(M) + 2, "cases.csv")


INPUTS = {  # modality and cells; the first case lacks the input
    "table": ("table", table_cells),
    "image": ("image", image_cells),
    "letters": ("sequence", letter_cells),
    "text": ("sequence", text_cells),
}


def test_every_modality_is_tried():
    assert {kind for kind, _ in INPUTS.values()} == set(of_group("modalities"))


def packed_input(name: str) -> tuple[Modality, Cells, Packed]:
    kind, cells_of = INPUTS[name]
    modality: Modality = made("modalities", kind)
    given = cells_of()
    return modality, given, modality.pack(given, modality.plan(given))


def stretches(packed: Packed, rows: Sequence[int]) -> dict[str, list[NDArray[Any]]]:
    """array -> what it holds of each of these cases: an entry or, of ragged cells, a stretch."""
    if "starts" not in packed.arrays:
        return {name: [array[row] for row in rows] for name, array in packed.arrays.items()}
    begins, lengths = packed["starts"], packed["lengths"]
    ragged = {name: array for name, array in packed.arrays.items() if name not in ("starts", "lengths")}
    found = {name: [array[begins[row] : begins[row] + lengths[row]] for row in rows] for name, array in ragged.items()}
    return {**found, "lengths": list(lengths[list(rows)])}


def alike(one: dict[str, list[NDArray[Any]]], other: dict[str, list[NDArray[Any]]]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for name in one for a, b in zip(one[name], other[name], strict=True)
    )


def overwritten(packed: Packed, since: int) -> Packed:
    """The same with other cells in cases `since` and behind."""
    changed = {name: array.copy() for name, array in packed.arrays.items()}
    ragged = "starts" in changed
    for name, array in changed.items():
        if not ragged:
            array[since:] = array[1]
        elif name not in ("starts", "lengths"):
            array[packed["starts"][since] :] = array[0]
    return Packed(changed, packed.present, packed.plan)


@pytest.mark.parametrize("name", INPUTS)
def test_a_batch_is_what_the_shape_promises_its_encoder(name):
    modality, _, packed = packed_input(name)
    fitted = modality.fit(packed, np.arange(M))
    shape, batch = modality.shape(fitted), modality.batch(packed, np.arange(B), fitted)
    assert isinstance(batch, shape.layout)
    assert shape.layout is modality.layout
    assert shape.layout in _encoder(modality.default).takes
    assert all(len(t) == B for t in vars(batch).values() if t is not None)
    network = made("encoders", modality.default).build(shape).eval()
    assert torch.isfinite(network(batch).whole).all()


@pytest.mark.parametrize("name", INPUTS)
def test_a_case_without_the_input_is_not_present_and_all_zeros(name):
    modality, _, packed = packed_input(name)
    assert packed.present.tolist() == [False] + [True] * (M - 1)
    batch = modality.batch(packed, np.arange(B), modality.fit(packed, np.arange(M)))
    assert not any(tensor[0].any() for tensor in vars(batch).values() if tensor is not None)


@pytest.mark.parametrize("name", INPUTS)
def test_a_modality_learns_from_training_rows_alone(name):
    modality, _, packed = packed_input(name)
    other = overwritten(packed, M // 2)
    assert modality.fit(packed, np.arange(M // 2)) == modality.fit(other, np.arange(M // 2))


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_packed_alike_alone_and_among_others(name):
    modality, given, packed = packed_input(name)
    few = Cells(given.frame[10:20], given.rows[10:20], given.file, arrays=given.arrays)
    again = modality.pack(few, packed.plan)
    assert alike(stretches(again, range(10)), stretches(packed, range(10, 20)))


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_summed_up_in_named_features_with_gaps_where_it_is_absent(name):
    modality, _, packed = packed_input(name)
    summary = modality.summary(packed, np.arange(M))
    assert summary.values.shape == (M, len(set(summary.names)))
    assert np.isnan(summary.values[0]).any()
    assert np.isfinite(summary.values[1:]).all()


@pytest.mark.parametrize("name", INPUTS)
def test_plan_and_what_a_modality_learned_survive_json(name):
    modality, _, packed = packed_input(name)
    for one in (packed.plan, modality.fit(packed, np.arange(M))):
        assert type(one).model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("name", INPUTS)
def test_a_case_is_shown_as_a_film_or_as_fields(name):
    modality, _, packed = packed_input(name)
    picture = modality.picture(packed, 1)
    assert (picture.image is None) != (not picture.fields)
    assert picture.image is None or picture.image.dtype == np.uint8


# ---- targets


def learned(kind: str) -> tuple[Target, Packed, Learned]:
    target: Target = made("targets", kind)
    packed = target.pack(cells(), target.plan(cells()), anchor(target))
    return target, packed, target.fit(packed, np.arange(M))


def anchor(target: Target, rows: slice = slice(None)) -> Packed | None:
    """The input that holds the truth of a target without columns of its own: every case has it."""
    if target.columns_used():
        return None
    modality: Modality = made("modalities", "sequence")
    given = letter_cells()
    some = Cells(given.frame.with_columns(letters=pl.col("letters").replace("", "A"))[rows], given.rows[rows])
    return modality.pack(some, modality.plan(given))


def raw_scores(target: Target, packed: Packed, fitted: Learned) -> Tensor:
    """Of cases [B]: [B, K] or, at positions, [B, L, K], of pairs [B, L, L + 1, K], with NaN behind the end of each case."""
    generator = torch.Generator().manual_seed(0)
    if target.needs is not Level.POSITIONS:
        return torch.randn(B, target.width(fitted), generator=generator, requires_grad=True)
    lengths = torch.from_numpy(packed["lengths"][:B])
    longest = int(lengths.max())
    pairs = (longest + 1,) if target.pairs else ()
    raw = torch.randn(B, longest, *pairs, target.width(fitted), generator=generator)
    behind = (torch.arange(longest) >= lengths[:, None]).view(B, longest, *(1 for _ in raw.shape[2:]))
    return raw.masked_fill(behind, float("nan")).requires_grad_()


@pytest.mark.parametrize("kind", of_group("targets"))
def test_a_loss_is_per_case_and_looks_at_no_other_case(kind):
    target, packed, fitted = learned(kind)
    raw = raw_scores(target, packed, fitted)
    losses = target.loss(raw, target.truth(packed, np.arange(B), fitted), fitted)
    assert tuple(losses.shape) == (B,)
    for i in range(B):
        (gradient,) = torch.autograd.grad(losses[i], raw, retain_graph=True)
        assert torch.isfinite(gradient).all()
        assert gradient[i].any()
        assert target.coupled or not gradient[torch.arange(B) != i].any()


@pytest.mark.parametrize("kind", of_group("targets"))
def test_a_target_fills_the_columns_that_its_form_names(kind):
    target, packed, fitted = learned(kind)
    form = target.form(packed.plan)
    scores = target.predict(raw_scores(target, packed, fitted), fitted)
    assert set(form.scores()) <= set(scores)
    assert all(len(column) == B for column in scores.values())
    truth = target.truth_columns(packed, np.arange(M))
    assert tuple(truth) == form.truths()
    assert all(len(column) == M for column in truth.values())


@pytest.mark.parametrize("kind", of_group("targets"))
def test_a_target_has_a_stratum_for_every_case(kind):
    target, packed, _ = learned(kind)
    strata = target.strata(packed)
    assert strata is None or (len(strata) == M and strata.min() >= -1)


@pytest.mark.parametrize("kind", of_group("targets"))
def test_plan_and_what_was_fitted_survive_json(kind):
    _, packed, fitted = learned(kind)
    for one in (packed.plan, fitted):
        assert type(one).model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("kind", of_group("targets"))
def test_a_target_is_packed_alike_alone_and_among_others(kind):
    target, packed, _ = learned(kind)
    few = Cells(frame()[10:20], np.arange(10) + 12, "cases.csv", folds())
    again = target.pack(few, packed.plan, anchor(target, slice(10, 20)))
    assert alike(stretches(again, range(10)), stretches(packed, range(10, 20)))


@pytest.mark.parametrize("kind", of_group("targets"))
def test_sound_cells_give_no_error(kind):
    assert not [finding for finding in made("targets", kind).check(cells()) if finding.severity == "error"]


# ---- safeguards


def study_batch() -> Batch:
    inputs = {"image": layout(SHAPES["image"]), "table": layout(SHAPES["rows"])}
    there = {name: torch.ones(B, dtype=torch.bool) for name in inputs}
    return Batch(inputs, there, {"died": {"code": torch.arange(B) % 2}}, {"died": there["image"]}, torch.arange(B))


def shapes_of(one: Layout) -> dict[str, Any]:
    return {name: None if tensor is None else tuple(tensor.shape) for name, tensor in vars(one).items()}


@pytest.mark.parametrize("kind", of_group("safeguards"))
def test_a_safeguard_keeps_the_cases_of_a_batch_and_their_shapes(kind):
    guard: Safeguard = made("safeguards", kind)
    strata = {"died": np.arange(M) % 3 // 2}
    fitted, before = guard.fit(strata), study_batch()
    after = guard.before(before, fitted, torch.Generator().manual_seed(0))
    assert torch.equal(after.rows, before.rows)
    for name, given in before.inputs.items():
        assert shapes_of(given) == shapes_of(after.inputs[name])
    weights = guard.weigh("died", torch.tensor([0, 1, -1]), fitted)
    assert weights is None or (len(weights) == 3 and (weights > 0).all())
    drawn = guard.draw(strata, fitted, torch.Generator().manual_seed(0))
    assert drawn is None or (len(drawn) == M and drawn.min() >= 0 and drawn.max() < M)


@pytest.mark.parametrize("kind", of_group("safeguards"))
def test_a_safeguard_is_the_same_for_the_same_generator(kind):
    guard: Safeguard = made("safeguards", kind)
    fitted = guard.fit({"died": np.arange(M) % 2})
    first, second = (guard.before(study_batch(), fitted, torch.Generator().manual_seed(3)) for _ in range(2))
    assert all(torch.equal(first.present[name], second.present[name]) for name in first.present)
    assert torch.equal(first.inputs["image"].values, second.inputs["image"].values)  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", of_group("safeguards"))
@pytest.mark.parametrize("task", ["class", "labels", "value"])
def test_a_safeguard_changes_predictions_without_seeing_their_truth(kind, task):
    guard: Safeguard = made("safeguards", kind)
    form = Form(task=task, classes=() if task == "value" else ("a", "b"))
    generator = np.random.default_rng(0)
    truths = {name: generator.random(M) < 0.5 if task != "value" else generator.random(M) for name in form.truths()}
    table = pl.DataFrame({**truths, **{name: generator.random(M) for name in form.scores()}})
    fitted = guard.calibrate(form, table)
    after = guard.after(form, table.drop(form.truths()), fitted)
    assert len(after) == M
    assert after.equals(guard.after(form, table, fitted).drop(form.truths()))


def test_only_one_safeguard_draws_and_none_takes_over_the_gradients():
    guards = [made("safeguards", kind) for kind in of_group("safeguards")]
    strata = {"died": np.arange(M) % 2}
    drawing = [g for g in guards if g.draw(strata, g.fit(strata), torch.Generator().manual_seed(0)) is not None]
    assert len(drawing) <= 1


# ---- layouts


@pytest.mark.parametrize(
    "one",
    [
        Rows(torch.zeros(2, 3), torch.ones(2, 3, dtype=torch.bool), torch.zeros(2, 1, dtype=torch.long)),
        Grid(torch.zeros(2, 1, 4)),
        Tokens(torch.ones(2, 5, dtype=torch.bool), codes=torch.zeros(2, 5, dtype=torch.long)),
        Graph(torch.zeros(3, 2), torch.zeros(4, 1), torch.zeros(2, 4, dtype=torch.long), torch.zeros(3, dtype=torch.long)),
    ],
)
def test_a_layout_moves_as_one_and_keeps_what_is_not_there(one):
    moved = each(one, lambda t: t + 1 if t.is_floating_point() else t)
    assert type(moved) is type(one)
    assert all((getattr(one, n) is None) == (getattr(moved, n) is None) for n in vars(one))
