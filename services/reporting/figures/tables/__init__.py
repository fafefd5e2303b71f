"""All tables. A new one is a file beside these and a line in the tuple."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.reporting.figures.tables.cohorts import COHORTS
from services.reporting.figures.tables.formats import POST_FORMATS
from services.reporting.figures.tables.heat import HEAT
from services.reporting.figures.tables.influencers import INFLUENCERS
from services.reporting.figures.tables.languages import SPOKEN
from services.reporting.figures.tables.lift import LIFT
from services.reporting.figures.tables.mix import HASHTAGS, MIX
from services.reporting.figures.tables.partners import PARTNERS
from services.reporting.figures.tables.peers import PEERS
from services.reporting.figures.tables.personas import PERSONAS
from services.reporting.figures.tables.platforms import SIDE_BY_SIDE
from services.reporting.figures.tables.rising import RISING
from services.reporting.figures.tables.segments import SEGMENTS
from services.reporting.figures.tables.sources import SOURCES
from services.reporting.figures.tables.staff import STAFF
from services.reporting.figures.tables.table import Table
from services.reporting.figures.tables.times import BEST_TIMES, POST_DAYS, POST_HOURS

TABLES: tuple[Table, ...] = (
    SIDE_BY_SIDE,
    PEERS,
    MIX,
    POST_FORMATS,
    HASHTAGS,
    BEST_TIMES,
    POST_HOURS,
    POST_DAYS,
    HEAT,
    SPOKEN,
    SEGMENTS,
    PERSONAS,
    COHORTS,
    SOURCES,
    PARTNERS,
    STAFF,
    INFLUENCERS,
    RISING,
    LIFT,
)

BY_ID: Mapping[str, Table] = MappingProxyType({table.id: table for table in TABLES})
