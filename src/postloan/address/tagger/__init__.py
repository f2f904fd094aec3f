"""The address tagger (地址要素标注): text to labelled spans, with numpy alone at run time."""

from postloan.address.tagger.labels import LABELS
from postloan.address.tagger.model import Spans, Tagger, load_tagger

__all__ = ["LABELS", "Spans", "Tagger", "load_tagger"]
