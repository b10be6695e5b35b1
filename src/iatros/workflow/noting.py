"""Write down what the checks said. Apart from the rest, so that `iatros check` starts fast: nothing here imports torch.

In: an examined study. Out: findings.json and findings.html in the run's folder.
"""

from __future__ import annotations

from iatros import checks
from iatros.runs import RunFolder, write_atomically, write_json
from iatros.workflow.examine import Examined


def save_findings(folder: RunFolder, examined: Examined) -> None:
    """Write findings.json and findings.html."""
    study = examined.study
    page = checks.page(examined.findings, title=study.title or study.name)
    write_json(folder.findings, checks.to_json(examined.findings))
    write_atomically(folder.findings.with_suffix(".html"), lambda draft: draft.write_text(page, "utf-8"))
