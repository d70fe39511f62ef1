import logging
import sys

import pytest
from django.conf import settings

from folkmoot.common.logs import WithoutPostcodes, without_postcodes


@pytest.mark.parametrize(
    "written",
    ["LS1 1UR", "ls11ur", "LS1%201UR", "LS1+1UR", "SW1A 1AA", "M1 1AE", "EC1A-1BB", "ls1_1ur"],
)
def test_a_postcode_is_taken_out_however_it_is_written(written):
    assert without_postcodes(f"Not Found: /place/{written}/") == "Not Found: /place/[postcode]/"


@pytest.mark.parametrize(
    "kept", ["/place/E08000035/", "release:12", "2026-11-23", "3f5ab2c9d8e7f6a1", "HTTP/1.1 404"]
)
def test_what_is_no_postcode_stays(kept):
    assert without_postcodes(kept) == kept


def test_tracebacks_are_cleaned_too():
    try:
        raise KeyError("LS1 1UR")
    except KeyError:
        record = logging.LogRecord(
            "folkmoot", logging.ERROR, __file__, 1, "at %s", ("LS1 1UR",), sys.exc_info()
        )

    line = WithoutPostcodes("%(message)s").format(record)

    assert "Traceback" in line
    assert "LS1" not in line


def test_every_log_line_of_the_site_goes_through_it():
    formatters = settings.LOGGING["formatters"]

    for handler in settings.LOGGING["handlers"].values():
        assert formatters[handler["formatter"]]["()"] == "folkmoot.common.logs.WithoutPostcodes"
