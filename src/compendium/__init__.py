"""An open, rerunnable analysis of neuromuscular ultrasound phenotypes in ALS."""

from pathlib import Path

__version__ = "0.1.0"
PROJECT = Path(__file__).resolve().parents[2]
