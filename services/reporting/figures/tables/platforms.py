"""The platforms side by side: the figures that can be compared."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.figures import BY_ID
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.summary import figures_of
from services.reporting.figures.tables.table import Column, Row, Table
from shared.platforms import PLATFORMS
from shared.said import Said

SHOWN = (
    "content",
    "active_members",
    "stickiness",
    "members_growth",
    "newcomers",
    "newcomers_answered",
    "interactions",
    "views",
    "engagement_per_view",
    "engagement_per_content",
    "engagement_per_member",
    "questions",
    "questions_unanswered",
    "first_response",
    "complaints",
    "removals",
)


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    parts = {platform: figures_of(part, frame) for platform, part in material.by_platform().items()}
    return [
        (PLATFORMS[platform].name if platform in PLATFORMS else platform, *(values[id_] for id_ in SHOWN))
        for platform, values in parts.items()
    ]


SIDE_BY_SIDE = Table(
    id="platforms",
    name=Said("Platforms side by side", "Платформы рядом"),
    definition=Said(
        "The same figures of each platform. A dash is what the platform does not tell, or cannot be divided; rates "
        "with different "
        "denominators stand in columns of their own.",
        "Одни и те же показатели по платформам. Прочерк — платформа этого не сообщает или делить не на что; показатели "
        "с разными "
        "знаменателями стоят в разных столбцах.",
    ),
    columns=(
        Column("platform", Said("Platform", "Платформа")),
        *(Column(id_, BY_ID[id_].name, BY_ID[id_].form) for id_ in SHOWN),
    ),
    rows=_rows,
)
