"""What can be asked of the public record."""

from __future__ import annotations

from dataclasses import dataclass

from folkmoot.common.acts import VERBS
from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.common.models import PublicAct


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which acts are wanted; an empty key asks for all. ``place`` is a code."""

    place: str = ""
    service: str = ""
    body: str = ""
    verb: str = ""

    def chosen(self) -> dict[str, str]:
        """The keys that narrow the record."""
        named = {
            "place": self.place,
            "service": self.service,
            "body": self.body,
            "verb": self.verb,
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Acts, newest first; ``older_than`` is the number to ask below for the next, or None."""

    acts: tuple[PublicAct, ...]
    older_than: int | None


def acts_like(wanted: RecordFilter, *, below: int | None = None, size: int = 50) -> RecordPage:
    """The newest ``size`` acts like ``wanted``, with numbers below ``below``: one query.

    Raises BadInput for a verb that does not exist.
    """
    if wanted.verb and wanted.verb not in VERBS:
        known = ", ".join(sorted(VERBS))
        raise BadInput(
            [Fault("verb", "There is no such act.", f"Use one of: {known}.", value=wanted.verb)]
        )
    found = PublicAct.objects.filter(**wanted.chosen()).select_related("note").order_by("-pk")
    if below is not None:
        found = found.filter(pk__lt=below)
    acts = tuple(found[: size + 1])
    return RecordPage(acts[:size], acts[size - 1].pk if len(acts) > size else None)


def act_by_number(number: int) -> PublicAct:
    """The act with this number, with its note if it has one. Raises NotFound."""
    act = PublicAct.objects.select_related("note").filter(pk=number).first()
    if act is None:
        raise NotFound("There is no act with this number in the record.", [("Record", "/record/")])
    return act


def bodies_in_record() -> list[str]:
    """Keys of every body that any act is about, in order."""
    found = PublicAct.objects.exclude(body="").order_by("body")
    return list(found.values_list("body", flat=True).distinct())
