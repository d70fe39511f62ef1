"""The site with its clock FOLKMOOT_DAYS_ON days ahead, for walks that cannot wait so long."""

import datetime as dt
import os

import time_machine

_NOW = dt.datetime.now(dt.UTC) + dt.timedelta(days=int(os.environ["FOLKMOOT_DAYS_ON"]))
time_machine.travel(_NOW, tick=True).start()

from folkmoot.wsgi import application  # noqa: E402 — the clock is moved before anything reads it

__all__ = ["application"]
