"""Bulk writes: frameworks from the shipped catalogue into the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Fault
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.checking import Known, check_framework, check_versions, latest
from folkmoot.framework.models import FrameworkVersion
from folkmoot.framework.reading import read_frameworks

OFFICE = "build"
DAYS = "days"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Versions in use, and why others of the folder are not: those in use have their days."""

    versions: tuple[FrameworkVersion, ...]
    left_out: tuple[Fault, ...]


def subject_of(framework: Framework) -> str:
    """How the public record names a version."""
    return f"framework:{framework.slug}/{framework.version}"


def put_in_use(
    framework: Framework, *, office: str, at: dt.datetime, body: str = ""
) -> FrameworkVersion:
    """Write one version in the caller's transaction, with its public act unless illustrative.

    The same version with the same content is given back as it is. Raises BadInput where that
    version exists with other content, or where a version in use covers the same days.
    """
    digest = framework.digest()
    same = FrameworkVersion.objects.filter(digest=digest).first()
    if same is not None:
        return same
    faults = clashes(framework)
    if faults:
        raise BadInput(faults)
    space = FrameworkVersion.Space
    version = FrameworkVersion.objects.create(
        slug=framework.slug,
        version=framework.version,
        title=framework.title,
        digest=digest,
        document=framework.document(),
        starts=framework.starts,
        ends=framework.ends,
        adopted_at=at,
        space=space.REHEARSAL if framework.illustrative else space.RECORD,
    )
    if not framework.illustrative:
        record_act(
            office=office,
            verb="adopt-framework",
            subject=subject_of(framework),
            body=body,
            at=at,
        )
    return version


def clashes(framework: Framework) -> list[Fault]:
    """Why a version cannot stand beside those in use: its name or its days are taken.

    Days are told of with the kind "days". None where this very version is in use. One query.
    """
    where = f"{framework.slug} {framework.version}"
    others = list(FrameworkVersion.objects.filter(slug=framework.slug).order_by("-starts", "-pk"))
    if any(other.digest == framework.digest() for other in others):
        return []
    return _name_clash(framework, others, where) or _days_clash(framework, others, where)


def _name_clash(
    framework: Framework, others: Sequence[FrameworkVersion], where: str
) -> list[Fault]:
    if any(other.version == framework.version for other in others):
        what = "This version is in use with other content, and a version is never changed."
        return [Fault(where, what, "Give the changed framework a new version and a day to begin.")]
    return []


def _days_clash(
    framework: Framework, others: Sequence[FrameworkVersion], where: str
) -> list[Fault]:
    # A later version takes over from the day it begins, so only one that begins no later clashes.
    clash = [other for other in others if other.starts >= framework.starts]
    if clash:
        what = f"Version {clash[0].version} begins on {clash[0].starts}, no earlier than this one."
        return [Fault(where, what, "Let the new version begin after those in use.", kind=DAYS)]
    # One whose end is set was promised to hold until then.
    ending = [other for other in others if other.ends and other.ends >= framework.starts]
    if ending:
        what = f"Version {ending[0].version} runs until {ending[0].ends}, into this one."
        remedy = "Let the new version begin on the day after, or later."
        return [Fault(where, what, remedy, kind=DAYS)]
    return []


def load_shipped(folder: Path, known: Known, *, at: dt.datetime, office: str = OFFICE) -> Loaded:
    """Put every framework in ``folder`` into use, all or none. Safe to repeat.

    But for versions whose days are those of one that was put into use here: that one holds, and
    they are left out and told of.

    ``known``: what they may name. Raises BadInput with every fault that needs no figures: a new
    release of data never stops a build.
    """
    found, faults = read_frameworks(folder)
    faults += check_versions(found)
    faults += [fault for read in latest(found) for fault in check_framework(read, known)]
    if faults:
        raise BadInput(faults, f"The frameworks have {len(faults)} faults.")
    found.sort(key=lambda read: (read.framework.slug, read.framework.starts))
    versions: list[FrameworkVersion] = []
    left_out: list[Fault] = []
    with transaction.atomic():
        for read in found:
            clash = clashes(read.framework)
            if clash and all(fault.kind == DAYS for fault in clash):
                left_out += clash
            else:
                versions.append(put_in_use(read.framework, office=office, at=at))
    return Loaded(tuple(versions), tuple(left_out))
