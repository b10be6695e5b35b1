"""Why a result may be believed, or not: what explanation and the probes found. Written to `evidence.json`, read by the report.

No patient identifiers: cases are positions in the study and rows of the user's file.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Importance(_Frozen):
    """How much one column of a table (or one input) matters: loss of the headline metric when it is shuffled.

    null_low, null_high: the same for made-up inputs (shuffled copies trained along); the grey band of the report.
    shape_x, shape_y: mean effect on the score (Shapley value) along the column's values; x are numbers or category names.
    """

    target: str
    input: str
    column: str
    value: float
    low: float | None = None
    high: float | None = None
    null_low: float | None = None
    null_high: float | None = None
    method: str = "permutation"
    shape_x: tuple[float | str, ...] = ()
    shape_y: tuple[float, ...] = ()


class MethodCheck(_Frozen):
    """Can the pictures of one attribution method be trusted on this run?

    correlation: mean Spearman correlation between attributions of the trained model and of `draws` randomised ones, with the
                 interval over draws: near 1 means that the pictures show the input, not the model
    deletion:    area over the deletion curve (higher is better), for the method, for a randomised model's attribution, and for
                 random order; `replaced_by` says what deleted content was replaced by
    curve:       (share deleted, score) points per line: "method", "randomised", "random"
    passed:      the verdict; why: the sentence printed where the picture is shown
    """

    target: str
    input: str
    method: str
    draws: int
    correlation: float | None = None
    correlation_low: float | None = None
    correlation_high: float | None = None
    deletion: float | None = None
    deletion_randomised: float | None = None
    deletion_random: float | None = None
    deletion_low: float | None = None
    deletion_high: float | None = None
    replaced_by: str = ""
    curve: dict[str, tuple[tuple[float, float], ...]] = Field(default_factory=dict)
    passed: bool
    why: str


class CaseEvidence(_Frozen):
    """One case to be shown: sure and wrong, sure and right, or typical.

    case: position in the study; row: row of the user's file. score: the model's; truth: as text.
    fields: (name, value) pairs without identifiers; effects: (column, effect on the score) of a table, largest first
    image, map, map_randomised: names of PNG files in the run's `figures/` folder, "" where there are none
    letters:     of a sequence, those from position `first` on that are shown; never of a text
    attribution: how far each moved the score; attribution_randomised: the same of an untrained network
    """

    target: str
    role: Literal["worst", "best", "typical"]
    case: int
    row: int
    score: float
    truth: str
    predicted: str = ""
    site: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    effects: tuple[tuple[str, float], ...] = ()
    input: str = ""
    method: str = ""
    image: str = ""
    map: str = ""
    map_randomised: str = ""
    letters: str = ""
    first: int = 1
    attribution: tuple[float, ...] = ()
    attribution_randomised: tuple[float, ...] = ()


class MotifEvidence(_Frozen):
    """A pattern of letters that the attributions of several test cases share.

    letters: columns of both tables; counts: how often each stands at each position; contributions: its mean effect on the score
    windows, cases: how many places hold it, in how many of the `of` cases that were looked at
    raises: whether it raises the score, or lowers it
    """

    target: str
    input: str
    method: str
    letters: str
    counts: tuple[tuple[float, ...], ...]
    contributions: tuple[tuple[float, ...], ...]
    windows: int
    cases: int
    of: int
    raises: bool


class WordEvidence(_Frozen):
    """What one word of a text does to the score: mean over the `cases` that hold it, with its interval."""

    target: str
    input: str
    method: str
    word: str
    cases: int
    value: float
    low: float
    high: float


class Line(_Frozen):
    """Points of a line with their 95 % limits; all of one length."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    n: tuple[int, ...]


class ChainEvidence(_Frozen):
    """A test chain as it was predicted, laid over the true one.

    role: by lDDT-CA the best, the median or the worst of all test chains, or one that was asked for
    length: of the chain, in residues
    lddt, tm_score, rmsd (angstrom), precision (of the top L contacts): of the whole chain, None where there is none
    Of the first residues, as many as are kept:
    truth, predicted: CA in angstrom, None where not known; predicted is turned onto truth (Kabsch)
    confidence, right: of each residue what was promised and its real lDDT-CA, 0 to 1
    contacts: (i, j, probability) of pairs that may touch, from 0, i < j, the likeliest first
    """

    role: Literal["best", "median", "worst", "asked"]
    case: int
    row: int
    length: int
    lddt: float
    tm_score: float | None = None
    rmsd: float | None = None
    precision: float | None = None
    truth: tuple[tuple[float, float, float] | None, ...]
    predicted: tuple[tuple[float, float, float] | None, ...]
    confidence: tuple[float, ...]
    right: tuple[float | None, ...]
    contacts: tuple[tuple[int, int, float], ...]


class ShapeEvidence(_Frozen):
    """How predicted structures differ from the true ones, on test chains; limits are over resampled patients.

    errors: model -> mean over chains of the error of CA distances (angstrom) by separation along the chain; n are chains
    trust:  residues in groups of equal size by confidence: mean confidence, mean real lDDT-CA; n are residues
    rank:   correlation of ranks of confidence and lDDT over residues; excess: mean confidence less mean lDDT; with limits
    """

    target: str
    chains: int
    residues: int
    errors: dict[str, Line]
    trust: Line
    rank: tuple[float, float, float] | None = None
    excess: tuple[float, float, float] | None = None
    shown: tuple[ChainEvidence, ...] = ()


class Probe(_Frozen):
    """One attempt to explain the result away. name: "shuffled outcomes", "missingness alone", "site alone", ...

    metric, value, low, high: what was found; expected: what it should be, in words; verdict: by rule.
    """

    target: str
    name: str
    tried: str
    metric: str = "auroc"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    expected: str = ""
    verdict: Literal["passed", "warning", "not measured"] = "not measured"
    why: str = ""


class Evidence(_Frozen):
    """All of it. sure_and_wrong: target -> (count, of how many, the score from which a case counts as sure)."""

    importances: tuple[Importance, ...] = ()
    checks: tuple[MethodCheck, ...] = ()
    cases: tuple[CaseEvidence, ...] = ()
    probes: tuple[Probe, ...] = ()
    motifs: tuple[MotifEvidence, ...] = ()
    words: tuple[WordEvidence, ...] = ()
    shapes: tuple[ShapeEvidence, ...] = ()
    sure_and_wrong: dict[str, tuple[int, int, float]] = Field(default_factory=dict)
