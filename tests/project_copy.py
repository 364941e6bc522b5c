"""The project copied to a folder of its own and run there, and what must hold of every run.

The package finds its root from where it lies, so a copy reads and writes nothing outside of itself.
What a run must not hold is looked for in every text file it published.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PARTS = ("run_all.py", "requirements.lock", "notebooks", "src/compendium", "data")
# numba's compiled copies go along: each knows the size and time of the source it was made from
LEFT_BEHIND = shutil.ignore_patterns("*.pyc", ".ipynb_checkpoints", "*.egg-info")
# as little as there may be; one worker, since starting more takes longer than such small loops
QUICK = tuple(
    word for name, value in {
        "n_resamples": 20, "n_init": 5, "n_draws": 19, "n_bands": 9, "n_pipeline": 20, "jobs": 1,
    }.items() for word in ("-p", name, str(value))
)
PICTURES = {".png", ".pdf"}
_ARI = [f"by_k.*.ari.{scheme}.{number}" for scheme in ("bootstrap_oob", "subsample_80")
        for number in ("mean", "sd", "mc_error", "resamples")]
# What others read from the results: keys by notebook, * for every item of a list.
KEYS = {
    "01_cohort": ["n_read", "n_analysed", "flow.*.left_out", "flow.*.remaining"],
    "02_clustering": ["n_clusters", "phenotypes.*.name", "phenotypes.*.n", "phenotypes.*.share",
                      "inertia", "silhouette"],
    "03_stability": ["by_k.*.k", "by_k.*.silhouette", "by_k.*.jaccard.*.mean", *_ARI],
    "04_validation": [f"validators.*.{key}" for key in (
        "block", "n", "effect", "low", "high", "method", "p", "p_adjusted")],
    "05_regression": [f"models.*.{key}" for key in (
        "outcome", "model", "phenotype", "reference", "estimate", "low", "high", "p", "n",
        "covariates", "method")],
    "06_reproduction": [f"claims.*.{key}" for key in (
        "id", "published", "ours", "tolerance", "verdict")],
}
IN_ALL = ["notebook", "synthetic", "answer.*", "outputs.*.files"]


@dataclass(frozen=True)
class Said:
    """What a command said: exit status, standard output and standard error."""

    status: int
    out: str
    err: str


def make(root: Path) -> Path:
    """A copy of what a run needs, without any run."""
    for part in PARTS:
        source, target = PROJECT / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=LEFT_BEHIND)
        else:
            shutil.copy(source, target)
    return root


def run_all(root: Path, *arguments: str | Path) -> Said:
    """The copy's ``run_all.py``, as from a shell in its folder."""
    return python(root, root / "run_all.py", *arguments)


def python(root: Path, *arguments: str | Path) -> Said:
    """This environment's Python in the copy's folder, with the copy's package."""
    # one thread, as the Makefile sets it: two test processes share the machine's cores; and
    # compiled modules are kept, since every notebook imports them again
    own = {"PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
           "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=root, env=os.environ | own,
        capture_output=True, encoding="utf-8", timeout=900, check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def results(run: Path) -> dict[str, dict]:
    """The results of every notebook of a run."""
    files = sorted(run.glob("results/*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """Every file of a folder but compiled Python, with size and time of writing."""
    files = [p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    stats = {p.relative_to(root).as_posix(): p.stat() for p in files}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def lacking(run: Path) -> list[str]:
    """Results and keys that a run should hold and does not."""
    found = results(run)
    gone = [step for step in KEYS if step not in found]
    return gone + [
        f"{step}: {path}" for step in KEYS if step in found for path in (*IN_ALL, *KEYS[step])
        if not _holds(found[step], path.split("."))
    ]


def disagreeing(run: Path) -> list[str]:
    """Counts that two places of a run give differently."""
    found = results(run)
    first, second = found["01_cohort"], found["02_clustering"]
    n, left = first["n_analysed"], [step["left_out"] for step in first["flow"]]
    # what is not said exactly adds up to nothing
    stay = first["flow"][-1]["remaining"] if "<5" in left else first["n_read"] - sum(left)
    shares = sum(p["share"] for p in second["phenotypes"])
    pairs = {
        "flow": (stay, n),
        "sizes": (sum(p["n"] for p in second["phenotypes"]), n),
        "shares": (round(shares, 8), 1),
        "phenotypes": (len(second["phenotypes"]), second["n_clusters"]),
        "files": (sorted(f for f in named(run) if not (run / f).is_file()), []),
    }
    return [f"{what}: {a} and {b}" for what, (a, b) in pairs.items() if a != b]


def named(run: Path) -> list[str]:
    """The files that a run's results name."""
    outputs = [output for found in results(run).values() for output in found["outputs"]]
    return [file for output in outputs for file in output["files"]]


def too_precise(run: Path) -> list[str]:
    """Numbers of a run's results, models and tables with more than ten significant digits."""
    files = [*run.glob("results/*.json"), *run.glob("models/*.json"), *run.glob("tables/*.csv")]
    numbers = [
        number
        for path in files
        for number in re.findall(r"(?<![\w.])\d+\.\d+", path.read_text(encoding="utf-8"))
    ]
    assert numbers, "there is not one decimal number"
    return [number for number in numbers if len(number.replace(".", "").lstrip("0")) > 10]


def paths_of_the_machine(run: Path, *folders: Path) -> list[str]:
    """Files of a run that name a folder of this machine, or one of the folders given."""
    known = [PROJECT, Path.home(), Path(sys.prefix), run.parents[1], *folders]
    known += [folder.resolve() for folder in known]
    spelled = {way for folder in known if len(folder.parts) > 1 for way in spellings(folder)}
    return [name for name, text in texts(run).items() if any(way in text for way in spelled)]


def spellings(folder: Path) -> set[str]:
    """A folder as Python, papermill and JSON write it, and as that stands in a notebook's file."""
    forms = [unicodedata.normalize(form, f"{folder}/") for form in ("NFC", "NFD")]
    escaped = [form.encode("unicode_escape").decode() for form in forms]
    ways = {*forms, *escaped, *(repr(form)[1:-1] for form in forms)}
    ways |= {way.replace('"', '\\"') for way in ways} | {json.dumps(form)[1:-1] for form in forms}
    return ways | {json.dumps(way, ensure_ascii=False)[1:-1] for way in ways}


def patients_named(run: Path, identifiers: Iterable[str]) -> list[str]:
    """Files of a run that hold a patient's identifier."""
    known = set(identifiers)
    assert known and all(re.fullmatch(r"[A-Za-z][\w-]{3,}", name) for name in known), "too plain"
    return [name for name, text in texts(run).items() if known & set(re.findall(r"[\w-]+", text))]


def texts(run: Path) -> dict[str, str]:
    """Every text file of a run, by name."""
    files = [p for p in sorted(run.rglob("*")) if p.is_file() and p.suffix not in PICTURES]
    return {p.relative_to(run).as_posix(): p.read_text(encoding="utf-8") for p in files}


def _holds(content, keys: list[str]) -> bool:
    if not keys:
        return True
    if keys[0] == "*":
        return isinstance(content, list) and all(_holds(item, keys[1:]) for item in content)
    return isinstance(content, dict) and keys[0] in content and _holds(content[keys[0]], keys[1:])
