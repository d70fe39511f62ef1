"""Puts the catalogue and the open data into the wheel, and not into an editable install."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Ships ``catalogue/`` and ``data/`` inside the package: see folkmoot/shipped.py."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """``version`` is "editable" where the files beside the package are found anyway."""
        if version == "standard":
            for name in ("catalogue", "data"):
                build_data["force_include"][name] = f"folkmoot/_shipped/{name}"
