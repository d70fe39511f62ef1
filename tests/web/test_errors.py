"""Every kind of trouble as a page and as JSON, through the real middleware."""

import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.web.pages.error import bad_request, page_not_found, permission_denied, server_error

SECRET = "the password is swordfish"
FAULTS = [
    Fault("row 3", "The value is <b>n/a</b>.", "Give a number.", "bad-number", "<b>n/a</b>"),
    Fault("row 9", "There is no area E99.", "Use a code in force.", "unknown-area", "E99"),
]
TROUBLE = {
    "bad-input": BadInput(FAULTS),
    "not-found": NotFound("There is no place called Leds.", [("Leeds", "/place/leeds/")]),
    "not-allowed": NotAllowed("Only an officer of Leeds may do this."),
    "conflict": Conflict("The release was published meanwhile."),
    "http404": Http404(SECRET),
    "denied": PermissionDenied(SECRET),
    "suspicious": SuspiciousOperation(SECRET),
    "bug": ZeroDivisionError(SECRET),
}
STATUS = {
    "bad-input": 400,
    "not-found": 404,
    "not-allowed": 403,
    "conflict": 409,
    "http404": 404,
    "denied": 403,
    "suspicious": 400,
    "bug": 500,
}
CODE = {
    **{kind: kind for kind in ("bad-input", "not-found", "not-allowed", "conflict")},
    "http404": "not-found",
    "denied": "not-allowed",
    "suspicious": "bad-input",
    "bug": "error",
}


def trouble(request: HttpRequest, kind: str) -> HttpResponse:
    raise TROUBLE[kind]


@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


@require_GET
def fine(request: HttpRequest, number: int = 0) -> HttpResponse:
    return HttpResponse("fine")


urlpatterns = [
    path("trouble/<str:kind>/", trouble),
    path("api/trouble/<str:kind>/", trouble),
    path("only-post/", only_post),
    path("fine/", fine),
    path("number/<int:number>/", fine),
]
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("kind", TROUBLE)
def test_each_kind_of_trouble_is_a_page_that_helps(visitor, kind, caplog):
    answer = visitor.get(f"/trouble/{kind}/")
    page = answer.content.decode()

    assert answer.status_code == STATUS[kind]
    assert answer["Content-Type"].startswith("text/html")
    assert page.count("<h1") == 1
    assert "What to do next" in page
    # The search box on the page is not what went wrong.
    assert "govuk-input--error" not in page
    assert SECRET not in page
    assert "Traceback" not in page
    assert "ZeroDivision" not in page


@pytest.mark.parametrize("kind", TROUBLE)
@pytest.mark.parametrize(
    ("root", "accept"), [("/api/trouble/", "*/*"), ("/trouble/", "application/json")]
)
def test_each_kind_of_trouble_is_one_shape_of_json(visitor, kind, root, accept):
    answer = visitor.get(f"{root}{kind}/", headers={"accept": accept})
    body = json.loads(answer.content)

    assert answer.status_code == STATUS[kind]
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "faults", "suggestions"}
    assert body["error"]["code"] == CODE[kind]
    assert SECRET not in answer.content.decode()


def test_every_fault_stands_in_the_table_and_none_is_markup(visitor):
    page = visitor.get("/trouble/bad-input/").content.decode()

    assert "2 faults" in page
    for fault in FAULTS:
        assert fault.where in page
        assert fault.remedy in page
    assert "<b>n/a" not in page
    assert "&lt;b&gt;n/a" in page


def test_faults_and_suggestions_are_whole_in_json(visitor):
    faults = visitor.get("/api/trouble/bad-input/").json()["error"]["faults"]
    suggestions = visitor.get("/api/trouble/not-found/").json()["error"]["suggestions"]

    assert faults[1] == {
        "where": "row 9",
        "what": "There is no area E99.",
        "remedy": "Use a code in force.",
        "kind": "unknown-area",
        "value": "E99",
    }
    assert suggestions == [{"name": "Leeds", "path": "/place/leeds/"}]


def test_suggestions_are_links(visitor):
    page = visitor.get("/trouble/not-found/").content.decode()

    assert 'href="/place/leeds/">Leeds</a>' in page


def test_an_unknown_address_is_a_page_or_json(visitor):
    assert "We cannot find that" in visitor.get("/nowhere/").content.decode()
    assert visitor.get("/api/nowhere/").json()["error"]["code"] == "not-found"


def test_a_number_that_no_row_can_have_is_not_found(visitor):
    assert visitor.get(f"/number/{2**63 - 1}/").status_code == 200
    for number in (2**63, int("9" * 40)):
        assert visitor.get(f"/number/{number}/").status_code == 404


def test_a_wrong_method_says_so_and_names_the_right_one(visitor):
    answer = visitor.get("/only-post/")
    in_json = visitor.delete("/fine/", headers={"accept": "application/json"})

    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "does not take GET" in answer.content.decode()
    assert in_json.json()["error"]["code"] == "wrong-method"


def test_a_form_from_another_site_is_refused_with_a_page():
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/only-post/", {"what": "LS1 1UR"})

    assert answer.status_code == 403
    assert "You cannot do that here" in answer.content.decode()


def test_a_bug_is_logged_and_an_expected_error_is_not(visitor, caplog):
    visitor.get("/trouble/bug/")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.records[0].exc_info[0] is ZeroDivisionError

    caplog.clear()
    visitor.get("/trouble/conflict/")
    assert not [record for record in caplog.records if record.exc_info]


def test_what_a_form_sends_is_never_logged(visitor, caplog):
    visitor.post("/trouble/bug/", {"what": "LS1 1UR"})

    assert caplog.records
    assert "1UR" not in caplog.text


def test_trouble_is_never_kept_by_a_cache_and_depends_on_what_was_asked_for(visitor):
    answer = visitor.get("/trouble/bug/")

    assert answer["Cache-Control"] == "no-store"
    assert "Accept" in answer["Vary"]


@pytest.mark.parametrize("address", ["/fine/", "/trouble/bug/", "/nowhere/"])
def test_every_answer_carries_the_security_headers(visitor, address):
    answer = visitor.get(address)

    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_an_answer_without_trouble_is_left_alone(visitor):
    answer = visitor.get("/fine/")

    assert (answer.status_code, answer.content) == (200, b"fine")
