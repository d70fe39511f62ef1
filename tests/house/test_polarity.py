"""Which way is better, for every measure, laid out for a reader to check.

``python -m tests.house.test_polarity`` writes docs/polarity.md anew.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from folkmoot.measures.catalogue import Catalogue, MeasureEntry, read_catalogue
from folkmoot.shipped import shipped

PAGE = Path(__file__).resolve().parents[2] / "docs" / "polarity.md"
COMMAND = "python -m tests.house.test_polarity"
DICTIONARY = "dfe-lait/lait_lait_data_dictionary.csv"
DFE = "dfe-lait"
BETTER = {"higher": "higher", "lower": "lower", "none": "no judgement"}
OPPOSITE = {"High": "lower", "Low": "higher"}

# Population mix, thresholds, caseload and choices of how to work: no judgement, whatever the
# dictionary says. Codes are the tool's "Short Desc"; a code that no measure uses is held to it
# from the day that one does.
NO_JUDGEMENT = frozenset(
    {
        # who lives here
        "PriFSM", "SecFSM", "Ever6_FSM_Prim", "Ever6_FSM_Sec", "EALPri", "EALSec", "Premium",
        "CINFSM", "CINSEN_SUP", "CINNoSEN", "CINStatement", "LAC_SEN", "LAC_SEN_Statement",
        "Unacc_Asylmn_Seek_Childn%", "Unacc_Asylmn_Seek_Childn", "UASC_%_Starting",
        # how many are let in: thresholds
        "CPP_Total_Rateper10,000", "CPP_Total_NumRef", "CIN_Refferals_NFA",
        "Referrals_AssessedNotNeed", "Section_47", "ISCP_Conf", "CPP_rate", "CPP_Num",
        "CPP_Abuse", "CPP_Abuse_Rate", "DeRegCPR", "CareApplications", "CIN", "LAC", "LACnum",
        "LACnum_Start", "LACceased", "LAC_Start_Rate", "LAC_Cease_Rate", "SEN_INIT_REQ",
        "EHCP_Initial_req_refused", "SEN_PLAN_ISSUED", "SEN_PLAN_NOT_ISSUED",
        "PrimStatements", "SecStatements", "SEN_TotStat", "PrimNoStatements",
        "SecNoStatements", "SEN_TotSENSuP", "SEN_CASES_JAN", "SEN_State-Plans_sch",
        # where children live and how they leave care
        "%_of LAC Adopted", "No_of LAC Adopted", "LAC_ceased_SGO%", "LAC_ceased_CAO%",
        "LAC_RetHome_CarePlan_%", "LAC_Foster_Placements", "LAC_SecHome_And_ChildHome",
        "LAC_Ind_SInd_Liv_Arr", "LAC_Other_Res_Settings", "LAC_Parents_OR_Others",
        # how staff and money are used
        "Work_Force_AgencyCover", "Vacancies_cover", "Social_Work_Caseholders_%",
        "Social_Work_Qualified_no_cases_%", "Social_Work_SeniorPractitioner_%",
        "LACFinance", "AdoptionFinance", "FosteringFinance", "RescareFinance", "SWFinance",
        "SENFinance", "C&YPExpenditure",
        # what people choose, and what looking harder finds
        "EngBacEntries", "KS4_DES_Apprentice", "KS4_DES_FEColl", "KS4_DES_6FormSchl",
        "KS4_DES_6FormColl", "Chlamydia_Diagnosis", "LACSubstance", "Children_missing",
    }
)  # fmt: skip


def read_dictionary() -> dict[str, str]:
    """Code → High, Low, - or NA, as the shipped dictionary says."""
    with (shipped("data") / DICTIONARY).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    said: dict[str, str] = {}
    for row in rows:
        earlier = said.setdefault(row["Measure_short"], row["Polarity"])
        assert earlier == row["Polarity"], f"{row['Measure_short']} has two polarities"
    return said


def code(measure: MeasureEntry) -> str:
    return measure.reading.select["Short Desc"]


def of_dfe(measures: Iterable[MeasureEntry]) -> list[MeasureEntry]:
    return [measure for measure in measures if measure.reading.dataset == DFE]


def opposites(measures: Iterable[MeasureEntry], dictionary: Mapping[str, str]) -> list[str]:
    """Measures that say the opposite of what the dictionary says."""
    return [
        f"{measure.slug}: {measure.polarity}, dictionary {dictionary[code(measure)]}"
        for measure in of_dfe(measures)
        if OPPOSITE.get(dictionary[code(measure)]) == measure.polarity
    ]


def judged_mix(measures: Iterable[MeasureEntry]) -> list[str]:
    """Measures of mix, threshold, caseload or choice that are judged all the same."""
    return [
        f"{measure.slug}: {measure.polarity}"
        for measure in of_dfe(measures)
        if code(measure) in NO_JUDGEMENT and measure.polarity != "none"
    ]


def miscopied(measures: Iterable[MeasureEntry], dictionary: Mapping[str, str]) -> list[str]:
    """Measures whose ``dictionary_polarity`` is not what the dictionary says (NA is null)."""
    return [
        f"{measure.slug}: {measure.dictionary_polarity}, dictionary {dictionary[code(measure)]}"
        for measure in of_dfe(measures)
        if (measure.dictionary_polarity or "NA") != dictionary[code(measure)]
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def listing(catalogue: Catalogue) -> str:
    """The whole page: a table a service, one row a measure."""
    measures = sorted(catalogue.measures.values(), key=lambda item: (item.service, item.slug))
    counts = [sum(item.polarity == key for item in measures) for key in BETTER]
    tally = (
        f"{len(measures)} measures: higher is better in {counts[0]}, lower in {counts[1]}, "
        f"no judgement in {counts[2]}."
    )
    lines = [
        "# Which way is better",
        "",
        f"Every measure of the catalogue, with why. Written by `{COMMAND}`; a test fails where it",
        "differs from the catalogue. For measures from the Department for Education the last",
        "column is what its dictionary says: ours may be without judgement where the dictionary",
        "judges, and never the opposite.",
        "",
        tally,
    ]
    for service, group in groupby(measures, key=lambda item: item.service):
        title = catalogue.services[service].title if service in catalogue.services else service
        lines += [
            "",
            f"## {title}",
            "",
            "| measure | better | why | DfE says |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {_cell(item.title)} (`{item.slug}`) | {BETTER[item.polarity]} "
            f"| {_cell(item.polarity_reason)} | {item.dictionary_polarity or ''} |"
            for item in group
        ]
    return "\n".join(lines) + "\n"


def the_catalogue() -> Catalogue:
    return read_catalogue(shipped("catalogue"))[0]


def planted(of: str, polarity: str, dictionary_polarity: str | None) -> MeasureEntry:
    """A shipped measure with its polarity turned."""
    measure = the_catalogue().measures[of]
    return measure.model_copy(
        update={"polarity": polarity, "dictionary_polarity": dictionary_polarity}
    )


def test_the_page_lists_every_measure_as_the_catalogue_has_it() -> None:
    assert PAGE.is_file(), f"docs/polarity.md is missing: run {COMMAND}"
    same = PAGE.read_text("utf-8") == listing(the_catalogue())
    assert same, f"docs/polarity.md differs from the catalogue: run {COMMAND}, then read it"


def test_the_page_shows_a_turned_polarity() -> None:
    catalogue = the_catalogue()
    slug = "dfe-conferences-15-days"
    turned = {**catalogue.measures, slug: planted(slug, "lower", "High")}
    assert listing(Catalogue(catalogue.services, catalogue.sources, turned)) != listing(catalogue)


def test_nothing_is_the_opposite_of_the_dictionary() -> None:
    measures = the_catalogue().measures.values()
    assert len(of_dfe(measures)) >= 100
    assert opposites(measures, read_dictionary()) == []


def test_what_the_dictionary_says_is_copied_rightly() -> None:
    assert miscopied(the_catalogue().measures.values(), read_dictionary()) == []


def test_mix_thresholds_caseload_and_choices_are_not_judged() -> None:
    measures = the_catalogue().measures.values()
    assert judged_mix(measures) == []
    used = {code(measure) for measure in of_dfe(measures)}
    named = {"CPP_Abuse_Rate", "Ever6_FSM_Prim", "Vacancies_cover", "%_of LAC Adopted", "LAC"}
    assert named <= used & NO_JUDGEMENT
    assert read_dictionary().keys() >= NO_JUDGEMENT, "a code that the dictionary does not have"


def test_a_planted_opposite_is_caught() -> None:
    turned = planted("dfe-conferences-15-days", "lower", "High")
    assert opposites([turned], read_dictionary()) == [
        "dfe-conferences-15-days: lower, dictionary High"
    ]
    # The entry's own copy of the dictionary is not trusted: the real file is.
    disguised = planted("dfe-conferences-15-days", "lower", "Low")
    assert opposites([disguised], read_dictionary()) != []
    assert miscopied([disguised], read_dictionary()) == [
        "dfe-conferences-15-days: Low, dictionary High"
    ]


def test_a_planted_judgement_of_mix_is_caught() -> None:
    # Low in the dictionary, so lower is no opposite; it is still not for us to judge.
    turned = planted("dfe-child-protection-plans-started", "lower", "Low")
    assert opposites([turned], read_dictionary()) == []
    assert judged_mix([turned]) == ["dfe-child-protection-plans-started: lower"]


if __name__ == "__main__":
    PAGE.write_text(listing(the_catalogue()), "utf-8")
