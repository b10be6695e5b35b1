"""Claim: on hospitals that it never saw, the network is at least level with logistic regression and gradient boosting, although
half of the columns are missing at one hospital or another; nothing fails, and calibration is shown for each hospital.

Data: UCI heart disease, four hospitals, 920 cases; each hospital is judged by models of the other three. The study is
benchmarks/studies/heart_sites.toml; seeds 0 to 4, whose mean is the model. Peers: the classical models of the same run, which
fit on the same three hospitals, those cases included that the network keeps for validation. Level: the lower limit of the
paired 95 % interval is above -.01. "Within hospitals" is the mean of the hospitals' AUROCs, weighted by the number of pairs.

Why a plain network loses on inner hospitals (two train, a third is judged, the fourth is hidden): hospitals differ in what they
measure. `ca` is missing in 96 to 99 % of cases at three of them and `thal` in 42 to 90 %; Cleveland has both. What a network
learns from columns that the next hospital lacks is lost there. It is not the indicators of what is missing (without them it
was worse, .781 against .790), but leaning on few columns. Mean AUROC of the 12 pairs, this study's own workflow, one seed:

    plain (piecewise numbers, dropout .2, decay .01)                              .790
    30 % of the cells hidden in training, the plain table given to the readout    .814
    the same with decay 1                                                         .814   <- taken
    Iatros' defaults at the time (that, with plain numbers and dropout .5)         .797

The one taken was best, or level with the best within .002, for each hidden hospital. Caution: the hospital tested here was
judged in three pairs of each of the others, and this is the second look at the test hospitals: the defaults were measured
first, and missed (within hospitals .870 against .876 of logistic regression; pooled .851 against .858). The test
hospitals do not tell the plain network, also the mean of five seeds, from this one: it is level with logistic regression as
well (rows "a plain network"; they chose nothing). `--choose` prints the table above.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from fresh import against, figure, figures, words
from places import DATA, STUDIES
from table import Row, report

from iatros.contracts import Fold
from iatros.results import MetricRow
from iatros.runs import RunFolder
from iatros.study import Study, load
from iatros.training.engine import Engine
from iatros.workflow.examine import examine
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.run import run
from iatros.workflow.sweep import judged as inner_auroc
from iatros.workflow.watch import Silence

TABLE = DATA / "clinical" / "uci_heart" / "heart_4sites.csv.gz"
PEERS = ("logistic regression", "gradient boosting")
LEVEL = -0.01
NETWORKS = 20  # four hospitals, five seeds
PLAIN = {"kind": "mlp", "hidden": 0.0, "linear": False, "dropout": 0.2, "numbers": "piecewise"}
PLAIN_DECAY = 0.01
HIDING = {"kind": "mlp", "numbers": "piecewise", "dropout": 0.2, "hidden": 0.3, "linear": True}
SETTINGS = {  # encoder and decay that inner hospitals chose from
    "plain": (PLAIN, PLAIN_DECAY),
    "cells hidden, table beside": (HIDING, PLAIN_DECAY),
    "cells hidden, table beside, decay 1": (HIDING, 1.0),
    "the first defaults": ({"kind": "mlp", "numbers": "plain", "dropout": 0.5, "hidden": 0.3, "linear": True}, 1.0),
}
LOOKS = "the defaults for tables were measured first and missed; the setting was then chosen on inner hospitals alone"
VIEWS = {"auroc_within_sites": "within hospitals", "auroc": "pooled"}


def study(plain: bool = False) -> Study:
    """The study; `plain`: without what makes its network fit for other hospitals."""
    told = load(STUDIES / "heart_sites.toml").model_dump(mode="json", exclude_none=True)
    told["cases"]["table"] = str(TABLE)
    if plain:
        told["name"] = "heart_sites_plain"
        told["inputs"]["findings"]["encoder"] = PLAIN
        told["training"]["decay"] = PLAIN_DECAY
    return Study.model_validate(told)


def done(some: Study, place: Path) -> Run:
    """The study's run, made where it is not there yet."""
    return open_run(place) if RunFolder(place).finished() else run(some, place)


def choose() -> None:
    """Print the mean AUROC of each setting on inner hospitals, all and by the hospital that was hidden."""
    chosen = study()
    examined = examine(chosen, Path(), allow_leak=False, watch=Silence())
    site = np.array(examined.cohort.site)
    sites = np.unique(site).tolist()
    for name, (encoder, decay) in SETTINGS.items():
        told = chosen.model_dump(mode="json", exclude_none=True)
        told["inputs"]["findings"]["encoder"] = encoder
        told["training"] |= {"decay": decay, "seeds": 1}
        tried = replace(examined, study=Study.model_validate(told))
        found = {hidden: [] for hidden in sites}
        for hidden, tested in permutations(sites, 2):
            part = np.where(site == tested, 3, np.where(site == hidden, -1, 0)).astype(np.int8)
            found[hidden].append(inner_auroc(tried, [Fold("sites", 0, 0, part, tested)], Engine(threads=1))[0])
        each = ", ".join(f"{hidden} {np.mean(values):.4f}" for hidden, values in found.items())
        print(f"{name:40} {np.mean(list(found.values())):.4f}  hidden: {each}", flush=True)


def judged(rows: Sequence[MetricRow], name: str, level: float | None) -> list[Row]:
    """A network beside both peers, in both views."""
    return [
        against(rows, f"{name} against {peer}, AUROC {view}", metric, peer, level, scheme="sites")
        for metric, view in VIEWS.items()
        for peer in PEERS
    ]


def by_site(rows: Sequence[MetricRow], sites: Sequence[str]) -> list[Row]:
    """AUROC and calibration at each hospital."""
    found = []
    for site in sites:
        where = {"scheme": "sites", "group": f"site={site}"}
        names = {"calibration_slope": "slope", "observed_expected": "observed/expected", "brier": "Brier"}
        told = "; ".join(f"{shown} {words(figure(rows, name, **where))}" for name, shown in names.items())
        theirs = ", ".join(f"{peer} {words(figure(rows, 'auroc', model=peer, **where))}" for peer in PEERS)
        auroc, first = figure(rows, "auroc", **where), figure(rows, "auroc", model=PEERS[0], **where)
        said = f"{auroc.cases} cases, {auroc.events} events; {told}; AUROC of {theirs}"
        found.append(Row(f"AUROC at {site}", auroc.value, first.value, low=auroc.low, high=auroc.high, note=said))
    return found


def gaps(frame: pl.DataFrame) -> Row:
    """Columns that are mostly missing somewhere, and whether all went through."""
    shares = frame.group_by("site").agg(pl.all().is_null().mean()).drop("site")
    gone = [name for name in shares.columns if (shares[name].max() or 0) >= 0.5]
    note = f"{', '.join(gone)}: at least half missing at one hospital or more; the study ran to its end, every hospital judged"
    return Row("columns at least half missing somewhere", len(gone), goal="never failing", met=True, note=note)


def main() -> bool:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for the runs; finished ones there are used again")
    parser.add_argument("--choose", action="store_true", help="judge the settings on inner hospitals instead")
    options = parser.parse_args()
    if options.choose:
        choose()
        return True
    frame = pl.read_csv(TABLE)
    with TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        spent = done(study(), folder / "ours").record["seconds"]["train"] / NETWORKS
        done(study(plain=True), folder / "plain")
        ours, plain = figures(folder / "ours"), figures(folder / "plain")
    rows = [
        *judged(ours, "network", LEVEL),
        *judged(plain, "a plain network", None),
        *by_site(ours, sorted(frame["site"].unique())),
        gaps(frame),
        Row("looks at the test hospitals by the network judged", 2, note=LOOKS),
        Row("training a network", spent, unit="s"),
    ]
    return report("heart_sites", rows, ["scikit-learn"])


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
