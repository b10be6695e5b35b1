"""From data to a study that is valid as written."""

import json
import subprocess
import zipfile

import numpy as np
import polars as pl
import pytest
from PIL import Image

import iatros
from iatros.drafting import new
from iatros.findings import InputError
from iatros.study import load
from iatros.workflow.examine import check

N = 120
RNG = np.random.default_rng(2)


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))
    return tmp_path


def admissions():
    died = RNG.random(N) < 0.3
    return pl.DataFrame(
        {
            "patient_id": np.arange(N) // 2,
            "hospital": RNG.choice(["north", "south"], N),
            'height "cm"': np.where(RNG.random(N) < 0.1, -1, RNG.normal(170, 9, N).round(1)),
            "crp": RNG.gamma(2, 10, N).round(1) + 10 * died,
            "stage": RNG.integers(1, 4, N),
            "length_of_stay": RNG.integers(1, 40, N),
            "died": np.where(np.arange(N) % 20 == 7, "unknown", np.where(died, "yes", "no")),
        }
    )


def valid(study):
    return not check(study).stopped()


def test_a_table_becomes_a_study_that_is_valid_as_written():
    admissions().write_csv("admissions.csv")
    written = new("ward", "admissions.csv")
    study = load(written.path)
    assert (study.cases.patient, study.cases.site, study.cases.where) == ("patient_id", "hospital", "\"died\" <> 'unknown'")
    assert study.targets["died"].positive == "yes"
    table = study.inputs["measurements"]
    assert table.columns == ('height "cm"', "crp", "stage")
    assert table.categories == ("stage",)
    assert table.missing == {'height "cm"': (-1.0,)}
    assert valid(written.path)


def test_every_guess_has_its_reason_in_the_file():
    admissions().write_csv("admissions.csv")
    text = new("ward", "admissions.csv").text
    for key in ("where", "patient", "site", "column", "positive", "kind"):
        (line,) = [line for line in text.splitlines() if line.startswith(f"{key} =") and 'kind = "table"' not in line]
        assert "# guess: " in line
    assert '#   "length_of_stay": known only afterwards' in text


def test_nothing_is_overwritten():
    admissions().write_csv("admissions.csv")
    (path := new("ward", "admissions.csv").path).write_text("mine")
    with pytest.raises(InputError, match="nothing is overwritten"):
        new("ward", "admissions.csv")
    assert path.read_text() == "mine"


@pytest.mark.parametrize("kind", ["parquet", "tsv.gz", "polars", "pandas"])
def test_the_study_is_the_same_from_wherever_the_table_comes(kind):
    frame = admissions()
    if kind == "parquet":
        frame.write_parquet(place := "a.parquet")
    elif kind == "tsv.gz":
        pl.DataFrame(frame).write_csv("a.tsv", separator="\t")
        subprocess.run(["gzip", "a.tsv"], check=True)
        place = "a.tsv.gz"
    else:
        place = frame.to_pandas() if kind == "pandas" else frame
    written = iatros.new("ward", place)
    assert written.draft.target.column == "died"
    assert [one.name for one in written.draft.table] == ['height "cm"', "crp", "stage"]
    assert valid(written.path)


def test_a_frame_never_overwrites_the_file_beside_the_study():
    pl.DataFrame({"a": [1]}).write_parquet("ward.parquet")
    with pytest.raises(InputError, match="nothing is overwritten"):
        new("ward", admissions())


def film(i):
    pixels = RNG.integers(60, 140, (16, 16)).astype(np.uint8)
    pixels[:, : 4 + i % 7] += 60
    return Image.fromarray(pixels)


def films(folder, names):
    for i, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        film(i).save(folder / name)


def test_a_folder_of_classes_becomes_a_study_of_images(desk):
    films(desk / "films", [f"{['clear', 'nodule'][i % 2]}/{i}.png" for i in range(30)])
    written = new("films", "films")
    study = load(written.path)
    assert (study.inputs["image"].column, study.targets["label"].positive) == ("path", "nodule")
    assert valid(written.path)


def test_short_names_of_images_are_found_in_the_folder_beside(desk):
    films(desk / "pictures", [f"{kind}/case_{i}.png" for kind in ("images", "masks") for i in range(30)])
    pl.DataFrame(
        {"image": [f"case_{i}" for i in range(30)], "label": np.arange(30) % 2, "age": np.arange(30) % 9 + 40}
    ).write_csv("a.csv")
    written = new("a", "a.csv")
    study = load(written.path)
    assert study.inputs["image"].path == "pictures/images/{}.png"
    assert study.inputs["measurements"].columns == ("age",)
    assert valid(written.path)


def test_images_that_are_still_packed_are_named(desk):
    films(desk / "unpacked", [f"case_{i}.png" for i in range(30)])
    with zipfile.ZipFile("all.zip", "w") as archive:
        for i in range(30):
            (desk / "unpacked" / f"case_{i}.png").rename(desk / "gone")
            archive.write("gone", f"case_{i}.png")
    pl.DataFrame(
        {"image": [f"case_{i}" for i in range(30)], "label": np.arange(30) % 2, "age": np.arange(30) % 9 + 40}
    ).write_csv("a.csv")
    (note,) = [note for note in new("a", "a.csv").draft.notes if "unpack" in note]
    assert "all.zip" in note


@pytest.mark.parametrize("several", [False, True])
def test_an_npz_of_images_keeps_its_parts_and_its_labels(several):
    parts = {}
    for part, count in (("train", 40), ("val", 20), ("test", 20)):
        parts[f"{part}_images"] = RNG.integers(0, 255, (count, 8, 8), np.uint8)
        parts[f"{part}_labels"] = RNG.integers(0, 2, (count, 3 if several else 1), np.uint8)
    np.savez("a.npz", **parts)
    written = new("a", "a.npz")
    study = load(written.path)
    assert study.split.main.kind == "column"
    assert study.targets["labels"].kind == ("labels" if several else "class")
    assert valid(written.path)


def test_a_given_division_that_tears_patients_apart_is_not_used():
    frame = admissions().with_columns(split=pl.Series(np.resize(["train", "test"], N)))
    written = new("ward", frame)
    assert written.draft.split is None
    assert "split" in {one.column for one in written.draft.left}
    assert valid(written.path)


def test_the_target_can_be_told():
    written = new("stay", admissions(), target="length_of_stay")
    assert (written.draft.target.kind, "length_of_stay" in [one.name for one in written.draft.table]) == ("value", False)
    assert valid(written.path)
    with pytest.raises(InputError, match="did you mean `died`"):
        new("other", admissions(), target="dyed")


@pytest.mark.parametrize(
    ("place", "words"),
    [("chain.pdb", "structures are not read yet"), ("mols.sdf", "molecules are not read yet"),
     ("a.csv", "no such file"), ("scan.nii.gz", "volumes and whole-slide images are not read yet")],
)  # fmt: skip
def test_what_cannot_be_read_yet_is_said_so(place, words):
    with pytest.raises(InputError, match=words):
        new("a", place)


def test_a_name_that_is_no_file_name_is_refused():
    with pytest.raises(InputError, match="cannot be the name"):
        new("../a", "cytology")


def test_the_shipped_cytology_keeps_all_its_measurements():
    written = new("cells", "cytology")
    assert len(written.draft.table) == 30
    assert written.draft.target.positive == "malignant"
    assert json.dumps(written.as_json())
