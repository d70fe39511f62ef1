"""Every address of the site, with examples that the shipped data answers."""

from __future__ import annotations

from django.urls import URLResolver, get_resolver

from folkmoot.api.files_answers import TABLES

_ANSWERS = "|".join(TABLES)

# route → addresses to ask. A route without an example fails tests/house/test_reading.py.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "": ("/",),
    "find/": (),  # takes POST only
    "search/": ("/search/?q=leeds", "/search/?q=schols", "/search/"),
    "places/": ("/places/",),
    "place/<slug:slug>/": (
        "/place/leeds/",
        "/place/leeds/?show=worse",
        "/place/devon/",
        "/place/leds/",
    ),
    "place/<slug:slug>/<slug:service_slug>/": (
        "/place/leeds/schools/",
        "/place/exeter/waste/",
        "/place/leeds/magic/",
    ),
    "here/": ("/here/",),
    "here/<slug:slug>/": ("/here/exeter/", "/here/devon/?found=sector", "/here/leds/"),
    "frameworks/": ("/frameworks/",),
    "framework/compare/": (
        "/framework/compare/",
        "/framework/compare/?a=england-as-found&b=illustrative",
        "/framework/compare/?a=magic&b=illustrative",
    ),
    "framework/<slug:slug>/": ("/framework/england-as-found/", "/framework/magic/"),
    "framework/<slug:slug>/<str:version>/": (
        "/framework/illustrative/2026-11-23.1/",
        "/framework/illustrative/7/",
    ),
    "standard/<slug:key>/": (
        "/standard/ehc-plan-20-weeks/",
        "/standard/ae-four-hours/?bodies=-short",
        "/standard/magic/",
    ),
    "discretion/<slug:slug>/": ("/discretion/waste/", "/discretion/magic/"),
    "bodies/": ("/bodies/", "/bodies/?kind=nhs-trust", "/bodies/?kind=magic"),
    "body/<slug:slug>/": (
        "/body/devon-county-council/",
        "/body/nhs-trust-rh8/",
        "/body/nhs-trust-rbq/",
        "/body/nhs-trust-rbz/",
        "/body/magic/",
    ),
    "body/<slug:slug>/holders/": ("/body/leeds-city-council/holders/", "/body/magic/holders/"),
    "report/<slug:slug>/<int:number>/<int:row>/": (
        "/report/dfe-lait/1/308078/",
        "/report/dfe-lait/1/1/",
        "/report/nhs-ae-trust/1/7764/",
    ),
    "report/<slug:slug>/<int:number>/<int:row>/sent/": ("/report/dfe-lait/1/308078/sent/",),
    "altcha/": ("/altcha/",),
    "ask/": ("/ask/", "/ask/?place=leeds&service=waste"),
    "questions/": (
        "/questions/",
        "/questions/?place=leeds&service=waste",
        "/questions/?place=leds",
        "/questions/?before=magic",
    ),
    "questions/feed/": ("/questions/feed/", "/questions/feed/?place=leeds&service=waste"),
    "questions/mine/": ("/questions/mine/",),
    "questions/<int:number>/": ("/questions/99999999/",),
    "questions/<int:number>/<slug:what>/": (),  # takes POST only
    "petitions/standards/": ("/petitions/standards/",),
    "petitions/scheme/": ("/petitions/scheme/",),
    "moderation/": ("/moderation/",),
    "moderation/petitions/<int:number>/": ("/moderation/petitions/1/",),
    "moderation/alerts/<int:number>/": ("/moderation/alerts/1/",),
    "petitions/<int:number>/paper/": ("/petitions/1/paper/",),
    "petitions/<int:number>/erase/": ("/petitions/1/erase/",),
    "moderation/questions/": ("/moderation/questions/",),
    "moderation/questions/<int:number>/": ("/moderation/questions/1/",),
    "moderation/questions/<int:number>/erase/": ("/moderation/questions/1/erase/",),
    "petitions/start/": (
        "/petitions/start/",
        "/petitions/start/?place=leeds",
        "/petitions/start/?place=leeds&service=waste",
        "/petitions/start/?place=exeter&service=schools",
        "/petitions/start/?place=magic&service=schools",
    ),
    "petitions/start/words/": (
        "/petitions/start/words/?place=leeds&service=waste&to=leeds-city-council",
        "/petitions/start/words/",
    ),
    "petitions/mine/": ("/petitions/mine/",),
    "petitions/<int:number>/manage/": ("/petitions/1/manage/",),
    "petitions/<int:number>/manage/words/": ("/petitions/1/manage/words/",),
    "petitions/<int:number>/manage/<slug:what>/": (),  # takes POST only
    "petitions/similar/": (
        "/petitions/similar/",
        "/petitions/similar/?title=mend+the+roads",
        "/petitions/similar/?part&title=mend+the+rodes&at=E08000035",
    ),
    "petitions/<int:number>/": ("/petitions/99999999/",),
    "petitions/": (
        "/petitions/",
        "/petitions/?place=leeds&service=waste&state=open&sort=trending",
        "/petitions/?body=leeds-city-council&words=roads",
        "/petitions/?place=leds",
        "/petitions/?place=LS1+1UR",
        "/petitions/?sort=magic",
    ),
    "petitions/feed/": ("/petitions/feed/", "/petitions/feed/?place=leeds&sort=most-signed"),
    "petitions/<int:number>/feed/": ("/petitions/99999999/feed/",),
    "petitions/<int:number>/where/": ("/petitions/99999999/where/",),
    "petitions/<int:number>/image.png": ("/petitions/99999999/image.png",),
    "petitions/<int:number>/count/": ("/petitions/99999999/count/",),
    "petitions/<int:number>/count.json": ("/petitions/99999999/count.json",),
    "petitions/<int:number>/sheet/": ("/petitions/99999999/sheet/",),
    "petitions/<int:number>/answer/<int:duty>/": ("/petitions/99999999/answer/1/",),
    "petitions/<int:number>/commitments/<int:which>/": ("/petitions/99999999/commitments/1/",),
    "petitions/<int:number>/commitments/<int:which>/mark/": (
        "/petitions/99999999/commitments/1/mark/",
    ),
    "petitions/opinion/<str:token>/": ("/petitions/opinion/none/",),
    "petitions/<int:number>/sign/": ("/petitions/99999999/sign/",),
    "petitions/<int:number>/sent/": ("/petitions/1/sent/",),
    "petitions/<int:number>/take-back/": ("/petitions/1/take-back/",),
    "petitions/<int:number>/take-back/sent/": ("/petitions/1/take-back/sent/",),
    "petitions/<int:number>/code/": ("/petitions/1/code/",),
    "petitions/<int:number>/thanks/": ("/petitions/1/thanks/",),
    "petitions/<int:number>/taken-back/": ("/petitions/1/taken-back/",),
    "petitions/<int:number>/sponsor/<str:key>/": ("/petitions/1/sponsor/magic/",),
    "petitions/confirm/<str:token>/": ("/petitions/confirm/magic/",),
    "petitions/take-back/<str:token>/": ("/petitions/take-back/magic/",),
    "services/": ("/services/",),
    "service/<slug:slug>/": ("/service/schools/", "/service/magic/"),
    "measure/<slug:slug>/": ("/measure/{measure}/", "/measure/magic/"),
    "compare/": ("/compare/", "/compare/?place=leeds&place=sheffield", "/compare/?place=leds"),
    "sources/": ("/sources/",),
    "source/<slug:slug>/": ("/source/{source}/", "/source/magic/"),
    "release/<slug:slug>/<int:number>/": ("/release/{source}/1/", "/release/{source}/99/"),
    "methods/": ("/methods/",),
    "about/": ("/about/",),
    "licences/": ("/licences/",),
    "data/": ("/data/",),
    "record/": ("/record/", "/record/?place=leeds", "/record/?verb=accept-fault"),
    "record/feed/": ("/record/feed/",),
    "record/<int:number>/": ("/record/1/", "/record/99999999/"),
    "record/<int:number>/canonical.json": ("/record/1/canonical.json",),
    "framework/<slug:slug>/rehearse/": (
        "/framework/illustrative/rehearse/",
        "/framework/illustrative/rehearse/?standard=ehc-plan-20-weeks&line=90&step=notice",
        "/framework/magic/rehearse/",
    ),
    "duties/<int:number>/": ("/duties/99999999/",),
    "duties/<int:number>/<slug:what>/": ("/duties/1/answer/",),
    "interventions/": (
        "/interventions/",
        "/interventions/?place=devon&which=non-interventions",
        "/interventions/?place=devn",
    ),
    "interventions/feed/": ("/interventions/feed/",),
    "interventions/propose/": ("/interventions/propose/",),
    "interventions/override/": ("/interventions/override/",),
    "interventions/<int:number>/": ("/interventions/99999999/",),
    "interventions/<int:number>/words/<int:words>/withdraw/": (
        "/interventions/1/words/1/withdraw/",
    ),
    "rehearsal/interventions/<int:number>/words/<int:words>/withdraw/": (
        "/rehearsal/interventions/1/words/1/withdraw/",
    ),
    "interventions/<int:number>/<slug:what>/": ("/interventions/1/decide/",),
    "rehearsal/": ("/rehearsal/",),
    "rehearsal/part/": (),  # takes POST only
    "rehearsal/forget/": (),  # takes POST only
    "rehearsal/site/": ("/rehearsal/site/",),
    "rehearsal/interventions/propose/": ("/rehearsal/interventions/propose/",),
    "rehearsal/interventions/override/": ("/rehearsal/interventions/override/",),
    "rehearsal/interventions/<int:number>/": ("/rehearsal/interventions/1/",),
    "rehearsal/interventions/<int:number>/<slug:what>/": ("/rehearsal/interventions/1/decide/",),
    "sign-in/": ("/sign-in/", "/sign-in/?next=/account/"),
    "sign-in/code/<slug:key>/": ("/sign-in/code/none/",),
    "sign-in/passkey/begin/": (),  # takes POST only
    "sign-in/passkey/": (),  # takes POST only
    "sign-in/with/<slug:provider_id>/": (),  # takes POST only
    "sign-in/with/<slug:provider_id>/back/": ("/sign-in/with/organisation/back/",),
    "sign-out/": ("/sign-out/",),
    "account/": ("/account/",),
    "account/invitations/<int:number>/": (),  # takes POST only
    "account/consent/": (),  # takes POST only
    "account/data/": ("/account/data/",),
    "account/data/download/": (),  # takes POST only
    "account/data/erase/": ("/account/data/erase/",),
    "account/passkeys/": ("/account/passkeys/",),
    "account/passkeys/new/": (),  # takes POST only
    "account/passkeys/add/": (),  # takes POST only
    "account/passkeys/<int:number>/remove/": (),  # takes POST only
    "account/roles/": ("/account/roles/",),
    "account/roles/<int:number>/end/": (),  # takes POST only
    "account/roles/invitations/<int:number>/withdraw/": (),  # takes POST only
    "account/roles/domains/": (),  # takes POST only
    "privacy/": ("/privacy/",),
    "accessibility/": ("/accessibility/",),
    "api/v1/openapi.json": ("/api/v1/openapi.json",),
    "api/v1/docs": ("/api/v1/docs",),
    "api/v1/places": ("/api/v1/places",),
    "api/v1/places/<key>": ("/api/v1/places/leeds", "/api/v1/places/leds"),
    "api/v1/services": ("/api/v1/services",),
    "api/v1/services/<slug>": ("/api/v1/services/schools",),
    "api/v1/measures": ("/api/v1/measures",),
    "api/v1/measures/<slug>": ("/api/v1/measures/{measure}",),
    "api/v1/sources": ("/api/v1/sources",),
    "api/v1/releases": ("/api/v1/releases",),
    "api/v1/releases/<source>/<number>": ("/api/v1/releases/{source}/1",),
    "api/v1/releases/<source>/<number>/revisions": ("/api/v1/releases/{source}/1/revisions",),
    "api/v1/observations": ("/api/v1/observations?measure={measure}&place=leeds",),
    "api/v1/account": ("/api/v1/account?place=leeds", "/api/v1/account?place=leds"),
    "api/v1/bodies": ("/api/v1/bodies", "/api/v1/bodies?place=LS1+1UR"),
    "api/v1/bodies/<slug>": ("/api/v1/bodies/leeds-city-council", "/api/v1/bodies/leds"),
    "api/v1/offices": ("/api/v1/offices?place=leeds",),
    "api/v1/holders": ("/api/v1/holders",),
    "api/v1/remits": ("/api/v1/remits?service=schools",),
    "api/v1/who": ("/api/v1/who?place=leeds", "/api/v1/who?place=leds"),
    "api/v1/duties": ("/api/v1/duties",),
    "api/v1/duties/<number>": ("/api/v1/duties/1",),
    "api/v1/acts": ("/api/v1/acts?place=leeds",),
    "api/v1/petitions": (
        "/api/v1/petitions",
        "/api/v1/petitions?place=leeds&state=open&words=roads",
    ),
    "api/v1/petitions/<number>": ("/api/v1/petitions/99999999",),
    "api/v1/petitions/<number>/where": ("/api/v1/petitions/99999999/where",),
    "api/v1/petition-thresholds": ("/api/v1/petition-thresholds",),
    "api/v1/petition-answers": ("/api/v1/petition-answers",),
    "api/v1/commitments": ("/api/v1/commitments",),
    "api/v1/moderation-decisions": ("/api/v1/moderation-decisions",),
    "api/v1/archived-petitions": ("/api/v1/archived-petitions",),
    "api/v1/questions": ("/api/v1/questions", "/api/v1/questions?place=leeds&service=waste"),
    "api/v1/standards": ("/api/v1/standards",),
    "api/v1/standings": ("/api/v1/standings?place=devon",),
    "api/v1/body-standings": ("/api/v1/body-standings?body=nhs-trust-rh8",),
    "api/v1/interventions": ("/api/v1/interventions",),
    "api/v1/interventions/elsewhere": ("/api/v1/interventions/elsewhere",),
    "api/v1/interventions/<number>": ("/api/v1/interventions/1",),
    "api/v1/": ("/api/v1/",),
    "measure/<slug:slug>.csv": ("/measure/{measure}.csv",),
    "measure/<slug:slug>.csv-metadata.json": ("/measure/{measure}.csv-metadata.json",),
    "measure/<slug:slug>/observations.csv": ("/measure/{measure}/observations.csv",),
    "measure/<slug:slug>/observations.csv-metadata.json": (
        "/measure/{measure}/observations.csv-metadata.json",
    ),
    "place/<slug:slug>.csv": ("/place/leeds.csv",),
    "place/<slug:slug>.csv-metadata.json": ("/place/leeds.csv-metadata.json",),
    r"^(?P<name>places|measures|sources)\.csv$": ("/places.csv", "/measures.csv", "/sources.csv"),
    r"^(?P<name>places|measures|sources)\.csv-metadata\.json$": ("/places.csv-metadata.json",),
    "place/<slug:slug>/standings.csv": ("/place/devon/standings.csv",),
    "place/<slug:slug>/standings.csv-metadata.json": ("/place/devon/standings.csv-metadata.json",),
    "standard/<slug:key>/standings.csv": ("/standard/ehc-plan-20-weeks/standings.csv",),
    "standard/<slug:key>/standings.csv-metadata.json": (
        "/standard/ehc-plan-20-weeks/standings.csv-metadata.json",
    ),
    "petitions/<int:number>/where.csv": ("/petitions/99999999/where.csv",),
    "petitions/<int:number>/where.csv-metadata.json": (
        "/petitions/99999999/where.csv-metadata.json",
    ),
    "petitions/<int:number>/days.csv": ("/petitions/99999999/days.csv",),
    "petitions/<int:number>/days.csv-metadata.json": (
        "/petitions/99999999/days.csv-metadata.json",
    ),
    rf"^(?P<name>{_ANSWERS})\.csv$": tuple(f"/{name}.csv" for name in TABLES),
    rf"^(?P<name>{_ANSWERS})\.csv-metadata\.json$": tuple(
        f"/{name}.csv-metadata.json" for name in TABLES
    ),
    "account.parquet": ("/account.parquet",),
}

# Pages with a form that changes something: they set the cookie of the form's token, and no other.
FORMS = {"/sign-in/", "/sign-in/?next=/account/", "/sign-out/"}
# The same, where it takes the shipped figures.
FORMS_OF_FIGURES = {"/report/dfe-lait/1/308078/", "/report/nhs-ae-trust/1/7764/"}


def routes() -> list[str]:
    """Every route of the site, as Django writes it."""

    def below(resolver: URLResolver, before: str) -> list[str]:
        found = []
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            found += below(pattern, route) if isinstance(pattern, URLResolver) else [route]
        return found

    return below(get_resolver(), "")
