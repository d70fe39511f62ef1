"""Bodies' standings, which the build writes beside those of places in the same transaction.

Only of frameworks in use: no ladder is held against a body, so a rehearsal needs none.
"""

from __future__ import annotations

from folkmoot.bodies.models import Body
from folkmoot.framework.catalogue import Standard
from folkmoot.framework.history_bodies import body_panel, body_release
from folkmoot.framework.models import BodyStanding, FrameworkVersion
from folkmoot.framework.rules.facts import Fact, all_facts
from folkmoot.framework.rules.standing import Panel, judge, newest_of
from folkmoot.measures.models import Measure, Release


class Bodies:
    """What one build knows of bodies: the figures of each measure are read once.

    To be thrown away after the build: what it has read is never read again.
    """

    def __init__(self) -> None:
        self._releases: dict[int, Release | None] = {}
        self._panels: dict[tuple[int, int], Panel | None] = {}

    def release_for(
        self, version: FrameworkVersion, standard: Standard, measure: Measure
    ) -> Release | None:
        """The release whose bodies are to be judged on a standard, or None."""
        if not standard.bodies or version.space != FrameworkVersion.Space.RECORD:
            return None
        if measure.pk not in self._releases:
            self._releases[measure.pk] = body_release(measure)
        return self._releases[measure.pk]

    def rows(
        self, version: FrameworkVersion, standard: Standard, measure: Measure, release: Release
    ) -> list[BodyStanding]:
        """Where every body stands that a standard is asked of, in every period: not yet written."""
        of = measure.pk, release.pk
        if of not in self._panels:
            self._panels[of] = body_panel(measure, release)
        panel = self._panels[of]
        if panel is None:
            return []
        # Kinds of body take the place of kinds of area: all else is judged alike.
        judged = judge(panel, standard.model_copy(update={"applies_to": standard.bodies}))
        newest = newest_of(judged)
        period = judged.panel.periods[newest] if newest >= 0 else ""
        ids = dict(Body.objects.filter(slug__in=judged.panel.areas).values_list("slug", "pk"))
        return [
            _row(fact, (version.pk, measure.pk, ids[fact.area], release.pk), fact.period == period)
            for fact in all_facts(judged, standard.id)
        ]


def _row(fact: Fact, keys: tuple[int, int, int, int], newest: bool) -> BodyStanding:
    version, measure, body, release = keys
    return BodyStanding(
        framework_id=version,
        standard=fact.standard,
        measure_id=measure,
        body_id=body,
        release_id=release,
        row=fact.row or None,
        period=fact.period,
        period_end=fact.period_end,
        newest=newest,
        state=fact.state,
        how=fact.how,
        failing=fact.failing,
        due=fact.due,
        shortfall=fact.shortfall,
        consecutive=fact.consecutive,
        affected=fact.affected,
        cases=fact.cases,
        value=fact.value,
        status=fact.status,
    )
