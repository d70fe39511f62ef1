"""Officers of a body say who holds its offices: a file is looked at, then taken in."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from folkmoot.bodies.models import Holder
from folkmoot.common.models import PublicAct
from folkmoot.web.pages.body_holders import MOST
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import DEVON, DEVON_DOMAIN, LEEDS
from tests.rooms.test_people_pages import signed_in

pytestmark = pytest.mark.django_db
PATH = f"/body/{LEEDS}/holders/"
HEADER = "name,organization,role,start_date,end_date,source,party\n"
SOURCE = "https://democracy.leeds.gov.uk/"
GOOD = f"{HEADER}Ann Able,{LEEDS},leader,2024-05-16,,{SOURCE},Labour\n"


@pytest.fixture
def officer(at: Any) -> Client:
    return signed_in(invented.with_role(at, "officer"))


def send(client: Client, text: str) -> Any:
    return client.post(PATH, {"file": SimpleUploadedFile("h.csv", text.encode())})


def test_a_file_is_looked_at_then_taken_in_and_a_mistake_is_put_right(officer: Client) -> None:
    seen = send(officer, GOOD)
    html = seen.content.decode()
    assert "1 new, 0 changed, 0 as they were." in html
    assert not Holder.objects.exists()
    assert not PublicAct.objects.filter(verb="import-holders").exists()

    rows = re.search(r'name="rows" value="([^"]+)"', html)
    assert rows is not None
    taken = officer.post(PATH, {"step": "take", "rows": rows[1]})
    assert (taken.status_code, taken["Location"]) == (302, PATH)
    holder = Holder.objects.get()
    assert (holder.name, holder.office.slug, holder.party) == ("Ann Able", "leader", "Labour")
    act = PublicAct.objects.get(verb="import-holders")
    assert act.office == f"{LEEDS}/chief-executive"
    assert "Ann Able" in officer.get(PATH).content.decode()
    assert "Ann Able" in Client().get(f"/body/{LEEDS}/").content.decode()

    wrong = {"step": "remove", "office": "leader", "name": "Ann Able", "since": "2024-05-16"}
    assert officer.post(PATH, {**wrong, "reason": "x"}).status_code == 400
    gone = officer.post(PATH, {**wrong, "reason": "holder-objected"})
    assert gone.status_code == 302
    assert not Holder.objects.exists()
    assert PublicAct.objects.get(verb="remove-holder").reason == "holder-objected"
    assert officer.post(PATH, {**wrong, "reason": "wrong-holder"}).status_code == 404


def test_every_fault_is_shown_with_its_row_and_nothing_is_kept(officer: Client) -> None:
    answer = send(officer, f"{GOOD}Bea Bold,{LEEDS},wizard,16/05/2024,,nowhere,\n")
    html = answer.content.decode()
    assert answer.status_code == 400
    for where in ("Row 3, start_date", "Row 3, source"):
        assert where in html
    assert "No file is chosen" in officer.post(PATH, {}).content.decode()
    other = send(officer, GOOD.replace(LEEDS, DEVON))
    assert other.status_code == 400
    assert "Devon County Council" in other.content.decode()
    assert not Holder.objects.exists()


def test_the_longest_file_can_be_taken_in_and_a_longer_one_is_refused(officer: Client) -> None:
    line = f"Ann Able,{LEEDS},leader,2024-05-16,,{SOURCE},"
    whole = f"{HEADER}{line}".ljust(MOST, "\n")
    rows = re.search(r'name="rows" value="([^"]+)"', send(officer, whole).content.decode())
    assert rows is not None

    longer = base64.b64encode(f"{whole}\n".encode()).decode()
    for refused in (send(officer, f"{whole}\n"), officer.post(PATH, {"rows": longer})):
        assert refused.status_code == 400
        said = refused.content.decode()
        assert "The file has more than 400,000 bytes. Split it into smaller files." in said
    assert officer.post(PATH, {"step": "take", "rows": longer}).status_code == 400
    assert not Holder.objects.exists()
    assert officer.post(PATH, {"step": "take", "rows": rows[1]}).status_code == 302
    assert Holder.objects.get().name == "Ann Able"


def test_nobody_else_sees_or_changes_it(officer: Client, at: Any) -> None:
    assert Client().get(PATH)["Location"].startswith("/sign-in/")
    devon = invented.with_role(at, "officer", DEVON, DEVON_DOMAIN, by=invented.administrator(at))
    leader = invented.with_role(
        at, "representative", office="leader", by=invented.administrator(at)
    )
    for who in (devon, leader, invented.person(at)):
        client = signed_in(who)
        assert client.get(PATH).status_code == 403
        assert send(client, GOOD).status_code == 403
    assert not Holder.objects.exists()
