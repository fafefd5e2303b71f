"""Making a scheduled report: its files, and what is told of it. Nothing is told here."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from services.reporting.api.asked import Named, Source
from services.reporting.api.held import Held
from services.reporting.api.reports import Format, content
from services.reporting.api.shares import SHARED
from services.reporting.pages.report import Report, compose, is_short
from services.reporting.rules.crises.commands import Announce
from services.reporting.rules.schedules.declared import NO_FOLDER
from services.reporting.rules.schedules.runs import Run
from services.reporting.rules.schedules.telling import headlines
from services.reporting.store.caught_up import CaughtUp
from services.reporting.store.folder import Folder
from services.reporting.store.runs import Pinned
from services.reporting.store.shares import SHARES_MAX, Share, Shares, new_token
from shared.documents.schedules import ReportSchedule
from shared.errors import Unprocessable
from shared.events.reporting import Bilingual, ScheduledReport
from shared.said import Language


class Makes(NamedTuple):
    """What reports are made from, and where they are put."""

    source: Source
    caught_up: CaughtUp
    shares: Shares
    renders: asyncio.Semaphore
    folder: Folder | None
    pages_url: str | None

    async def made(self, run: Run, spec: ReportSchedule, now: datetime) -> Pinned:
        """Make its files; return what is to be told. Raises Problem and Unprocessable, with what a person has to do."""
        if spec.folder and self.folder is None:
            raise Unprocessable(NO_FOLDER)
        if spec.routes and len(await self.shares.listed(run.brand, now)) >= SHARES_MAX:
            raise Unprocessable(f"{run.brand} has {SHARES_MAX} valid links: take some back, or name fewer `link_days`")
        report = await self._report(run)
        files = await self._files(run, spec, report) if spec.folder else ()
        token = new_token() if spec.routes else None  # nobody is told of a link that no route tells
        command = self._command(run, spec, report, now, token)
        return Pinned(token, now, command.report.expires, msgspec.json.encode(command), files)

    async def linked(self, run: Run, pinned: Pinned) -> str | None:
        """Have its link show it; return the link's id, None where it has none. Done again it changes nothing."""
        if pinned.token is None:
            return None
        days, by = run.days, run.by or f"schedule {run.schedule}"
        communities = tuple(sorted(run.communities)) or None
        share = Share("", run.brand, communities, days.since, days.until, by, pinned.made, pinned.expires)
        _, stored = await self.shares.add(share, pinned.token)
        return stored.id

    async def _report(self, run: Run) -> Report:
        """Return the report as a link shows it: without tables that name members."""
        of = Named(run.brand, run.communities or None)
        frame = await self.source.frame(of, run.days.since, run.days.until)
        names = await self.source.names(run.brand)
        async with Held(self.renders) as place:
            material = await self.source.read(of, frame, frame.before.first, by_hour=is_short(frame))
            return await place.until_done(asyncio.to_thread(compose, names, frame, material, SHARED))

    async def _files(self, run: Run, spec: ReportSchedule, report: Report) -> tuple[str, ...]:
        assert self.folder is not None, "it was looked for"
        files = []
        for language in spec.languages:
            titled = spec.title.ru if language is Language.RU else spec.title.en
            named = replace(report, title=f"{report.title}: {titled}")
            for format_ in map(Format, spec.formats):
                found = await self._drawn(named, format_, language)
                name = f"{run.schedule}/{run.schedule}-{run.period}.{language.value}.{format_.value}"
                files.append(await self.folder.put(run.brand, name, found))
        return tuple(files)

    async def _drawn(self, report: Report, format_: Format, language: Language) -> bytes:
        if format_ is Format.PDF:  # another process prints it: nobody has to wait for that
            return await content(report, format_, language)
        async with Held(self.renders) as place:
            return await place.until_done(content(report, format_, language))

    def _command(self, run: Run, spec: ReportSchedule, report: Report, now: datetime, token: str | None) -> Announce:
        data = ScheduledReport(
            schedule=run.schedule,
            title=Bilingual(en=spec.title.en, ru=spec.title.ru),
            every=run.every,
            period=run.period,
            since=report.frame.since,
            until=report.frame.until,
            languages=tuple(language.value for language in spec.languages),
            formats=spec.formats,
            link="" if token is None else f"{(self.pages_url or '').rstrip('/')}/shared/{token}",
            expires=now + timedelta(days=spec.link_days),
            figures=tuple(headlines(report.total, report.before)),
            routes=spec.routes or None,
            by=run.by,
        )
        places = run.communities
        community = places[0] if len(places) == 1 else ""
        return Announce(brand=run.brand, community=community, at=now, id=run.id, report=data)
