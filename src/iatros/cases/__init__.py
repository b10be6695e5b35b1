"""Cases: from files to one table, one row a case."""

from iatros.cases.cohort import Cases, Codes, FlowStep, codes
from iatros.cases.fingerprints import fingerprint
from iatros.cases.inclusion import include
from iatros.cases.reading import read

__all__ = ["Cases", "Codes", "FlowStep", "codes", "fingerprint", "include", "read"]
