"""The study: one declaration, as a tree of frozen objects and as a TOML file, and back.

In: TOML text or keyword arguments. Out: a `Study`, or an `InputError` with file, line, key and the nearest right one.
"""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from iatros import notebook
from iatros.contracts import Fusion, Modality, Safeguard, Split, Target
from iatros.findings import quote
from iatros.predictions import OF_CASES, OF_POSITIONS
from iatros.registry import of

if TYPE_CHECKING:
    from iatros.contracts import Fusion as AnyFusion
    from iatros.contracts import Modality as AnyModality
    from iatros.contracts import Safeguard as AnySafeguard
    from iatros.contracts import Split as AnySplit
    from iatros.contracts import Target as AnyTarget
else:
    AnyModality, AnyTarget = of("modalities", Modality), of("targets", Target)
    AnySafeguard, AnySplit, AnyFusion = of("safeguards", Safeguard), of("splits", Split), of("fusions", Fusion)

Name = Annotated[str, Field(pattern=r"^[^\W\d_][\w-]{0,63}$")]
FileName = Annotated[str, Field(pattern=r"^\w[\w.-]{0,99}$")]
MANY_EPOCHS = 100_000
MANY_SEEDS = 100
NAME_WIDTH, COLUMNS_SHOWN = 12, 6  # where a study shows itself


class Section(BaseModel):
    """A table of the study."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,  # a frame would show its first patients
    )


class CasesSection(Section):
    """Where the cases come from, and who enters."""

    table: Any = Field(repr=False)
    """CSV, TSV, Parquet, FASTA, FASTQ or GenBank file, folder with a subfolder a class, .npz, data set (`iatros data list`), or
    a frame."""
    where: str | None = None
    """Who enters: a Polars SQL expression over the columns, such as "age >= 18"."""
    patient: str | None = None
    """Column of patient ids; cases of one patient never straddle a split. Without it each row is taken as one patient."""
    site: str | None = None
    """Column of hospitals: results per site, and each site judged by a model that has not seen it."""
    time: str | None = None
    """Column of dates or times, for temporal splits."""
    weight: str | None = None
    """Column of sampling weights that restore prevalence; used in training and in evaluation."""
    licence: str = ""
    """Licence of the data, for the report."""

    @field_validator("table")
    @classmethod
    def _table_is_a_place_or_a_frame(cls, table: Any) -> Any:
        if isinstance(table, bool | int | float | list | tuple | dict | date | time) or (
            isinstance(table, str) and not table.strip()
        ):
            raise ValueError(f"`table` cannot be {quote(table)}: write the name of a file, a folder or a data set, in quotes")
        return table

    @field_serializer("table")
    def _table_in_words(self, table: Any) -> str:
        return str(table) if isinstance(table, str | Path) else "data frame"

    def columns_used(self) -> tuple[str, ...]:
        """The columns named here."""
        return tuple(c for c in (self.patient, self.site, self.time, self.weight) if c)


class TrainingSection(Section):
    """How the networks are fitted. "auto" is chosen from the number of cases and the kinds of input, and recorded."""

    epochs: Annotated[int, Field(ge=1, le=MANY_EPOCHS)] | Literal["auto"] = "auto"
    """Passes over the training cases."""
    batch: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """Cases a step."""
    optimizer: Literal["adamw", "adam", "sgd", "rmsprop"] = "adamw"
    """The optimiser; sgd has momentum."""
    rate: Annotated[float, Field(gt=0, le=10)] | Literal["auto"] = "auto"
    """The highest learning rate."""
    momentum: float = Field(default=0.9, ge=0, lt=1)
    """Of sgd and rmsprop."""
    decay: Annotated[float, Field(ge=0)] | Literal["auto"] = "auto"
    """Weight decay of matrices; norms and biases have none. "auto" is strong for tables, weak for grids."""
    schedule: Literal["one_cycle", "cosine", "plateau", "constant", "steps"] = "one_cycle"
    """How the rate changes: up and down once, down, halved when validation stalls, not at all, or by ten at `milestones`."""
    milestones: tuple[float, ...] = ()
    """For `steps`: shares of the epochs after which the rate is divided by ten."""
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps in which the rate rises; one_cycle uses at least a quarter of a tenth."""
    clip: float = Field(default=1.0, ge=0)
    """Largest norm of the gradient; 0 does not clip."""
    ema: float = Field(default=0.0, ge=0, lt=1)
    """Decay of the moving average of weights and BatchNorm buffers that is used for prediction; 0: none."""
    patience: int | None = Field(default=None, ge=1)
    """Early stopping: epochs without a lower validation loss after which training ends. Without it, all epochs run."""
    keep: Literal["best", "last"] = "last"
    """Weights to keep: those of the lowest validation loss, or the last. With `patience`, always the best."""
    seeds: (
        Annotated[int, Field(ge=1, le=MANY_SEEDS)] | Annotated[tuple[int, ...], Field(min_length=1, max_length=MANY_SEEDS)]
    ) = 1
    """How many networks a fold, or the seeds themselves; their mean is the model."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic; "auto" measures once a run which is faster here."""
    threads: Annotated[int, Field(ge=1, le=1024)] | Literal["auto"] = "auto"
    """Processor threads; "auto" measures."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute."""
    views: int = Field(default=1, ge=1, le=64)
    """At prediction, the mean of the raw scores over so many views of each case: as it is, and moved as in training."""
    budget: float | None = Field(default=None, gt=0)
    """Seconds for all training of the run; each network gets its share, and its schedule ends in time."""
    alone: float = Field(default=1.0, ge=0)
    """With several inputs: weight of the losses on each input alone, beside the fused one."""
    joint: bool = False
    """With several inputs: let the fused loss train the encoders too. By default each encoder learns from its own loss and
    the fusion reads what it gives, which measured better, and makes each input alone an honest comparison."""

    def seed_list(self) -> tuple[int, ...]:
        """The seeds themselves."""
        return tuple(range(self.seeds)) if isinstance(self.seeds, int) else self.seeds


class EvaluationSection(Section):
    """How the result is judged."""

    groups: tuple[str, ...] = ()
    """Columns whose groups are judged apart; numbers are cut into four groups."""
    existing: str | None = None
    """Column of a score in use today, judged beside."""
    identity: str | None = None
    """Column of sequences: results by identity to the nearest training sequence. With the split `homology`, its own column."""
    resamples: int = Field(default=2000, ge=100, le=100_000)
    """Bootstrap resamples of patients."""
    small_counts: Literal["withhold", "mask"] = "withhold"
    """What to do with groups too small to judge; "mask" also prints counts below ten as "<10"."""
    purpose: str = ""
    """For whom and what the model is meant, in the author's words, for the report."""


class ExplanationSection(Section):
    """What is explained, and how thoroughly the explanations are checked."""

    methods: tuple[Literal["grad_cam", "integrated_gradients", "occlusion"], ...] = ("grad_cam", "integrated_gradients")
    """Attribution methods for images."""
    draws: int = Field(default=10, ge=10, le=1000)
    """Randomised models that each method is compared with."""
    cases: int = Field(default=24, ge=1, le=1000)
    """Cases on which the methods are checked."""


class SweepSection(Section):
    """A search over named keys, judged on inner folds only."""

    trials: int = Field(default=20, ge=1, le=100_000)
    """How many settings to try."""
    keys: dict[str, tuple[Any, ...]] = Field(default_factory=dict)
    """Key of the study -> values to choose from; two numbers are the ends of a range: `"training.rate" = [1e-4, 1e-2]`."""
    folds: int = Field(default=3, ge=2, le=20)
    """Inner folds on which a setting is judged."""


class SplitSection(Section):
    """The split, and further ones judged beside it."""

    main: AnySplit
    also: tuple[AnySplit, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _also_stands_beside(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = {"kind": value}
        if not isinstance(value, dict) or "main" in value:
            return value
        return {"main": {k: v for k, v in value.items() if k != "also"}, "also": value.get("also", ())}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """As the file has it: the keys of one kind, and `also` beside them."""
        made = handler.resolve_ref_schema(handler(schema))
        also = made["properties"]["also"]
        kinds = [handler.resolve_ref_schema(choice) for choice in made["properties"]["main"]["anyOf"]]
        tables = [kind | {"properties": kind["properties"] | {"also": also}} for kind in kinds if "properties" in kind]
        return {"anyOf": [*tables, *(kind for kind in kinds if "enum" in kind)]}

    @model_serializer(mode="plain")
    def _as_written(self) -> dict[str, Any]:
        also = [_written(split) for split in self.also]
        return _written(self.main) | ({"also": also} if also else {})

    def schemes(self) -> tuple[Split, ...]:
        """All splits, the main one first."""
        return (self.main, *self.also)

    def uncalibrated(self) -> SplitSection:
        """Without calibration parts, but for splits that ask for one."""
        made = [_uncalibrated(split) if _unasked(split) else split for split in self.schemes()]
        return self.model_copy(update={"main": made[0], "also": tuple(made[1:])})


def _unasked(split: Split) -> bool:
    """Would it cut a calibration part that the study does not name?"""
    return "calibration" in type(split).model_fields and "calibration" not in split.model_fields_set


def _uncalibrated(split: Split) -> Split:
    """Without a calibration part, which it still does not name: a safeguard that is added later has one again."""
    made = split.model_copy(update={"calibration": 0.0})
    made.model_fields_set.discard("calibration")
    return made


def _written(split: Split) -> dict[str, Any]:
    """As the file has it: without a calibration part that was left out for want of a reader."""
    left = {"calibration"} if _unasked(split) and not getattr(split, "calibration", None) else set()
    return split.model_dump(mode="json", exclude_none=True, exclude=left)


class Study(Section):
    """A study: cases, inputs, targets, and what is done with them."""

    name: FileName
    """Name of the study; the run's folder is `runs/NAME`."""
    title: str = ""
    """Title of the report."""
    cases: CasesSection
    """Where the cases come from."""
    inputs: dict[Name, AnyModality] = Field(min_length=1)
    """What the model sees of a case: one section an input."""
    targets: dict[Name, AnyTarget] = Field(min_length=1)
    """What the model predicts: one section a target."""
    fusion: AnyFusion | None = None
    """How several inputs are joined; by default gated attention."""
    split: SplitSection
    """Who trains and who tests."""
    training: TrainingSection = TrainingSection()
    """How networks are fitted."""
    safeguards: dict[str, AnySafeguard] = Field(default_factory=dict)
    """Protections around training; the table's name is the safeguard's kind. By default calibration and conformal sets."""
    evaluation: EvaluationSection = EvaluationSection()
    """How the result is judged."""
    explanation: ExplanationSection = ExplanationSection()
    """What is explained."""
    sweep: SweepSection = SweepSection()
    """What `iatros sweep` tries."""

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        value = dict(value)
        cases = value.get("cases")
        site = cases.get("site") if isinstance(cases, dict) else getattr(cases, "site", None)
        value.setdefault("split", {"kind": "folds"} | ({"also": ["sites"]} if site else {}))
        split = value["split"]
        if isinstance(split, dict) and site and "also" not in split and split.get("kind", "folds") == "folds":
            value["split"] = split | {"also": ["sites"]}
        value.setdefault("safeguards", {"calibration": {}, "conformal": {}})
        if isinstance(value.get("safeguards"), dict):
            value["safeguards"] = {k: {"kind": k} | v if isinstance(v, dict) else v for k, v in value["safeguards"].items()}
        return value

    @model_validator(mode="after")
    def _parts_fit(self) -> Study:
        both = self.inputs.keys() & self.targets.keys()
        if both:
            raise ValueError(f"`{min(both)}` is the name of an input and of a target; give one of them another name")
        for name, target in self.targets.items():
            if target.input is not None and target.input not in self.inputs:
                raise ValueError(
                    f"targets.{name}.input names `{target.input}`, which is no input; there are {', '.join(self.inputs)}"
                )
        for name, guard in self.safeguards.items():
            if guard.kind != name:
                raise ValueError(f"[safeguards.{name}] has the kind `{guard.kind}`; the table's name is the safeguard's kind")
        kinds = [split.kind for split in self.split.schemes()]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise ValueError(f"[split] names the kind `{kind}` twice; results go by kind, so give each a study of its own")
        needs_site = [split.kind for split in self.split.schemes() if split.kind == "sites"]
        if needs_site and not self.cases.site:
            raise ValueError("the split `sites` needs a column of hospitals: write `site = ...` in [cases]")
        return self

    @model_validator(mode="after")
    def _no_part_for_nobody(self) -> Study:
        """Where no safeguard would learn from a calibration part, none is cut from training unless it is asked for."""
        tasks = {target.kind for target in self.targets.values()}
        tasks = tasks if tasks <= {*OF_CASES, *OF_POSITIONS} else {*tasks, *OF_CASES}  # a kind of one's own may be of any task
        if not any(guard.learns(task) for guard in self.safeguards.values() for task in tasks):
            object.__setattr__(self, "split", self.split.uncalibrated())  # a frozen study on its way to be one
        return self

    def to_toml(self) -> str:
        """The study as TOML, every default written out."""
        from iatros.toml import dumps

        return dumps(self.model_dump(mode="json", exclude_none=True))

    def facts(self) -> list[tuple[str, str]]:
        """What it says in short, as (name, words) pairs, for a terminal and a notebook."""
        sources = {**self.inputs, **self.targets}
        told = [("cases", _cases_in_words(self.cases))]
        told += [(name, f"{kind.kind} of {_some(kind.columns_used())}") for name, kind in sources.items()]
        told.append(("split", ", ".join(split.kind for split in self.split.schemes())))
        count = len(self.training.seed_list())
        told.append(("training", f"{count} network{'' if count == 1 else 's'} a fold, epochs {self.training.epochs}"))
        return [*told, ("safeguards", ", ".join(self.safeguards) or "none")]

    def __repr__(self) -> str:
        return "\n".join([f"Study {self.name}", *(f"  {name:<{NAME_WIDTH}} {words}" for name, words in self.facts())])

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        title = f"Study {self.name}" + (f": {self.title}" if self.title else "")
        rows = notebook.table("What is declared", ("part", "as declared"), self.facts())
        return notebook.card(title, rows, notebook.folded("every key, with its default", self.to_toml()))


def _cases_in_words(cases: CasesSection) -> str:
    shape = getattr(cases.table, "shape", None)
    words = f"a frame of {shape[0]:,} rows and {shape[1]:,} columns" if shape and len(shape) == 2 else str(cases.table)
    words = words if shape or isinstance(cases.table, str | Path) else "a frame"
    roles = {"patient": cases.patient, "site": cases.site, "time": cases.time, "weight": cases.weight, "where": cases.where}
    return ", ".join([words, *(f"{role} `{column}`" for role, column in roles.items() if column)])


def _some(columns: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{column}`" for column in columns[:COLUMNS_SHOWN])
    return shown + (f" and {len(columns) - COLUMNS_SHOWN:,} more" if len(columns) > COLUMNS_SHOWN else "")


def load(path: str | Path) -> Study:
    """Read a study. Raises InputError, which names file, line and key."""
    from iatros.toml import read

    return read(Path(path), Study)
