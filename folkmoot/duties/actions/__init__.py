"""The only writers of this room, by noun. Each is keyword-only and is told who acts and when."""

from folkmoot.duties.actions.answering import (
    answer,
    answer_in_case,
    correct,
    withdraw_answer,
)
from folkmoot.duties.actions.owing import owe
from folkmoot.duties.actions.reports import erase_reports, report_figure
from folkmoot.duties.actions.waiving import waive, waive_by_rule

__all__ = [
    "answer",
    "answer_in_case",
    "correct",
    "erase_reports",
    "owe",
    "report_figure",
    "waive",
    "waive_by_rule",
    "withdraw_answer",
]
