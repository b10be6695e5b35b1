"""What evaluation computes, once: rows of `metrics.json` and points of `curves.parquet`. The report prints no others."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class MetricRow(BaseModel):
    """One figure with its interval.

    target:    the study's name of the target;                 class_: of several classes or labels, which one ("" is all)
    scheme:    "folds" (hospital seen), "sites" (not seen), ...; part: "test" as a rule
    group:     "" for everyone; "site=VA", "sex=F" for one group; "patient" where cases are joined by patient
    model:     "iatros", a baseline ("logistic regression", "gradient boosting", "prevalence"), a single input ("input:xray"),
               a probe ("probe:missingness"), "existing", a what-if ("iatros, local intercept"), or a step of the learning
               curve ("learning:logistic regression" against "learning:70%")
    against:   "" or the model that this row's difference (model minus against) is to, on the same cases
    metric:    "auroc", "auprc", "brier", "log_loss", "calibration_slope", "calibration_intercept", "observed_expected",
               "sensitivity", "specificity", "ppv", "npv", "f1", "accuracy", "net_benefit", "prevalence",
               "true_positives", "false_positives", "true_negatives", "false_negatives",
               "mae", "rmse", "r2", "coverage", "set_size", "interval_width", ...
    threshold: of a metric at an operating point; rule: how that point was chosen ("declared", "youden (validation)", ...)
    value, low, high: null where withheld or not defined;      withheld: the reason ("8 non-events; 10 are needed")
    cases, events: n behind the figure
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    metric: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    cases: int = 0
    events: int | None = None
    class_: str = ""
    scheme: str = "folds"
    part: str = "test"
    group: str = ""
    model: str = "iatros"
    against: str = ""
    threshold: float | None = None
    rule: str = ""
    withheld: str = ""

    @property
    def overall(self) -> bool:
        """Is this a figure of everyone, and of all classes?"""
        return not self.group and not self.class_


# Columns of curves.parquet: one row a point, at most 101 points a curve.
#   target, class_, curve ("roc", "pr", "calibration", "calibration_groups", "risk_with", "risk_without", "decision",
#   "ppv_by_prevalence", "npv_by_prevalence", "learning", "residuals", "predicted_measured", "top"), scheme, group, model,
#   x, y, low, high (floats or null), n (int or null)
CURVE_COLUMNS = ("target", "class_", "curve", "scheme", "group", "model", "x", "y", "low", "high", "n")
