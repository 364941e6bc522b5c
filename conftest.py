"""Tests of the committed notebooks read the committed reference, whatever was run here last."""

import os

os.environ.setdefault("COMPENDIUM_READS", "reference")
