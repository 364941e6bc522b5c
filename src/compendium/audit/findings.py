"""Does anything a run left behind point at a person?

Every piece of every file is held against the patients' own file, which stays private: identifiers
and values (``private``), counts of few people (``few``), and traces of the machine: folders, the
user's and the host's name. What is said of a finding never repeats it. Scores made of all features,
such as severity, are not known here, and the pixels of a picture are not read.
"""

from __future__ import annotations

import getpass
import platform
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compendium.audit.few import People
from compendium.audit.left_behind import Piece, Told, pieces
from compendium.audit.private import Private, words_of
from compendium.data import cohort, delimited, synthetic
from compendium.data.cohort import Cohort
from compendium.data.delimited import Sheet
from compendium.problems import InputRefused, refuse_if
from compendium.run import manifest
from compendium.run.results import MANIFEST, REFERENCE, STEPS, read_manifest

_PATH = re.compile(
    r"(?<![\w.:/\\~<-])/(?:home|Users|root|tmp|work|var|opt|usr|mnt|media|srv|private|Volumes"
    r"|scratch|data|etc)/[\w.~-]|(?<![A-Za-z])[A-Za-z]:\\\\?\w|\bfile://"
)
_COMMON = {"root", "user", "admin", "localhost", "ubuntu", "debian", "runner", "jovyan", "docker"}
_SHOWN = 100  # findings that are said one by one
_SHORTEST = 3  # letters of a user's or host's name that can be told from a word


@dataclass(frozen=True)
class Finding:
    """What could point at a person: in which file, where in it, of which kind, and what it is."""

    file: str
    place: str
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.kind}: {self.what}"


def audit(root: Path, run: str, patients: Cohort, sheet: Sheet) -> list[Finding]:
    """All that a run's folder tells of its patients; empty where it tells nothing.

    Parameters
    ----------
    root : the project's folder; run : a run below its ``reports``.
    patients : the cohort that was analysed.
    sheet : the file they come from, as it is written, with those who were left out.
    """
    folder = root / "reports" / run
    # the reference run's notebooks are kept as notebooks/*.ipynb
    elsewhere = run == REFERENCE and not (folder / "notebooks").exists()
    left = list(pieces(folder, sorted(root.glob("notebooks/*.ipynb")) if elsewhere else ()))
    people = People(left, _phenotypes(left), len(patients.data), patients.n_read)
    ordinary = _ordinary(root, patients.codebook.path)
    private = Private(patients, sheet, ordinary)
    told = [*private.texts(left), *private.pairs(left), *private.columns(left),
            *private.extremes(left), *people.few(), *people.quartiles(),
            *people.bars(), *people.marks(), *_traces(left, root, ordinary)]
    return list(dict.fromkeys(
        Finding(private.masked(piece.file), private.masked(piece.place), kind, what)
        for piece, kind, what in told
    ))


def audited(root: Path, run: str, own: Mapping[str, Path]) -> list[Finding]:
    """What :func:`audit` finds in a run, by its manifest.

    own : cohort and codebook, by those names, where they are somebody's own files: a manifest does
    not know where they lie. InputRefused where one is not given, or is not the run's.
    """
    record = read_manifest(root / "reports" / run)
    if not record:
        raise InputRefused(f"--audit {run}: its {MANIFEST} cannot be read.")
    chosen = record["parameters"]
    files = {name: own.get(name) for name in manifest.FILES if chosen[name]}
    refuse_if([f"--audit {run}: its {name} is not a file of yours; leave --{name} out."
               for name in own if not chosen[name]])
    refuse_if([
        f"--audit {run}: its {name} is {chosen[name]}; say where that lies with --{name} FILE."
        for name, path in files.items() if path is None
    ])
    refuse_if([f"{path.name}: no such file; check the path." for path in files.values()
               if not path.is_file()])
    refuse_if([
        f"--audit {run}: {path.name} is not the {name} that the run was made from."
        for name, path in files.items()
        if manifest.sha256(path) != record["inputs"][name]["sha256"]
    ])
    chosen = chosen | {name: str(path) for name, path in files.items()}
    names = (*manifest.FILES, "scenario", "scenario_seed", "max_missing")
    patients = cohort.load(**{name: chosen[name] for name in names})
    return audit(root, run, patients, _written(chosen))


def spelled_out(run: str, found: Sequence[Finding]) -> list[str]:
    """What was found, a line each, the first hundred of them; or that nothing was."""
    if not found:
        return [f"Audit: nothing that reports/{run} holds was found to point at a person; what "
                "speaks of fewer than five people is hidden."]
    more = [f"… and {len(found) - _SHOWN:,} more."] if len(found) > _SHOWN else []
    kinds = Counter(finding.kind for finding in found)
    total = ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())
    return [*map(str, found[:_SHOWN]), *more,
            f"Found in reports/{run}: {total}. Look at each before the folder is shared."]


def _written(chosen: Mapping) -> Sheet:
    """The patients' file, or what it would be where they are simulated."""
    if chosen["cohort"]:
        return delimited.read_sheet(chosen["cohort"])
    drawn = synthetic.simulate(chosen["scenario"], chosen["scenario_seed"]).table
    return delimited.split(drawn.to_csv(index=False), chosen["scenario"])


def _phenotypes(left: Sequence[Piece]) -> dict[str, int]:
    """Name and size of every phenotype, as the results say them."""
    cells = [dict(piece.cells) for piece in left if piece.place.startswith("phenotypes.")
             and piece.file == f"results/{STEPS[1]}.json"]
    return {one["name"]: int(one["n"]) for one in cells if one.get("n", "").isdigit()}


def _traces(left: Sequence[Piece], root: Path, ordinary: set[str]) -> Iterator[Told]:
    """Folders of this machine, and who runs it."""
    folders = re.compile("|".join(re.escape(f"{path}/") for path in (root, Path.home())))
    names = {"user": _user(), "host": platform.node()}
    names = {kind: name for kind, name in names.items()
             if len(name) >= _SHORTEST and name.casefold() not in _COMMON | ordinary}
    for piece in left:
        text = piece.text
        if _PATH.search(text) or folders.search(text):
            yield piece, "path", "a folder of a machine"
        for kind, name in names.items():
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE):
                yield piece, kind, f"the {kind}'s name"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may run as a number without a name
        return ""


def _ordinary(root: Path, codebook: Path) -> set[str]:
    """Words that stand in the project's own sources or in the codebook."""
    sources = [*root.glob("notebooks/*.py"), *root.glob("src/compendium/**/*.py"), codebook]
    return {word for path in sources for word in words_of(path.read_text("utf-8-sig"))}
