"""A step runs when one of its ingredients changed, and says which."""

from pathlib import Path

import pytest
from mini_project import make, write

from compendium import steps
from compendium.parameters import complete

MODULES = {
    "top": "def f():\n    from compendium import deep\n    return deep\n",
    "deep": "from .deepest import g\n",
    "deepest": "def g(): return 1\n",
    "other": "NAME = 'published.yml'\n",
}


@pytest.fixture
def root(tmp_path):
    root = make(
        tmp_path, modules=MODULES, a="from compendium import top", b="import compendium.other"
    )
    (root / "data" / "published.yml").write_text("a: 1\n")
    return root


def found(root, step="01_a", done=None, **given):
    parameters = complete(given) | {"run": "run"}
    return steps.ingredients(root, step, parameters, steps.inputs(root, parameters), done or {})


def recorded(root, step="01_a", **given):
    """The record of a step that ran just now and left no files."""
    now = found(root, step, **given)
    return {"key": steps.key(now), "ingredients": now, "outputs": {}}


def why(root, record, step="01_a", **given):
    return steps.why(record, found(root, step, **given), root)


def test_nothing_changed_means_no_reason_to_run(root):
    assert why(root, recorded(root)) == ""


def test_a_step_without_a_record_is_a_first_run(root):
    assert why(root, None) == "first run"


def test_modules_are_followed_through_lazy_and_relative_imports(root):
    names = [path.name for path in steps.modules(root, steps.source(root, "01_a"))]
    assert names == ["__init__.py", "deep.py", "deepest.py", "top.py"]


def test_a_module_far_down_the_imports_reruns_the_notebooks_above_it_only(root):
    first, second = recorded(root, "01_a"), recorded(root, "02_b")
    (root / "src" / "compendium" / "deepest.py").write_text("def g(): return 2\n")
    assert why(root, first, "01_a") == "src/compendium/deepest.py changed"
    assert why(root, second, "02_b") == ""


def test_a_changed_parameter_is_shown_with_both_values(root):
    assert why(root, recorded(root), n_clusters=3) == "parameter n_clusters 2 → 3"


def test_a_parameter_the_notebook_does_not_declare_changes_nothing(root):
    assert why(root, recorded(root), k_max=4) == ""


def test_a_parameter_that_changes_no_result_changes_nothing(root):
    path = steps.source(root, "01_a")
    path.write_text(path.read_text().replace("n_clusters = 2", "n_clusters = 2\njobs = 2"))
    assert why(root, recorded(root), jobs=1) == ""


def test_a_touched_file_with_the_same_content_changes_nothing(root):
    record = recorded(root)
    steps.source(root, "01_a").touch()
    assert why(root, record) == ""


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("notebooks/01_a.py", "notebooks/01_a.py changed"),
        ("data/cohort_synthetic.csv", "the cohort changed"),
        ("data/codebook.csv", "the codebook changed"),
        ("requirements.lock", "requirements.lock changed"),
    ],
)
def test_every_kind_of_changed_file_is_named(root, file, reason):
    record = recorded(root)
    with (root / file).open("a") as opened:
        opened.write("# more\n")
    assert why(root, record) == reason


def test_another_data_file_counts_only_where_a_source_names_it(root):
    first, second = recorded(root, "01_a"), recorded(root, "02_b")
    (root / "data" / "published.yml").write_text("a: 2\n")
    assert why(root, first, "01_a") == ""
    assert why(root, second, "02_b") == "data/published.yml changed"


def test_several_changes_are_counted_after_the_first(root):
    record = recorded(root)
    (root / "data" / "codebook.csv").write_text("name\ny\n")
    assert why(root, record, n_clusters=3) == "the codebook changed (and 1 more)"


def test_a_new_and_a_dropped_import_are_named(root):
    record = recorded(root)
    write(root, "01_a", "from compendium import other")
    changes = list(steps._changes(record["ingredients"], found(root)))
    assert "src/compendium/other.py is new" in changes
    assert "src/compendium/deep.py is no longer used" in changes


def test_a_missing_and_a_changed_output_are_named(root):
    record = recorded(root) | {"outputs": {"figures/x.svg": "0" * 64}}
    assert why(root, record) == "output figures/x.svg is missing"
    (root / "figures").mkdir()
    (root / "figures" / "x.svg").write_text("x")
    assert why(root, record) == "output figures/x.svg was changed"


def test_the_same_cohort_under_another_name_is_the_same_cohort(root, tmp_path):
    own = tmp_path / "renamed.csv"
    own.write_bytes((root / "data" / "cohort_synthetic.csv").read_bytes())
    assert why(root, recorded(root), cohort=str(own)) == ""


@pytest.mark.parametrize("other", [{"scenario": "continuum"}, {"scenario_seed": 3}])
def test_a_cohort_simulated_in_memory_is_no_file_and_the_shipped_one_is_another_input(root, other):
    shipped, found = steps.inputs(root, {}), steps.inputs(root, other)
    assert found["cohort"]["file"].startswith("none: simulated, scenario ")
    assert "path" not in found["cohort"] and found["cohort"] != shipped["cohort"]
    assert found["data/cohort_synthetic.csv"] == shipped["cohort"]
    assert "data/cohort_synthetic.csv" not in shipped


def test_inputs_name_files_and_no_folders_of_the_machine(root, tmp_path_factory):
    own = tmp_path_factory.mktemp("hospital") / "mine.csv"
    own.write_text("x\n1\n")
    entry = steps.inputs(root, {"cohort": str(own)})["cohort"]
    assert entry["file"] == "mine.csv" and "path" not in entry
    assert "hospital" not in str(entry)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("the cohort", ()),
        ("the cohort, 01_a", ("01_a",)),
        ("the cohort and 02", ("02_b",)),
        ("the cohort and the results", ("01_a", "02_b")),
        ("the results of every earlier notebook", ("01_a", "02_b")),
        ("the cohort. Writes: all figures", ()),
        ("the cohort file, its codebook and `data/published.yml`. *Writes* Figure 2", ()),
        ("`results/02_b.json`", ("02_b",)),
        ("`results/*.json` of the two notebooks before it", ("01_a", "02_b")),
        ("whatever there is", ("01_a", "02_b")),
        ("the cohort\n# and 01_a", ("01_a",)),
    ],
)
def test_a_notebook_says_which_earlier_steps_it_reads(root, said, expected):
    write(root, "03_c", "", reads=said)
    assert steps.reads(root, "03_c") == expected


def test_an_earlier_step_named_in_code_is_read(root):
    write(root, "03_c", 'results = "02_b"')
    assert steps.reads(root, "03_c") == ("02_b",)


def test_a_notebook_that_does_not_say_is_taken_to_read_every_earlier_step(root):
    path = write(root, "03_c", "")
    path.write_text(path.read_text().replace("**Reads:** the cohort", "A notebook"))
    assert steps.reads(root, "03_c") == ("01_a", "02_b")


def test_an_earlier_step_counts_by_what_it_gave_and_not_by_how_it_is_drawn(root):
    write(root, "03_c", "x = '01_a'")
    same = {"results/01_a.json": "1", "figures/x.svg": "2"}
    redrawn, other = same | {"figures/x.svg": "3"}, same | {"results/01_a.json": "4"}
    name = "what 01_a gave"
    gave = [found(root, "03_c", {"01_a": {"outputs": o}})[name] for o in (same, redrawn, other)]
    assert gave[0] == gave[1] != gave[2]


def test_magic_lines_in_a_notebook_do_not_hide_its_imports(root):
    write(root, "01_a", "%matplotlib inline\nfrom compendium import deepest")
    names = [path.name for path in steps.modules(root, steps.source(root, "01_a"))]
    assert names == ["__init__.py", "deepest.py"]


def test_the_last_notebook_of_this_project_reads_all_the_others():
    project = Path(__file__).resolve().parents[1]
    *others, last = steps.names(project)
    assert steps.reads(project, last) == tuple(others)
