"""From the bytes of a file to a table of text, or a refusal that names every fault at once."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from folkmoot.common.errors import BadInput, Fault

MEGABYTE = 1_000_000
_ROWS_NAMED = 20
_SIGNATURES = (
    (b"PK\x03\x04", "a zip file or an Excel workbook", "Unpack it, or save the sheet as CSV."),
    (b"PAR1", "a Parquet file", "Send CSV, or correct 'reader' in the catalogue."),
    (b"%PDF", "a PDF document", "Send the table itself as CSV."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV."),
    (b"\xff\xfe", "text in UTF-16", "Save it as UTF-8."),
    (b"\xfe\xff", "text in UTF-16", "Save it as UTF-8."),
)


def refuse(what: str, remedy: str, *, where: str = "file", kind: str = "bad-file") -> BadInput:
    """A refusal with one fault."""
    return BadInput([Fault(where, what, remedy, kind)])


def unpacked(data: bytes, *, megabytes: int) -> bytes:
    """``data`` without its gzip wrapping, if any. Raises BadInput if empty, huge or broken."""
    too_big = refuse(
        f"The file is larger than {megabytes} MB.",
        "Split it, or raise FOLKMOOT_MAX_RELEASE_MB.",
        kind="huge-file",
    )
    limit = megabytes * MEGABYTE
    if len(data) > limit:
        raise too_big
    if data[:2] == b"\x1f\x8b":
        worker = zlib.decompressobj(wbits=31)
        try:
            data = worker.decompress(data, limit + 1)
        except zlib.error as error:
            raise refuse(f"The gzip file is broken: {error}.", "Send it again.") from None
        if len(data) > limit:
            raise too_big
        if not worker.eof:
            raise refuse("The gzip file ends before its end.", "Send it again.")
    if not data.strip():
        raise refuse("The file is empty.", "Send the file with its rows.", kind="empty-file")
    return data


def plain_text(data: bytes, *, encoding: str, bare_carriage_returns: bool) -> bytes:
    """``data`` as UTF-8 with line feeds and no byte-order mark.

    Raises BadInput naming every fault: another kind of file, bytes that are not ``encoding``
    (with their place), NUL bytes, and bare carriage returns that the catalogue does not declare.
    """
    for signature, kind, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise refuse(f"The file is {kind}, not CSV.", remedy, kind="not-csv")
    faults: list[Fault] = []
    if b"\x00" in data:
        faults.append(
            Fault(f"byte {data.index(0) + 1}", "A NUL byte: this is not text.", "Send CSV as text.")
        )
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(
            Fault(
                f"byte {error.start + 1} (line {line})",
                f"0x{data[error.start]:02X} cannot be read as {encoding}.",
                f"Save the file as {encoding}, or correct 'encoding' in the catalogue.",
                "bad-encoding",
            )
        )
        text = ""
    returns = data.count(b"\r")
    if returns and returns != data.count(b"\r\n"):
        if bare_carriage_returns:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        else:
            faults.append(
                Fault(
                    "line ends",
                    f"{returns - data.count(bytes([13, 10]))} lines end in a bare carriage return.",
                    "End lines with a line feed, or declare 'bare_carriage_returns' in the "
                    "catalogue.",
                    "bare-carriage-return",
                )
            )
    if text.count('"') % 2:
        faults.append(
            Fault(
                "quotation marks",
                "There is an odd number of quotation marks, so one is not closed.",
                "Close it; write a mark inside a quoted cell twice.",
                "bad-csv",
            )
        )
    if faults:
        raise BadInput(faults)
    if not text.strip():
        raise refuse("The file is empty.", "Send the file with its rows.", kind="empty-file")
    return text.rstrip("\r\n").encode()


def header_of(text: bytes) -> list[str]:
    """The names in the first record, trimmed. Raises BadInput if it cannot be read or is alone."""
    head = io.StringIO(text[:MEGABYTE].decode("utf-8", "ignore"), newline="")
    try:
        names = next(csv.reader(head, strict=True), [])
    except csv.Error as error:
        raise refuse(
            f"The header cannot be read: {error}.", "Mend the first line.", kind="wrong-header"
        ) from None
    if not head.read(1):
        raise refuse(
            "The file has a header and no rows.", "Send it with its rows.", kind="empty-file"
        )
    return [name.strip() for name in names]


def check_header(names: Sequence[str], needed: Iterable[str]) -> None:
    """Raises BadInput naming every missing column and what was found."""
    missing = [name for name in dict.fromkeys(needed) if name not in names]
    if missing:
        found = ", ".join(repr(name[:40]) for name in names[:20]) or "nothing"
        raise BadInput(
            [
                Fault(
                    "row 1",
                    f"There is no column {name!r}. Found: {found}.",
                    "Use the columns that this source has always had.",
                    "wrong-header",
                    name,
                )
                for name in missing
            ]
        )


def csv_table(
    text: bytes,
    needed: Sequence[str],
    coded: Iterable[str] = (),
    optional: Sequence[str] = (),
) -> pa.Table:
    """The ``needed`` columns of CSV ``text``, every cell as trimmed text.

    Columns named in ``coded`` come as dictionaries. Types are never guessed. Raises BadInput for
    missing columns, rows with too few or too many cells, quotes that do not close, and a column
    that is there twice with different contents. Those of ``optional`` that are not there, or
    twice with different contents, are not in the table.
    """
    names = header_of(text)
    check_header(names, needed)
    spare = [name for name in optional if name in names and name not in needed]
    needed = [*needed, *spare]
    unique: list[str] = []
    twins: dict[str, list[str]] = {}
    for name in names:
        label = name if name not in unique else f"{name} #{len(unique) + 1}"
        if name != label and name in needed:
            twins.setdefault(name, []).append(label)
        unique.append(label)
    wanted = [*dict.fromkeys(needed), *(label for labels in twins.values() for label in labels)]
    table = _parse(text, unique, wanted, frozenset(coded))
    for name, labels in twins.items():
        for label in labels:
            same = pc.equal(table[name].cast(pa.string()), table[label].cast(pa.string()))
            if pc.all(same, min_count=0).as_py():
                continue
            if name not in spare:
                raise refuse(
                    f"Column {name!r} is there twice, with different contents.",
                    "Delete the wrong one.",
                    where="row 1",
                    kind="wrong-header",
                )
            needed = [other for other in needed if other != name]
    return table.select(list(dict.fromkeys(needed)))


def _parse(text: bytes, names: list[str], wanted: list[str], coded: frozenset[str]) -> pa.Table:
    ragged: list[tuple[int | None, int, str]] = []

    def note(row: pa_csv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns, row.text))
        return "skip"

    few = pa.dictionary(pa.int32(), pa.string())
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text),
            read_options=pa_csv.ReadOptions(
                column_names=names, skip_rows_after_names=1, use_threads=False
            ),
            parse_options=pa_csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=pa_csv.ConvertOptions(
                include_columns=wanted,
                column_types={name: few if name in coded else pa.string() for name in wanted},
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
                null_values=[],
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise refuse(
            f"The file cannot be read as CSV: {str(error)[:200]}.",
            "Look for a quotation mark that is not closed.",
            kind="bad-csv",
        ) from None
    if ragged:
        raise BadInput(_ragged(ragged, len(names)))
    return table


def _ragged(rows: list[tuple[int | None, int, str]], width: int) -> list[Fault]:
    faults = [
        Fault(
            f"row {number}" if number else "a row",
            f"{count} {'cell' if count == 1 else 'cells'} where the header has {width}.",
            "Give every row as many cells as the header; put text with commas in quotes.",
            "ragged-row",
            line[:80],
        )
        for number, count, line in rows[:_ROWS_NAMED]
    ]
    if len(rows) > _ROWS_NAMED:
        faults.append(
            Fault(
                "further rows",
                f"{len(rows) - _ROWS_NAMED} more rows have too few or too many cells.",
                "Mend those named and send the file again.",
                "ragged-row",
            )
        )
    return faults
