"""Synthetic tapes: loans and people that do not exist but disclose what a real notice published."""

from postloan.synth.averages import OutOfReach
from postloan.synth.evergreen import plant_evergreen
from postloan.synth.facts import Contradiction, NoDate, NotAFact
from postloan.synth.faults import plant_faults
from postloan.synth.folder import LABEL, truth_folder, write_tape
from postloan.synth.packages import package_names, package_notice
from postloan.synth.tape import Tables, synthesize

__all__ = [
    "LABEL",
    "Contradiction",
    "NoDate",
    "NotAFact",
    "OutOfReach",
    "Tables",
    "package_names",
    "package_notice",
    "plant_evergreen",
    "plant_faults",
    "synthesize",
    "truth_folder",
    "write_tape",
]
