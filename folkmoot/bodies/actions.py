"""The writers of who holds which office."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from django.db import transaction

from folkmoot.bodies import rules
from folkmoot.bodies.holders_file import HolderRow, fault, read_holders
from folkmoot.bodies.models import Body, Holder, Office
from folkmoot.bodies.queries import office_by_key, office_keys
from folkmoot.common.acts import NewAct, record_act, record_acts
from folkmoot.common.days import day_of
from folkmoot.common.errors import BadInput, Fault, NotAllowed, NotFound
from folkmoot.common.reasons import HOLDER_REMOVALS
from folkmoot.places.rules import folded

# Who may say who holds the offices of any body; everybody else, only those of their own.
ANY_BODY = frozenset({"operator", "administrator"})
_BATCH = 500


@dataclass(frozen=True, slots=True)
class HoldersImported:
    """How many terms of office are new, changed and as they were, and of which bodies."""

    added: int
    changed: int
    unchanged: int
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A clean row, with the office that it is about."""

    row: HolderRow
    office: Office


@transaction.atomic
def import_holders(content: bytes, *, office: str, at: dt.datetime) -> HoldersImported:
    """Say who holds, or held, offices, from a CSV file in Popolo's terms: see ``holders_file``.

    ``organization`` is a body's address or the GSS code of its place; ``role`` an office's
    address, kind or title. A row about a term that is known already (office, name and start
    the same) changes its end and source, and its party where the file has that column. All or
    nothing: raises BadInput naming every fault with row, column and value, and NotAllowed where
    ``office`` is neither of ``ANY_BODY`` nor an office of the body that a row is about. One
    public act for each body.
    """
    today = day_of(at)
    rows, faults = read_holders(content, today=today)
    placed, more = _placed(rows)
    faults += more
    _check_allowed(office, (item.office.body for item in placed), today)
    offices = {item.office.pk: item.office for item in placed}
    # Whoever imports for the same offices at the same time waits here for the other.
    locked = Office.objects.select_for_update().filter(pk__in=offices).order_by("pk")
    list(locked.values_list("pk", flat=True))
    known: dict[int, list[Holder]] = defaultdict(list)
    for holder in Holder.objects.filter(office_id__in=offices):
        known[holder.office_id].append(holder)
    faults += _out_of_life(placed)
    faults += _repeated(placed)
    faults += _clashing(placed, known)
    if faults:
        raise BadInput(sorted(faults, key=_line_of))
    return _write(placed, known, office, at)


def _line_of(fault_: Fault) -> tuple[int, str]:
    number = fault_.where.removeprefix("row ").partition(",")[0]
    return (int(number) if number.isdigit() else 0, fault_.where)


@transaction.atomic
def remove_holder(
    *, key: str, name: str, since: dt.date, reason: str, office: str, at: dt.datetime
) -> None:
    """Take away that ``name`` held the office of this ``key`` from a day: wrong, or objected to.

    ``reason`` is a key of ``HOLDER_REMOVALS``; the public act names the office and nobody.
    Raises NotFound, BadInput, and NotAllowed as ``import_holders`` does.
    """
    if reason not in HOLDER_REMOVALS:
        known = ", ".join(HOLDER_REMOVALS)
        raise BadInput([Fault("reason", "There is no such reason.", f"Use one of: {known}.")])
    post = office_by_key(key)
    _check_allowed(office, [post.body], day_of(at))
    gone, _ = Holder.objects.filter(office=post, name=name, since=since).delete()
    if not gone:
        raise NotFound("Nobody of that name is said to hold this office from that day.")
    slug = post.body.slug
    record_act(
        office=office,
        verb="remove-holder",
        subject=f"office:{key}",
        at=at,
        body=slug,
        reason=reason,
        link=f"/body/{slug}/",
    )


def _check_allowed(office: str, bodies: Iterable[Body], on: dt.date) -> None:
    own, _, key = office.partition("/")
    if office in ANY_BODY:
        return
    others = sorted({body.name for body in bodies if body.slug != own})
    if others or key not in (office_keys(own, on) or ()):
        names = ", ".join(others[:3]) or "any body"
        raise NotAllowed(f"This office may not say who holds the offices of {names}.")


def _placed(rows: Iterable[HolderRow]) -> tuple[list[_Placed], list[Fault]]:
    """Each row with its office; a fault for each body and office that there is not."""
    rows = list(rows)
    wanted = {row.organization for row in rows}
    by_slug = {body.slug: body for body in Body.objects.filter(slug__in=wanted)}
    by_code: dict[str, list[Body]] = defaultdict(list)
    coded = {text.upper() for text in wanted}
    for body in Body.objects.filter(area__code__in=coded).select_related("area"):
        if body.area is not None:
            by_code[body.area.code].append(body)
    found = [*by_slug.values(), *(body for bodies in by_code.values() for body in bodies)]
    offices: dict[int, list[Office]] = defaultdict(list)
    for office in Office.objects.filter(body__in=found).select_related("body"):
        offices[office.body_id].append(office)
    placed, faults = [], []
    slugs = [] if wanted <= {*by_slug} else list(Body.objects.values_list("slug", flat=True))
    for row in rows:
        bodies = (
            [by_slug[row.organization]]
            if row.organization in by_slug
            else (by_code.get(row.organization.upper(), []))
        )
        if not bodies:
            faults.append(_no_body(row, slugs))
            continue
        meant = [o for body in bodies for o in offices[body.pk] if _means(row.role, o)]
        held = [o for o in meant if o.kind != rules.WHOLE]
        if len(held) == 1:
            placed.append(_Placed(row, held[0]))
        else:
            faults.append(_no_office(row, [o for body in bodies for o in offices[body.pk]], held))
    return placed, faults


def _means(role: str, office: Office) -> bool:
    said = folded(role)
    return said in {
        folded(office.slug),
        folded(office.kind),
        folded(office.title),
        folded(office.slug.replace("-", " ")),
        folded(office.kind.replace("-", " ")),
    }


def _no_body(row: HolderRow, slugs: list[str]) -> Fault:
    near = get_close_matches(row.organization.lower(), slugs, n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return fault(
        row.line,
        "organization",
        "There is no such body here.",
        f"Use the body's address here, or the GSS code of its place.{hint}",
        row.organization,
        "unknown-body",
    )


def _no_office(row: HolderRow, offices: list[Office], held: list[Office]) -> Fault:
    known = ", ".join(o.slug for o in offices if o.kind != rules.WHOLE)[:400]
    what = "Several offices are meant by this." if held else "The body has no such office."
    remedy = f"Name the body by its address, and use one of: {known}."
    return fault(row.line, "role", what, remedy, row.role, "unknown-office")


def _out_of_life(placed: Iterable[_Placed]) -> Iterator[Fault]:
    """Terms that begin before their office or body did, or go on after it ended."""
    for item in placed:
        office, row = item.office, item.row
        begun = max(filter(None, (office.started, office.body.started)), default=None)
        ended = min(filter(None, (office.ended, office.body.ended)), default=None)
        if begun is not None and row.since < begun:
            what = f"{office.title} of {office.body.name} began on {begun} only."
            yield fault(item.row.line, "start_date", what, "Correct it.", str(row.since))
        if ended is not None and (row.until or row.since) > ended:
            what = f"{office.title} of {office.body.name} ended on {ended}."
            column = "end_date" if row.until else "start_date"
            yield fault(row.line, column, what, "Correct it.", str(row.until or row.since))


def _repeated(placed: Iterable[_Placed]) -> Iterator[Fault]:
    """Rows that say the same term twice."""
    times = Counter((item.office.pk, item.row.name, item.row.since) for item in placed)
    first: dict[tuple[int, str, dt.date], int] = {}
    for item in placed:
        key = (item.office.pk, item.row.name, item.row.since)
        line = first.setdefault(key, item.row.line)
        if times[key] > 1 and line != item.row.line:
            what = f"The same term stands in row {line}."
            yield fault(item.row.line, "name", what, "Keep one.", item.row.name, "conflicting-key")


def _clashing(placed: Iterable[_Placed], known: dict[int, list[Holder]]) -> Iterator[Fault]:
    """Offices of one person that two would hold at a time, once the file were in."""
    by_office: dict[int, list[_Placed]] = defaultdict(list)
    for item in placed:
        if item.office.seats == 1:
            by_office[item.office.pk].append(item)
    for pk, items in by_office.items():
        said = {(item.row.name, item.row.since): item for item in items}
        terms = [rules.Term(name, since, item.row.until) for (name, since), item in said.items()]
        terms += [
            rules.Term(holder.name, holder.since, holder.until)
            for holder in known[pk]
            if (holder.name, holder.since) not in said
        ]
        for earlier, later in rules.clashes(terms):
            newer = said.get((later.name, later.since))
            named = newer or said.get((earlier.name, earlier.since))
            if named is None:
                continue
            item, other = named, earlier if newer is not None else later
            ended = f"until {other.until}" if other.until else "with no end"
            yield fault(
                item.row.line,
                "start_date",
                f"{item.office.title}: {other.name} holds it from {other.since} {ended}.",
                f"Add a row for {other.name} with its end_date, or correct the dates.",
                str(item.row.since),
                "overlapping-holders",
            )


def _write(
    placed: list[_Placed], known: dict[int, list[Holder]], office: str, at: dt.datetime
) -> HoldersImported:
    existing = {
        (holder.office_id, holder.name, holder.since): holder
        for holders in known.values()
        for holder in holders
    }
    today = day_of(at)
    added, changed, unchanged = [], [], 0
    touched: set[str] = set()
    for item in placed:
        row = item.row
        holder = existing.get((item.office.pk, row.name, row.since))
        if holder is None:
            added.append(
                Holder(
                    office=item.office,
                    name=row.name,
                    party=row.party or "",
                    since=row.since,
                    until=row.until,
                    source=row.source,
                    as_at=row.as_at or today,
                )
            )
        else:
            party = holder.party if row.party is None else row.party
            said = (row.until, party, row.source, row.as_at or holder.as_at)
            if said == (holder.until, holder.party, holder.source, holder.as_at):
                unchanged += 1
                continue
            holder.until, holder.party, holder.source = row.until, party, row.source
            holder.as_at = row.as_at or today
            changed.append(holder)
        touched.add(item.office.body.slug)
    Holder.objects.bulk_create(added, batch_size=_BATCH)
    fields = ["until", "party", "source", "as_at"]
    Holder.objects.bulk_update(changed, fields, batch_size=_BATCH)
    record_acts(
        NewAct(
            office=office,
            verb="import-holders",
            subject=f"body:{slug}",
            at=at,
            body=slug,
            link=f"/body/{slug}/",
        )
        for slug in sorted(touched)
    )
    return HoldersImported(len(added), len(changed), unchanged, tuple(sorted(touched)))
