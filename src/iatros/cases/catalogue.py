"""Which public data sets are known by name. In: nothing. Out: one record each, by name."""

from __future__ import annotations

from dataclasses import dataclass

MEDMNIST = "https://zenodo.org/record/6496656/files/{}.npz?download=1"  # MedMNIST v2, medmnist/info.py of 2.1.0
LARGEST = 4 * 2**30  # bytes; nothing here is larger, and a download that grows beyond it is broken off


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set.

    ships_with: the package that has it, "" where it is fetched from `url` and must have this checksum (MD5 or SHA-256)
    targets:    columns that can be predicted; inputs: the columns to predict from, in words
    bytes:      size of the download where the source states it
    """

    name: str
    title: str
    licence: str
    cases: int
    targets: tuple[str, ...]
    inputs: str
    ships_with: str = ""
    url: str = ""
    file: str = ""
    md5: str = ""
    sha256: str = ""
    bytes: int | None = None


def _bundled(name: str, title: str, cases: int, target: str, inputs: str, licence: str = "CC BY 4.0") -> DataSet:
    suffix = "npz" if name == "digits" else "csv"
    return DataSet(name, title, licence, cases, (target,), inputs, ships_with="scikit-learn", file=f"{name}.{suffix}")


def _medmnist(name: str, title: str, cases: int, md5: str, licence: str = "CC BY 4.0") -> DataSet:
    inputs = "images of 28 x 28 pixels, official parts in `part`"
    return DataSet(name, title, licence, cases, ("labels",), inputs, url=MEDMNIST.format(name), file=f"{name}.npz", md5=md5)


_ALL = (
    _bundled(
        "cytology", "Wisconsin breast-cancer cytology: benign or malignant", 569, "diagnosis", "30 measurements of nuclei"
    ),
    _bundled(
        "diabetes", "Diabetes progression after one year (Efron et al. 2004)", 442, "progression", "10 numbers", "not stated"
    ),
    _bundled("wine", "Three cultivars of wine by chemical analysis", 178, "cultivar", "13 numbers"),
    _bundled("iris", "Three species of iris", 150, "species", "4 numbers"),
    _bundled("digits", "Handwritten digits, 8 x 8 pixels (UCI)", 1797, "labels", "images, grey 0 to 255"),
    _medmnist("pneumoniamnist", "Paediatric chest films: pneumonia or not", 5856, "28209eda62fecd6e6a2d98b1501bb15f"),
    _medmnist("breastmnist", "Breast ultrasound: malignant or not", 780, "750601b1f35ba3300ea97c75c52ff8f6"),
    _medmnist("retinamnist", "Fundus photographs: grade of retinopathy", 1600, "bd4c0672f1bba3e3a89f0e4e876791e4"),
    _medmnist("bloodmnist", "Blood cells of eight kinds", 17092, "7053d0359d879ad8a5505303e11de1dc"),
    _medmnist("dermamnist", "Dermatoscopy: seven diagnoses", 10015, "0744692d530f8e62ec473284d019b0c7", "CC BY-NC 4.0"),
    _medmnist("octmnist", "Retinal OCT: four diagnoses", 109309, "c68d92d5b585d8d81f7112f81e2d0842"),
    _medmnist("pathmnist", "Colorectal histology: nine tissues", 107180, "a8b06965200029087d5bd730944a56c1"),
    _medmnist("tissuemnist", "Kidney cortex cells of eight kinds", 236386, "ebe78ee8b05294063de985d821c1c34b"),
)
DATA_SETS = {each.name: each for each in _ALL}
