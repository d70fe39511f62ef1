"""The only writers of cases, by noun. Each is keyword-only and is told who acts and when."""

from folkmoot.framework.cases.actions.deciding import decide, withdraw
from folkmoot.framework.cases.actions.ending import end, end_what_is_over
from folkmoot.framework.cases.actions.forgetting import erase_rehearsals, forget_run
from folkmoot.framework.cases.actions.overriding import override
from folkmoot.framework.cases.actions.proposing import propose
from folkmoot.framework.cases.actions.replying import reply
from folkmoot.framework.cases.actions.reviewing import review
from folkmoot.framework.cases.actions.withdrawing import withdraw_words

__all__ = [
    "decide",
    "end",
    "end_what_is_over",
    "erase_rehearsals",
    "forget_run",
    "override",
    "propose",
    "reply",
    "review",
    "withdraw",
    "withdraw_words",
]
