"""Sequences from FASTA, FASTQ and GenBank files, plain, gzip or bgzip, told by their first bytes and never by the name.

In: a path. Out: clean `Records`, streamed in lots or whole, any part of them by index, windows around variants; and findings,
whose rows are lines of the unpacked text. The policy, of which `Policy` may change the letters' part:

| found | what happens |
| --- | --- |
| small letters (soft mask) | read as capitals, a note; on demand as N or X, or kept |
| letters that stand for several (R Y S W K M B D H V N; B Z J X in proteins) | kept, a note; on demand N or X, or set aside |
| U and O in proteins | kept, a note; treated as the line above |
| U in DNA, T in RNA | read as T, as U, a note |
| X in nucleotides | read as N, a note |
| `*` in proteins | one at the end is removed, a note; with one inside, the record is set aside |
| gaps, `-` and `.` | removed, a warning, for positions count without them; on demand set aside |
| any other sign, digits, `*` in nucleotides, signs beyond ASCII | the record is set aside |
| proteins declared DNA or RNA | refused; a single one among nucleotides is set aside |
| DNA read as protein | a warning, from 20 letters on that are all A, C, G, T, U or N |
| no letters | the record is set aside |
| a record given again, name and letters | the later one is set aside |
| a name on several records with other letters | all kept, a warning; by name the first is found |
| a sequence under several names; its reverse complement | all kept, a warning: they belong into one fold |
| line ends of Windows and of old Macs, a byte-order mark, no line end at the end | read as if they were plain |
| text before the first record | skipped, a warning; lines of `;` are comments |
| blank lines, blanks and tabs inside a sequence | skipped, a note |
| tabs in a header | end the name as a blank does, a note |
| no name | called `record_12` after its number, a warning |
| a header longer than 65,536 letters | the record is set aside: a line end was lost |
| a record longer than 512 MB | set aside in reading; by index all of it can be fetched |
| FASTQ of other than four lines, or with other qualities than Phred + 33 | the record is set aside, and the next one found |
| GenBank without letters, or with more or fewer than its LOCUS line says | the entry is set aside |
| gzip cut off or damaged | an error; whole records before that are read, the one that is cut off is set aside |
| gzip that unpacks to over 200 times its size (a bomb) | an error; reading stops, in bounded memory |
| bytes behind a gzip file's end | not read, a warning |
| UTF-16, zip, bzip2, xz, zstd, CRAM | refused, by name |
"""

from iatros.cases.sequences.indexes import Indexed, index
from iatros.cases.sequences.letters import Alphabet, Policy, reverse_complements
from iatros.cases.sequences.reading import Reading, Stream, read, stream
from iatros.cases.sequences.records import Records
from iatros.cases.sequences.tally import Tally
from iatros.cases.sequences.windows import Windows, variant_windows
from iatros.cases.sequences.writing import write

__all__ = [
    "Alphabet",
    "Indexed",
    "Policy",
    "Reading",
    "Records",
    "Stream",
    "Tally",
    "Windows",
    "index",
    "read",
    "reverse_complements",
    "stream",
    "variant_windows",
    "write",
]
