"""A step runs when one of its ingredients changed, and says which."""

from pathlib import Path

import pytest
from mini_project import make, write

from compendium.parameters import complete
from compendium.run import steps
from compendium.run.manifest import sources

MODULES = {"top": "X = 1\n", "room/inner": "Y = 1\n"}


@pytest.fixture
def root(tmp_path):
    root = make(tmp_path, modules=MODULES, a="x = 1", b="x = 2")
    (root / "data" / "published.yml").write_text("a: 1\n")
    return root


def found(root, step="01_a", done=None, **given):
    parameters = complete(given) | {"run": "run"}
    seen = {"inputs": steps.inputs(root, parameters), "sources": sources(root), "steps": done or {}}
    return steps.ingredients(root, step, parameters, seen)


def recorded(root, step="01_a", **given):
    """The record of a step that ran just now and left no files."""
    return {"ingredients": found(root, step, **given), "outputs": {}}


def why(root, record, step="01_a", **given):
    return steps.why(record, found(root, step, **given), root)


def test_nothing_changed_means_no_reason_to_run(root):
    assert why(root, recorded(root)) == ""


def test_a_step_without_a_record_is_a_first_run(root):
    assert why(root, None) == "first run"


@pytest.mark.parametrize("file", ["top.py", "room/inner.py", "room/new.py"])
def test_a_change_anywhere_in_the_package_runs_every_notebook_again(root, file):
    first, second = recorded(root, "01_a"), recorded(root, "02_b")
    (root / "src" / "compendium" / file).write_text("Y = 2\n")
    assert why(root, first, "01_a") == "the package changed"
    assert why(root, second, "02_b") == "the package changed"


def test_a_module_taken_out_of_a_room_runs_every_notebook_again(root):
    record = recorded(root)
    (root / "src" / "compendium" / "room" / "inner.py").unlink()
    assert why(root, record) == "the package changed"


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


def test_other_data_files_count_and_the_shipped_ones_only_where_they_are_read(root, tmp_path):
    own = tmp_path / "mine.csv"
    own.write_text("x\n2\n")
    record, mine = recorded(root), recorded(root, cohort=str(own))
    (root / "data" / "cohort_synthetic.csv").write_text("x\n3\n")
    assert why(root, mine, cohort=str(own)) == ""
    (root / "data" / "published.yml").write_text("a: 2\n")
    assert why(root, mine, cohort=str(own)) == "data/published.yml changed"
    assert why(root, record) == "the cohort changed (and 1 more)"


def test_several_changes_are_counted_after_the_first(root):
    record = recorded(root)
    (root / "data" / "codebook.csv").write_text("name\ny\n")
    assert why(root, record, n_clusters=3) == "the codebook changed (and 1 more)"


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


def test_a_notebook_that_is_not_in_the_table_is_taken_to_read_every_earlier_step(root):
    write(root, "03_c", "")
    assert steps.reads(root, "03_c") == ("01_a", "02_b")


def test_an_earlier_step_counts_by_what_it_gave_and_not_by_how_it_is_drawn(root):
    write(root, "03_c", "x = '01_a'")
    same = {"results/01_a.json": "1", "figures/x.svg": "2"}
    redrawn, other = same | {"figures/x.svg": "3"}, same | {"results/01_a.json": "4"}
    name = "what 01_a gave"
    gave = [found(root, "03_c", {"01_a": {"outputs": o}})[name] for o in (same, redrawn, other)]
    assert gave[0] == gave[1] != gave[2]


def test_the_last_notebook_of_this_project_reads_all_the_others():
    project = Path(__file__).resolve().parents[2]
    *others, last = steps.names(project)
    assert steps.reads(project, last) == tuple(others)
