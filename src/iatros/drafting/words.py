"""What the name of a column says. In: a name as the file has it. Out: its words, and what they mean in medical tables.

The rules are about words in general use (English, with what registries abbreviate), never about one file.
"""

from __future__ import annotations

import re
from functools import lru_cache

ID = r"(?:id|ids|uid|uuid|guid|identifier|no|nr|num|number|code|key|pseudonym|hash)"
_WHO = r"(?:patients?|pat|subjects?|subj|participants?|persons?|probands?|individuals?|respondents?|donors?|clients?|患者|病人)"
_KNOWN_AS = r"(?:(?:anon|anonymi[sz]ed|pseudo|hashed|unique|study|research|source) )*"

# Who must not be in two parts of a split: whole names, the most telling first.
PATIENT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_KNOWN_AS}{_WHO}(?: {ID})*|ptid|pid|uniquepid|mrn|empi|medical record(?: {ID})*|nhs {ID}|病历号|住院号",
        rf"(?!\w*(?:stay|visit|encounter))(?:patient|subject|person|participant)\w*{ID}",
        rf"(?:lesion|tumou?r|eye|organ|specimen|sample|mouse|animal|cell line)(?: {ID})+",
        rf"(?:case|record|registry|accession)(?: {ID})+|caseid|recordid",
        rf"(?:icu |hospital |unit )*(?:stay|encounter|admission|visit|hadm|icustay)(?: {ID})+|\w*(?:stay|encounter|visit)id",
        rf"(?:duplicate |near duplicate )?(?:group|cluster|family|household|pair|block|litter)(?: {ID})*",
        rf"{ID.replace('|code|key', '').replace('|no|nr|num|number', '')}",
        rf"s no|sno|serial(?: {ID})*|编号",
    )
)
PATIENTS = 2  # of these patterns are names of patients themselves
SITE = re.compile(
    rf"(?:study |trial |care |treating |recruiting )*"
    rf"(?:site|hospital|hosp|cent(?:er|re)|clinic|institution|institute|facility|campus|campaign|trust|医院)(?: (?:{ID}|name))*"
    r"|(?:hospital|site|cent(?:er|re)|facility|institution)id"
)
SPLIT = re.compile(
    r"(?:(?:data|official|given|random|cv|cross validation|disjoint|train test) ?)*"
    r"(?:set|sets|split|splits|fold|folds|part|partition|subset|usage)(?: (?:\d+|id|no|name))*|train(?: val)? test"
)
WEIGHT = re.compile(r"(?:\w+ )*(?:weights?|wt|wgt)|\w*(?:samp|p|case)(?:weight|wt)|ipt?w|iptw")
WEIGHS = re.compile(r"(?<!\w)(?:sampl\w*|survey|inverse|probability|design|case|class|pop\w*|ipt?w)(?!\w)|sampw|pweight|ipt?w")
BIRTH = re.compile(r"(?<!\w)(?:birth|dob|born|geboren|出生)")
DATED = re.compile(
    r"(?<!\w)(?:admi\w*|visit\w*|enrol\w*|inclusion|entry|index|baseline|exam\w*|scan\w*|start\w*|date|time)(?!\w)"
)
IDENTIFIER = re.compile(
    r"(?<!\w)(?:id|ids|uid|uuid|guid|mrn|sno|identifier|serial|accession|barcode|pseudonym|hash)(?!\w)|编号"
    r"|(?:patient|subject|person|stay|record|hospital|provider|encounter|admission|item|type|concept|ward|unit)\w*id$"
)
COUNTER = re.compile(
    r"(?:row|line|record|case|image|slice|frame|file|nodule|\W)*(?:number|no|nr|num|index|idx|row|rownames|column 1|unnamed 0)"
)
PERSONAL = re.compile(
    r"(?<!\w)(?:(?:first|last|middle|given|family|maiden|full|sur|patient) ?names?|names?|ssn|passport|drivers?|licen[cs]e"
    r"|prefix|suffix|maiden|phone|telephone|mobile|e ?mail|address|street|zip|zip ?code|post ?code|postal"
    r"|lat|lon|latitude|longitude|birth ?place)(?!\w)"
)
FILE = re.compile(r"(?<!\w)(?:path|file|filename|file ?name|image|img|image ?id|url|uri|dicom|png|jpe?g)(?!\w)")
MARKING = re.compile(
    r"(?<!\w)(?:masks?|contours?|annotat\w+|annotators?|bbox\w*|bounding|rois?|segmentations?|readers?|raters?)(?!\w)"
)
SIZE_OF_FILE = re.compile(
    r"(?:image |img |pixel |px |original )*(?:width|height|rows|columns|channels|file size|resolution|aspect)(?: px)?"
)

# What is written down once the outcome is known.
_HISTORY = re.compile(
    r"(?<!\w)(?:history|hx|previous\w*|prior|past|family|fam|parents?|mother|father|before|baseline|earlier|pre|num|number)(?!\w)"
)
_SECRETION = re.compile(r"(?<!\w)(?:nipple|vaginal|ear|nasal|nose|eye|urethral|purulent|wound)(?!\w)")
_AFTER = (
    (r"dead|death|died|deceas|mortal|(?<!\w)(?:dth|mort|expired|autopsy|censor\w*)(?!\w)|(?<!\w)surv(?!ey)",
     "death or survival"),
    (r"(?<!\w)\w{0,4}los(?!\w)|length of (?:\w+ )?stay|lengthofstay|stay (?:days|hours|length)|days in (?:hospital|icu)",
     "the length of the stay"),
    (r"discharg|disposition|(?<!\w)(?:dsch\w*|disch)(?!\w)", "discharge"),
    (r"(?<!\w)(?!\w*discharg)\w*(?:costs?|cst|charges?|billing|bill|payments?|paid|reimburs\w*|expens\w*|coverage)(?!\w)",
     "costs"),
    (r"(?<!\w)dnr|(?<!\w)(?:dni|hospice|palliative|comfort care|withdrawal of|resuscitation status)(?!\w)",
     "a decision near the end of life"),
    (r"readmi|rehosp|(?<!\w)(?:recurrence|recurred|relapsed?|progressed|follow ?up|futime|fu)(?!\w)", "follow-up"),
    (r"(?<!\w)(?:outcomes?|endpoints?|vital status|target|labels?|ground truth|y true|gt)(?!\w)", "the outcome"),
    (r"(?<!\w)final (?:diagnosis|dx|result)|(?<!\w)(?:histolog\w* result|biopsy result)(?!\w)", "the final diagnosis"),
)  # fmt: skip
LATER = re.compile(r"dead|death|died|deceas|(?<!\w)(?:follow ?up|lost to|discharged|expired)(?!\w)")  # in cells, not in names
AFTER = tuple((re.compile(pattern), what) for pattern, what in _AFTER)
DURATION = re.compile(
    r"(?:\w{1,2} )?(?:time|duration|tte|years|months|weeks|days|hours|futime|time to \w+)|(?:os|pfs|dfs|rfs|efs|dss)(?: \w+)?"
    r"|time to (?:\w+ ?)+"
)
_HORIZON = re.compile(r"\d+ ?(?:d|days?|m|mo|mth|months?|w|wks?|weeks?|y|yrs?|years?)$")
_PREDICTION = re.compile(
    r"(?<!\w)(?:pred\w*|prob\w*|proba|risk|likelihood|logits?|estimate\w*|forecast|prog|prognos\w*|prg|surv\w*|score)(?!\w)"
)
PREDICTED = re.compile(r"(?<!\w)(?:predict(?:ed|ion|ions)?|pred|y ?hat|model (?:score|output))(?!\w)|predicted\w+")


def spaced(name: str) -> str:
    """`heartRate_bpm2` -> "heart rate bpm 2"."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", name)
    return re.sub(r"[\W_]+", " ", parted).strip().lower()


@lru_cache(maxsize=10_000)  # of a wide table, each name is compared with each
def stem(words: str) -> str:
    """The words without numbers: those of `status2` are those of `status`."""
    return " ".join(word for word in words.split() if not word.isdigit())


def afterwards(words: str) -> str:
    """What a column tells that is known only after the outcome, "" if its name says nothing of the kind."""
    if _HISTORY.search(words) and not re.search(r"predict", words):
        return ""
    for pattern, what in AFTER:
        if pattern.search(words) and not (what == "discharge" and _SECRETION.search(words)):
            return what
    return ""


def sounds_predicted(words: str) -> bool:
    """Is this the name of a probability that a model or a physician gave (`surv2m`, `risk`, `prob_death`)?"""
    return bool(_PREDICTION.search(words) or _HORIZON.search(words))
