"""What is made outside of a run: ``python -m compendium compile · notebooks · titlepage · plain ·
data``.

``compile`` is the last step of making the environment: the k-means kernel and the laws of a
smooth continuum are used once, so that no notebook waits for them. ``notebooks`` builds
``notebooks/*.ipynb`` and ``titlepage`` the numbers of README and docs from the reference run;
``plain NAME`` prints the page in plain words of any run; ``data`` simulates the shipped cohort.
"""

from __future__ import annotations

import sys

import numpy as np


def use_once() -> np.ndarray:
    """One small cohort (60 × 3) through the kernel and a smooth continuum; a draw of it."""
    from compendium import seeds
    from compendium.groups import nulls
    from compendium.phenotypes.transfers import optimum

    rng = seeds.generator(0)
    Z = nulls.zscore(rng.normal(size=(60, 3)))
    optimum(Z, 2, n_init=2, random_state=0)
    return nulls.smooth_continuum(Z, 0).draw(rng)


def main(words: list[str]) -> int:
    """Do what the words ask for; exit status 2 where they ask for something else, 1 where the
    machine could not do it."""
    from compendium.problems import machine_fault

    try:
        return _do(words)
    except (OSError, MemoryError) as fault:
        print(f"failed: {machine_fault(fault)}", file=sys.stderr)
        return 1


def _do(words: list[str]) -> int:
    match words:
        case ["compile"]:
            use_once()
        case ["notebooks"]:
            from compendium.run.built import build_and_say

            build_and_say()
        case ["titlepage"]:
            from compendium.run.pages import rewrite_pages

            rewrite_pages()
        case ["plain", run]:
            from compendium.run.pages import in_plain_words

            try:
                print(in_plain_words(run))
            except FileNotFoundError as lacking:
                print(lacking, file=sys.stderr)
                return 2
        case ["data"]:
            from compendium.data.synthetic import SHIPPED_FILE, simulate, write_cohort

            write_cohort(simulate().table, SHIPPED_FILE)
        case _:
            print("python -m compendium takes one of: compile, notebooks, titlepage, "
                  "plain NAME, data.",
                  file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
