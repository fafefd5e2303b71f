"""What members ask their standing for: to take part in something, to be told how they stand, to have a friend count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from services.engagement.handlers.books import Books
from services.engagement.rules import chat
from services.engagement.rules.chat import Links
from services.engagement.rules.chat_words import WRITTEN
from services.engagement.rules.commands import Come, Credit, Participate, Prefer, Say, Tell
from services.engagement.rules.participation import commands as participation
from services.engagement.rules.participation.commands import Take, Who
from services.engagement.rules.participation.doings import Join
from services.engagement.rules.participation.play import lines
from services.engagement.rules.participation.replies import Asked, replied
from services.engagement.rules.standing import in_contests, members
from services.engagement.rules.standing.in_contests import InContest
from services.engagement.rules.standing.invites import invited, inviter_of
from services.engagement.rules.standing.members import LEVEL, Member, Moment
from shared.events import Envelope
from shared.events.actions import Act, ActionMessage
from shared.fold.definition import Output, Step
from shared.topics import ACTIONS, GRANTS, LEDGER, PARTICIPATION

Command = Participate | Say | Come | Credit | Prefer | Tell


class Asking:
    """Deals with what members ask."""

    def __init__(self, books: Books, links: Links) -> None:
        self._books, self._links = books, links

    def asked(self, state: Member | None, command: Command) -> Step[Member]:
        """Do what is asked, pass it on, or answer."""
        match command:
            case Participate():
                return _passed_on(state, command)
            case Say():
                return self._said(state, command)
            case Come():
                return Step(_came(state or Member(command.brand, command.member), command.by, command.at))
            case Prefer():
                return Step(replace(state or Member(command.brand, command.member), quiet=command.quiet))
            case Tell():
                return Step(state, outputs=() if state is not None and state.quiet else (written(command),))
            case Credit():
                return self._credited(state or Member(command.brand, command.member), command)

    def _said(self, state: Member | None, say: Say) -> Step[Member]:
        """Pass on what a member wants to do, or answer them."""
        there = {kind: book.all_at(say.brand, say.at) for kind, book in self._books.things.items()}
        by = inviter_of(say.text) if say.name == "start" else None
        if by is not None:
            state, say = _came(state or Member(say.brand, say.member), by, say.at), replace(say, text="")
        found = chat.meant(say, there)
        if isinstance(found, chat.Meant):
            asked = Participate(
                id=say.id, brand=say.brand, member=say.member, at=say.at, thing=found.thing, does=found.does, reply=say.reply
            )
            return _passed_on(state, asked)
        if found is None:
            rules = self._books.standing.at(say.brand, None, say.at)
            link = self._links.of(say.brand, say.member)
            found = chat.answered(say, state or Member(say.brand, say.member), rules, link)
        key = f"{say.brand}/{say.reply.community}"
        return Step(state, outputs=[Output(ACTIONS.name, key, act) for act in _answers(say, found)])

    def _credited(self, member: Member, credit: Credit) -> Step[Member]:
        """Give a member what a friend is worth who stayed; each once, and not the one who invited them."""
        terms = self._books.standing.at(member.brand, None, credit.at).spec.invites
        own = member.invited is not None and member.invited.by == credit.friend
        if terms is None or own or credit.friend in member.friends or len(member.friends) >= terms.most:
            return Step(member)
        rewards = self._books.rewards.at(member.brand, None, credit.at)
        told, grants = members.credited(member, credit.friend, rewards, Moment(credit.id, credit.at, credit.at))
        key = f"{member.brand}/{member.member}"
        outputs = [Output(LEDGER.name, key, told), *(Output(GRANTS.name, key, grant) for grant in grants)]
        return Step(replace(member, friends=(*member.friends, credit.friend)), outputs=outputs)


def _answers(say: Say, found: chat.Told) -> Iterator[Envelope]:
    """Yield the answer, and what is private of it apart; who is alone with the bot, or presses, is answered once."""
    asked = Asked(say.id, say.brand, say.member, say.at)
    if found.private is not None and chat.is_alone(say.reply):
        told = found.private if found.said is WRITTEN else lines(found.said, found.private)
        yield replied(asked, say.reply, told, found.keys, private=True)
    elif found.private is None:
        yield replied(asked, say.reply, found.said, found.keys)
    elif say.reply.press is not None:
        yield replied(asked, say.reply, lines(found.said, found.private), found.keys, private=True)
    else:
        yield replied(asked, say.reply, found.said, found.keys)
        yield replied(asked._replace(id=f"{say.id}/private"), say.reply, found.private, private=True)


def written(tell: Tell) -> Output:
    """Return what is written to a member."""
    data = Act(member=tell.member, text=tell.text, buttons=tell.buttons, cause=tell.cause, deadline=tell.deadline)
    act = ActionMessage(
        id=tell.id,
        source=tell.source,
        time=tell.at,
        brand=tell.brand,
        recordedtime=tell.at,
        community=tell.community,
        subject=tell.member,
        data=data,
    )
    return Output(ACTIONS.name, f"{tell.brand}/{tell.community}", act)


def _came(member: Member, by: str, at: datetime) -> Member:
    today = at.astimezone(UTC).toordinal()
    return replace(member, invited=invited(member.invited, member.record, member.member, by, today))


def _passed_on(state: Member | None, asked: Participate) -> Step[Member]:
    """Pass on what a member wants to do, with what is known of them."""
    who = Who() if state is None else who_of(state, asked.at)
    taken = Take(
        id=asked.id,
        brand=asked.brand,
        thing=asked.thing,
        at=asked.at,
        member=asked.member,
        does=asked.does,
        who=who,
        reply=asked.reply,
    )
    kind, _, name = asked.thing.partition("/")
    if kind == "contest" and isinstance(asked.does, Join):  # from now on the contest hears what changes of them
        state = state or Member(asked.brand, asked.member)
        state = replace(state, contests=in_contests.added(state.contests, name, InContest(), {}))
    return Step(state, outputs=(Output(PARTICIPATION.name, f"{asked.brand}/{asked.thing}", participation.encoded(taken)),))


def who_of(member: Member, at: datetime) -> Who:
    """Return what things are told of a member."""
    return Who(
        level=len(members.held(member, LEVEL)),
        since=member.record.since,
        sanctioned=members.is_sanctioned(member, at),
        vip=bool(members.held(member, members.STATUS)),
    )
