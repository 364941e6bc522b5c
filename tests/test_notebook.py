"""What a notebook shows: the answer above its analysis, progress, the colophon; all as text."""

from types import SimpleNamespace

import pytest

from compendium import notebook as shown
from compendium.notebook import Answer, Progress, colophon, say
from compendium.parallel import NEWS


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


def test_an_answer_from_real_patients_has_no_banner(screen):
    Answer()(["Two groups."], synthetic=False)
    assert "SYNTHETIC" not in screen.texts[0]


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


def test_progress_of_what_had_not_to_be_done_says_what_stands_for_it(screen, clock):
    Progress("bootstraps").instead("recalled")
    assert screen.texts == ["*bootstraps: recalled*"]


def test_progress_that_has_done_nothing_yet_divides_by_nothing(screen, clock):
    progress = Progress("resamples")
    clock.now += 3.0
    progress(0, 5)
    assert screen.texts[0].startswith("*0 of 5 resamples")


IDENTITY = {"name": "mine.csv", "n": 3, "fingerprint": "sha 9"}


def test_the_colophon_names_versions_seed_and_the_patients_fingerprint(capsys):
    colophon(IDENTITY, 7)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Python ") and "scikit-learn" in first
    assert second == "mine.csv, 3 patients, sha 9; random_state 7"


def test_without_a_seed_the_colophon_names_none(capsys):
    colophon(IDENTITY)
    assert capsys.readouterr().out.endswith("mine.csv, 3 patients, sha 9\n")
