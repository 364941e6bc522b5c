"""What a notebook shows: the answer above its analysis, progress, the colophon; all as text."""

from types import SimpleNamespace

import pandas as pd
import pytest

from compendium import notebook as shown
from compendium.headcounts import fewest
from compendium.notebook import Answer, Page, Progress, say
from compendium.parallel import NEWS, each
from compendium.problems import InputRefused


class Screen:
    """Takes the place of IPython's display: ``texts`` holds the Markdown of each place on the
    screen as it stands now."""

    def __init__(self):
        self.texts = []

    def __call__(self, content, display_id=None):
        place = len(self.texts)
        self.texts.append(content.data)
        return SimpleNamespace(update=lambda new: self.texts.__setitem__(place, new.data))


@pytest.fixture
def screen(monkeypatch):
    fake = Screen()
    monkeypatch.setattr(shown, "display", fake)
    return fake


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until its ``now`` is moved."""
    fake = SimpleNamespace(now=100.0)
    monkeypatch.setattr(shown.time, "monotonic", lambda: fake.now)
    return fake


def test_the_place_of_the_answer_is_kept_before_anything_is_known(screen):
    Answer()
    assert screen.texts == ["*The answer appears here once the notebook has run to its end.*"]


def test_the_answer_fills_the_place_that_was_kept(screen):
    answer = Answer()
    say("A later paragraph.")
    answer(["Two groups.", "n = 40."], synthetic=False)
    assert screen.texts == ["**Answer.** Two groups. n = 40.", "A later paragraph."]


def test_a_second_run_of_the_last_cell_replaces_the_answer(screen):
    answer = Answer()
    for sentence in ("First.", "Second."):
        answer([sentence], synthetic=False)
    assert screen.texts == ["**Answer.** Second."]


def test_an_answer_from_simulated_patients_stands_under_the_banner(screen):
    Answer()(["Two groups."], synthetic=True)
    banner, blank, text = screen.texts[0].split("\n")
    assert banner.startswith("**SYNTHETIC: these patients are simulated")
    assert (blank, text) == ("", "**Answer.** Two groups.")


both = pytest.mark.parametrize(
    "show", [say, lambda text: Answer()([text], synthetic=False)], ids=["say", "answer"]
)


@both
def test_what_looks_like_html_is_shown_and_never_run(screen, show):
    show("Site <script>alert(1)</script> & <img src=x onerror=alert(1)>")
    assert "<" not in screen.texts[-1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img" in screen.texts[-1]


@both
def test_quotation_marks_and_primes_stay_readable(screen, show):
    show('Hedges\' g, the "severe" ones')
    assert screen.texts[-1].endswith('Hedges\' g, the "severe" ones')


def test_empty_sentences_leave_no_gap(screen):
    say("One.", "", "Three.")
    assert screen.texts == ["One. Three."]


def test_where_nothing_is_said_nothing_is_shown(screen):
    say("", "")
    assert screen.texts == []



@pytest.mark.parametrize(
    ("scenario", "said"), [("two_groups", "simulated (scenario two groups);"), ("", "simulated;")]
)
def test_the_page_names_the_scenario_it_is_of(screen, scenario, said):
    Answer()(["One."], synthetic=True, scenario=scenario)
    assert said in screen.texts[-1]


def test_progress_says_how_much_is_done_and_how_long_the_rest_takes(screen, clock):
    progress = Progress("resamples")
    clock.now += 6.0
    progress(120, 200)
    assert screen.texts == ["*120 of 200 resamples, 4 s left*"]


def test_progress_is_left_where_the_command_line_looks_for_it(
    screen, clock, tmp_path, monkeypatch
):
    monkeypatch.setenv(NEWS, str(tmp_path / "news"))
    progress = Progress("resamples")
    clock.now += 6.0
    progress(120, 200)
    assert (tmp_path / "news").read_text("utf-8") == "120 of 200 resamples, 4 s left"


def test_progress_begins_before_the_first_news(screen, clock):
    Progress("resamples")
    assert screen.texts == ["*resamples …*"]


def test_progress_ends_without_time_left(screen, clock):
    progress = Progress("resamples")
    progress(199, 200)
    progress(200, 200)
    assert screen.texts == ["*200 of 200 resamples*"]


def test_progress_is_not_rewritten_more_often_than_anyone_reads(screen, clock):
    progress = Progress("resamples")
    for done, seconds in ((1, 1.0), (2, 0.1), (3, 0.1)):
        clock.now += seconds
        progress(done, 200)
    assert screen.texts == ["*1 of 200 resamples, 199 s left*"]


def test_progress_is_rewritten_before_a_reader_loses_patience(screen, clock):
    progress = Progress("resamples")
    for done in (1, 2):
        clock.now += shown.PATIENCE / 2
        progress(done, 4)
    assert screen.texts == ["*2 of 4 resamples, 2 s left*"]


def test_progress_leaves_nothing_on_the_page_once_it_is_done(screen, clock):
    Progress("bootstraps").clear()
    assert screen.texts == [""]


def test_progress_that_has_done_nothing_yet_divides_by_nothing(screen, clock):
    progress = Progress("resamples")
    clock.now += 3.0
    progress(0, 5)
    assert screen.texts[0].startswith("*0 of 5 resamples")


GIVEN = {"run": "", "cohort": "", "codebook": "", "scenario": "two_groups",
         "scenario_seed": 20260221, "max_missing": 0.2, "random_state": 7, "jobs": 1, "dask": ""}


@pytest.fixture
def page(screen):
    return Page("01_cohort", GIVEN | {"answer": Answer()})


def test_a_page_refuses_a_parameter_out_of_range(screen):
    with pytest.raises(InputRefused, match="max_missing is 3"):
        Page("01_cohort", GIVEN | {"answer": None, "max_missing": 3.0})


def test_the_colophon_names_versions_seed_and_the_patients_fingerprint(page, capsys):
    page.sign()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Python ") and "scikit-learn" in first
    who = f"simulated cohort two_groups, 454 patients, values {page.patients.fingerprint}"
    assert second == f"{who}; random_state 7"


def test_without_a_seed_the_colophon_names_none(page, capsys):
    del page.chosen["random_state"]
    page.sign()
    assert capsys.readouterr().out.endswith(f"454 patients, values {page.patients.fingerprint}\n")


def test_a_table_is_kept_whole_and_shown_in_part(page):
    frame = pd.DataFrame({"label": ["A"], "n": [30], "hidden": [1.0]})
    shown = page.table(frame, "table_x", "A table", "label n", key="rows")
    assert list(shown.columns) == ["Label", "n"] or len(shown.columns) == 2
    assert page.numbers["rows"] == [{"label": "A", "n": 30, "hidden": 1.0}]


def test_whatever_a_page_publishes_goes_through_the_gate(page):
    page.numbers["one"] = {"n": 3, "mean": 1.0}
    page.numbers |= {"two": pd.DataFrame({"n": [4, 40], "mean": [1.0, 2.0]})}
    assert [str(page.numbers["one"][key]) for key in ("n", "mean")] == ["<5", "None"]
    assert [str(row["n"]) for row in page.numbers["two"]] == ["<5", "40"]
    assert [row["mean"] for row in page.numbers["two"]] == [None, 2.0]


def test_a_page_says_of_how_few_nothing_is_said_and_how_many_are_analysed(screen):
    Page("01_cohort", GIVEN | {"answer": Answer(), "small_counts": "seven"})
    assert (fewest(), shown.GATE.n) == (7, 454)
    Page("01_cohort", GIVEN | {"answer": Answer()})
    assert fewest() == 5


def test_what_is_of_few_is_neither_shown_nor_kept(page):
    frame = pd.DataFrame({"label": ["A"], "n": [3], "hidden": [1.0]})
    shown = page.table(frame, "table_x", "A table", "label n", key="rows")
    assert shown["n"].tolist() == ["<5"] and frame["n"].tolist() == [3]
    assert [str(value) for value in page.numbers["rows"][0].values()] == ["A", "<5", "None"]


def test_of_an_empty_table_the_reason_is_shown(page, screen):
    empty = pd.DataFrame({"label": []})
    empty.attrs["reason"] = "No validator is named."
    assert page.table(empty, "table_x", "A table") is None
    assert screen.texts[-1] == "No validator is named."


def test_an_empty_table_without_a_reason_shows_nothing(page, screen):
    before = list(screen.texts)
    assert page.show(pd.DataFrame({"label": []})) is None and screen.texts == before


def test_loops_inside_workers_are_told_and_leave_no_line(page, screen):
    with page.workers():
        assert list(each(pow, [(2, 1), (2, 2)], "powers")) == [2, 4]
        assert screen.texts[-1] == "*2 of 2 powers*"
    assert screen.texts[-1] == ""


SAYS = SimpleNamespace(
    answer=lambda r: [f"{r['n']} patients."], headline=lambda r: "a headline",
    evidence=lambda r: pd.DataFrame({"question": ["Enough?"], "result": [f"{r['n']} < 50"]}),
    conclusion=lambda r: [f"So {r['n']}."],
)


def test_closing_publishes_all_that_is_said_and_fills_the_place_of_the_answer(screen, monkeypatch):
    monkeypatch.setitem(shown.NOTEBOOKS, "01_cohort", SAYS)
    page, published = Page("01_cohort", GIVEN | {"answer": Answer()}), []
    monkeypatch.setattr(page.out, "publish", lambda *what: published.append(what))
    page.numbers |= {"n": 40}
    page.conclude()
    assert screen.texts[-1] == "So 40."
    page.close()
    said = {"headline": "a headline", "answer": ["40 patients."], "conclusion": ["So 40."]}
    assert published == [(said, {"patients": page.patients.identity, "n": 40})]
    text, table = screen.texts[0].split("**Answer.** ")[1].split("\n\n")
    assert text == "40 patients." and "Enough?</td>" in table and "40 &lt; 50" in table


def test_a_table_stands_under_its_number_and_title(page):
    shown_ = page.table(pd.DataFrame({"n": [3]}), "table_s1_sizes", "Sizes")
    assert shown_.caption.startswith("Table S1. Sizes. SYNTHETIC")


def test_a_figure_stands_over_its_number_title_and_caption(page, monkeypatch):
    drawn = SimpleNamespace(data="drawing", compendium_note="n = 3.")
    monkeypatch.setattr(page.out, "figure", lambda *what: drawn)
    seen = []
    monkeypatch.setattr(shown, "display", lambda content: seen.append(content.data))
    page.figure(object(), "figure_s2_sizes", "Sizes")
    assert seen[0] == "drawing" and seen[1].startswith("**Figure S2.** **Sizes · SYNTHETIC")
    assert seen[1].endswith("n = 3.")


def test_where_there_is_nothing_to_draw_nothing_is_shown(page, screen):
    before = list(screen.texts)
    assert page.figure(None, "figure_2_x", "Nothing") is None and screen.texts == before
