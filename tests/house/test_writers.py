"""Only the writers of a room write, and the domain never reads the clock."""

import ast
import re
from pathlib import Path

from tests.house.tree import ROOMS, Module, modules

WRITERS = {"actions", "importing", "publishing", "receiving", "building", "acts", "outbox"}

ALWAYS = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "create"}
ON_QUERYSETS = {"update", "delete"}
QUERYSET = re.compile(r"\.objects\b|\.filter\(|\.exclude\(|\.all\(\)|\.order_by\(")
EXECUTES = {"execute", "executemany", "copy", "executescript"}
# Looks like a write to the database and is none: a picture is written into memory.
IN_MEMORY = {("folkmoot/web/share_image.py", "image.quantize(64).save")}
RAW = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|REPLACE|COPY|DROP|ALTER|CREATE)\b", re.I)


def _first_text(node: ast.AST) -> str:
    """The text at the beginning of a string or f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr) and node.values:
        return _first_text(node.values[0])
    return ""


def _is_write(call: ast.Call, uses_connection: bool) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    name, receiver = call.func.attr, ast.unparse(call.func.value)
    if name in ALWAYS:
        return True
    if name in ON_QUERYSETS:
        return bool(QUERYSET.search(f"{receiver}."))
    if name in EXECUTES and uses_connection and call.args:
        return bool(RAW.match(_first_text(call.args[0])))
    return False


def writes_elsewhere(found: list[Module]) -> list[str]:
    faults = []
    for module in found:
        # A room with many actions has a folder of them, one module to a noun.
        if WRITERS & set(Path(module.path).with_suffix("").parts):
            continue
        # DuckDB's own connections are in memory; only Django's reach the database.
        uses_connection = "django.db import" in module.text and "connection" in module.text
        faults += [
            f"{module.path}:{node.lineno}: {ast.unparse(node.func)}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and _is_write(node, uses_connection)
            and (module.path, ast.unparse(node.func)) not in IN_MEMORY
        ]
    return faults


def test_only_writers_write():
    assert writes_elsewhere(modules(under="folkmoot/")) == []


def test_planted_writes_are_found():
    planted = Module(
        "folkmoot/places/queries.py",
        "from django.db import connection\n"
        "Area.objects.create(code='x')\n"
        "area.save()\n"
        "Area.objects.filter(pk=1).update(name='x')\n"
        "Area.objects.all().delete()\n"
        "cursor.execute('INSERT INTO a VALUES (1)')\n"
        "cursor.execute(f'update {table} set a = 1')\n",
    )

    assert [fault.split(":")[1] for fault in writes_elsewhere([planted])] == list("234567")


def test_what_only_looks_like_a_write_is_left_alone():
    innocent = Module(
        "folkmoot/places/queries.py",
        "from django.db import connection\n"
        "digest.update(b'x')\n"
        "names.update({'a': 1})\n"
        "cursor.execute('SELECT 1')\n",
    )

    assert writes_elsewhere([innocent]) == []


CLOCK = re.compile(
    r"\b(date\.today|datetime\.(now|today|utcnow)|timezone\.(now|localdate|localtime)"
    r"|time\.time|localtime|gmtime)\("
)


def clock_readers(found: list[Module]) -> list[str]:
    return [
        f"{module.path}:{number}"
        for module in found
        for number, line in enumerate(module.text.splitlines(), 1)
        if CLOCK.search(line)
    ]


def test_rooms_are_told_the_time():
    rooms = [m for room in (*ROOMS, "stats") for m in modules(under=f"folkmoot/{room}/")]

    assert clock_readers(rooms) == []


def test_planted_readings_of_the_clock_are_found():
    planted = Module("a.py", "dt.date.today()\ntimezone.now()\ndt.datetime.now(dt.UTC)\nnow()\n")

    assert clock_readers([planted]) == ["a.py:1", "a.py:2", "a.py:3"]
