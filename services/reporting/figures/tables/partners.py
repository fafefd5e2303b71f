"""What partners and links bring: who came from each, whether they stayed, and how often they wrote beside all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures import intervals
from services.reporting.figures.activity import distinct
from services.reporting.figures.columns import Ints
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, hour_edge
from services.reporting.figures.tables.sources import DAYS, Came, came_in
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

LINKS_MAX = 50
"""Sources that are shown, those that most came from."""
DAY_HOURS = 24

PARTNER, LINK = Said("a partner's community", "сообщество партнёра"), Said("a link or source", "ссылка или источник")

Chosen = NDArray[np.bool_]


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    if not material.partners and not any(source for one in material.memberships for _, source in one.came):
        return []
    came = came_in(material, frame, but=material.others)
    groups = list(_groups(material, came))
    if not groups:
        return []
    over = np.array([one.end <= hour_edge(frame.end) for one in came], dtype=np.bool_)
    days = _days(material, came)
    return [_row(kind, name, chosen, over, days) for kind, name, chosen in groups]


def _groups(material: Material, came: Sequence[Came]) -> Iterator[tuple[Said, str, Chosen]]:
    """Yield each partner's community and each source, and who of those that came did so from there."""
    for partner, known in sorted(material.partners.items()):
        since = {one.member: min([*(at for at, _ in one.came), *(one.first or ())[:1]], default=np.inf) for one in known}
        chosen = np.array([since.get(one.member, np.inf) < one.second for one in came], dtype=np.bool_)
        if chosen.any():
            yield PARTNER, partner, chosen
    sources = Counter(one.source for one in came if one.source)
    for source, _ in sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))[:LINKS_MAX]:
        yield LINK, source, np.array([one.source == source for one in came], dtype=np.bool_)


def _days(material: Material, came: Sequence[Came]) -> Ints:
    """Return on how many of the DAYS after joining each wrote."""
    activity = material.activity
    seat, first, end = np.array([one[1:4] for one in came], dtype=np.int64).reshape(-1, 3).T
    place = activity.places_of(seat, first), activity.places_of(seat, end)
    lengths = place[1] - place[0]
    who = np.repeat(np.arange(len(came)), lengths)
    hours = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(place[0], lengths)
    day = (activity.hours[hours] - first[who]) // DAY_HOURS
    pairs = distinct(who * (DAYS + 1) + np.minimum(day, DAYS - 1))
    return np.bincount(pairs // (DAYS + 1), minlength=len(came))


def _row(kind: Said, name: str, chosen: Chosen, over: Chosen, days: Ints) -> Row:
    mine, others = days[chosen & over], days[~chosen & over]
    kept, other_kept = int((mine > 0).sum()), int((others > 0).sum())
    stayed, beside = intervals.share(kept, len(mine)), intervals.share(other_kept, len(others))
    more = intervals.difference(kept, len(mine), other_kept, len(others))
    active, other_active = intervals.mean_of(np.bincount(mine)), intervals.mean_of(np.bincount(others))
    return (kind, name, int(chosen.sum()), len(mine), *stayed, beside.value, *more, *active, other_active.value)


def _columns(values: Mapping[str, tuple[Said, Form]]) -> Iterator[Column]:
    """Yield a column for each value, and two for its interval."""
    for id_, (name, form) in values.items():
        yield Column(id_, name, form)
        yield Column(f"{id_}_low", Said("At least", "Не меньше"), form)
        yield Column(f"{id_}_high", Said("At most", "Не больше"), form)


PARTNERS = Table(
    id="partners",
    name=Said("What partners and links bring", "Что приносят партнёры и ссылки"),
    definition=Said(
        "Members who joined the brand's own communities, by the partner's community (purpose: partner) in which they were "
        "known before, and by the source or link that their platform tells; who was known at two partners counts "
        "for both. Of "
        f"those whose {DAYS} days after joining are over within the report: the share who wrote on one of them, "
        "beside that of "
        f"all other joins (Wilson's interval; Newcombe's of the difference), and on how many of the {DAYS} days "
        "they wrote on "
        "average (bootstrap), beside the others. All intervals are of 95 %. A difference is not its cause.",
        "Вступившие в собственные сообщества бренда: по сообществам партнёров (purpose: partner), где их знали раньше, и по "
        "источнику или ссылке, если платформа их сообщает; кого знали у двух партнёров, считается у обоих. Среди "
        f"тех, у кого {DAYS} дней после вступления прошли в пределах отчёта: доля писавших в один из них рядом с долей "
        "остальных вступивших "
        f"(интервал Уилсона; для разницы — Ньюкомба) и в скольких из {DAYS} дней они писали в среднем (бутстрэп), рядом с "
        "остальными. Все интервалы — 95 %. Разница — ещё не причина.",
    ),
    columns=(
        Column("kind", Said("Kind", "Вид")),
        Column("source", Said("Came from", "Откуда")),
        Column("joined", Said("Joined", "Пришли"), Form.COUNT),
        Column("watched", Said(f"{DAYS} days over", f"{DAYS} дней прошло"), Form.COUNT),
        *_columns({"stayed": (Said(f"Wrote within {DAYS} days", f"Писали за {DAYS} дней"), Form.SHARE)}),
        Column("others_stayed", Said("Others", "Остальные"), Form.SHARE),
        *_columns({"difference": (Said("Difference", "Разница"), Form.SHARE)}),
        *_columns({"days": (Said("Days on which they wrote", "Дней, когда писали"), Form.RATE)}),
        Column("others_days", Said("Others", "Остальные"), Form.RATE),
    ),
    rows=_rows,
)
