"""What the methods page says: each method in plain words, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Source:
    """A paper or guide that a method follows."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class MethodNote:
    """One method: a key for links, its question, what is done, and its sources."""

    key: str
    title: Text
    says: tuple[Text, ...]
    sources: tuple[Source, ...]


METHOD_NOTES: tuple[MethodNote, ...] = (
    MethodNote(
        "certainty",
        _("How sure is a figure?"),
        (
            _(
                "Beside a figure stands a range, and its basis. There are four bases, and each "
                "measure has one."
            ),
            _(
                "Published limits: the publisher's own 95% limits, as published. "
                "Limits from counts: where the publisher gives counts and no limits, "
                "the range is worked out from them (Wilson's score for shares, Byar's method for "
                "rates, exact Poisson limits below ten cases). If the place's own figures move "
                "more from period to period than counting alone explains, the range is widened."
            ),
            _(
                "Usual movement: where there are neither limits nor counts, we look at how much "
                "places usually move, against what they are compared with, from one period to the "
                "next. At least eight periods are needed. This is not a confidence interval and "
                "is never called one."
            ),
            _("None: nothing says how sure the figure is, so it is shown and never judged."),
        ),
        (
            Source("Wilson, E. B. (1927). Journal of the American Statistical Association 22."),
            Source("Breslow, N. and Day, N. (1987). Statistical Methods in Cancer Research II."),
            Source(
                "Public Health England (2018). Technical guide: confidence intervals.",
                "https://fingertips.phe.org.uk/static-reports/public-health-technical-guidance/"
                "Confidence_Intervals/Confidence_Intervals.html",
            ),
        ),
    ),
    MethodNote(
        "comparison",
        _("When is a place better or worse?"),
        (
            _(
                "Each place is compared with the rest of its nation, the rest of its region, "
                "similar places, and all other places that run the service. The verdict that "
                "leads is the one against similar places: the middle of at least five places "
                "named as similar by the Office for National Statistics or, for schools and "
                "children's services, by the Department for Education."
            ),
            _(
                "With hundreds of places, some look different by luck. So the share of false "
                "alarms among all places called different is held at 5%. Only then do we say "
                "better or worse. Otherwise: no clear difference."
            ),
            _(
                "Places are compared only with places that run the same service, and no place is "
                "compared with one that contains it. Totals that grow with the size of a place "
                "are never compared."
            ),
            _(
                "Where neither more nor less is better, we say higher or lower and leave the "
                "judgement to you. Better and worse describe a figure. They do not say why it is "
                "so, or who is to blame."
            ),
        ),
        (
            Source(
                "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. "
                "Journal of the Royal Statistical Society B 57.",
                "https://doi.org/10.1111/j.2517-6161.1995.tb02031.x",
            ),
        ),
    ),
    MethodNote(
        "unusual",
        _("Is a place unusual among its kind?"),
        (
            _(
                "A different question from the one above. Places differ for many reasons; a "
                "funnel shows how far a place stands from the others, given its size and how much "
                "places differ anyway. We say within, outside the range of 95 in 100, or outside "
                "the range of 998 in 1,000. The two answers are never mixed."
            ),
            _(
                "The funnel departs from its source in two ways, since the source's limits hold "
                "fewer places than they say: the spread is corrected for pulling in the ends, and "
                "is found by the method of Paule and Mandel (1982)."
            ),
        ),
        (
            Source(
                "Spiegelhalter, D. (2005). Funnel plots for comparing institutional performance. "
                "Statistics in Medicine 24.",
                "https://doi.org/10.1002/sim.1970",
            ),
        ),
    ),
    MethodNote(
        "rank",
        _("Which rank does a place have?"),
        (
            _(
                "A rank is always shown with the range it could well have: chance alone moves "
                "places up and down a table. Where the range spans more than half of all places, "
                "no rank is shown, because it would mean nothing."
            ),
        ),
        (
            Source(
                "Goldstein, H. and Spiegelhalter, D. (1996). League tables and their limitations. "
                "Journal of the Royal Statistical Society A 159.",
                "https://doi.org/10.2307/2983325",
            ),
        ),
    ),
    MethodNote(
        "trend",
        _("Is a place getting better?"),
        (
            _(
                "With twelve or more periods, we use the rules that the NHS uses to tell a signal "
                "from noise: limits around the usual level, and runs on one side of it. With six "
                "to eleven periods, a steady slope that chance would seldom make. With fewer, the "
                "history is too short to say. Where a definition changed, the history starts "
                "again from there."
            ),
        ),
        (
            Source(
                "NHS England. Making Data Count.",
                "https://www.england.nhs.uk/publication/making-data-count/",
            ),
            Source("Mann, H. B. (1945). Econometrica 13. Sen, P. K. (1968). JASA 63."),
        ),
    ),
    MethodNote(
        "variation",
        _("How much does it matter where you live?"),
        (
            _(
                "Part of the difference between places is chance. We say how much is more than "
                "chance, how far apart places are once chance is taken away, and, where the "
                "figures allow, how many people would be affected if every place beyond the "
                "middle reached it."
            ),
        ),
        (
            Source(
                "DerSimonian, R. and Laird, N. (1986). Meta-analysis in clinical trials. "
                "Controlled Clinical Trials 7.",
                "https://doi.org/10.1016/0197-2456(86)90046-2",
            ),
            Source(
                "Higgins, J. and Thompson, S. (2002). Quantifying heterogeneity in a "
                "meta-analysis. Statistics in Medicine 21.",
                "https://doi.org/10.1002/sim.1186",
            ),
        ),
    ),
    MethodNote(
        "silence",
        _("What if there is no figure?"),
        (
            _(
                "A missing figure is shown as missing. We say whether the publisher held it back "
                "(and what its mark means), published it only for a joined area, or left the "
                "place out. We name a body as owing a figure only where it owed the publication."
            ),
        ),
        (),
    ),
    MethodNote(
        "releases",
        _("What if a figure is wrong, or changes?"),
        (
            _(
                "Every file is kept as it came, under a fingerprint of its bytes (SHA-256). A "
                "correction is a new release beside the old one, and its page lists every figure "
                "that changed, was added or vanished. A file with faults is held; where an "
                "operator accepts a kind of fault, the page says which and why."
            ),
        ),
        (),
    ),
    MethodNote(
        "age",
        _("How old may a figure be?"),
        (
            _(
                "Every figure says its period. A measure whose newest figures are more than three "
                "years old never enters the short account of a place."
            ),
        ),
        (),
    ),
)
