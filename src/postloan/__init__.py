"""postloan: from a tape of non-performing personal loans to the best lawful resolution of each.

The public face is small and loads what it needs when it is asked for; ``import postloan`` costs nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
