"""The manifest for a codechecker: every file it names is there, and every main output is named."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
NAMED = [
    entry["file"]
    for entry in yaml.safe_load((ROOT / "codecheck.yml").read_text(encoding="utf-8"))["manifest"]
]


def test_every_file_of_the_manifest_is_there():
    assert [file for file in NAMED if not (ROOT / file).is_file()] == []


def test_every_numbered_figure_and_table_is_in_the_manifest():
    reference = ROOT / "reports" / "reference"
    patterns = ("figures/figure_[1-9]*.png", "tables/table_[1-9]*.csv")
    made = [path for pattern in patterns for path in reference.glob(pattern)]
    assert sorted(path.relative_to(ROOT).as_posix() for path in made) == sorted(NAMED)
