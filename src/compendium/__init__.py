"""An open, rerunnable analysis of neuromuscular ultrasound phenotypes in ALS.

Import the module that holds the idea you need (``from compendium import clustering``); nothing
is loaded before it is used, so that a notebook pays only for what it names.
"""

__version__ = "0.1.0"
