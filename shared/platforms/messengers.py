"""Platforms where people talk in chats."""

from __future__ import annotations

from shared.platforms import facts
from shared.platforms.platform import Note, Platform
from shared.said import Said

_ADMINISTRATOR = Said("only to a bot that is an administrator", "только боту-администратору")

_REPORT = Said("by the command /report", "командой /report")

TELEGRAM = Platform(
    id="telegram",
    name="Telegram",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.COMMANDS,
            facts.EDITS,
            facts.REACTIONS,
            facts.REACTIONS_REMOVED,
            facts.JOINS,
            facts.JOIN_REQUESTS,
            facts.LEAVES,
            facts.BANS,
            facts.UNBANS,
            facts.VOTES,
            facts.RETRACTIONS,
            facts.CONTENT_TIMES,
            facts.REACTION_TIMES,
            facts.JOIN_TIMES,
        }
    ),
    notes=(
        Note(facts.REACTIONS, _ADMINISTRATOR),
        Note(facts.REACTIONS, Said("of channels anonymous totals alone", "в каналах — только безымянные счётчики")),
        Note(facts.JOINS, _ADMINISTRATOR),
        Note(facts.VOTES, Said("of polls that are not anonymous", "в неанонимных опросах")),
    ),
    limits=(
        Said(
            "a reaction, its end and the same reaction again within one second count as taken back: Telegram tells seconds",
            "реакция, её снятие и та же реакция в пределах секунды считаются снятыми: Telegram сообщает секунды",
        ),
    ),
)

_MEMBERS = Said("needs the intent Server Members", "нужен интент Server Members")

DISCORD = Platform(
    id="discord",
    name="Discord",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.COMMANDS,
            facts.COMPLAINTS,
            facts.EDITS,
            facts.DELETIONS,
            facts.REACTIONS,
            facts.REACTIONS_REMOVED,
            facts.JOINS,
            facts.LEAVES,
            facts.BANS,
            facts.UNBANS,
            facts.VOTES,
            facts.RETRACTIONS,
            facts.SUBSCRIPTIONS,
            facts.CONTENT_TIMES,
            facts.JOIN_TIMES,
        }
    ),
    notes=(
        Note(facts.CONTENTS, Said("texts need the intent Message Content", "для текстов нужен интент Message Content")),
        Note(facts.COMPLAINTS, _REPORT),
        Note(facts.JOINS, _MEMBERS),
        Note(facts.LEAVES, _MEMBERS),
        Note(
            facts.BANS,
            Said("kicks need View Audit Log", "исключения — с правом View Audit Log"),
        ),
        Note(facts.SUBSCRIPTIONS, Said("beginnings of boosts alone", "только начало бустов")),
    ),
    limits=(
        Said(
            "reactions, votes and bans are told without a time: two connections to one guild that tell a turn and its end "
            "in other orders count the pair twice; the end is right",
            "реакции, голоса и блокировки приходят без времени: если два подключения к одному серверу сообщат пару событий "
            "в разном порядке, она будет засчитана дважды; итог верен",
        ),
    ),
)

SLACK = Platform(
    id="slack",
    name="Slack",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.COMMANDS,
            facts.COMPLAINTS,
            facts.EDITS,
            facts.DELETIONS,
            facts.REACTIONS,
            facts.REACTIONS_REMOVED,
            facts.JOINS,
            facts.CONTENT_TIMES,
            facts.REACTION_TIMES,
            facts.JOIN_TIMES,
        }
    ),
    notes=(
        Note(facts.CONTENTS, Said("of channels that the app was invited to", "в каналах, куда приглашено приложение")),
        Note(
            facts.REACTIONS_REMOVED,
            Said("live alone: an export shows what stands", "только вживую: выгрузка показывает то, что стоит"),
        ),
        Note(facts.COMPLAINTS, _REPORT),
        Note(facts.JOINS, Said("who comes again is told once", "повторное вступление не отличить от первого")),
    ),
    limits=(
        Said(
            "a reaction has the id that an export gives it, which knows no time: two apps that tell a turn and its end in "
            "other orders count the pair twice; the end is right",
            "реакция узнаётся без времени, как в выгрузке: если два приложения сообщат пару событий в разном порядке, "
            "она будет засчитана дважды; итог верен",
        ),
    ),
)
