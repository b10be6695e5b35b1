"""Claim: plain FASTA and FASTQ are read at 200 MB a second or more with every letter judged by a stated policy, in bounded
memory. Peers judge no letter; their speed is beside ours, whichever is ahead.

Made-up files (seed 0): a soft-masked genome in lines of 60, proteins of 300 letters, reads of 150 with qualities; the proteins
also as gzip and bgzip. Each program reads a file through in a fresh process, three times; MB are of unpacked text, the median
counts, without imports. All must give the same records (a hash over names and capitals of the first 1,000, and the number of
letters). Peers: Biopython's SimpleFastaParser, FastqGeneralIterator and SeqIO; pysam and pyfastx where they are installed.

    python benchmarks/reading_sequences.py [--mb 200] [--json FILE]
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from table import Row, report

REPEATS = 3
CHECKED = 1_000  # records whose names and letters are compared
LEAST = 200  # MB/s of plain text
MEMORY_MB = 400  # that a stream may take
PROTEIN, GENOME, READ = 300, 20_000_000, 150  # letters a record
Read = Iterator[tuple[str, str]]


def ours(path: str) -> Read:
    """The stream, with its policy."""
    from iatros.cases.sequences import stream

    for lot in stream(path):
        yield from zip(lot.names, lot.texts(), strict=True)


def simple(path: str) -> Read:
    """Biopython's fastest."""
    import gzip

    from Bio.SeqIO.FastaIO import SimpleFastaParser
    from Bio.SeqIO.QualityIO import FastqGeneralIterator

    with gzip.open(path, "rt") if path.endswith("gz") else open(path) as opened:
        if path.endswith(".fastq"):
            yield from ((name, letters) for name, letters, _ in FastqGeneralIterator(opened))
        else:
            yield from SimpleFastaParser(opened)


def seqio(path: str) -> Read:
    """Biopython's usual way."""
    import gzip

    from Bio import SeqIO

    with gzip.open(path, "rt") if path.endswith("gz") else open(path) as opened:
        for record in SeqIO.parse(opened, "fastq" if path.endswith(".fastq") else "fasta"):
            yield record.id, str(record.seq)


def pysam(path: str) -> Read:
    """htslib's parser."""
    from pysam import FastxFile

    with FastxFile(path) as opened:
        for record in opened:
            yield record.name, record.sequence


def pyfastx(path: str) -> Read:
    """pyfastx without its index."""
    import pyfastx as library

    kind = library.Fastq if path.endswith(".fastq") else library.Fasta
    for record in kind(path, build_index=False):
        yield record[0].split()[0], record[1]


PROGRAMS: dict[str, tuple[str, Callable[[str], Read]]] = {
    "iatros": ("iatros", ours),
    "Biopython, simple": ("Bio", simple),
    "Biopython, SeqIO": ("Bio", seqio),
    "pysam": ("pysam", pysam),
    "pyfastx": ("pyfastx", pyfastx),
}


def made(folder: Path, size: int) -> list[Path]:
    """The files, each of about `size` bytes."""
    from iatros.cases.sequences import read, write

    rng = np.random.default_rng(0)
    genome = rng.choice(np.frombuffer(b"ACGTacgt", np.uint8), size).tobytes()
    proteins = rng.choice(np.frombuffer(b"ACDEFGHIKLMNPQRSTVWY", np.uint8), size).tobytes()
    scores = rng.integers(33, 74, size // 2, dtype=np.uint8).tobytes()
    with (folder / "genome.fasta").open("wb") as to:
        for i, at in enumerate(range(0, size, GENOME)):
            to.write(b">chr%d\n" % i)
            to.writelines(genome[line : line + 60] + b"\n" for line in range(at, min(at + GENOME, size), 60))
    with (folder / "proteins.fasta").open("wb") as to:
        to.writelines(b">p%d\n%b\n" % (i, proteins[at : at + PROTEIN]) for i, at in enumerate(range(0, size, PROTEIN)))
    with (folder / "reads.fastq").open("wb") as to:
        to.writelines(
            b"@r%d\n%b\n+\n%b\n" % (i, genome[at : at + READ].upper(), scores[at : at + READ])
            for i, at in enumerate(range(0, size // 2 - READ, READ))
        )
    records = read(folder / "proteins.fasta").records
    write(folder / "proteins.gz", records, "gzip")
    write(folder / "proteins.bgz.gz", records, "bgzip")
    return [folder / name for name in ("genome.fasta", "proteins.fasta", "reads.fastq", "proteins.gz", "proteins.bgz.gz")]


def text_mb(path: Path) -> float:
    """Size of the text."""
    packed = path.suffix == ".gz"
    return (path.with_name("proteins.fasta") if packed else path).stat().st_size / 1e6


def fresh(program: str, path: Path) -> dict[str, float | str]:
    """Seconds, peak memory and hash of one reading."""
    done = subprocess.run(
        [sys.executable, __file__, "--worker", program, str(path)], capture_output=True, text=True, check=True
    )
    found: dict[str, float | str] = json.loads(done.stdout)
    return found


def work(program: str, path: str) -> None:
    """What the fresh process does."""
    import time

    reader = PROGRAMS[program][1]
    digest = hashlib.sha256()
    for name, letters in islice(reader(path), CHECKED):
        digest.update(f"{name.split()[0]} {letters.upper()}\n".encode())
    start, letters_read = time.perf_counter(), 0
    for _, letters in reader(path):
        letters_read += len(letters)
    seconds = time.perf_counter() - start
    status = Path("/proc/self/status").read_text("ascii")  # ru_maxrss would be the parent's, who made the files
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1e3
    print(json.dumps({"seconds": seconds, "peak": peak, "same": f"{digest.hexdigest()} {letters_read}"}))


def rows_of(path: Path) -> Iterator[Row]:
    """One file: a row for each peer that is installed."""
    programs = [name for name, (package, _) in PROGRAMS.items() if importlib.util.find_spec(package)]
    found = {name: [fresh(name, path) for _ in range(REPEATS)] for name in programs}
    size = text_mb(path)
    rates = {name: [size / float(one["seconds"]) for one in runs] for name, runs in found.items()}
    mine, peak = rates["iatros"], max(float(one["peak"]) for one in found["iatros"])
    yield Row(f"{path.name}: peak memory", peak, goal=f"< {MEMORY_MB} MB", met=peak < MEMORY_MB, unit="MB")
    for name in programs[1:]:
        same = found[name][0]["same"] == found["iatros"][0]["same"]
        speed, peer = median(mine), median(rates[name])
        wanted = path.suffix != ".gz"
        yield Row(f"{path.name}: beside {name}", speed, peer, speed / peer, f">= {LEAST} MB/s" if wanted else "",
                  speed >= LEAST and same if wanted else same, "MB/s", min(mine), max(mine),
                  "" if same else "records differ")  # fmt: skip


def main() -> bool:
    """All files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=int, default=200)
    asked, _ = parser.parse_known_args()
    with TemporaryDirectory() as folder:
        rows = [row for path in made(Path(folder), asked.mb * 10**6) for row in rows_of(path)]
    return report("reading_sequences", rows, ["biopython", "pysam", "pyfastx"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(sys.argv[2], sys.argv[3])
    else:
        raise SystemExit(0 if main() else 1)
