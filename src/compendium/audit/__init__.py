"""Does anything a run left behind point at a person?

``audited`` holds every file of a run, whatever its kind (``left_behind``, ``drawn``), against the
patients' own file: their texts and values (``private``), counts of few (``few``), and traces of
the machine. A ``Finding`` says where and what, and repeats nothing; ``spelled_out`` gives the
lines of a screen.
"""

from compendium.audit.findings import Finding, audited, spelled_out

__all__ = ["Finding", "audited", "spelled_out"]
