"""Addresses of the API and of the files."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from folkmoot.api import files, files_answers, files_petitions
from folkmoot.api.v1 import api


def _table(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """A CSV door and, at the address the standard gives, its metadata."""
    return [
        path(f"{route}.csv", view, name=name),
        path(f"{route}.csv-metadata.json", view, {"metadata": True}, name=f"{name}-metadata"),
    ]


_ANSWERS = "|".join(files_answers.TABLES)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    *_table("measure/<slug:slug>", files.measure_csv, "measure-csv"),
    *_table("measure/<slug:slug>/observations", files.observations_csv, "observations-csv"),
    *_table("place/<slug:slug>", files.place_csv, "place-csv"),
    *_table(
        "place/<slug:slug>/standings", files_answers.place_standings_csv, "place-standings-csv"
    ),
    *_table(
        "standard/<slug:key>/standings",
        files_answers.standard_standings_csv,
        "standard-standings-csv",
    ),
    *_table("petitions/<int:number>/where", files_petitions.where_places_csv, "where-csv"),
    *_table("petitions/<int:number>/days", files_petitions.where_days_csv, "days-csv"),
    re_path(rf"^(?P<name>{_ANSWERS})\.csv$", files_answers.answers_csv, name="answers-csv"),
    re_path(
        rf"^(?P<name>{_ANSWERS})\.csv-metadata\.json$",
        files_answers.answers_csv,
        {"metadata": True},
        name="answers-csv-metadata",
    ),
    re_path(r"^(?P<name>places|measures|sources)\.csv$", files.listing_csv, name="listing-csv"),
    re_path(
        r"^(?P<name>places|measures|sources)\.csv-metadata\.json$",
        files.listing_csv,
        {"metadata": True},
        name="listing-csv-metadata",
    ),
    path("account.parquet", files.whole_account, name="account-parquet"),
]
