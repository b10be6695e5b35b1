"""Methods for a manuscript, in the order and the words of TRIPOD+AI. In: a reading. Out: paragraphs, from the record alone.

What only the author can say is left open by name. Source of the order: Collins et al. 2024, BMJ 385:e078378, items 5 to 16.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iatros.predictions import UNSEEN
from iatros.report import numbers
from iatros.report.parts import wording
from iatros.report.reading import Reading, View

OPEN = "[Author to complete: {}.]"
SCHEMES = {
    "folds": "cross-validation by {who} in {folds} folds",
    "holdout": "a random part of the {who}s that was held out",
    "column": "the parts that the data themselves declare",
    "sites": "leaving each hospital out in turn",
    "time": "the latest {who}s",
    "partners": "holding out {folds} parts of the things that are paired, so that tested pairs hold what training has not met",
    "homology": "cross-validation in {folds} folds of families, homologous sequences being in one fold",
}
APART = ("value", "residues", "next", "structure")  # tasks with figures of their own
OPTIMISERS = {"adamw": "AdamW", "adam": "Adam", "sgd": "stochastic gradient descent", "rmsprop": "RMSprop"}
FIGURES = {
    "class": (
        "Discrimination was measured by the area under the ROC curve and under the precision-recall curve; calibration by "
        "slope, intercept, observed/expected and a smooth curve; overall error by the Brier score and the log loss; "
        "usefulness by net benefit (Vickers and Elkin 2006)"
    ),
    "several": "Discrimination and calibration were measured for each class or label against the rest, then averaged",
    "residues": (
        "Accuracy, and discrimination of each class from the rest, were measured over all known positions; positions of one "
        "case stay together in resampling"
    ),
    "next": (
        "The model was judged by the perplexity of each next letter given those before it, the end counted as a letter, over "
        "all letters; letters of one case stay together in resampling"
    ),
    "structure": (
        "Structures were compared with the true ones by lDDT of CA (Mariani et al. 2013), dRMSD, TM-score (Zhang and Skolnick "
        "2004) and the precision of the likeliest contacts of long range (24 residues apart or more, CA nearer than 8 Å), each "
        "a mean over chains"
    ),
    "value": (
        "Accuracy was measured by mean absolute error, root mean squared error, mean error and R²; predictive intervals by "
        "their coverage and width"
    ),
}


def paragraphs(reading: Reading) -> list[tuple[str, str]]:
    """(Heading, text) of each paragraph that the record can fill."""
    made = ((name, " ".join(part for part in write(reading) if part)) for name, write in PARAGRAPHS.items())
    return [(name, text) for name, text in made if text]


def methods(reading: Reading) -> str:
    """The same as plain text."""
    return "\n\n".join(f"{name}. {text}" for name, text in paragraphs(reading))


def _source(reading: Reading) -> list[str]:
    data = reading.part("record", "data")
    title = str(data.get("title") or reading.name)
    licence = f", licence {data['licence']}" if data.get("licence") else ""
    finger = str(data.get("fingerprint") or "")
    told = f"We used “{title}”{licence}" + (f" (SHA-256 {finger[:16]}…)" if finger else "") + "."
    return [told, OPEN.format("where, when and for what purpose the data were recorded")]


def _participants(reading: Reading) -> list[str]:
    data = reading.part("record", "data")
    cases, patients = data.get("cases"), data.get("patients")
    steps = [step for step in reading.listed("record", "flow") if isinstance(step, dict)]
    began = steps[0].get("left", 0) + steps[0].get("out", 0) if steps else None
    lost = [f"{step['out']:,} were set aside ({step.get('why') or step.get('label')})" for step in steps if step.get("out")]
    flow = f"Of {began:,} records, {numbers.joined(lost)}." if began and lost else ""
    flow = flow or (f"All {began:,} records entered; none was set aside." if began else "")
    of = f" of {numbers.counted(patients, 'patient')}" if isinstance(patients, int) and patients != cases else ""
    analysed = f"We analysed {wording.cases(reading, cases)}{of}" if isinstance(cases, int) else ""
    sites = reading.listed("record", "sites")
    where = f" at {numbers.counted(len(sites), 'hospital')}" if sites else ""
    assumed = "No column of patient numbers was given, so each row counts as one patient." if analysed and not of else ""
    assumed = assumed if data.get("patient_column") is False and wording.unit(reading) == "patient" else ""
    return [flow, f"{analysed}{where}." if analysed else "", assumed, OPEN.format("setting, eligibility, treatments received")]


def _outcome(reading: Reading) -> list[str]:
    return [
        *(_target(view) for view in reading.views),
        OPEN.format("how, when and by whom outcomes were assessed, and blinding"),
    ]


def _target(view: View) -> str:
    told = view.reading.part("record", "targets", view.name)
    cases, events, form = told.get("cases"), told.get("events"), view.form
    if form.task == "value":
        return f"The outcome “{view.title}” is a number{f' in {form.unit}' if form.unit else ''}."
    if form.task == "structure":
        return f"The outcome “{view.title}” is the three-dimensional structure of a chain: N, CA and C of every residue."
    if form.task == "next":
        return f"The outcome “{view.title}” is each next letter of a sequence, and its end."
    if not form.binary:
        kind = {"class": "one of", "labels": "any of", "residues": "at every position one of"}[form.task]
        return f"The outcome “{view.title}” is {kind} {numbers.joined(list(form.classes))}."
    share = f"; {events:,} of {cases:,} had it ({numbers.percent(events / cases)})" if events is not None and cases else ""
    at = f", acted on at a risk of {wording.percent_of(form.threshold)}, declared beforehand" if form.threshold else ""
    return f"The outcome “{view.title}” is binary{share}{at}."


def _predictors(reading: Reading) -> list[str]:
    return [_input(name, told) for name, told in reading.part("record", "inputs").items() if isinstance(told, dict)]


def _input(name: str, told: dict[str, Any]) -> str:
    columns = [str(column) for column in told.get("columns") or ()]
    kind, words = str(told.get("kind", "input")), name.replace("_", " ")
    if kind == "table":
        return f"From the table “{words}”, {numbers.counted(len(columns), 'column')} served: {numbers.joined(columns)}."
    frozen = told.get("pretrained")
    read = f", read as the vectors of the pretrained model {frozen}, which was not trained further" if frozen else ""
    return f"“{words}” is {'an' if kind[:1] in 'aeiou' else 'a'} {kind}{read}."


def _missing(reading: Reading) -> list[str]:
    found = reading.part("record", "missing_by_site")
    gaps = [str(name) for name, shares in zip(found.get("columns", []), found.get("share", []), strict=False) if any(shares)]
    tables = [
        told for told in reading.part("study", "inputs").values() if isinstance(told, dict) and told.get("kind") == "table"
    ]
    if not tables:
        return ["The inputs are no tables; a case whose input could not be read was set aside, and is counted above."]
    if not gaps:
        return ["No value of a predictor was missing."]
    coded = [f.column for f in reading.findings if f.check in ("code", "impossible") and f.column]
    taken = (
        f"Codes and impossible values of {numbers.joined(list(dict.fromkeys(coded)))} were counted as missing." if coded else ""
    )
    return [
        f"Values were missing in {numbers.counted(len(gaps), 'predictor')} ({numbers.joined(gaps)}); Table 1 gives counts.",
        taken,
        "The network was told which values were missing; what stands in for them was learned from training parts alone.",
    ]


def _size(reading: Reading) -> list[str]:
    said = [finding.what for finding in reading.findings if finding.check == "small_sample"]
    return ["The size of the sample was given by the data.", *(f"{wording.capital(wording.spoken(what))}." for what in said)]


def _model(reading: Reading) -> list[str]:
    inputs = [
        f"{told.get('encoder')} for {name.replace('_', ' ')}"
        for name, told in reading.part("record", "inputs").items()
        if isinstance(told, dict) and told.get("encoder")
    ]
    weights = reading.record.get("parameters")
    size = f" ({weights:,} weights)" if isinstance(weights, int) else ""
    first = f"The model is a neural network{size} with the encoder {numbers.joined(inputs)}." if inputs else ""
    seeds = len(reading.listed("record", "seeds"))
    averaged = f"Predictions are the mean of {seeds} networks per fold that differ in their seed." if seeds > 1 else ""
    return [first, _recipe(reading.part("record", "recipe")), averaged, *_safeguards(reading)]


def _recipe(recipe: dict[str, Any]) -> str:
    if not recipe.get("epochs"):
        return ""
    name = OPTIMISERS.get(str(recipe.get("optimizer")), str(recipe.get("optimizer")))
    stop = f", stopped after {recipe['patience']} epochs without a lower validation loss" if recipe.get("patience") else ""
    return (
        f"It was trained with {name} for {'up to ' if stop else ''}{recipe['epochs']} epochs{stop} in batches of "
        f"{recipe.get('batch')}, highest learning rate {recipe.get('rate')}, weight decay {recipe.get('decay')}, "
        f"schedule {str(recipe.get('schedule')).replace('_', ' ')}."
    )


def _safeguards(reading: Reading) -> list[str]:
    named = [name.replace("_", " ") for name in reading.part("study", "safeguards") if name != "none"]
    return [f"Safeguards in use: {numbers.joined(named)}."] if named else []


def _tuning(reading: Reading) -> list[str]:
    tuned = [
        " ".join(str(part) for part in entry.values()) if isinstance(entry, dict) else str(entry)
        for entry in reading.listed("record", "tuned")
    ]
    found = (
        f"Tuned on these data: {'; '.join(tuned)}." if tuned else "No setting was tuned on these data that the run knows of."
    )
    looks = reading.record.get("looks_at_test")
    looked = f"The test part was looked at {'once' if looks == 1 else f'{looks} times'}." if isinstance(looks, int) else ""
    return [
        found,
        "Weights and statistics were fitted on training parts; stopping and chosen thresholds on validation parts; calibrators "
        "on calibration parts; test parts served evaluation only.",
        looked,
    ]


def _split(reading: Reading) -> list[str]:
    schemes = reading.part("record", "split").get("schemes") or {}
    said, who = [], wording.unit(reading)
    for name in schemes:
        told = schemes[name] if isinstance(schemes, dict) and isinstance(schemes[name], dict) else {}
        words = SCHEMES.get(str(told.get("kind", name)), f"the scheme “{name}”")
        words = words.format(folds=told.get("folds") or "several", who=who)
        repeats = told.get("repeats") or 1
        said.append(words + (f", repeated {repeats} times" if repeats > 1 else ""))
    one_side = "All cases of one patient lie on one side of every split." if who == "patient" else ""
    unseen = "So figures are given for hospitals seen and not seen in training." if UNSEEN in schemes and len(said) > 1 else ""
    proved = [f"{str(proof)[:1].upper()}{str(proof)[1:]}." for proof in reading.part("record", "split").get("proof") or ()]
    return [f"The model was evaluated by {numbers.joined(said)}.", one_side, unseen, *proved] if said else []


def _measures(reading: Reading) -> list[str]:
    kinds = dict.fromkeys(
        "class" if view.form.binary else view.form.task if view.form.task in APART else "several" for view in reading.views
    )
    resamples = reading.part("study", "evaluation").get("resamples")
    whole = wording.resampled(reading)
    whole = f"whole {whole}" if whole in ("patients", wording.RELATIVES["homology"]) else whole
    how = f"{resamples:,} bootstrap resamples of {whole}" if isinstance(resamples, int) else f"resamples of {whole}"
    beside = [
        f"For {view.title}, the model was compared with {wording.model(view.baseline)}, fitted on the same folds, by paired "
        f"differences on the same {wording.people(reading)}."
        for view in reading.views
        if view.baseline
    ]
    simple = "; proportions have Wilson’s" if wording.singly(reading) else ""
    around = f"Intervals are 95% intervals from {how}, shared by all models{simple}." if kinds else ""
    return [*(f"{FIGURES[kind]}." for kind in kinds), *beside, around]


def _fairness(reading: Reading) -> list[str]:
    near = {str(told["name"]): str(told["what"]) for told in reading.part("record", "nearness").values()}
    groups = [*(str(name) for name in reading.part("study", "evaluation").get("groups") or ()), *near]
    if not groups:
        return ["No subgroups were declared.", OPEN.format("which groups matter for fairness")]
    given = f"Results are given by {numbers.joined(groups)}; groups with fewer than 10 events or non-events were not judged."
    return [given, *(f"{name[:1].upper()}{name[1:]} is {what}." for name, what in near.items())]


def _explaining(reading: Reading) -> list[str]:
    checks, probes = reading.evidence.checks, reading.evidence.probes
    said = []
    if checks:
        kinds = dict.fromkeys(wording.METHODS.get(check.method, check.method.replace("_", " ")) for check in checks)
        said.append(
            f"Explanations ({numbers.joined(list(kinds))}) were compared with those of at least {min(c.draws for c in checks)} "
            "untrained networks and by deletion curves before they were shown."
        )
    if probes:
        names = numbers.joined(list(dict.fromkeys(probe.name for probe in probes)))
        said.append(f"We looked for artefacts by {numbers.counted(len(probes), 'probe')}: {names}.")
    return said


def _software(reading: Reading) -> list[str]:
    versions = [f"{name} {version}" for name, version in reading.part("record", "versions").items()]
    seeds = ", ".join(str(seed) for seed in reading.listed("record", "seeds"))
    engine = reading.part("record", "engine")
    on = f" on {engine['device']} in {engine['precision']}" if engine.get("device") and engine.get("precision") else ""
    ran = f"Computed{on} with {numbers.joined(versions)}" if versions else ""
    return [
        f"{ran}; seeds {seeds}." if ran and seeds else f"{ran}." if ran else "",
        OPEN.format("ethics, funding, code and data"),
    ]


PARAGRAPHS: dict[str, Callable[[Reading], list[str]]] = {  # TRIPOD+AI's order
    "Source of data": _source,
    "Participants": _participants,
    "Outcome": _outcome,
    "Predictors": _predictors,
    "Sample size": _size,
    "Missing data": _missing,
    "Model": _model,
    "Tuning": _tuning,
    "Evaluation": _split,
    "Measures": _measures,
    "Fairness": _fairness,
    "Explanations and probes": _explaining,
    "Software": _software,
}
