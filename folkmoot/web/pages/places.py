"""All places, by nation and region."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from folkmoot.places.models import Area, AreaLink
from folkmoot.places.rules import LOWER_TIER, Place
from folkmoot.web.remembered import remembered

# What is listed under its nation rather than its region, and the heading it has there.
_BESIDE = ("combined-authority", "police-force", "fire-authority", "integrated-care-board")


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one heading, by name."""

    title: str
    link: str
    key: str
    places: tuple[Place, ...]


def _place(area: Area) -> Place:
    return Place(area.code, area.name, area.slug, area.kind)


def groups() -> list[Group]:
    """Councils under their region or nation, then the other bodies by kind. Two queries."""
    areas = {area.pk: area for area in Area.objects.filter(ended__isnull=True).order_by("name")}
    regions: dict[int, int] = {}
    counties: dict[int, int] = {}
    links = AreaLink.objects.filter(role="part-of", parent__kind__in=["region", "county"])
    for child, parent in links.values_list("child_id", "parent_id"):
        if parent in areas:
            kept = regions if areas[parent].kind == "region" else counties
            kept[child] = parent
    nations = {area.code: area for area in areas.values() if area.kind == "nation"}
    under: dict[int, list[Place]] = defaultdict(list)
    for area in areas.values():
        if area.kind in LOWER_TIER or area.kind == "county":
            home = regions.get(area.pk) or regions.get(counties.get(area.pk, 0))
            if home is None and area.nation in nations:
                home = nations[area.nation].pk
            if home is not None:
                under[home].append(_place(area))
    heads = sorted(under, key=lambda pk: (areas[pk].kind != "region", areas[pk].name))
    found = [
        Group(areas[pk].name, f"/place/{areas[pk].slug}/", areas[pk].slug, tuple(under[pk]))
        for pk in heads
    ]
    titles = {
        "combined-authority": _("Combined authorities"),
        "police-force": _("Police force areas"),
        "fire-authority": _("Fire authorities"),
        "integrated-care-board": _("Integrated care boards"),
    }
    for kind in _BESIDE:
        members = tuple(_place(area) for area in areas.values() if area.kind == kind)
        if members:
            found.append(Group(titles[kind], "", kind, members))
    return found


@remembered
def places(request: HttpRequest) -> HttpResponse:
    """Every place that exists today, grouped."""
    return render(request, "pages/places.html", {"groups": groups()})
