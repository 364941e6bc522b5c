"""A throw-away project of two or three tiny notebooks, for the tests of the machinery."""

from __future__ import annotations

from pathlib import Path

NOTEBOOK = """# %% [markdown]
# # {title}
# **Reads:** {reads}

# %% tags=["parameters"]
run = ""
n_clusters = 2

# %%
import json
from pathlib import Path

{code}

# %%
folder = Path.cwd().parent / "reports" / run / ".pending" / "{step}"
for kind in ("results", "tables"):
    (folder / kind).mkdir(parents=True, exist_ok=True)
(folder / "tables" / "{step}.csv").write_text("k\\n" + str(n_clusters))
table = {{"kind": "table", "name": "{step}", "title": "Table", "files": ["tables/{step}.csv"]}}
said = {{"headline": "{title} is done.", "answer": ["{title} is done.", "All of it."]}}
numbers = {{"synthetic": True, **said, "k": n_clusters}}
text = json.dumps({{**numbers, "third": 1 / 3, "outputs": [table]}})
_ = (folder / "results" / "{step}.json").write_text(text)
"""


def make(root: Path, *, modules: dict[str, str] | None = None, **code: str) -> Path:
    """A project at ``root``: one notebook 01_a, 02_b, … for each keyword a, b, …, holding its code.
    Notebooks read only the cohort, unless their code names an earlier one."""
    for folder in ("notebooks", "data", "src/compendium"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "src" / "compendium" / "__init__.py").write_text("")
    for name, text in (modules or {}).items():
        path = root / "src" / "compendium" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (root / "data" / "codebook.csv").write_text("name\nx\n")
    (root / "data" / "cohort_synthetic.csv").write_text("x\n1\n")
    (root / "requirements.lock").write_text("numpy==1\n")
    for number, (name, text) in enumerate(code.items(), start=1):
        write(root, f"{number:02d}_{name}", text)
    return root


def write(root: Path, step: str, code: str, reads: str = "the cohort") -> Path:
    """Write one notebook of a project."""
    path = root / "notebooks" / f"{step}.py"
    path.write_text(NOTEBOOK.format(title=step[3:], step=step, reads=reads, code=code))
    return path
