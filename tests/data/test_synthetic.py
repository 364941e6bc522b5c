"""Simulated cohorts: the file, the patients in it, the scenarios, and the calibration in small."""

import hashlib
import inspect
from functools import cache

import numpy as np
import pandas as pd
import pytest

from compendium.data import codebook, synthetic, synthetic_clinic
from compendium.data.cohort import SHIPPED_CODEBOOK, load
from compendium.data.synthetic_clinic import NUMBERS

LARGE = {"two_groups": 200_000}
BOOK = codebook.read_codebook(SHIPPED_CODEBOOK)
ITEMS = [f"alsfrsr_{name}" for domain in NUMBERS.domains.values() for name in domain.items]


@cache
def large(scenario="two_groups"):
    """Eligible patients of a large draw, sides averaged, with the truth beside them."""
    simulated = synthetic.simulate(scenario, seed=5, n_eligible=LARGE.get(scenario, 50_000))
    keep = synthetic._eligible(simulated.table).to_numpy()
    table = simulated.table[keep].reset_index(drop=True)
    means = {
        f.name: table[list(f.columns)].astype(float).mean(axis=1)
        for f in (*NUMBERS.features, *NUMBERS.responses)
    } | {
        name: table[[f"{name}_l", f"{name}_r"]].astype(float).mean(axis=1)
        for name in NUMBERS.strength
    }
    return table.assign(**means), simulated.truth[keep].reset_index(drop=True)


@cache
def zscores():
    """Features of the large two_groups draw as analysed: EI within device, complete patients."""
    table, truth = large()
    Z = table[[f.name for f in NUMBERS.features]]
    rows = Z.notna().all(axis=1)
    Z, device = Z[rows], table.loc[rows, "device_id"]
    bright = [name for name in Z if name.startswith("ei_")]
    within = Z[bright].groupby(device)
    Z = ((Z - Z.mean()) / Z.std()).assign(
        **(Z[bright] - within.transform("mean")) / within.transform("std")
    )
    return Z, truth.loc[rows, "group"].to_numpy() == 1


def adjusted(y, x, table):
    """Coefficient of x and its standard error, given age, sex, BMI, duration and onset (lstsq)."""
    bmi = table.weight_kg / (table.height_cm.astype(float) / 100) ** 2
    covariates = [table.age_years, table.sex == "male", bmi, table.disease_duration_months]
    covariates += [table.onset_region == onset for onset in NUMBERS.onsets[1:]]
    X = np.column_stack([np.ones(len(table)), x, *covariates]).astype(float)
    y = np.asarray(y, dtype=float)
    rows = np.isfinite(X).all(axis=1) & np.isfinite(y)
    X, y = X[rows], y[rows]
    inverse = np.linalg.inv(X.T @ X)
    coefficients = inverse @ X.T @ y
    residual = y - X @ coefficients
    error = np.sqrt(residual @ residual / (len(y) - X.shape[1]) * inverse[1, 1])
    return coefficients[1], error


# ---- the file


def test_the_same_scenario_seed_and_size_give_the_same_cohort():
    first, second = (synthetic.simulate("continuum", 3, 60) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.truth, second.truth)


def test_another_seed_gives_other_patients():
    first, second = (synthetic.simulate(seed=seed, n_eligible=60).table for seed in (1, 2))
    assert not first.age_years.head(50).equals(second.age_years.head(50))


def test_the_committed_file_is_what_the_shipped_seed_writes(tmp_path):
    path = tmp_path / "cohort.csv"
    synthetic.write_cohort(synthetic.simulate().table, path)
    digests = [hashlib.sha256(p.read_bytes()).hexdigest() for p in (path, synthetic.SHIPPED_FILE)]
    assert digests[0] == digests[1]


def test_columns_are_those_of_the_codebook_in_its_order_and_the_mark():
    expected = [name for column in BOOK.columns for name in column.file_columns]
    assert list(synthetic.simulate(n_eligible=40).table) == [*expected, "synthetic"]


@pytest.mark.parametrize("scenario", synthetic.SCENARIOS)
def test_values_stay_inside_hard_limits_and_levels(scenario):
    table = synthetic.simulate(scenario, seed=11, n_eligible=20_000).table
    for column in BOOK.columns:
        for name in column.file_columns:
            values = table[name].dropna()
            if column.levels:
                assert values.isin(column.levels).all(), name
            elif column.hard_min is not None:
                assert values.between(column.hard_min, column.hard_max).all(), name


def test_numbers_are_at_clinical_resolution():
    table = synthetic.simulate(n_eligible=200).table
    tenths = table.filter(regex="^(age|weight|mt_|csa_|cmap_)").to_numpy(float) * 10
    assert np.nanmax(np.abs(tenths - tenths.round())) < 1e-9
    assert table.filter(regex="^(ei_|mrc_|alsfrsr_|fvc|height|disease)").dtypes.eq("Int64").all()


# ---- screening, devices, missing values


@pytest.mark.parametrize("n", [40, 454, 3000])
def test_screening_ends_with_the_nth_eligible_patient(n):
    eligible = synthetic._eligible(synthetic.simulate(seed=8, n_eligible=n).table)
    assert eligible.sum() == n
    assert eligible.iloc[-1]


def test_the_pipeline_finds_454_eligible_patients_and_says_who_was_left_out():
    cohort = load()
    assert len(cohort.data) == 454
    assert (cohort.flow["left_out"].iloc[1:] > 0).all()


def test_each_device_scanned_at_least_thirty_eligible_patients():
    table = synthetic.simulate().table
    assert table[synthetic._eligible(table)]["device_id"].value_counts().min() >= 30


def test_about_a_third_of_eligible_patients_lack_a_feature():
    table, _ = large()
    incomplete = table[[f.name for f in NUMBERS.features]].isna().any(axis=1).mean()
    assert incomplete == pytest.approx(0.32, abs=0.03)


def test_tongue_scans_are_missing_more_often_where_bulbar_function_is_poor():
    table, _ = large()
    bulbar = table[ITEMS[:3]].sum(axis=1)
    missing = table["ei_tongue_au"].isna()
    assert missing[bulbar <= 6].mean() > 2 * missing[bulbar == 12].mean()


def test_an_absent_response_is_recorded_as_zero_and_not_as_missing():
    table, _ = large()
    for nerve in NUMBERS.responses:
        side = table[f"{nerve.name}_l"].dropna()
        assert 0.03 < side.eq(0).mean() < 0.10
        assert side[side > 0].min() >= NUMBERS.cmap_absent


# ---- the patients


def test_groups_are_four_sd_apart_on_the_line_joining_their_centroids():
    # (mean1 - mean0) projected on the unit vector between centroids, over the pooled SD there
    Z, severe = zscores()
    axis = Z[severe].mean() - Z[~severe].mean()
    projected = Z.to_numpy() @ (axis / np.linalg.norm(axis)).to_numpy()
    groups = projected[severe], projected[~severe]
    pooled = np.sqrt(np.average([g.var(ddof=1) for g in groups], weights=[len(g) for g in groups]))
    assert (groups[0].mean() - groups[1].mean()) / pooled == pytest.approx(4, abs=0.1)


def test_thickness_and_brightness_of_one_muscle_share_more_than_those_of_two():
    Z, severe = zscores()
    within = Z[~severe].corr()
    for muscle in NUMBERS.muscles:
        others = [m for m in NUMBERS.muscles if m != muscle]
        own = within.loc[f"mt_{muscle}_mm", f"ei_{muscle}_au"]
        assert own < within.loc[f"mt_{muscle}_mm", [f"ei_{m}_au" for m in others]].min() - 0.05


def test_hardly_anything_is_global_within_a_group():
    Z, severe = zscores()
    values = np.linalg.eigvalsh(Z[~severe].corr())
    assert values[-1] / values.sum() < 0.20  # 0.06 would be none at all, 1 a single factor


def test_left_and_right_correlate_as_two_readings_of_one_patient():
    table, truth = large()
    mild = table[truth["group"] == 0]
    r = mild["mt_biceps_mm_l"].corr(mild["mt_biceps_mm_r"])
    assert 0.75 < r < 0.90


def test_the_limb_of_onset_is_worse_on_the_side_of_onset_only_there():
    table, _ = large()
    gap = (table["ei_quadriceps_au_l"] - table["ei_quadriceps_au_r"]).astype(float)
    spread = gap.groupby(table["onset_region"]).std()
    assert spread["lower_limb"] > 1.2 * spread["upper_limb"]


def test_bulbar_onset_patients_have_brighter_tongues():
    table, _ = large()
    bulbar = table["onset_region"] == "bulbar"
    tongue = table["ei_tongue_au"]
    assert tongue[bulbar].mean() > tongue[~bulbar].mean() + 5


def test_onset_region_decides_which_items_suffer():
    table, _ = large()
    worst = table.groupby("onset_region")[ITEMS].mean().astype(float).idxmin(axis=0)
    assert worst["alsfrsr_01_speech"] == "bulbar"
    assert worst["alsfrsr_04_handwriting"] == "upper_limb"
    assert worst["alsfrsr_08_walking"] == "lower_limb"


def test_nerve_areas_hardly_differ_between_groups():
    Z, severe = zscores()
    areas = [name for name in Z if name.startswith("csa_")]
    d = (Z[severe].mean() - Z[~severe].mean())[areas] / Z[~severe].std()[areas]
    assert d.between(-0.45, 0).all()


def test_devices_differ_in_brightness_and_not_in_thickness():
    table, _ = large()
    means = table.groupby("device_id")[["ei_biceps_au", "mt_biceps_mm"]].mean()
    spread = means.max() - means.min()
    assert spread["ei_biceps_au"] > 15
    assert spread["mt_biceps_mm"] < 0.2


# ---- the scenarios


def test_two_groups_and_no_effect_share_their_ultrasound_seed_by_seed():
    scenarios = ("two_groups", "no_effect")
    first, second = (synthetic.simulate(s, seed=4, n_eligible=80) for s in scenarios)
    scans = [name for f in NUMBERS.features if f.muscle != "tongue" for name in f.columns]
    pd.testing.assert_frame_equal(first.table[scans].head(80), second.table[scans].head(80))
    assert first.truth["group"].head(80).equals(second.truth["group"].head(80))


@pytest.mark.parametrize("of", ["alsfrsr", "mrc_elbow_flexion", "cmap_median_apb_mv"])
def test_without_effect_the_true_group_says_nothing_given_the_covariates(of):
    table, truth = large("no_effect")
    y = table[ITEMS].sum(axis=1) if of == "alsfrsr" else table[of]
    beta, error = adjusted(y, truth["group"], table)
    assert abs(beta) < 3 * error


def test_with_an_effect_the_same_model_finds_it():
    table, truth = large()
    beta, error = adjusted(table[ITEMS].sum(axis=1), truth["group"], table)
    assert beta < -3
    assert error < 0.05


def test_without_effect_ultrasound_says_nothing_about_strength_given_the_covariates():
    table, _ = large("no_effect")
    beta, error = adjusted(table["mrc_elbow_flexion"], table["mt_biceps_mm"], table)
    assert abs(beta) < 3 * error


def test_the_continuum_has_no_groups():
    assert synthetic.simulate("continuum", n_eligible=40).truth["group"].isna().all()


def test_true_severity_of_the_continuum_has_one_mode():
    # a density that rises, then falls: counts per bin change direction once
    severity = large("continuum")[1]["severity"]
    counts, _ = np.histogram(severity, bins=severity.quantile(0.001) + np.arange(16) / 8)
    signs = np.sign(np.diff(counts))
    assert (np.diff(signs[signs != 0]) != 0).sum() <= 1


def test_continuum_and_two_groups_have_the_same_mean_and_spread_of_severity():
    two, one = (large(s)[1]["severity"] for s in ("two_groups", "continuum"))
    assert one.mean() == pytest.approx(two.mean(), abs=0.02)
    assert one.std() == pytest.approx(two.std(), abs=0.02)


def test_three_groups_lie_on_one_line_at_equal_distances():
    table, truth = large("three_groups")
    means = table.groupby(truth["group"])["ei_biceps_au"].mean()
    assert list(means.index) == [0, 1, 2]
    assert means[2] - means[1] == pytest.approx(means[1] - means[0], rel=0.05)


def test_nothing_measured_reads_the_scenario_or_the_group():
    source = inspect.getsource(synthetic_clinic)
    assert "scenario" not in source.split('"""', 2)[2]
    assert "group" not in source.split('"""', 2)[2]


# ---- the calibration, in small (benchmarks/synthetic_calibration.py does it on 200 seeds)


def test_riluzole_has_the_sizes_of_the_papers_phenotypes_by_chance(shipped):
    assert (shipped.data["riluzole"] == "yes").sum() == 288  # as data/README.md says
    table, truth = large()
    takes = table["riluzole"] == "yes"
    assert abs(np.corrcoef(takes, truth["severity"])[0, 1]) < 0.01
    assert takes.mean() == pytest.approx(0.65, abs=0.005)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["two_groups", "continuum"])
def test_what_the_pipeline_recovers_is_near_what_was_tuned_for(scenario):
    rows = pd.DataFrame(recovered(scenario, seed) for seed in range(2001, 2011))
    error = rows.std() / np.sqrt(len(rows))
    z = (rows.mean() - [0.366, -3.84, 0.80]) / error
    assert z.abs().max() < 4.3  # t with 9 degrees of freedom: 3 of 1,000 such tests, two-sided x 3


def recovered(scenario, seed):
    """Severe share, adjusted coefficient and its standard error, by the project's own modules."""
    from compendium.phenotypes import cluster_cohort
    from compendium.sensitivity.refit import coefficients, prepare

    found = cluster_cohort(load(scenario=scenario, scenario_seed=seed), n_init=5)
    rows = np.arange(len(found.data))
    c = coefficients(prepare(found, BOOK.covariates), rows, found.labels)
    return found.labels.mean(), c.beta[0], c.se[0]
