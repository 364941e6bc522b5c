"""Hostile names, files, YAML and words, given to ``run_all.py``: each read, or refused?

    python benchmarks/hostile.py            # the table: kind, tried, failed
    python benchmarks/hostile.py --write    # and into docs/about.md

Everything is made from the shipped simulated cohort, in a folder that is thrown away. Every case
has a process of its own, 60 seconds and 2 GB. It failed where the command ended in an error that is
not caught or with another status than 0 (read) and 2 (refused), ended not at all, took more than
1 GB, or printed a sign that cannot be seen or more than 100,000 in all. No case gets as far as a
run. Linux only: elsewhere memory is not limited.
"""

import contextlib
import io
import multiprocessing
import os
import random
import resource
import socket
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ELSEWHERE = [folder for folder in sys.path if folder != str(HERE)]
sys.path[:] = [str(HERE.parent), str(HERE.parent / "src"), *ELSEWHERE]

import run_all
from compendium.data.cohort import SHIPPED_CODEBOOK
from compendium.data.synthetic import SHIPPED_FILE
from compendium.report.sentences.title import markdown_table
from compendium.run.pages import MEASURED, with_blocks
from compendium.words import legible

PAGE = HERE.parent / "docs" / "about.md"
SECONDS, MOST_MB, ALLOWED_MB = 60, 2048, 1024
PATIENTS = 60
NAMING = ("--name", "--only", "--from", "--verify")  # what --check would not look at
HUGE = 60_000_000  # bytes, more than is read

COHORT = "".join(SHIPPED_FILE.read_text("utf-8").splitlines(keepends=True)[: PATIENTS + 1])
BOOK = SHIPPED_CODEBOOK.read_text("utf-8")
WORDS = (
    "a\x00b", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\u202egnp.exe", "a\u2066b\u2069",
    "P\u200b1", "\ufeffa", "a\u2028b", "a\x85b", "a\x7fb", "\ue000", "\U000e0041", "\ufffe",
    "a\u0301" * 50, "肌肉厚度", "مساحة\u200cعصب", "\U0001f9e0", "$\\frac$", "$x^2$",
    "\\textbf{a}", "%s%n{0}{a}",
    "<script>alert(1)</script>", "]]> &amp; <!--", "`rm -rf ~`", "$(id)", "'; DROP TABLE a; --",
    "=1+1", "../../etc/passwd", "__proto__", "nan", "None", "-1", "1e999", "a" * 300, "a|b",
    "[a](b) *c* _d_", " ", "",
)


def names(folder: Path) -> Iterator[list[str]]:
    """The cohort under another name."""
    for i, word in enumerate([*WORDS, "\udcff", "a" * 250, "-r", "con", "a;b", "~"]):
        name = word.replace("/", "∕").replace("\0", "")[:250]
        with contextlib.suppress(OSError, ValueError):  # a name the system itself refuses
            (folder / str(i)).mkdir()
            path = folder / str(i) / f"{name}.csv"
            path.write_text(COHORT, "utf-8")
            yield [f"--cohort={path}"]
            yield [f"--codebook={path}"]
    yield ["--cohort", "~nosuchuser/a.csv"]
    yield ["--cohort", "a" * 5000 + ".csv"]
    yield ["--codebook", "a/" * 2000 + "a.csv"]
    yield ["-f", "a" * 5000]
    yield ["-f", "a\0b"]


def files(folder: Path) -> Iterator[list[str]]:
    """What is no file, or too much of one, in every place where a file is asked for."""
    os.chdir(folder)  # the path of a socket may not be long
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as open_one:
        open_one.bind("socket.csv")
    links = {"loop": "loop.csv", "zero": "/dev/zero", "null": "/dev/null", "random": "/dev/random",
             "tty": "/dev/tty", "memory": "/proc/self/mem", "gone": "nowhere"}
    for name, target in links.items():
        (folder / f"{name}.csv").symlink_to(target)
    contents = {
        "empty": b"", "blank": b"\n" * HUGE, "lines": b"\n" * (HUGE // 2),
        "commas": b"," * (HUGE // 2),
        "quote": b'"' + b"a,\n" * 9_000_000, "long": b"a" * 1_000_000, "nul": b"\0" * 1000,
        "zip": b"PK\x03\x04" + bytes(range(256)), "utf16": COHORT.encode("utf-16"),
        "utf32": COHORT.encode("utf-32"), "latin": COHORT.encode() + b"\xe9\n",
        "mac": COHORT.replace("\n", "\r").encode(), "bom": b"\xef\xbb\xbf" * 2 + COHORT.encode(),
        "wide": b"".join(b"x%d," % i for i in range(100_000)) + b"\n" + b"," * 100_000 + b"\n",
        "twice": b"x," * 100_000 + b"\n" + b"," * 100_000 + b"\n",
        "tall": BOOK.encode()
        + b"".join(b"x%d,X,item,,number,,,,,,,,,,,,\n" % i for i in range(20_000)),
        "chain": BOOK.encode()
        + b"".join(b"x%d,X,item,,number,,,,,,,,,sum(x%d|x%d),,,\n" % (i, i + 1, i + 2)
                   for i in range(1500)),
        "wrong": BOOK.encode() + b"x,,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x\n" * 1500,
        "hidden": BOOK.encode() + "\u202e".encode() * 1_000_000, "levels": BOOK.encode()
        + b"x,X,covariate,,category,,," + b"|".join(b"%d" % i for i in range(20_000)) + b",,,,,,,,"
        + b"|".join(b"y%d" % i for i in range(20_000)) + b",\n",
    }
    for name, content in contents.items():
        (folder / f"{name}.csv").write_bytes(content)
    for path in sorted(folder.glob("*.csv")):
        yield from ([flag, str(path)] for flag in ("--cohort", "--codebook", "-f"))


def yaml(folder: Path) -> Iterator[list[str]]:
    """YAML that grows, nests, names types, or was damaged."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    plain = "n_clusters: 3\ncovariates: all\ncohort: 'a b.csv'\nalpha: 0.05\n"
    texts = [
        bomb, "a: &a [*a]", "n_init: &x 3\nk_max: *x", "<<: {n_init: 3}", "[" * 60_000,
        "{a: " * 16_000, "- " * 30_000, "? " * 30_000, "a: |\n" + " b\n" * 20_000,
        "!!python/object:os.x {}",
        "n_init: !!python/name:os.system", "--- a\n--- b", "n_init: 3\nn_init: 4", "#" * 100_000,
        "".join(f"a{i}: 1\n" for i in range(6000)), "n_init: " + "9" * 60_000, "a: \x1b[31m",
        "\u202e: 3", "n_init: \u202e", "%YAML 9.9\n---\na: 1", "\t", "'", "@", "*a", "&a", "!a",
    ]
    texts += [damaged(plain, seed) for seed in range(40)]
    for i, text in enumerate(texts):
        path = folder / f"{i}.yml"
        path.write_text(text, "utf-8")
        yield ["-f", str(path)]
        yield ["-y", text]


def words(folder: Path) -> Iterator[list[str]]:
    """Words in every cell that is shown or matched."""
    for i, word in enumerate(WORDS):
        cell = '"' + word.replace('"', '""') + '"'
        for j, (old, in_cohort) in enumerate({
            "Patient,": False, "Carpal tunnel": False, ",years,": False, "eligibility": False,
            "onset_region": True, "S0001": True, "upper_limb": True, "device_id": True,
        }.items()):
            end = "," if old.endswith(",") else ""
            start = "," if old.startswith(",") else ""
            book, cohort = folder / f"{i}_{j}_k.csv", folder / f"{i}_{j}.csv"
            # inside a list of levels a quotation mark would be one of the level
            in_book = start + (word if old == "upper_limb" else cell) + end
            book.write_text(BOOK.replace(old, in_book), "utf-8")
            cohort.write_text(COHORT.replace(old, cell) if in_cohort else COHORT, "utf-8")
            yield ["--cohort", str(cohort), "--codebook", str(book)]


def damaged_files(folder: Path) -> Iterator[list[str]]:
    """Cohort and codebook with some of their letters lost, doubled or replaced."""
    for seed in range(60):
        book, cohort = folder / f"{seed}_k.csv", folder / f"{seed}.csv"
        book.write_text(damaged(BOOK, seed) if seed % 2 else BOOK, "utf-8")
        cohort.write_text(COHORT if seed % 2 else damaged(COHORT, seed), "utf-8")
        yield ["--cohort", str(cohort), "--codebook", str(book)]


def flags(folder: Path) -> Iterator[list[str]]:
    """Words as values of the flags. With a slash they are no name of a step or run: none begins."""
    for word in WORDS:
        yield from ([flag, f"{word}/"] for flag in NAMING)
        yield from ([flag, word] for flag in ("--jobs", "--dask"))
        for name in ("covariates", "n_clusters", "max_missing", "run"):
            yield ["-p", name, word]
        yield ["-p", word, "1"]
        yield [f"--{word}/"]
    yield ["-p", "covariates", "|".join(f"a{i}" for i in range(20_000))]


KINDS = {"names of files": names, "files that are none, or too much": files, "YAML": yaml,
         "words in labels, levels, identifiers": words, "damaged tables": damaged_files,
         "words on the command line": flags}


def damaged(text: str, seed: int) -> str:
    """The text with three places lost, doubled or overwritten; the same for the same seed."""
    rng = random.Random(seed)
    for _ in range(3):
        at, long = rng.randrange(len(text)), rng.randrange(1, 9)
        new = rng.choice(["", text[at:at + long] * 2, rng.choice(WORDS), rng.choice(',;"\n|\t\0')])
        text = text[:at] + new + text[at + long:]
    return text


def fault(arguments: list[str]) -> str:
    """What is wrong with the way a command line is answered; "" where nothing is."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(arguments, theirs))
    process.start()
    theirs.close()
    try:
        status, said, took = ours.recv() if ours.poll(SECONDS) else ("no end", "", 0)
    except EOFError:
        status, said, took = "killed", "", 0
    process.kill()
    process.join()
    hidden = [line for line in said.split("\n") if legible(line) != line]
    wrong = {f"status {status}": status not in (run_all.DONE, run_all.REFUSED),
             f"took {took} MB": took > ALLOWED_MB, f"printed {hidden[:1]!a}": bool(hidden),
             f"printed {len(said)} characters": len(said) > 100_000}
    return ", ".join(what for what, is_so in wrong.items() if is_so)


def _answer(arguments: list[str], answer) -> None:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (MOST_MB << 20),) * 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogatepass", write_through=True)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = run_all.main(arguments)
        except SystemExit as left:
            status = left.code
        except BaseException:
            status = traceback.format_exc()
    said.seek(0)
    took = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before >> 10
    answer.send((status, said.read(), took))


def judged(every: int = 1) -> tuple[Counter, dict[tuple[str, str], str]]:
    """How many cases of each kind were tried, and the faults by kind and command line.

    every : of all cases, every so many-th alone is tried.
    """
    tried, faults, here = Counter(), {}, os.getcwd()
    for kind, cases in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            for number, arguments in enumerate(cases(Path(folder))):
                if number % every:
                    continue
                tried[kind] += 1
                asked = arguments if arguments[0] in NAMING else [*arguments, "--check"]
                if wrong := fault(asked):
                    faults[kind, ascii(asked)[:200]] = wrong
            os.chdir(here)
    return tried, faults


def table(tried: Counter, faults: dict[tuple[str, str], str]) -> str:
    failed = Counter(kind for kind, _ in faults)
    rows = [(kind, str(n), str(failed[kind])) for kind, n in tried.items()]
    return markdown_table(("kind", "tried", "failed"), rows)


if __name__ == "__main__":
    found = judged()
    for (kind, arguments), wrong in found[1].items():
        print(f"{kind}: {arguments}: {wrong}", file=sys.stderr)
    print(table(*found))
    if "--write" in sys.argv:
        page, makers = PAGE.read_text(encoding="utf-8"), {"hostile": lambda: table(*found)}
        kept = MEASURED - {"hostile"}
        PAGE.write_text(with_blocks(page, makers, kept=kept), encoding="utf-8")
