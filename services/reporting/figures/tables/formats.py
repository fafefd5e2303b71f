"""What the brand's own posts of each format brought."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.reporting.figures.content import FORMATS
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.effect import BROUGHT, brought, described
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

UNTOLD = Said("Not told", "Не сообщён")


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    judged = material.judged(frame)
    formats = np.array(judged.posts.formats, dtype=object)
    found = ((FORMATS.get(one, UNTOLD), one, formats == one) for one in (*FORMATS, ""))
    return [(name, *brought(judged, chosen)) for name, _, chosen in found if chosen.any()]


POST_FORMATS = Table(
    id="post_formats",
    name=Said("Posts by format", "Посты по форматам"),
    definition=described("By the format that the platform tells.", "По формату, который сообщает платформа."),
    columns=(Column("format", Said("Format", "Формат")), *BROUGHT),
    rows=_rows,
)
