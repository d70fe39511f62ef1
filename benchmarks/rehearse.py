"""A rehearsal over every place, standard and period with 1,000 resamples, beside its raw numbers.

    FOLKMOOT_HOME=var python benchmarks/rehearse.py

Needs a built account. Makes of every standard with figures a trigger at the middle of what places
have, in one period and in two, and rehearses it. Prints seconds, figures drawn, the peak of
memory, and the ratio to the time numpy takes to draw as many random normals and nothing else.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from folkmoot.framework.catalogue import Framework
    from folkmoot.framework.rules.standing import Judged

RESAMPLES = 1000


def everything_asked(framework: Framework, standing: Mapping[str, Judged]) -> Framework:
    """``framework`` with a ladder that rests on every standard with figures."""
    from folkmoot.framework.catalogue import Condition, Trigger

    pattern = framework.ladder[0]
    standards = tuple(
        each.model_copy(update={"kind": "national-standard", "doubt": "", "due": None})
        for each in framework.standards
        if each.id in standing
    )
    steps = []
    for periods in (1, 2):
        triggers = tuple(
            Trigger(
                service=each.service or "",
                conditions=(
                    Condition(
                        standard=each.id,
                        shortfall=round(float(np.nanmedian(standing[each.id].shortfall)), 1),
                        periods=periods,
                    ),
                ),
            )
            for each in standards
        )
        steps.append(pattern.model_copy(update={"id": f"of-{periods}", "triggers": triggers}))
    return framework.model_copy(update={"standards": standards, "ladder": tuple(steps)})


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    django.setup()
    from folkmoot.framework.history import judged, panels_of
    from folkmoot.framework.reading import read_frameworks
    from folkmoot.framework.rehearsal import rehearse
    from folkmoot.shipped import shipped

    reads, _ = read_frameworks(shipped("catalogue") / "frameworks")
    framework = next(r.framework for r in reads if r.framework.slug == "illustrative")
    began = time.perf_counter()
    panels = panels_of(framework)
    loading = time.perf_counter() - began
    if not panels:
        raise SystemExit("There is no account here: run folkmoot build first.")
    whole = everything_asked(framework, judged(framework, panels))
    began = time.perf_counter()
    found = rehearse(whole, panels, resamples=RESAMPLES)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    drawn = sum(m.places * (max(m.periods, 12) + 1) for m in found.moves) * RESAMPLES
    cells = sum(m.places * m.periods for m in found.moves)
    began = time.perf_counter()
    generator = np.random.default_rng(1)
    for _ in range(RESAMPLES):
        generator.standard_normal(drawn // RESAMPLES)
    peer = time.perf_counter() - began
    print(f"{len(found.moves)} standards, {cells:,} places by periods, {RESAMPLES:,} resamples")
    print(f"figures read from the database in {loading:.2f} s")
    print(f"rehearsal {seconds:.2f} s, {drawn / 1e6:.0f} million figures drawn, {memory:.0f} MB")
    print(f"as many random normals alone {peer:.2f} s: ratio {seconds / peer:.1f}")


if __name__ == "__main__":
    main()
