"""``folkmoot framework``: check, show, compare and rehearse operating frameworks."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from folkmoot.framework.alarms import Alarm
    from folkmoot.framework.catalogue import Framework
    from folkmoot.framework.reading import Read
    from folkmoot.framework.rehearsal import Rehearsal

_style = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)


@click.group()
def framework() -> None:
    """Checks, shows, compares and rehearses operating frameworks.

    A FRAMEWORK is a YAML file, or the slug of one in use, with @version for an older one.

    \b
    Examples:
      folkmoot framework check
      folkmoot framework show england-as-found
      folkmoot framework diff england-as-found mine.yaml
      folkmoot framework rehearse illustrative --resamples 1000
    """


@framework.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_style
def check(file: Path | None, style: str) -> None:
    """Checks FILE, or every shipped framework: all faults at once, with line and path.

    A version in FILE must stand beside the shipped ones and those in use here: with a name of its
    own, over days of its own. Where the account has been built, triggers are also tried on all
    its history, and one that can never or always fire is a fault. Exit code 3 if there is any.
    """
    from django.utils import timezone

    from folkmoot.common.errors import BadInput
    from folkmoot.framework.checking import check_framework, check_versions, latest
    from folkmoot.framework.history import judged, panels_of
    from folkmoot.framework.reading import read_frameworks
    from folkmoot.shipped import shipped

    if file is None:
        reads, faults = read_frameworks(shipped("catalogue") / "frameworks")
        faults += check_versions(reads)
    else:
        read, faults = _read_file(file)
        reads = [read] if read else []
        faults += _beside(read) if read and not read.stand_ins else []
    known, with_data = _known(), _has_account()
    for read in latest(reads):
        found = judged(read.framework, panels_of(read.framework)) if with_data else None
        faults.extend(check_framework(read, known, found, timezone.localdate()))
    if faults and style == "json":
        click.echo(json.dumps([dataclasses.asdict(fault) for fault in faults], indent=1))
    if faults:
        raise BadInput(faults)
    names = [f"{read.framework.slug} {read.framework.version}" for read in reads]
    if style == "json":
        click.echo(json.dumps([]))
    else:
        tried = "" if with_data else " Triggers were not tried: no account has been built."
        click.echo(f"No fault: {', '.join(names)}.{tried}")


@framework.command()
@click.argument("which", metavar="FRAMEWORK")
@_style
def show(which: str, style: str) -> None:
    """Prints the standards and the ladder of a framework, and how places stand on each."""
    from folkmoot.framework.catalogue import KIND_WORDS
    from folkmoot.framework.rules.wording import no_figures

    found = _find(which)
    stand = _how_places_stand(found)
    if style == "json":
        told = {**found.document(), "standings": stand}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(f"{found.title}, version {found.version}, from {found.starts}")
    click.echo(f"{found.scope}\n")
    for standard in found.standards:
        about = standard.service or standard.subject
        click.echo(f"{standard.title}")
        click.echo(f"  {KIND_WORDS[standard.kind]}; {about}; {standard.source.title}")
        each = stand.get(standard.id)
        if each is None:
            click.echo(f"  {no_figures(standard)}")
            continue
        click.echo(
            f"  {each['period']}: {each['below']} of {each['asked']} places short of it, "
            f"{each['failing']} below the minimum"
        )
    for step in found.ladder:
        click.echo(f"\nStep: {step.title}. {step.what}")
        click.echo(
            f"  notice {step.notice_days} days, reply {step.reply_days} days, reviewed every "
            f"{step.review_months} months, at longest {step.longest_months} months"
        )


def _how_places_stand(found: Framework) -> dict[str, dict[str, Any]]:
    """Standard → its newest period and how many places stand where; {} without an account."""
    from folkmoot.framework.history import judged, panels_of
    from folkmoot.framework.rules.standing import newest_of

    standing = judged(found, panels_of(found)) if _has_account() else {}
    told: dict[str, dict[str, Any]] = {}
    for key, each in standing.items():
        newest = newest_of(each)
        if newest >= 0:
            told[key] = {
                "period": each.panel.periods[newest],
                "asked": int((each.state[:, newest] > 0).sum()),
                "below": int((each.state[:, newest] == 2).sum()),
                "failing": int(each.failing[:, newest].sum()),
            }
    return told


@framework.command()
@click.argument("before")
@click.argument("after")
@_style
def diff(before: str, after: str, style: str) -> None:
    """Prints what changes from framework BEFORE to AFTER, and whose standing changes with it."""
    from folkmoot.framework.differences import diff as difference

    one, other = _find(before), _find(after)
    found = difference(one, other, None if _has_account() else {})
    if style == "json":
        _print_json(found)
        return
    click.echo(f"From {found.before} to {found.after}")
    for change in found.changes:
        if change.what == "changed":
            said = f"{change.field}: {_brief(change.before)} → {_brief(change.after)}"
        else:
            said = change.what
        click.echo(f"  {change.part} {change.id} {said}")
    count = len(found.moved)
    click.echo("1 standing changes." if count == 1 else f"{count} standings change.")
    for moved in found.moved:
        was, now = (state or "not asked" for state, _, _ in (moved.before, moved.after))
        minimum = ", now below the minimum" if moved.after[2] and not moved.before[2] else ""
        click.echo(f"  {moved.area_name} ({moved.standard}): {was} → {now}{minimum}")


@framework.command()
@click.argument("which", metavar="FRAMEWORK")
@click.option(
    "--resamples",
    type=click.IntRange(0, 100_000),
    default=1000,
    show_default=True,
    help="Series drawn again for each place, 2 at least; 0 for the real history only.",
)
@click.option("--seed", type=int, default=None, help="Seed of the drawing: same seed, same answer.")
@_style
def rehearse(which: str, resamples: int, seed: int | None, style: str) -> None:
    """Tries FRAMEWORK on all the history in the account, before anybody is subject to it.

    Prints which steps would have been triggered where; how often each would fire for a place
    that is steady at the line or at a margin from it, which is a false alarm; and how long a real
    fall would go unseen. Each estimate has its Monte Carlo error. Raise --resamples to lessen it.
    """
    from folkmoot.common.errors import NotFound
    from folkmoot.framework.rehearsal import SEED
    from folkmoot.framework.rehearsal import rehearse as run

    if resamples == 1:
        hint = "A single one has no error that could be told: use 0, or 2 at least."
        raise click.BadParameter(hint, param_hint="--resamples")
    if not _has_account():
        raise NotFound("No account has been built, so there is no history: run folkmoot build.")
    found = run(_find(which), resamples=resamples, seed=SEED if seed is None else seed)
    if style == "json":
        _print_json(found)
    else:
        _print_rehearsal(found)


def _print_rehearsal(found: Rehearsal) -> None:
    from folkmoot.measures.rules.periods import day_words

    click.echo(f"{found.framework} {found.version}{' (illustrative)' * found.illustrative}")
    for run in found.runs:
        click.echo(
            f"\n{run.title}, {run.service}: {run.ever} of {run.places} places ever, {run.now} now"
        )
        for spell in (spell for spell in run.spells if spell.newest):
            first = spell.since - dt.timedelta(days=1)
            times = "period" if spell.periods == 1 else "periods"
            click.echo(
                f"  {spell.area_name}: {spell.periods} {times}, first the one to {day_words(first)}"
            )
        for alarm in _of(found.alarms, run.step, run.trigger):
            what = f"{alarm.standard} at {alarm.level:g}" if alarm.level is not None else "all"
            click.echo(
                f"  false alarm, margin {alarm.margin:g} ({what}): "
                f"{_percent(alarm.a_period)} of periods; "
                f"{_percent(alarm.ever)} of places within {alarm.periods} periods"
            )
        for fall in found.unseen:
            if (fall.step, fall.trigger) == (run.step, run.trigger):
                click.echo(
                    f"  a fall of {fall.fall:g} from the line ({fall.standard}): seen after "
                    f"{fall.wait.value:.1f} ± {fall.wait.error:.1g} periods; "
                    f"{_percent(fall.unseen)} not within {fall.look}"
                )
    for move in found.moves:
        click.echo(
            f"\n{move.standard}: one period is correlated {move.phi:.2f} with the next "
            f"({move.places} places, {move.pairs} pairs of periods)"
        )
    for note in found.notes:
        click.echo(note)


def _of(alarms: tuple[Alarm, ...], step: str, trigger: int) -> list[Alarm]:
    return [alarm for alarm in alarms if (alarm.step, alarm.trigger) == (step, trigger)]


def _percent(estimate: Any) -> str:
    if estimate.bound is not None:
        far = 100 * estimate.bound
        return f"under {far:.2g}%" if estimate.value < 0.5 else f"over {100 - far:.4g}%"
    return f"{100 * estimate.value:.1f}% ± {100 * estimate.error:.1g}"


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _print_json(found: Any) -> None:
    def plain(value: object) -> str:
        if isinstance(value, dt.date):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    said = dataclasses.asdict(found)
    click.echo(json.dumps(said, ensure_ascii=False, indent=1, default=plain, allow_nan=False))


def _read_file(file: Path) -> tuple[Read | None, list[Any]]:
    """A framework in a file, which may take over the standards of a shipped one."""
    from folkmoot.framework.reading import read_framework, read_frameworks, with_standards
    from folkmoot.shipped import shipped

    read, faults = read_framework(file, name=str(file))
    if read is None:
        return None, faults
    others, _ = read_frameworks(shipped("catalogue") / "frameworks")
    read, more = with_standards(read, [other.framework for other in others])
    return read, [*faults, *more]


def _beside(read: Read) -> list[Any]:
    """What a version in a file clashes with: shipped versions, and those in use here."""
    from folkmoot.framework.checking import check_versions
    from folkmoot.framework.importing import clashes
    from folkmoot.framework.reading import read_frameworks
    from folkmoot.shipped import shipped

    own = read.framework
    others, _ = read_frameworks(shipped("catalogue") / "frameworks")
    same = [o for o in others if o.framework.slug == own.slug]
    if any(other.framework.digest() == own.digest() for other in same):
        return []
    faults = [fault for other in same for fault in check_versions([other, read])]
    return faults or (clashes(own) if _is_migrated() else [])


def _find(which: str) -> Framework:
    """A framework by file, by slug or by slug@version. Raises NotFound and BadInput."""
    from folkmoot.common.errors import BadInput, NotFound
    from folkmoot.framework.queries import version_of
    from folkmoot.framework.reading import read_frameworks
    from folkmoot.shipped import shipped

    if Path(which).suffix in {".yaml", ".yml"}:
        if not Path(which).is_file():
            raise NotFound(f"There is no file {which}.")
        read, faults = _read_file(Path(which))
        if faults or read is None:
            raise BadInput(faults)
        return read.framework
    slug, _, version = which.partition("@")
    if version:
        return version_of(slug, version).framework
    reads, faults = read_frameworks(shipped("catalogue") / "frameworks")
    found = [read.framework for read in reads if read.framework.slug == slug]
    if not found:
        known = ", ".join(sorted({read.framework.slug for read in reads}))
        raise NotFound(f"There is no framework {slug!r}. Shipped: {known}.")
    return max(found, key=lambda each: each.starts)


def _has_account() -> bool:
    """Whether an account has been built in this installation."""
    from folkmoot.measures.models import MeasureAccount

    return _is_migrated() and MeasureAccount.objects.exists()


def _is_migrated() -> bool:
    """Whether there is a database of this installation."""
    from django.db import connection

    from folkmoot.framework.models import FrameworkVersion

    return FrameworkVersion._meta.db_table in connection.introspection.table_names()


def _known() -> Any:
    """The services and measures of the shipped catalogue."""
    from folkmoot.framework.checking import Known
    from folkmoot.measures.catalogue import read_catalogue
    from folkmoot.shipped import shipped

    entries, _ = read_catalogue(shipped("catalogue"))
    return Known(
        frozenset(entries.services),
        {slug: measure.service for slug, measure in entries.measures.items()},
    )
