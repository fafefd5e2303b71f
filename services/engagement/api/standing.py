"""Where members stand, over HTTP: level and what is missing for the next, tasks, badges, streak, status."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.engagement.rules.commands import Review
from services.engagement.rules.standing.members import Member, is_sanctioned
from services.engagement.rules.standing.standings import Progress, Rules, stands
from services.engagement.store.members import Members
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.documents.standing import Level, Words
from shared.http.auth import brand_of, needs
from shared.policy import InForce
from shared.topics import ENGAGEMENT_COMMANDS

Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POINTS_WRITE))]


class Looks:
    """What is asked of where members stand."""

    def __init__(self, store: Members, policies: InForce[Rules], bus: Publisher, clock: Clock) -> None:
        self._store, self._policies, self._bus, self._clock = store, policies, bus, clock

    async def of(self, brand: str, member: str) -> dict[str, Any]:
        """Return where a member stands now, under what is in force now."""
        await self._policies.refresh()
        now = self._clock.now()
        return shown(self._policies.at(brand, None, now), await self._store.one(brand, member), now)

    async def review(self, brand: str) -> int:
        """Have all members of a brand looked at again; return how many."""
        count, run, now = 0, secrets.token_hex(8), self._clock.now()
        async for member in self._store.members(brand):
            review = Review(id=f"review:{run}:{member}", brand=brand, member=member, at=now)
            sent = Outgoing(f"{brand}/{member}".encode(), msgspec.json.encode(review), ())
            await self._bus.send(ENGAGEMENT_COMMANDS.name, sent)
            count += 1
        return count


def standing(looks: Looks) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/v1/members/{member}/standing")
    async def look(member: str, principal: Reader, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        return JSONResponse(await looks.of(named, member))

    @routes.post("/v1/standing/review", status_code=202)
    async def review(principal: Writer, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POINTS_WRITE)
        return JSONResponse({"members": await looks.review(named)}, 202)

    return routes


def shown(rules: Rules, member: Member, now: datetime) -> dict[str, Any]:
    """Return where a member stands as the API tells it. Names are in both languages."""
    record, spec = member.record, rules.spec
    found = stands(rules, record, now.astimezone(UTC).date())
    level, above = spec.levels[found.level], spec.levels[found.level + 1 : found.level + 2]
    return {
        "member": member.member,
        "earned": record.earned,
        "karma": record.karma,
        "level": level.id,
        "level_name": _words(level.name),
        "next": _next(above[0], record.earned, record.karma) if above else None,
        "streak": {"days": found.streak, "longest": found.longest},
        "vip": found.is_vip,
        "privileges": [_words(one) for one in spec.vip.privileges] if spec.vip is not None and found.is_vip else [],
        "badges": [badge.id for badge in spec.badges if badge.id in found.earned],
        "badge_names": {badge.id: _words(badge.name) for badge in spec.badges},
        "to_earn": {id_: _told(steps) for id_, steps in found.badges.items() if id_ not in found.earned},
        "tasks": {
            "completed": [task.id for task in spec.tasks if task.id in found.completed],
            "open": [
                {
                    "task": task.id,
                    "name": _words(task.name),
                    "until": None if task.until is None else task.until.isoformat(),
                    "after": [one for one in task.after if one not in found.completed],
                    "steps": _told(found.tasks[task.id]),
                }
                for task in spec.tasks
                if task.id not in found.completed and (task.until is None or now < task.until)
            ],
        },
        "sanctioned": is_sanctioned(member, now),
    }


def _next(level: Level, earned: int, karma: int) -> dict[str, Any]:
    missing = {"points": max(0, level.points - earned), "karma": max(0, level.karma - karma)}
    return {"level": level.id, "level_name": _words(level.name), "missing": missing}


def _told(steps: Sequence[Progress]) -> list[dict[str, Any]]:
    return [{"need": msgspec.to_builtins(one.need), "has": min(one.has, one.of), "of": one.of} for one in steps]


def _words(words: Words) -> Mapping[str, str]:
    return {"en": words.en, "ru": words.ru}
