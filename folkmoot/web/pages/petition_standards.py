"""What is published about petitions: standards, numbers, the clock, and how counting works."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.people import retention
from folkmoot.petitions.queries_clock import ModerationClock, moderation_clock
from folkmoot.petitions.queries_moderation import refused
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.moderation import APPEAL, FIRST
from folkmoot.petitions.rules.questions import QUESTION_RULE
from folkmoot.petitions.rules.reasons import REASONS
from folkmoot.petitions.rules.thresholds import KINDS, Level
from folkmoot.petitions.schemes import SiteLevel, adopted_schemes, site_scheme
from folkmoot.web.remembered import remembered

# What this site keeps about those who sign, by the key of its rule.
_KEPT = ("unconfirmed-signatures", "signers-addresses")


@dataclass(frozen=True, slots=True)
class LevelWords:
    """One level in words: what is owed, and how many signatures make it owed."""

    owed: str
    needs: str


def level_words(level: Level | SiteLevel) -> LevelWords:
    """What a level makes owed and how many signatures it needs, in words."""
    owed = _(KINDS[level.kind])
    if level.share is None:
        return LevelWords(owed, f"{level.number:,}")
    needs = _("1 in %(n)s residents, at least %(least)s") % {
        "n": f"{round(1 / level.share):,}",
        "least": f"{level.at_least or 1:,}",
    }
    return LevelWords(owed, needs)


def _clock(clock: ModerationClock) -> tuple[ModerationClock, str]:
    """A clock with the share decided in time in words, and what chance alone may make of it."""
    if clock.share is None or clock.lower is None or clock.upper is None:
        return clock, _("None yet, so nobody can tell")
    return clock, _(
        "%(n)d of %(all)d: %(share).0f%% (likely between %(low).0f%% and %(high).0f%%)"
    ) % {
        "n": clock.in_time,
        "all": clock.settled,
        "share": clock.share * 100,
        "low": clock.lower * 100,
        "high": clock.upper * 100,
    }


@remembered
def standards(request: HttpRequest) -> HttpResponse:
    """Everything that somebody may want to know before writing or signing a petition."""
    today = timezone.localdate()
    context = {
        "reasons": REASONS.values(),
        "scheme": site_scheme(),
        "levels": [(level_words(level), level) for level in site_scheme().levels],
        "adopted": [
            (body, own, [level_words(level) for level in own.levels])
            for body, own in adopted_schemes(today)
        ],
        "clocks": [_clock(moderation_clock(today, step=step)) for step in (FIRST, APPEAL)],
        "refused": refused(size=20),
        "kept": [rule for rule in retention.RULES if rule.key in _KEPT],
        "limits": limits,
        "sponsor_days": limits.SPONSORS_WITHIN.days,
        "moderation_days": limits.MODERATION_WITHIN.days,
        "appeal_days": limits.APPEAL_ASKED_WITHIN.days,
        "question_days": QUESTION_RULE.days,
        "trail": [(_("Petitions"), "/petitions/")],
    }
    return render(request, "pages/petitions/standards.html", context)


urlpatterns = [path("petitions/standards/", standards, name="petition-standards")]
