"""Run the whole analysis, or the part of it that changed: `python run_all.py --help`.

Exit status: 0 done; 1 an analysis failed; 2 the input was refused and nothing was written;
3 the verification failed, or the audit found something; 130 interrupted.
"""

from __future__ import annotations

import argparse
import difflib
import logging
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compendium.run.runner import Outcome

ROOT = Path(__file__).resolve().parent
DONE, FAILED, REFUSED, UNVERIFIED, INTERRUPTED = 0, 1, 2, 3, 130


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, with the nearest flag, instead of a page of usage."""

    def error(self, message: str):
        unknown = re.search(r"unrecognized arguments: (--?\S+)", message)
        if unknown:
            flags = [flag for action in self._actions for flag in action.option_strings]
            near = difflib.get_close_matches(unknown[1].split("=")[0], flags, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else "see --help."
            message = f"flag '{unknown[1]}' is not known; {hint}"
        self.exit(REFUSED, f"refused: {_line(message)}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    sys.stdout.reconfigure(errors="replace")
    asked = parser().parse_args(arguments)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # silent on what an interrupt cut short
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to stop is interrupted
    try:
        from compendium.problems import InputRefused
        from compendium.run import StepFailed

        status = _act(asked)
        sys.stdout.flush()  # what cannot be said shows here, not when Python has ended
        return status
    except KeyboardInterrupt:
        done = "Interrupted; the steps that were done are kept, and the same command goes on."
        print(done, file=sys.stderr)
        return INTERRUPTED
    except ModuleNotFoundError as missing:
        print(f"refused: {missing.name} is not installed here; make the environment with 'make "
              "reproduce', then use .venv/bin/python run_all.py.", file=sys.stderr)
        return REFUSED
    except (OSError, MemoryError, ImportError) as fault:
        return _failed(fault)
    except InputRefused as refusal:
        print("\n".join(f"refused: {_line(said)}" for said in refusal.said), file=sys.stderr)
        return REFUSED
    except StepFailed as failure:
        kept = str(failure).partition(",")[0]
        print(failure, file=sys.stderr)
        print(f"Kept in reports/{asked.name}/notebooks/{kept}.failed.ipynb", file=sys.stderr)
        return FAILED


def parser() -> Parser:
    """The command line: papermill's own flags for parameters, and ours for the run."""
    p = Parser(description="Run the notebooks that changed, in order, and verify the result.",
               epilog="Exit status: 0 done, 1 analysis failed, 2 input refused, 3 not verified, "
                      "or something found by --audit.",
               allow_abbrev=False)
    choice = p.add_argument_group("parameters, as papermill takes them")
    pair = {"nargs": 2, "action": "append", "default": [], "metavar": ("NAME", "VALUE")}
    choice.add_argument("-p", "--parameters", **pair, help="a parameter's value")
    choice.add_argument("-r", "--parameters_raw", **pair, help="the same; always read as text")
    choice.add_argument("-y", "--parameters_yaml", action="append", default=[], metavar="YAML")
    choice.add_argument("-f", "--parameters_file", action="append", default=[], metavar="FILE.yml")
    choice.add_argument("--cohort", metavar="FILE", help="your own cohort file")
    choice.add_argument("--codebook", metavar="FILE", help="what its columns mean")
    choice.add_argument("--jobs", metavar="N", help="workers of the resampling")
    choice.add_argument("--dask", metavar="ADDRESS", help="tcp://... or local: resample on Dask")
    what = p.add_argument_group("what to run")
    what.add_argument("--name", default="run", help="the run's name: its folder under reports/")
    what.add_argument("--only", action="append", default=[], metavar="STEP", help="repeatable")
    what.add_argument("--from", dest="start", default="", metavar="STEP", help="this and later")
    what.add_argument("--force", action="store_true", help="run also what did not change")
    what.add_argument("--check", action="store_true", help="read the cohort only; write nothing")
    what.add_argument("--verify", metavar="NAME", help="check a run that was made earlier")
    what.add_argument("--audit", metavar="NAME", help="look for patients in what a run left")
    return p


def _line(text: str) -> str:
    """A sentence on one line, whatever words of a command line or file stand in it."""
    from compendium.words import legible

    return legible(text)


def _failed(fault: OSError | MemoryError | ImportError) -> int:
    from compendium.problems import machine_fault

    print(f"failed: {machine_fault(fault)}", file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:  # what is still to be said would fail again, beyond reach, as Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _act(asked: argparse.Namespace) -> int:
    from compendium.run import Request, runner

    named = [(n, getattr(asked, n)) for n in ("cohort", "codebook", "jobs", "dask")]
    given = runner.given(
        [*asked.parameters_raw, *asked.parameters, *((n, v) for n, v in named if v is not None)],
        asked.parameters_yaml, asked.parameters_file,
    )
    if asked.check:
        return _check(given)
    if asked.verify is not None:
        return _verify(asked.verify, given)
    if asked.audit is not None:
        return _audit(asked.audit, given)
    request = Request(asked.name, given, asked.only, asked.start, asked.force)
    return _report(asked.name, given, runner.run(ROOT, request))


def _check(given: dict) -> int:
    from compendium import parameters
    from compendium.data import overview
    from compendium.run import runner

    print(overview.describe(runner.load_checked(parameters.complete(given))))
    return DONE


def _verify(name: str, given: dict) -> int:
    from compendium.run import progress

    _check_known("--verify", name)
    lines, passed = _verdict(name, given)
    print(progress.screen(lines))
    return DONE if passed else UNVERIFIED


def _audit(name: str, given: dict) -> int:
    from compendium import audit

    _check_known("--audit", name)
    found = audit.audited(ROOT, name, _own(given))
    print("\n".join(audit.spelled_out(name, found)))
    return UNVERIFIED if found else DONE


def _check_known(flag: str, name: str) -> None:
    from compendium.problems import InputRefused, nearest
    from compendium.run import manifest

    known = manifest.runs(ROOT)
    if name not in known:
        raise InputRefused(f"{flag} {name}: there is no such run; {nearest(name, known)}")


def _own(given: dict) -> dict[str, Path]:
    """Where the cohort and the codebook lie that were given."""
    from compendium.problems import refuse_if
    from compendium.run import manifest

    own = {name: Path(given[name]) for name in manifest.FILES if given.get(name)}
    refuse_if([f"{path.name}: no such file; check the path." for path in own.values()
               if not path.is_file()])
    return own


def _report(name: str, given: dict, outcome: Outcome) -> int:
    from compendium import audit
    from compendium.run import progress

    if outcome.waiting:
        print(f"Run {name} is not complete yet; next is {outcome.waiting}.")
        return DONE
    verdict, passed = _verdict(name, given)
    where, found = f"reports/{name}", []
    if given.get("cohort"):  # somebody's patients
        found = audit.audited(ROOT, name, _own(given))
        verdict += audit.spelled_out(name, found)
    lines = [
        *progress.answers(outcome.folder),
        f"Figures, tables and results: {where}; executed notebooks: {where}/notebooks",
        *verdict,
        f"Done in {progress.duration(outcome.seconds)}; steps run: {len(outcome.executed)}.",
    ]
    print("\n" + progress.screen(lines))
    return DONE if passed and not found else UNVERIFIED


def _verdict(name: str, given: dict) -> tuple[list[str], bool]:
    from compendium.run import compare_runs, progress, verification

    own = _own(given)
    changed, comparison = verification.verify(ROOT, name, own), compare_runs(ROOT, name)
    passed = not changed and not comparison.differences
    unseen = verification.unseen(ROOT, name, own)
    return progress.verification(changed, comparison, unseen), passed


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))  # this folder's package, whatever else is installed
    sys.exit(main())
