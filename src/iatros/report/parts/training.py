"""How training went, epoch by epoch. In: a reading. Out: the loss curve of the first network, or why there is none."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import draw
from iatros.report.figures.learning import losses
from iatros.report.numbers import three
from iatros.report.parts.points import points, series
from iatros.report.reading import Reading
from iatros.report.render import figure, nope


def training(reading: Reading) -> Markup:
    """Loss on training cases, and on the validation cases by which training was stopped."""
    history = [point for point in reading.listed("record", "history") if isinstance(point, list) and len(point) == 2]
    train = [float(point[0]) for point in history if point[0] is not None]
    if len(train) < 2 or len(train) < len(history):
        return nope("The loss by epoch is not in the record.")
    judged = [(epoch, float(point[1])) for epoch, point in enumerate(history, 1) if point[1] is not None]
    best = min(judged, key=lambda point: point[1], default=None)
    title = f"Training took {len(train)} epochs"
    told = f"Loss on training cases from {three(train[0])} to {three(train[-1])}"
    if best is not None:
        title = f"The loss on validation cases was lowest after epoch {best[0]} of {len(train)}"
        told += f"; on validation cases at best {three(best[1])}"
    key = draw.key(("baseline", "training cases"), *([("model", "validation cases")] if judged else []))
    behind = points({"training cases": series(enumerate(train, 1)), "validation cases": series(judged)})
    drawn = figure(title, "Loss by epoch of the run’s first network.", key, losses(train, judged, told), points=behind)
    read = f"{told}. A validation loss that rises while the other falls means that cases are being learned by heart."
    return Markup('<h3>How training went</h3><div class="figs one">\n{}<p class="read">{}</p></div>').format(drawn, read)
