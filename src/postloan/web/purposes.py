"""What personal data may be looked at for; the words stand in the texts."""

from __future__ import annotations

PURPOSES = ("contact", "verify", "letter", "match", "dispute", "court", "bureau", "hardship")
