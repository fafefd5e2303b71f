"""All tables. A new one is a file beside these and a line in the tuple."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.reporting.figures.tables.cohorts import COHORTS
from services.reporting.figures.tables.heat import HEAT
from services.reporting.figures.tables.influencers import INFLUENCERS
from services.reporting.figures.tables.lift import LIFT
from services.reporting.figures.tables.personas import PERSONAS
from services.reporting.figures.tables.platforms import SIDE_BY_SIDE
from services.reporting.figures.tables.rising import RISING
from services.reporting.figures.tables.segments import SEGMENTS
from services.reporting.figures.tables.sources import SOURCES
from services.reporting.figures.tables.staff import STAFF
from services.reporting.figures.tables.table import Table

TABLES: tuple[Table, ...] = (
    SIDE_BY_SIDE,
    HEAT,
    SEGMENTS,
    PERSONAS,
    COHORTS,
    SOURCES,
    STAFF,
    INFLUENCERS,
    RISING,
    LIFT,
)

BY_ID: Mapping[str, Table] = MappingProxyType({table.id: table for table in TABLES})
