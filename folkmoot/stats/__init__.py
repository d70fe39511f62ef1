"""Numbers for comparing places: numpy arrays in, numpy arrays out, nothing else needed.

A library of its own, for use in a notebook:

    >>> import numpy as np
    >>> from folkmoot import stats
    >>> absent = np.array([120, 95, 210, 40])     # pupils often absent in four places
    >>> pupils = np.array([600, 510, 800, 300])
    >>> lower, upper = stats.wilson(absent, pupils)   # likely range of each share
    >>> lower.round(2).tolist(), upper.round(2).tolist()
    ([0.17, 0.15, 0.23, 0.1], [0.23, 0.22, 0.29, 0.18])
    >>> scale = stats.choose_scale("proportion", absent / pupils)
    >>> y = scale.to(absent / pupils)             # where errors are about normal
    >>> se = np.sqrt(1 / absent + 1 / (pupils - absent))
    >>> round(stats.between_places(y, se).i2, 2)  # share of the differences beyond chance
    0.88
    >>> ranks = stats.shrunken_rank_ranges(y, se, higher_is_better=False)
    >>> ranks.lower.tolist(), ranks.upper.tolist()
    ([2, 1, 4, 1], [3, 3, 4, 2])

What there is, in the order in which the account uses it:

- scales: ``Scale``, ``choose_scale``: where errors are about normal and even;
- intervals: ``wilson``, ``byar``, ``exact_poisson``, ``deviance_z``;
- noise: ``moving_range``, ``pool_variances``, ``excess_movement``, with ``without_overlap`` and
  ``adjacent`` to choose periods: what a place usually moves by;
- comparison: ``rest_of_group``, ``middle_of``, ``two_sided_p``, ``benjamini_hochberg``:
  different beyond chance;
- funnel: ``overdispersed_funnel``: unusual among its kind;
- ranks: ``shrunken_rank_ranges``: a rank with the range it could well have;
- trend: ``trends``, ``process_behaviour``, ``natural_limits``, ``theil_sen``, ``mann_kendall``;
- variation: ``between_places``, ``shrink``, ``spread``, ``fewer_affected``.

Every function's own text gives its shapes, its units, what it refuses and the paper it follows.
"""

from folkmoot.stats.comparison import (
    Middle,
    Rest,
    benjamini_hochberg,
    middle_of,
    rest_of_group,
    two_sided_p,
)
from folkmoot.stats.funnel import FunnelResult, overdispersed_funnel
from folkmoot.stats.intervals import byar, deviance_z, exact_poisson, wilson
from folkmoot.stats.noise import (
    Excess,
    Movement,
    Pooled,
    adjacent,
    excess_movement,
    moving_range,
    pool_variances,
    without_overlap,
)
from folkmoot.stats.ranks import RankResult, shrunken_rank_ranges
from folkmoot.stats.scales import Scale
from folkmoot.stats.scales import choose as choose_scale
from folkmoot.stats.slope import MannKendall, mann_kendall, theil_sen
from folkmoot.stats.trend import (
    ProcessBehaviour,
    TrendResult,
    natural_limits,
    process_behaviour,
    trends,
)
from folkmoot.stats.variation import (
    VariationResult,
    between_places,
    fewer_affected,
    shrink,
    spread,
)

__all__ = [
    "Excess",
    "FunnelResult",
    "MannKendall",
    "Middle",
    "Movement",
    "Pooled",
    "ProcessBehaviour",
    "RankResult",
    "Rest",
    "Scale",
    "TrendResult",
    "VariationResult",
    "adjacent",
    "benjamini_hochberg",
    "between_places",
    "byar",
    "choose_scale",
    "deviance_z",
    "exact_poisson",
    "excess_movement",
    "fewer_affected",
    "mann_kendall",
    "middle_of",
    "moving_range",
    "natural_limits",
    "overdispersed_funnel",
    "pool_variances",
    "process_behaviour",
    "rest_of_group",
    "shrink",
    "shrunken_rank_ranges",
    "spread",
    "theil_sen",
    "trends",
    "two_sided_p",
    "wilson",
    "without_overlap",
]
