"""`iatros audit`: copies and homologs between training and test sequences; 1 where there are any."""

from __future__ import annotations

import math
import os
from pathlib import Path

from iatros.align.kin import Prefilter, Rule
from iatros.cli.document import print_json
from iatros.cli.failing import say
from iatros.findings import Finding, InputError, printable
from iatros.workflow.audit import Alphabet, audit


def audit_files(
    train: Path, test: Path, rule: Rule, alphabet: Alphabet, threads: int, prefilter: Prefilter, *, as_json: bool
) -> int:
    """Print what was found; findings of the files go to stderr. Returns 1 if a test sequence has a copy or a homolog."""
    for name, share in (("--min-identity", rule.identity), ("--min-coverage", rule.coverage)):
        if not 0 <= share <= 1:
            raise InputError(Finding("error", f"`{name}` is {share:g}", "give a share between 0 and 1", column=name))
    if not 0 < rule.e_value < math.inf:
        what, todo = f"`--max-evalue` is {rule.e_value:g}", "give a number above 0, such as 1e9 to leave it to --min-identity"
        raise InputError(Finding("error", what, todo, column="--max-evalue"))
    found = audit(train, test, rule, alphabet, threads or os.cpu_count() or 1, prefilter)
    say([printable(f"  {finding.severity:9} {finding}") for finding in found.findings])
    if as_json:
        print_json(found.as_json())
    else:
        print("\n".join(printable(line) for line in found.lines()))
    return 1 if found.homologs or found.copies else 0
