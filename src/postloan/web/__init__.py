"""The web application: server-rendered pages on the store, for whoever works with the loans.

Nobody passes without a session, people are masked unless somebody says what for, and every view is journalled.
"""

from postloan.web.app import create_app
from postloan.web.house import House
from postloan.web.roles import RIGHTS, Right

__all__ = ["RIGHTS", "House", "Right", "create_app"]
