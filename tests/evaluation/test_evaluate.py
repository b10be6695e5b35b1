import numpy as np
import polars as pl
import pytest
from sklearn import metrics as peer

from iatros.evaluation import Settings, evaluate, headline
from iatros.predictions import Form
from iatros.results import CURVE_COLUMNS

TWO = Form(task="class", name="disease", classes=("no", "yes"), threshold=0.3)
QUICK = Settings(resamples=300, group_resamples=200, curve_resamples=50)


def expit(odds):
    return 1 / (1 + np.exp(-odds))


def who(cases=240, seed=0):
    generator = np.random.default_rng(seed)
    truth = generator.random(cases) < 0.4
    score = expit(generator.normal(size=cases) + 2 * truth - 1)
    return {"case": np.arange(cases), "truth": truth, "score": score}


def rows_of(found, **wanted):
    asked = {"group": "", "model": "iatros", "against": "", "class_": "", "scheme": "external"} | wanted
    return [row for row in found.rows if all(getattr(row, key) == value for key, value in asked.items())]


def row_of(found, metric, **wanted):
    (row,) = rows_of(found, metric=metric, **wanted)
    return row


@pytest.fixture(scope="module")
def simple():
    table = pl.DataFrame(who())
    return table, evaluate(table, TWO, settings=QUICK)


def test_figures_equal_scikit_learns(simple):
    table, found = simple
    truth, score = table["truth"].to_numpy(), table["score"].to_numpy()
    for metric, expected in {
        "auroc": peer.roc_auc_score(truth, score),
        "auprc": peer.average_precision_score(truth, score),
        "brier": peer.brier_score_loss(truth, score),
        "log_loss": peer.log_loss(truth, score),
        "observed_expected": truth.mean() / score.mean(),
    }.items():
        assert row_of(found, metric).value == pytest.approx(expected)
    declared = row_of(found, "sensitivity", rule="declared")
    assert declared.value == pytest.approx(peer.recall_score(truth, score >= 0.3))
    assert (declared.cases, declared.events) == (240, truth.sum())


def test_every_interval_holds_its_value(simple):
    _, found = simple
    judged = [row for row in found.rows if row.low is not None]
    assert len(judged) > 30
    assert all(row.low <= row.value <= row.high for row in judged)


def test_the_confusion_counts_add_up_to_the_cases(simple):
    _, found = simple
    names = ("true_positives", "false_positives", "true_negatives", "false_negatives")
    assert sum(row_of(found, name, rule="declared").value for name in names) == 240


def test_curves_have_the_columns_agreed_upon_and_at_most_101_points(simple):
    _, found = simple
    assert tuple(found.curves.columns) == CURVE_COLUMNS
    assert found.curves.group_by("curve", "model", "group").len()["len"].max() <= 101
    assert {"roc", "pr", "calibration", "calibration_groups", "decision", "risk_with"} <= set(found.curves["curve"])
    assert {"everyone", "no one"} <= set(found.curves.filter(curve="decision")["model"])


def test_rows_that_are_not_of_the_test_part_are_not_judged(simple):
    table, found = simple
    other = table.with_columns(score=1 - pl.col("score"), part=pl.lit("train"))
    both = pl.concat([table.with_columns(part=pl.lit("test")), other])
    assert row_of(evaluate(both, TWO, settings=QUICK), "auroc") == row_of(found, "auroc")


def test_the_same_seed_gives_the_same_figures(simple):
    table, found = simple
    again = evaluate(table, TWO, settings=QUICK)
    assert again.rows == found.rows
    assert again.curves.equals(found.curves)


def test_thresholds_come_from_validation_cases_alone():
    test, validation = who(seed=1), who(seed=2)
    table = pl.concat(
        [pl.DataFrame(test).with_columns(part=pl.lit("test")), pl.DataFrame(validation).with_columns(part=pl.lit("validation"))]
    )
    rule = "sensitivity 90 % (validation)"
    found = row_of(evaluate(table, TWO, settings=QUICK), "sensitivity", rule=rule)
    turned = table.with_columns(truth=pl.when(part="test").then(~pl.col("truth")).otherwise("truth"))
    assert row_of(evaluate(turned, TWO, settings=QUICK), "sensitivity", rule=rule).threshold == found.threshold
    positives = validation["score"][validation["truth"]]
    assert (positives >= found.threshold).mean() == pytest.approx(0.9, abs=0.01)


def test_each_fold_is_judged_at_the_threshold_of_its_own_validation_part():
    """Fold 1 scores everything .4 higher: one threshold for both would be absurd."""
    parts = []
    for fold, part, seed in ((0, "test", 1), (1, "test", 2), (0, "validation", 3), (1, "validation", 4)):
        frame = pl.DataFrame(who(seed=seed)).with_columns(case=pl.col("case") + 1000 * seed)
        parts.append(frame.with_columns(fold=pl.lit(fold), part=pl.lit(part), score=0.6 * pl.col("score") + 0.4 * fold))
    found = row_of(evaluate(pl.concat(parts), TWO, settings=QUICK), "accuracy", rule="best accuracy (validation)")
    assert found.value > 0.78


def test_a_repeat_is_not_an_ensemble():
    """Two repeats whose scores are right only when averaged: the figure is the mean of the two, not that of the mean."""
    base = who()
    noise = np.random.default_rng(3).normal(size=240) * 3
    odds = np.log(base["score"] / (1 - base["score"]))
    repeats = [pl.DataFrame(base | {"score": expit(odds + sign * noise), "repeat": r}) for r, sign in enumerate((1, -1))]
    found = evaluate(pl.concat(repeats), TWO, settings=QUICK)
    single = [peer.roc_auc_score(base["truth"], frame["score"].to_numpy()) for frame in repeats]
    assert row_of(found, "auroc").value == pytest.approx(np.mean(single))
    assert row_of(found, "auroc").cases == 240


def test_single_seeds_are_averaged_beside_the_ensemble():
    frames = [pl.DataFrame(who() | {"score": who(seed=s)["score"]}).with_columns(seed=pl.lit(s, pl.Int64)) for s in (0, 1)]
    ensemble = pl.DataFrame(who()).with_columns(seed=pl.lit(None, pl.Int64))
    found = evaluate(pl.concat([ensemble, *frames]), TWO, settings=QUICK)
    single = [peer.roc_auc_score(who()["truth"], frame["score"].to_numpy()) for frame in frames]
    assert row_of(found, "auroc", model="iatros (mean of seeds)").value == pytest.approx(np.mean(single))
    assert row_of(found, "auroc").value == pytest.approx(single[0])


def test_a_difference_is_paired_and_of_the_cases_that_both_scored():
    ours = pl.DataFrame(who()).with_columns(model=pl.lit("iatros"))
    theirs = pl.DataFrame(who()).with_columns(model=pl.lit("old"), score=pl.col("score") ** 2)[:200]
    found = evaluate(pl.concat([ours, theirs]), TWO, settings=QUICK)
    auroc, brier = (row_of(found, metric, against="old") for metric in ("auroc", "brier"))
    assert (auroc.value, auroc.low, auroc.high) == pytest.approx((0, 0, 0), abs=1e-12)
    assert auroc.cases == brier.cases == 200
    truth, score = (part.to_numpy() for part in (theirs["truth"], ours["score"][:200]))
    assert brier.value == pytest.approx(peer.brier_score_loss(truth, score) - peer.brier_score_loss(truth, score**2))


def test_the_score_in_use_today_is_judged_even_if_it_is_no_probability():
    table = pl.DataFrame(who()).with_columns(existing=10 * pl.col("score") + 3)
    found = evaluate(table, TWO, settings=QUICK)
    assert row_of(found, "auroc", model="existing").value == pytest.approx(row_of(found, "auroc").value)
    assert not rows_of(found, metric="brier", model="existing")
    assert row_of(found, "auroc", against="existing").value == pytest.approx(0)


def test_knowing_nothing_of_the_case_ranks_at_chance_whatever_the_folds_do():
    base = who()
    share = np.where(np.arange(240) % 2 == 0, 0.39, 0.41)
    table = pl.DataFrame(base | {"score": share}).with_columns(model=pl.lit("prevalence"))
    found = evaluate(table, TWO, settings=QUICK)
    assert row_of(found, "auroc", model="prevalence").value == 0.5
    slope = row_of(found, "calibration_slope", model="prevalence")
    assert (slope.value, slope.withheld) == (None, "not defined for these cases")


def test_perfect_ranking_has_an_interval_that_is_not_of_zero_width():
    base = who()
    table = pl.DataFrame(base | {"score": 0.5 * base["truth"] + 0.4 * base["score"]})
    row = row_of(evaluate(table, TWO, settings=QUICK), "auroc")
    assert row.value == row.high == 1
    assert row.low == pytest.approx(0.025 ** (1 / min(base["truth"].sum(), 240 - base["truth"].sum())))


def test_sites_and_subgroups_are_judged_apart_and_small_ones_withheld():
    generator = np.random.default_rng(4)
    site = np.where(np.arange(240) < 12, "small", np.where(generator.random(240) < 0.5, "a", "b"))
    table = pl.DataFrame(who() | {"site": site, "group:sex": generator.choice(["F", "M"], 240), "group:age": ["old"] * 240})
    found = evaluate(table, TWO, settings=Settings(resamples=200, groups=("sex",), curve_resamples=20))
    assert {row.group for row in found.rows} == {"", "site=a", "site=b", "site=small", "sex=F", "sex=M"}
    row = row_of(found, "auroc", group="site=small")
    assert row.value is None
    assert row.withheld == f"{row.events} events and {12 - row.events} non-events; 10 are needed"
    assert row_of(found, "calibration_slope", group="site=small").withheld == "12 patients; 30 are needed"
    some = table.filter(site="a")
    assert row_of(found, "auroc", group="site=a").value == pytest.approx(peer.roc_auc_score(some["truth"], some["score"]))
    assert row_of(found, "auroc_within_sites").value is not None


def test_counts_below_ten_can_be_masked():
    table = pl.DataFrame(who(60))
    shown, masked = (
        evaluate(table, TWO, settings=Settings(resamples=100, small_counts=policy)) for policy in ("withhold", "mask")
    )
    small = [row for row in shown.rows if row.metric == "false_negatives" and row.value is not None and row.value < 10]
    assert small
    assert all(row_of(masked, "false_negatives", rule=row.rule, threshold=row.threshold).value is None for row in small)


def test_copying_every_case_of_a_patient_makes_no_interval_narrower():
    base = who()
    alone = evaluate(pl.DataFrame(base | {"patient": base["case"].astype(str)}), TWO, settings=QUICK)
    four = {name: np.repeat(values, 4) for name, values in base.items()} | {"patient": np.repeat(base["case"], 4).astype(str)}
    copied = evaluate(pl.DataFrame(four | {"case": np.arange(960)}), TWO, settings=QUICK)
    for metric in ("auroc", "brier", "calibration_slope"):
        one, many = row_of(alone, metric), row_of(copied, metric)
        assert many.value == pytest.approx(one.value, abs=1e-6)
        assert many.high - many.low == pytest.approx(one.high - one.low, rel=0.25)
    assert row_of(copied, "auroc", group="patient").value == pytest.approx(row_of(alone, "auroc").value)
    assert row_of(copied, "auroc", group="patient").cases == 240


def test_sampling_weights_restore_what_was_sampled_away():
    """Half of the negatives were not sampled; those left count twice."""
    base = who(2000)
    kept = base["truth"] | (np.arange(2000) % 2 == 0)
    table = pl.DataFrame({name: values[kept] for name, values in base.items()}).with_columns(
        weight=pl.when("truth").then(1.0).otherwise(2.0)
    )
    found, whole = evaluate(table, TWO, settings=QUICK), evaluate(pl.DataFrame(base), TWO, settings=QUICK)
    for metric in ("prevalence", "brier", "auroc"):
        assert row_of(found, metric).value == pytest.approx(row_of(whole, metric).value, abs=0.01)


def test_schemes_are_judged_apart():
    table = pl.concat([pl.DataFrame(who(seed=s)).with_columns(scheme=pl.lit(n)) for s, n in ((0, "folds"), (1, "sites"))])
    found = evaluate(table, TWO, settings=QUICK)
    values = [row_of(found, "auroc", scheme=scheme).value for scheme in ("folds", "sites")]
    assert values[0] != values[1]


def test_several_classes_are_judged_together_and_one_by_one():
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 3, 300)
    odds = generator.normal(size=(300, 3)) + 1.5 * np.eye(3)[truth]
    risk = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    form = Form(task="class", classes=("a", "b", "c"))
    table = pl.DataFrame({"truth": np.array(["a", "b", "c"])[truth], **{f"score:{n}": risk[:, k] for k, n in enumerate("abc")}})
    sets = ["|".join(np.array(list("abc"))[row > 0.2]) for row in risk]
    found = evaluate(table.with_columns(set=pl.Series(sets)), form, settings=QUICK)
    assert row_of(found, "auroc").value == pytest.approx(peer.roc_auc_score(truth, risk, multi_class="ovr"))
    assert row_of(found, "auroc", class_="b").events == (truth == 1).sum()
    matrix = peer.confusion_matrix(truth, risk.argmax(axis=1))
    assert row_of(found, "confusion", class_="b|c").value == matrix[1, 2]
    assert row_of(found, "coverage").value == pytest.approx((risk[np.arange(300), truth] > 0.2).mean())
    assert set(found.curves["class_"]) == {"a", "b", "c"}
    assert headline(table, form).value == pytest.approx(row_of(found, "auroc").value)


def test_labels_are_judged_where_they_are_known():
    generator = np.random.default_rng(6)
    truth = generator.random((300, 2)) < 0.4
    score = expit(generator.normal(size=(300, 2)) + truth)
    known = pl.Series([bool(t) if i >= 60 else None for i, t in enumerate(truth[:, 0])])
    table = pl.DataFrame({"truth:x": known, "truth:y": truth[:, 1], "score:x": score[:, 0], "score:y": score[:, 1]})
    form = Form(task="labels", classes=("x", "y"))
    found = evaluate(table, form, settings=QUICK)
    single = [peer.roc_auc_score(truth[60:, 0], score[60:, 0]), peer.roc_auc_score(truth[:, 1], score[:, 1])]
    assert [row_of(found, "auroc", class_=name).value for name in "xy"] == pytest.approx(single)
    assert [row_of(found, "auroc", class_=name).cases for name in "xy"] == [240, 300]
    macro = row_of(found, "auroc")
    assert macro.value == pytest.approx(np.mean(single))
    assert macro.low < macro.value < macro.high
    assert headline(table, form).value == pytest.approx(macro.value)


def test_a_mean_over_labels_is_withheld_where_every_label_is():
    generator = np.random.default_rng(0)
    truth = np.arange(40)[:, None] < np.array([5, 7])
    said = {f"truth:{name}": truth[:, k] for k, name in enumerate("xy")} | {
        f"score:{name}": generator.random(40) for name in "xy"
    }
    found = evaluate(pl.DataFrame(said), Form(task="labels", classes=("x", "y")), settings=QUICK)
    assert [row_of(found, "auroc", class_=name).withheld for name in "xy"] == [f"{k} events; 10 are needed" for k in (5, 7)]
    assert (row_of(found, "auroc").value, row_of(found, "auroc").withheld) == (None, "none can be judged alone")
    assert row_of(found, "brier").value is not None


def test_families_are_resampled_whole_as_patients_of_several_cases_are():
    base = who() | {"patient": np.arange(240).astype(str)}
    family = (np.arange(240) // 6).astype(str)
    told = ({}, {"family": family}, {"patient": family})
    alone, kin, one = (evaluate(pl.DataFrame(base | more), TWO, settings=QUICK) for more in told)
    for metric in ("auroc", "brier", "auprc", "calibration_slope"):
        ours, same, other = (row_of(found, metric) for found in (kin, one, alone))
        assert (ours.value, ours.low, ours.high) == (same.value, same.low, same.high)
        assert (ours.low, ours.high) != (other.low, other.high)
    assert not rows_of(kin, group="patient")
    assert rows_of(one, group="patient")
    assert kin.curves.equals(one.curves)


@pytest.mark.parametrize("own", [0.0, 2.0])
def test_intervals_of_pairs_are_wide_enough_for_things_that_many_pairs_share(own):
    rng, things = np.random.default_rng(5), 60
    a, b = np.triu_indices(things, 1)
    of_thing = rng.normal(size=things)
    error = of_thing[a] + of_thing[b] + own * rng.normal(size=len(a))
    table = pl.DataFrame({"truth": np.zeros(len(a)), "score": error})
    pairs = table.with_columns(thing=pl.Series(a), partner=pl.Series(b))
    single, paired = (row_of(evaluate(one, Form(task="value"), settings=QUICK), "bias") for one in (table, pairs))
    spread = 2 * 1.96 * np.sqrt(4 * of_thing.var(ddof=1) / things + own**2 / len(a))
    assert single.high - single.low < 0.5 * spread
    assert 0.85 * spread < paired.high - paired.low < 1.75 * spread
    assert single.value == paired.value


@pytest.mark.parametrize(("families", "limited"), [(1, False), (9, False), (10, True)])
def test_few_families_have_no_interval(families, limited):
    family = (np.arange(240) % families).astype(str)
    found = evaluate(pl.DataFrame(who() | {"patient": np.arange(240).astype(str), "family": family}), TWO, settings=QUICK)
    for metric in ("auroc", "brier", "sensitivity"):
        row = rows_of(found, metric=metric)[0]
        assert row.value is not None
        assert (row.low is not None) is limited


def test_a_mean_over_classes_is_withheld_where_every_class_is():
    rng = np.random.default_rng(0)
    shares, three = rng.dirichlet([1, 1, 1], 24), Form(task="class", classes=("a", "b", "c"))
    said = {f"score:{name}": shares[:, k] for k, name in enumerate("abc")}
    found = evaluate(pl.DataFrame({"truth": list("abc") * 8, **said}), three, settings=QUICK)
    assert {row_of(found, "auroc", class_=name).value for name in "abc"} == {None}
    assert row_of(found, "auroc").withheld == "none can be judged alone"
    assert row_of(found, "accuracy").value is not None


def test_a_scheme_without_families_goes_by_patients_beside_one_with_them():
    base = pl.DataFrame(who() | {"patient": np.arange(240).astype(str)})
    family = pl.Series("family", (np.arange(240) // 6).astype(str))
    both = pl.concat(
        [base.with_columns(scheme=pl.lit("folds")), base.with_columns(family, scheme=pl.lit("homology"))], how="diagonal"
    )
    found, alone = (evaluate(table, TWO, settings=QUICK) for table in (both, base))
    ours, other = row_of(found, "auroc", scheme="folds"), row_of(alone, "auroc")
    assert (ours.low, ours.high) == (other.low, other.high)


def test_values_are_judged_with_their_intervals():
    generator = np.random.default_rng(7)
    truth = generator.normal(50, 10, 400)
    score = truth + generator.normal(size=400) * 4
    table = pl.DataFrame({"truth": truth, "score": score, "low": score - 6.58, "high": score + 6.58})
    form = Form(task="value", unit="mmHg")
    found = evaluate(table, form, settings=QUICK)
    assert row_of(found, "mae").value == pytest.approx(peer.mean_absolute_error(truth, score))
    assert row_of(found, "r2").value == pytest.approx(peer.r2_score(truth, score)) == headline(table, form).value
    assert row_of(found, "coverage").value == pytest.approx(0.9, abs=0.05)
    assert row_of(found, "interval_width").value == pytest.approx(13.16)
    assert set(found.curves["curve"]) == {"predicted_measured", "residuals"}


def test_one_class_only_is_withheld_and_not_a_crash():
    table = pl.DataFrame(who() | {"truth": np.zeros(240, bool)})
    row = row_of(evaluate(table, TWO, settings=QUICK), "auroc")
    assert row.value is None
    assert row.withheld == "0 events; 10 are needed"
