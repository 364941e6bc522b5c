"""An open, rerunnable analysis of neuromuscular ultrasound phenotypes in ALS.

A cohort file and a codebook go in; six notebooks read like a paper and run in order. Ten rooms
over a small ground, each opened by its question:

    data         what the patients are
    phenotypes   who is grouped with whom
    stability    would the groups come back
    groups       groups, or one continuum
    validation   do independent measures agree
    regression   what does the phenotype mean for function
    sensitivity  other labels, other choices
    report       figures, sentences, tables
    run          the notebooks, in order and on record
    audit        does anything a run left behind point at a person

The ground (problems, words, headcounts, files, statistics, seeds, parallel, parameters, compiled)
serves all of them, and ``notebook`` is the one object a notebook opens with.

Words, each with one meaning:

cluster, phenotype : a group k-means made; the same once it is named by severity.
severity : mean of a patient's z-scores, each turned so that higher is worse. It orders phenotypes.
main axis : the line or curve along which patients spread most; a null's one dimension.
draw : one cohort simulated from a null.
resample : patients drawn from the cohort (bootstrap, subsample, half) and clustered again.
replicate : one pass of a whole pipeline over a resample.
null : the model of cohorts without groups, a smooth continuum.
verdict : what is said of groups, from 0 (not told from a continuum) upwards.
"""

from pathlib import Path

__version__ = "0.1.0"
PROJECT = Path(__file__).resolve().parents[2]
