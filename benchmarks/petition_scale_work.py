"""What petition_scale.py times: all that people, moderators and the worker do with signatures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Protocol

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
OTHERS, EACH = 12, 400
BATCH, ROUNDS = 500, 9


class Timer(Protocol):
    """Does something so many times, and keeps how long it took."""

    def time(self, what: str, do: Callable[[], Any], times: int = 1) -> Any: ...


def intake(site: dict[str, Any], clock: Timer) -> None:
    """People sign, have their letters, confirm, are counted, and some take it back."""
    from django.utils import timezone

    from folkmoot.petitions import tokens
    from folkmoot.petitions.actions import counting, letters, signing, taking_back
    from folkmoot.petitions.models import Signature
    from folkmoot.petitions.rules.signing import SignForm

    large = site["large"].pk

    def sign(number: int) -> None:
        address = f"signer.{number}@example.net"
        # No name has so many figures.
        name = f"Signer {number}".translate(str.maketrans("0123456789", "ghijklmnop"))
        form = SignForm(name=name, email=address, postcode="LS1 1UR", consent=True,
                        country="", tell_me=number % 3 == 0)  # fmt: skip
        signing.sign(petition=large, form=form, proof=None, at=timezone.now(),
                     network=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")  # fmt: skip

    for turn in range(ROUNDS):
        for number in range(turn * BATCH, (turn + 1) * BATCH):
            clock.time("sign", lambda number=number: sign(number))
        for _ in range(BATCH // 500):
            clock.time("500 letters to confirm", lambda: letters.write_letters(
                at=timezone.now(), limit=500))  # fmt: skip
        new = list(Signature.objects.order_by("-pk").values_list("pk", flat=True)[:BATCH])
        for number in new:
            token = tokens.make(tokens.CONFIRM, number)
            clock.time("confirm", lambda token=token: signing.confirm(
                token=token, at=timezone.now()))  # fmt: skip
        done = clock.time(
            f"count {BATCH} new", lambda: counting.count_signatures(at=timezone.now())
        )
        assert done.added >= BATCH, done
    for number in range(100):
        sign(number)
    for number in Signature.objects.order_by("-pk").values_list("pk", flat=True)[:100]:
        token = tokens.make(tokens.CONFIRM, number)
        clock.time("confirm of one who signed before", lambda token=token: signing.confirm(
            token=token, at=timezone.now()))  # fmt: skip
    standing = Signature.objects.filter(petition=large, counted=True).order_by("pk")
    numbers = standing.filter(pk__gte=standing[0].pk).values_list("pk", flat=True)
    leaving = list(numbers[: ROUNDS * 1_000 : 10])
    for turn in range(ROUNDS):
        for number in leaving[turn::ROUNDS]:
            token = tokens.make(tokens.TAKE_BACK, number)
            clock.time("take back", lambda token=token: taking_back.take_back(
                token=token, at=timezone.now()))  # fmt: skip
        done = clock.time("count 100 taken back", lambda: counting.count_signatures(
            at=timezone.now()))  # fmt: skip
        assert done.removed == 100, done


def jobs(site: dict[str, Any], clock: Timer) -> None:
    """What the worker does beside letters and counts."""
    from django.db import transaction
    from django.utils import timezone

    from folkmoot.people.queries import day_of
    from folkmoot.petitions.actions import breakdowns, counting, life, patterns, thresholds
    from folkmoot.petitions.models import Breakdown, Petition

    at = timezone.now()
    today = day_of(at)
    breakdowns.renew_breakdowns(today=today - DAY)

    def table() -> int:
        Breakdown.objects.filter(petition=site["large"]).delete()
        return breakdowns.renew_breakdowns(today=today)

    clock.time("table of places and days, anew", table, 5)

    def check(action: Callable[..., Any], petition: Petition) -> None:
        with transaction.atomic():
            row = Petition.objects.select_for_update().get(pk=petition.pk)
            action(petition=row, at=at)
            transaction.set_rollback(True)

    clock.time("thresholds", lambda: check(thresholds.reach, site["large"]), 20)
    clock.time("sponsors of one that seeks them", lambda: check(
        life.sponsors_found, site["seeking"]), 10)  # fmt: skip
    clock.time("look for patterns", lambda: patterns.find_patterns(at=at), 3)
    clock.time("nothing to count", lambda: counting.count_signatures(at=at), 20)
    clock.time("last 24 hours anew", lambda: counting.refresh_last_days(at=at + HOUR), 1)


def planted(site: dict[str, Any]) -> list[Any]:
    """An alert of each kind, about some signatures of the last day."""
    from folkmoot.petitions.models import Alert, Signature

    large, at = site["large"], site["at"]
    newest = Signature.objects.filter(petition=large, state=1, origin=0).exclude(email="")
    row = newest.order_by("-pk")[ROUNDS * BATCH + 500]
    of = {"network": row.network_key, "area": row.area, "domain": row.email.partition("@")[2]}
    return [
        Alert.objects.create(
            petition=large, kind=kind, key=key, since=row.confirmed_at - HOUR,
            until=row.confirmed_at, seen=20, among=100, expected=1.0, raised_at=at,
        )
        for kind, key in of.items()
    ]  # fmt: skip


def pages(site: dict[str, Any], clock: Timer) -> None:
    """Every page about a petition, made anew each time."""
    from django.test import Client

    from folkmoot.petitions import tokens
    from folkmoot.petitions.models import Signature
    from folkmoot.web import remembered
    from folkmoot.web.pages.people_access import BACKEND

    large, seeking, w = site["large"], site["seeking"], site["world"]
    alerts = planted(site)
    known = Signature.objects.filter(petition=large, state=1).latest("pk").pk
    own, api = f"/petitions/{large.pk}/", f"/api/v1/petitions/{large.pk}"
    found = {
        None: [own, f"{own}where/", f"{own}where.csv", f"{own}days.csv", f"{own}count/",
               f"{own}count.json", f"{own}feed/", f"{own}image.png", f"{own}sheet/",
               f"{own}sign/", f"{own}thanks/", "/", "/petitions/", "/petitions/?sort=most-signed",
               "/petitions/?sort=trending", "/petitions.csv", "/place/leeds/",
               "/body/leeds-city-council/", api, f"{api}/where",
               f"/petitions/confirm/{tokens.make(tokens.CONFIRM, known)}/",
               f"/petitions/take-back/{tokens.make(tokens.TAKE_BACK, known)}/",
               f"/petitions/{seeking.pk}/sponsor/{seeking.sponsor_key}/"],
        w.creator: [f"{own}manage/", "/petitions/mine/", f"/petitions/{seeking.pk}/manage/"],
        w.officer: [f"{own}paper/"],
        w.site: ["/moderation/", f"/moderation/petitions/{large.pk}/",
                 *(f"/moderation/alerts/{alert.pk}/" for alert in alerts)],
    }  # fmt: skip
    for who, addresses in found.items():
        client = Client()
        if who is not None:
            client.force_login(who, backend=BACKEND)
        for address in addresses:
            name = _name(address, site, alerts)

            def get(address: str = address, client: Any = client) -> None:
                remembered.forget()
                status = client.get(address).status_code
                if status != 200:
                    raise SystemExit(f"{address}: {status}")

            clock.time(name, get, 20)


def _name(address: str, site: dict[str, Any], alerts: list[Any]) -> str:
    """An address without numbers and secrets, the same in every run."""
    for alert in alerts:
        if address == f"/moderation/alerts/{alert.pk}/":
            return f"/moderation/alerts/ ({alert.kind})"
    for petition, word in ((site["large"], "N"), (site["seeking"], "SEEKING")):
        address = address.replace(f"petitions/{petition.pk}", f"petitions/{word}")
        address = address.replace(petition.sponsor_key, "KEY")
    return address if len(address) < 40 else address[: address.index("/", 12)] + "/TOKEN/"


def officers(site: dict[str, Any], clock: Timer) -> None:
    """What moderators and officers do, and what an answer sets going."""
    from django.db import transaction
    from django.utils import timezone

    from folkmoot.duties.models import Duty
    from folkmoot.petitions import holdings
    from folkmoot.petitions.actions import paper, patterns, telling
    from folkmoot.petitions.actions.telling import tell_creator
    from folkmoot.petitions.models import Alert, PetitionAnswer
    from tests.rooms import petitions_answered as answered

    w, large = site["world"], site["large"]
    at = timezone.now()
    alert = Alert.objects.filter(kind="network", closed_at__isnull=True).latest("pk")
    batch = clock.time("set a pattern aside", lambda: patterns.set_aside(
        actor=w.site, alert=alert.pk, at=at))  # fmt: skip
    clock.time("restore it", lambda: patterns.restore(actor=w.site, batch=batch.pk, at=at))
    rows = "name,postcode\n" + "".join(f"Signer {n},LS1 1UR\n" for n in range(0, 2_000, 2))

    def look() -> paper.PaperLook:
        return paper.look(
            actor=w.officer, petition=large.pk, rows=rows.encode(), on=at.date(), at=at
        )

    clock.time("look at 1,000 rows of paper", look, 5)
    clock.time("what is held about somebody", lambda: holdings.show(w.creator), 20)
    duty = Duty.objects.get(key=f"petition/{large.pk}/answer")
    given = answered.answered(w.officer, duty, at)
    assert isinstance(given, PetitionAnswer)

    def to_creator() -> None:
        with transaction.atomic():
            tell_creator(given, large, at=at)
            transaction.set_rollback(True)

    clock.time("the creator's letter of an answer", to_creator, 10)
    clock.time("500 letters of an answer", lambda: telling.tell_signers(at=at, limit=500), 3)
    clock.time("opinions counted", lambda: telling.count_opinions(at=at + 2 * DAY), 1)


def forgetting(site: dict[str, Any], clock: Timer) -> None:
    """What goes when its time is up."""
    from django.utils import timezone

    from folkmoot.people.queries import day_of
    from folkmoot.petitions.actions import forgetting as acts
    from folkmoot.petitions.actions import life
    from folkmoot.petitions.rules import states
    from tests.rooms import petitions_made as made

    at = timezone.now()
    for number in range(3):
        draft = made.petition(site["world"], states.DRAFT, title=f"A draft that is old {number}",
                              created_at=at - 800 * DAY)  # fmt: skip
        clock.time("erase a draft", lambda: acts.forget_drafts(at))
        assert not type(draft).objects.filter(pk=draft.pk).exists()
    clock.time("erase 10 unconfirmed", lambda: acts.forget_unconfirmed(
        at + 6 * DAY, 10), 4)  # fmt: skip
    clock.time("no unconfirmed to erase", lambda: acts.forget_unconfirmed(at - 3 * DAY), 3)
    later = at + 200 * DAY
    life.close_due(today=day_of(later), at=later)
    over = at + 600 * DAY
    # The small ones that were begun first are erased first, whole.
    for _ in site["small"][: OTHERS // 2]:
        clock.time("erase addresses of 400, whole", lambda: acts.forget_addresses(over))
    clock.time("erase 500 addresses", lambda: acts.forget_addresses(over, 500), 5)
