"""Claim: exact global scores come 4 times, local ones 2.5 times, alignments 1.5 times as fast as from parasail, and are equal.

Speed: 500 x 1,000 real proteins (drawn from the 11,156 of the secondary-structure set, seed 0), one thread, in this process.
parasail's functions (striped, scan, diagonal; with profiles; 8, 16 and 32 bits and `sat`) are first tried on four queries; the
fastest then runs in turns with ours, 25 queries at a time, until all pairs are scored: the ratio is the median over the turns.
Ours has the targets packed anew in each turn. Alignments, with the CIGAR string of each, likewise with 5 queries a turn.
Seconds are the processor's, so that others' work on the cores counts less; cells are query letters times target letters.
Biopython, scikit-bio and EMBOSS (needle, water; by the clock) score one query with 40 targets, ours 25 queries with 1,000.
Scores: over 50,000 pairs, real, random and nearly equal long ones (which fill 8 and 16 bits), global, local and semi-global,
three matrices, three gap costs, against parasail in 32 bits. Where nothing need align at all, parasail does not count the empty
alignment's 0 as a score; here it is.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import parasail
from flip import proteins
from numpy.typing import NDArray
from table import Row, report

from iatros.align import Free, Gaps, Scoring, align_all, named, scores

QUERIES, TARGETS = 500, 1_000
TURN = 25  # queries
TRACED_TURN, TRACED_TURNS = 5, 8
WIDTHS = ("8", "16", "32", "sat")
SEMIGLOBAL = {
    "sg_qb": Free(query_begin=True),
    "sg_qe": Free(query_end=True),
    "sg_qx": Free(query_begin=True, query_end=True),
    "sg_db": Free(target_begin=True),
    "sg_de": Free(target_end=True),
    "sg_dx": Free(target_begin=True, target_end=True),
    "sg_qb_de": Free(query_begin=True, target_end=True),
    "sg_qe_db": Free(query_end=True, target_begin=True),
    "sg": Free(True, True, True, True),
}
OPEN, EXTEND = 12, 1  # BLAST's 11/1
Table = NDArray[np.int64]


def drawn() -> tuple[list[str], list[str]]:
    """Queries and targets; U and O are X for all programs, as ours reads them."""
    texts = [text.translate(str.maketrans("UOJ", "XXX")) for text in proteins()]
    chosen = np.random.default_rng(0).permutation(len(texts))[: QUERIES + TARGETS]
    return [texts[i] for i in chosen[:QUERIES]], [texts[i] for i in chosen[QUERIES:]]


def cells(queries: Sequence[str], targets: Sequence[str]) -> float:
    """Billions."""
    return sum(map(len, queries)) * sum(map(len, targets)) / 1e9


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Processor seconds, and what came out."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def by_parasail(name: str, queries: Sequence[str], targets: Sequence[str], gaps: Gaps, matrix: parasail.Matrix) -> Table:
    """Scores of one of its functions; a query's profile is made once."""
    function, out = getattr(parasail, name), np.empty((len(queries), len(targets)), np.int64)
    make = getattr(parasail, f"profile_create_{name.rpartition('_')[2]}") if "profile" in name else None
    for q, query in enumerate(queries):
        given = make(query, matrix) if make else query
        for t, target in enumerate(targets):
            last = () if make else (matrix,)
            out[q, t] = function(given, target, gaps.open, gaps.extend, *last).score
    return out


def traced_by_parasail(name: str, queries: Sequence[str], targets: Sequence[str]) -> None:
    """Alignments of one of its functions, each with its CIGAR string."""
    function, profiled = getattr(parasail, name), "profile" in name
    make = getattr(parasail, f"profile_create_{name.rpartition('_')[2]}") if profiled else None
    for query in queries:
        given = make(query, parasail.blosum62) if make else query
        for target in targets:
            last = () if make else (parasail.blosum62,)
            function(given, target, OPEN, EXTEND, *last).cigar.decode  # noqa: B018  # a property that does the work


def names(mode: str, trace: str = "") -> list[str]:
    """parasail's vectorised functions of a mode."""
    found = [
        f"{mode}{trace}_{kind}{profile}_{width}"
        for kind in ("striped", "scan", "diag")
        for profile in ("", "_profile")
        for width in WIDTHS
    ]
    return [name for name in found if hasattr(parasail, name)]


def fastest(candidates: Sequence[str], work: Callable[[str], object]) -> str:
    """The quickest of two tries each."""
    taken = {name: min(timed(lambda name=name: work(name))[0] for _ in range(2)) for name in candidates}
    return min(taken, key=taken.__getitem__)


def speed(mode: str, short: str, goal: float, queries: list[str], targets: list[str]) -> list[Row]:
    """Scores only, in turns, and whether all are equal."""
    scoring, gaps = Scoring(gaps=Gaps(OPEN, EXTEND), mode=mode), Gaps(OPEN, EXTEND)
    scores(queries[:2], targets, scoring)  # compiled, or read from disk
    some = queries[:4]
    best = fastest(names(short), lambda name: by_parasail(name, some, targets[:250], gaps, parasail.blosum62))
    mine, theirs, unequal = [], [], 0
    for begin in range(0, len(queries), TURN):
        turn = queries[begin : begin + TURN]
        seconds, found = timed(lambda turn=turn: scores(turn, targets, scoring))
        mine.append(cells(turn, targets) / seconds)
        seconds, expected = timed(lambda turn=turn: by_parasail(best, turn, targets, gaps, parasail.blosum62))
        theirs.append(cells(turn, targets) / seconds)
        unequal += int((found != expected).sum())
    ratio = median(a / b for a, b in zip(mine, theirs, strict=True))
    differ = f"{unequal} of {len(queries) * len(targets):,} scores differ"
    note = f"parasail's fastest is {best}, {min(theirs):.2f} to {max(theirs):.2f}; {differ}"
    claim, met = f"{mode} scores, {QUERIES} x {TARGETS:,}", ratio >= goal and not unequal
    figures = {"unit": "GCUPS", "low": min(mine), "high": max(mine), "note": note}
    return [Row(claim, median(mine), median(theirs), ratio, f"{goal:g}x, all equal", met, **figures)]


def tracebacks(mode: str, short: str, queries: list[str], targets: list[str]) -> list[Row]:
    """Alignments with CIGAR strings, in turns."""
    scoring = Scoring(gaps=Gaps(OPEN, EXTEND), mode=mode)
    align_all(queries[:1], targets, scoring).cigars()
    best = fastest(names(short, "_trace"), lambda name: traced_by_parasail(name, queries[:2], targets[:100]))
    mine, theirs = [], []
    for begin in range(0, TRACED_TURN * TRACED_TURNS, TRACED_TURN):
        turn = queries[begin : begin + TRACED_TURN]
        seconds, _ = timed(lambda turn=turn: align_all(turn, targets, scoring).cigars())
        mine.append(cells(turn, targets) / seconds)
        seconds, _ = timed(lambda turn=turn: traced_by_parasail(best, turn[:2], targets))
        theirs.append(cells(turn[:2], targets) / seconds)
    ratio = median(a / b for a, b in zip(mine, theirs, strict=True))
    figures = {"unit": "GCUPS", "low": min(mine), "high": max(mine)}
    note = f"parasail's fastest is {best}, {min(theirs):.2f} to {max(theirs):.2f}"
    claim = f"{mode} alignments with CIGAR"
    return [Row(claim, median(mine), median(theirs), ratio, "1.5x", ratio >= 1.5, **figures, note=note)]


def threads(queries: list[str], targets: list[str]) -> list[Row]:
    """Two threads against one, by the clock, the best of five in turns."""
    rows = []
    for mode in ("global", "local"):
        scoring, taken = Scoring(gaps=Gaps(OPEN, EXTEND), mode=mode), {1: [], 2: []}
        for _ in range(5):
            for count, seconds in taken.items():
                begun = time.perf_counter()
                scores(queries, targets, scoring, threads=count)
                seconds.append(time.perf_counter() - begun)
        ratio = min(taken[1]) / min(taken[2])
        figures = {"unit": "s", "note": f"the machine's load was {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"}
        rows.append(Row(f"{mode}: two threads over one", min(taken[2]), min(taken[1]), ratio, "1.8x", ratio >= 1.8, **figures))
    return rows


def lots(queries: list[str], targets: list[str]) -> dict[str, tuple[list[str], list[str]]]:
    """Pairs to compare scores on: real, random, and long and nearly equal."""
    generator = np.random.default_rng(1)
    letters = list("ARNDCQEGHILKMFPSTWYV")
    random = ["".join(generator.choice(letters, length)) for length in generator.integers(1, 400, 90)]
    long = ["".join(generator.choice(letters, 7_000, p=[0.3, *[0.7 / 19] * 19])) for _ in range(2)]
    near = [*long, long[0][:6_000] + long[1][:900], "W" * 30, "W" * 21, "W" * 20, "W" * 6_500]
    return {"real": (queries[:24], targets[:60]), "random": (random[:24], random[24:]), "saturating": (near, near)}


def equal(queries: list[str], targets: list[str]) -> list[Row]:
    """Every score of every lot, mode, matrix and gap cost, against parasail in 32 bits."""
    pairs, faults = 0, []
    for lot, (first, second) in lots(queries, targets).items():
        for matrix in ("blosum62", "blosum45", "pam250"):
            for gaps in (Gaps(12, 1), Gaps(10, 2), Gaps(5, 5)):
                for name, free in {"nw": Free(), "sw": Free(), **SEMIGLOBAL}.items():
                    if lot == "saturating" and (matrix, gaps) not in {("blosum62", Gaps(12, 1)), ("pam250", Gaps(5, 5))}:
                        continue  # a second each for parasail
                    mode = {"nw": "global", "sw": "local"}.get(name, "semiglobal")
                    mine = scores(first, second, Scoring(named(matrix), gaps, mode, free))
                    expected = by_parasail(f"{name}_scan_32", first, second, gaps, getattr(parasail, matrix))
                    if (free.query_begin and free.target_end) or (free.query_end and free.target_begin):
                        expected = np.maximum(expected, 0)
                    pairs += mine.size
                    if not np.array_equal(mine, expected):
                        faults.append(f"{lot} {matrix} {gaps} {name}: {int((mine != expected).sum())}")
    note = "; ".join(faults) or "real, random and saturating; global, local, nine semi-global; three matrices; three gap costs"
    claim = f"scores equal to parasail's, {pairs:,} pairs"
    return [Row(claim, "all equal" if not faults else f"{len(faults)} lots differ", goal="all", met=not faults, note=note)]


def others(queries: list[str], targets: list[str]) -> list[Row]:
    """What else there is: slower by far, so on few pairs, with equal scores where they tell them."""
    query, some = queries[0], targets[:40]
    rows = []
    for mode in ("global", "local"):
        scoring = Scoring(gaps=Gaps(OPEN, EXTEND), mode=mode)
        mine = cells(queries[:TURN], targets) / min(
            timed(lambda s=scoring: scores(queries[:TURN], targets, s))[0] for _ in range(3)
        )
        expected = scores([query], some, scoring)[0].tolist()
        for name, run in (("Biopython", _biopython), ("scikit-bio", _scikit_bio), ("EMBOSS", _emboss)):
            seconds, found = run(mode, query, some)
            theirs = cells([query], some) / seconds if seconds else None
            known = "not installed" if found is None else "equal" if found == expected else f"differ: {found[:3]}"
            claim, ratio = f"{mode} scores, {name}", mine / theirs if theirs else None
            rows.append(Row(claim, mine, theirs, ratio, unit="GCUPS", note=f"one query x {len(some)} targets; scores {known}"))
    return rows


def _biopython(mode: str, query: str, targets: list[str]) -> tuple[float, list[int] | None]:
    from Bio.Align import PairwiseAligner, substitution_matrices

    aligner = PairwiseAligner(mode=mode, open_gap_score=-OPEN, extend_gap_score=-EXTEND)
    aligner.substitution_matrix = substitution_matrices.load("BLOSUM62")
    seconds, found = timed(lambda: [int(aligner.score(query, target)) for target in targets])
    return seconds, found


def _scikit_bio(mode: str, query: str, targets: list[str]) -> tuple[float, list[int] | None]:
    from skbio import Protein
    from skbio.alignment import pair_align

    def run() -> list[int]:  # its affine gap of n costs open + n extend
        costs = {"mode": mode, "sub_score": "BLOSUM62", "gap_cost": (OPEN - EXTEND, EXTEND), "free_ends": mode == "local"}
        return [round(pair_align(Protein(query), Protein(target), max_paths=0, **costs).score) for target in targets]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return timed(run)


def _emboss(mode: str, query: str, targets: list[str]) -> tuple[float, list[int] | None]:
    program = {"global": "needle", "local": "water"}[mode]
    if shutil.which(program) is None:
        return 0.0, None
    with tempfile.TemporaryDirectory() as folder:
        one, many, out = (Path(folder) / name for name in ("a.fa", "b.fa", "out"))
        one.write_text(f">q\n{query}\n")
        many.write_text("".join(f">t{i}\n{target}\n" for i, target in enumerate(targets)))
        ends = ["-endweight", "-endopen", str(OPEN), "-endextend", str(EXTEND)] if mode == "global" else []
        given = ["-asequence", one, "-bsequence", many, "-gapopen", OPEN, "-gapextend", EXTEND, "-aformat", "score", *ends]
        begun = time.perf_counter()
        subprocess.run([program, *map(str, given), "-outfile", str(out), "-auto"], check=True, capture_output=True)
        seconds = time.perf_counter() - begun
        lines = [line for line in out.read_text().splitlines() if line.startswith("q ")]
    return seconds, [round(float(line.rpartition("(")[2].rstrip(")"))) for line in lines]


def first_call() -> list[Row]:
    """Processor seconds of a new process to its first scores, with the compiled code on disk and without."""
    code = "import time; from iatros.align import scores; scores(['MKT'] * 2, ['MKV'] * 9); print(time.process_time())"
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
            told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
            taken.append(float(told.stdout))
    note = f"without the code on disk {taken[0]:.1f} s, once a machine"
    return [Row("first local scores of a process, imports and all", taken[1], unit="s", note=note)]


def main() -> bool:
    """All rows."""
    queries, targets = drawn()
    rows = [
        *speed("global", "nw", 4, queries, targets),
        *speed("local", "sw", 2.5, queries, targets),
        *tracebacks("global", "nw", queries, targets),
        *tracebacks("local", "sw", queries, targets),
        *equal(queries, targets),
        *threads(queries, targets),
        *others(queries, targets),
        *first_call(),
    ]
    return report("alignment", rows, ["numba", "llvmlite", "parasail", "biopython", "scikit-bio"])


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
