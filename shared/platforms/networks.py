"""Platforms where people follow pages, groups and channels."""

from __future__ import annotations

from shared.platforms import facts
from shared.platforms.platform import Note, Platform
from shared.said import Said

VK = Platform(
    id="vk",
    name="VK",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.COMMANDS,
            facts.EDITS,
            facts.DELETIONS,
            facts.DELETERS,
            facts.RESTORATIONS,
            facts.REACTIONS,
            facts.REACTIONS_REMOVED,
            facts.SHARES,
            facts.JOINS,
            facts.JOIN_REQUESTS,
            facts.LEAVES,
            facts.BANS,
            facts.UNBANS,
            facts.VOTES,
            facts.SUBSCRIPTIONS,
            facts.CONTENT_TIMES,
            facts.JOIN_TIMES,
        }
    ),
    notes=(
        Note(facts.EDITS, Said("of comments and chats, not of posts", "комментариев и сообщений, но не записей")),
        Note(facts.DELETIONS, Said("of comments alone", "только комментариев")),
        Note(facts.DELETERS, Said("of comments on the wall, photos and videos", "на стене, под фото и видео")),
        Note(facts.VOTES, Said("one callback an option", "по вызову на вариант")),
        Note(
            facts.JOIN_TIMES,
            Said("of chats, not of the group", "в беседах, но не в сообществе"),
        ),
    ),
    limits=(
        Said(
            "likes and joins are told without a time: two callback servers that hear a turn and its end in other orders "
            "count the pair twice; the end is right",
            "лайки и вступления приходят без времени: если два сервера услышат пару событий в разном порядке, "
            "она будет засчитана дважды; итог верен",
        ),
        Said(
            "a second vote, a renewal, a restored or edited comment is known by VK's event_id alone: two callback servers "
            "that number it differently count it twice",
            "второй голос, продление, правка и восстановление комментария узнаются по event_id: два сервера с разной "
            "нумерацией засчитают их дважды",
        ),
    ),
)

FACEBOOK = Platform(
    id="facebook",
    name="Facebook",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.COMMANDS,
            facts.EDITS,
            facts.DELETIONS,
            facts.RESTORATIONS,
            facts.REACTIONS,
            facts.REACTIONS_REMOVED,
            facts.JOINS,
            facts.LEAVES,
            facts.CONTENT_TIMES,
            facts.REACTION_TIMES,
            facts.JOIN_TIMES,
        }
    ),
    notes=(
        Note(
            facts.AUTHORS,
            Said("where the app may read user content", "если приложению разрешено читать чужие публикации"),
        ),
        Note(facts.JOINS, Said("likes of the page", "отметки «Нравится» страницы")),
        Note(facts.DELETIONS, Said("hiding too", "в том числе скрытие")),
    ),
    limits=(
        Said(
            "an edit, a hiding or a removal without a time of its own has that of its request: two apps that are told at "
            "two times count it twice",
            "правка, скрытие или удаление без своего времени датируется запросом: два приложения, узнавшие о нём в разное "
            "время, засчитают его дважды",
        ),
    ),
)

INSTAGRAM = Platform(
    id="instagram",
    name="Instagram",
    tells=frozenset({facts.CONTENTS, facts.AUTHORS, facts.COMMANDS, facts.VIEWS, facts.CONTENT_TIMES}),
    notes=(
        Note(facts.CONTENTS, Said("comments and mentions, not own posts", "комментарии и упоминания, но не свои записи")),
        Note(facts.VIEWS, Said("of stories, when they end", "историй, когда они заканчиваются")),
    ),
)

YOUTUBE = Platform(
    id="youtube",
    name="YouTube",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.COMMANDS,
            facts.EDITS,
            facts.DELETIONS,
            facts.REACTIONS,
            facts.CONTENT_TIMES,
        }
    ),
    notes=(
        Note(facts.CONTENTS, Said("comments are polled, videos pushed", "комментарии опрашиваются, видео приходят сами")),
        Note(facts.DELETIONS, Said("of videos alone", "только видео")),
        Note(facts.EDITS, Said("of the newest 300 threads of comments", "в последних 300 ветках комментариев")),
        Note(facts.REACTIONS, Said("totals of comments, without names", "счётчики под комментариями, без имён")),
    ),
    limits=(
        Said(
            "a change of a video within a minute of its publication is not told apart from it",
            "правка видео в первую минуту неотличима от его публикации",
        ),
    ),
)
