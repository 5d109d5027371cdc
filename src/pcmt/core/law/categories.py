"""Under which rule of law somebody is looked after."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """Status of a managed person (diện quản lý)."""

    ILLEGAL_USER = "illegal_user"
    ADDICT = "addict"
    IN_REHAB = "in_rehab"
    ON_SUBSTITUTION = "on_substitution"
    POST_REHAB = "post_rehab"
    RELEASED_PRISONER = "released_prisoner"
    E_MONITORING = "e_monitoring"
    DRUG_PSYCHOSIS = "drug_psychosis"


class Setting(StrEnum):
    """Where rehabilitation takes place, or by which medicine substitution is treated."""

    HOME = "home"
    COMMUNITY = "community"
    VOLUNTARY_CENTRE = "voluntary_centre"
    COMPULSORY = "compulsory"
    METHADONE = "methadone"
    BUPRENORPHINE = "buprenorphine"
