"""Files that somebody looks at first and then takes in.

Between the two steps a file stands in the page that only its sender is shown, and nowhere else:
nothing that is not taken in is kept.
"""

from __future__ import annotations

import base64
import binascii

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault


def uploaded(request: HttpRequest, most: int, remedy: str) -> bytes:
    """The file that was chosen, or the one that stands in the page.

    Raises BadInput with this ``remedy`` where there is none, and where it has over ``most`` bytes.
    """
    chosen = request.FILES.get("file")
    if isinstance(chosen, UploadedFile):
        content = bytes(chosen.read(most + 1))
    else:
        try:
            content = base64.b64decode(request.POST.get("rows", ""), validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if not content:
            raise BadInput([Fault("file", _("No file is chosen."), remedy)])
    if len(content) > most:
        what = _("The file has more than %s bytes.") % f"{most:,}"
        raise BadInput([Fault("file", what, _("Split it into smaller files."), kind="too-large")])
    return content


def standing(content: bytes) -> str:
    """A file as it stands in a page, for ``uploaded`` to read in the next step."""
    return base64.b64encode(content).decode()
