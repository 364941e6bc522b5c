"""The schema of every choice: name, type, range, default, meaning.

One place for all parameters. The defaults are the reference run's values; a notebook's
``parameters`` cell declares the few it uses, and a test holds cells and schema equal. Nothing is
guessed: a value is read by the type of its parameter, and a name that is not here is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.files import file_name, text_of
from compendium.headcounts import SMALL_COUNTS
from compendium.problems import InputRefused, nearest, refuse_if
from compendium.words import short


@dataclass(frozen=True)
class Parameter:
    """One choice. ``choices`` or ``low``/``high`` bound it; ``changes_results`` is False for those
    that only say where or how fast."""

    name: str
    type: type
    default: Any
    meaning: str
    choices: tuple = ()
    low: float | None = None
    high: float | None = None
    changes_results: bool = True


_ALL = (
    Parameter("run", str, "", "run whose folder under reports/ is read and written; empty: alone",
              changes_results=False),
    Parameter("cohort", str, "", "path of your cohort file; empty: simulated patients"),
    Parameter("codebook", str, "", "path of its codebook; empty: data/codebook.csv"),
    Parameter("scenario", str, "two_groups", "which patients are simulated, without a cohort file",
              ("two_groups", "continuum", "three_groups", "no_effect")),
    Parameter("scenario_seed", int, 20260221, "seed of the simulated patients",
              low=0, high=2**31 - 1),
    Parameter("random_state", int, 20260221, "seed of every random step of the analysis",
              low=0, high=2**31 - 1),
    Parameter("max_missing", float, 0.2, "largest share of features a patient may lack; 0: "
              "complete cases", low=0.0, high=0.8),
    Parameter("missing", str, "iterative", "how missing features are filled",
              ("iterative", "median")),
    Parameter("scaling", str, "zscore", "how features are standardised", ("zscore", "robust")),
    Parameter("n_clusters", int, 2, "number of phenotypes", low=2, high=8),
    Parameter("n_init", int, 50, "k-means starts of the reference fit", low=1, high=1000),
    Parameter("k_max", int, 5, "stability is shown for k from 2 up to this", low=2, high=8),
    Parameter("n_resamples", int, 1000, "resamples of the stability analysis", low=20, high=100000),
    Parameter("n_draws", int, 999, "simulated cohorts of a smooth continuum to test against",
              low=19, high=99999),
    Parameter("n_bands", int, 99, "simulated cohorts of a smooth continuum to resample",
              low=9, high=9999),
    Parameter("n_pipeline", int, 200, "bootstraps of the whole pipeline, from gaps to coefficient",
              low=20, high=100000),
    Parameter("covariates", str, "all", "covariates to adjust for, joined by |; or all, or none"),
    Parameter("alpha", float, 0.05, "level at which a finding is called supported",
              low=0.0001, high=0.2),
    Parameter("ledger", str, "auto", "whose cohort the published numbers are held against; auto: "
              "calibrated for shipped simulations, none for other files",
              ("auto", "none", "calibrated", "original")),
    Parameter("small_counts", str, "five", "of fewer people than this nothing is said; seven: and "
              "all counts of people are rounded to five", tuple(SMALL_COUNTS)),
    Parameter("jobs", int, 2, "workers of the resampling", low=1, high=256,
              changes_results=False),
    Parameter("dask", str, "", "Dask scheduler that resamples, an address or local; empty: none",
              changes_results=False),
)
PARAMETERS: dict[str, Parameter] = {p.name: p for p in _ALL}

_LONGEST = 4096  # characters of a text, as of a path
_MOST_YAML, _DEEPEST_YAML = 64_000, 20
_TRUE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# one spelling a number: no 007, 1_000 or digits of other scripts, which Python would take
_NUMBERS = {
    int: re.compile(r"-?(0|[1-9][0-9]*)"),
    float: re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"),
}


def check(name: str, value: Any) -> Any:
    """The value in the type of its parameter.

    Parameters
    ----------
    name : a name of the schema.
    value : text as typed on a command line, or a value already of the right type (an int will do
        for a float; True and False are never numbers).

    Raises
    ------
    InputRefused
        For an unknown name (with the nearest known one), a wrong type or a value out of range.
    """
    if name not in PARAMETERS:
        raise InputRefused(f"parameter {name[:40]!r} is not known; {nearest(name, PARAMETERS)}")
    parameter = PARAMETERS[name]
    typed = _typed(parameter, value)
    if parameter.choices and typed not in parameter.choices:
        hint = nearest(typed, parameter.choices)
        raise InputRefused(f"parameter {name} cannot be {typed[:40]!r}; {hint}")
    low, high = parameter.low, parameter.high
    # written so that NaN, which compares false with everything, is refused too
    if low is not None and high is not None and not low <= typed <= high:
        shown = short(str(typed))
        raise InputRefused(f"parameter {name} is {shown}; it must lie in {low} to {high}.")
    return typed


def check_all(given: Mapping[str, Any]) -> None:
    """Check every parameter of the schema among the names given; other names are passed over.

    For the first cell of a notebook: ``check_all(globals())``.
    """
    problems: list[str] = []
    for name in PARAMETERS:
        try:
            if name in given:
                check(name, given[name])
        except InputRefused as refusal:
            problems += refusal.problems
    refuse_if(problems)


def from_command_line(
    pairs: Iterable[tuple[str, str]] = (),
    yaml_texts: Iterable[str] = (),
    files: Iterable[str | Path] = (),
) -> dict[str, Any]:
    """Given parameters, checked, from papermill's flags ``-r`` and ``-p``, ``-y`` and ``-f``.

    Files come first, then YAML text, then pairs; a later one wins, as in papermill. All problems
    are refused together.
    """
    given: dict[str, Any] = {}
    problems: list[str] = []
    for source in [*map(_from_file, files), *map(_from_yaml, yaml_texts)]:
        given |= source
    given |= dict(pairs)
    checked = {}
    for name, value in given.items():
        try:
            checked[name] = check(name, value)
        except InputRefused as refusal:
            problems += refusal.problems
    if "scenario" in checked and checked.get("cohort"):
        problems.append(
            "parameter scenario simulates patients, cohort names real ones; give one of them."
        )
    refuse_if(problems)
    return checked


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of the schema: the given value where there is one, else the default."""
    return {name: given.get(name, p.default) for name, p in PARAMETERS.items()}


def declared(notebook: str | Path) -> dict[str, Any]:
    """Names and defaults in the ``parameters`` cell of a percent notebook, in their order."""
    cells = re.split(r"^# %%", Path(notebook).read_text(encoding="utf-8"), flags=re.MULTILINE)
    for cell in cells:
        head, _, body = cell.partition("\n")
        if re.search(r"tags=\[[^\]]*[\"']parameters[\"']", head):
            return {
                node.targets[0].id: ast.literal_eval(node.value)
                for node in ast.parse(body).body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
    return {}


def _typed(parameter: Parameter, value: Any) -> Any:
    words = {int: "a whole number", float: "a number with a decimal point", str: "text"}
    shown = repr(str(value)[:40])  # a line break or a control sign stays visible, and harmless
    refusal = InputRefused(
        f"parameter {parameter.name} must be {words[parameter.type]}, not {shown}."
    )
    if parameter.type is str:
        if not isinstance(value, (str, Path)) or not str(value).isprintable():
            raise refusal
        if len(str(value)) > _LONGEST:
            raise InputRefused(
                f"parameter {parameter.name} is longer than {_LONGEST:,} characters; shorten it."
            )
        return str(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise refusal
    if isinstance(value, str) and not _NUMBERS[parameter.type].fullmatch(value):
        raise refusal
    if parameter.type is int and isinstance(value, float) and not value.is_integer():
        raise refusal
    try:
        return parameter.type(value)
    except (OverflowError, ValueError):
        raise refusal from None


def _from_yaml(text: str, where: str = "-y") -> dict[str, Any]:
    import yaml

    try:
        _check_yaml(text, where)
        # BaseLoader keeps every value as text: 1:30 stays 1:30 and a run called 007 stays 007
        loaded = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        raise InputRefused(f"{where}: not YAML; write one 'name: value' a line.") from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict) or not all(isinstance(k, str) for k in loaded):
        raise InputRefused(f"{where}: must hold 'name: value' lines and nothing else.")
    bad = [k for k in loaded if not _TRUE_NAME.fullmatch(k)]
    refuse_if([f"{where}: {k[:40]!r} is no parameter name." for k in bad])
    return loaded


def _check_yaml(text: str, where: str) -> None:
    """Refuse YAML that would grow when it is read, before it is: events hold nothing that grows."""
    import yaml

    if len(text) > _MOST_YAML:
        raise InputRefused(f"{where}: longer than {_MOST_YAML:,} characters; shorten it.")
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if getattr(event, "anchor", None) is not None:
            raise InputRefused(f"{where}: & and * (anchors) are not read; write values out.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_YAML:
            raise InputRefused(f"{where}: brackets too deep; write one 'name: value' a line.")


def _from_file(path: str | Path) -> dict[str, Any]:
    path = Path(path)
    return _from_yaml(text_of(path, _MOST_YAML, "YAML in UTF-8"), file_name(path))
