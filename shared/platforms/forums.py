"""Forums, feeds, and what is the brand's own."""

from __future__ import annotations

from shared.platforms import facts
from shared.platforms.platform import Note, Platform
from shared.said import Said

DISCOURSE = Platform(
    id="discourse",
    name="Discourse",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.COMMANDS,
            facts.EDITS,
            facts.DELETIONS,
            facts.RESTORATIONS,
            facts.REACTIONS,
            facts.COMPLAINTS,
            facts.JOINS,
            facts.LEAVES,
            facts.BANS,
            facts.UNBANS,
            facts.SOLUTIONS,
            facts.CONTENT_TIMES,
            facts.JOIN_TIMES,
        }
    ),
    notes=(
        Note(facts.REACTIONS, Said("likes, not that they are taken back", "лайки, но не их снятие")),
        Note(facts.LEAVES, Said("deleted accounts", "удалённые учётные записи")),
        Note(facts.BANS, Said("suspensions", "приостановки")),
        Note(facts.SOLUTIONS, Said("with the plugin Discourse Solved", "с плагином Discourse Solved")),
    ),
    limits=(
        Said(
            "what happens again to the same version of a post, like a second like after one taken back, counts once",
            "что повторяется при той же версии записи, как лайк после снятого лайка, засчитывается один раз",
        ),
    ),
)

REDDIT = Platform(
    id="reddit",
    name="Reddit",
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
            facts.COMPLAINTS,
            facts.BANS,
            facts.UNBANS,
            facts.CONTENT_TIMES,
        }
    ),
    notes=(
        Note(facts.EDITS, Said("of what is still in a listing", "пока публикация ещё в ленте")),
        Note(facts.REACTIONS, Said("the score, without names", "рейтинг, без имён")),
        Note(facts.COMPLAINTS, Said("to moderators alone", "только модераторам")),
        Note(facts.BANS, Said("to moderators alone", "только модераторам")),
    ),
)

FEED = Platform(
    id="feed",
    name="RSS, Atom",
    tells=frozenset({facts.CONTENTS, facts.EDITS, facts.CONTENT_TIMES}),
    notes=(Note(facts.EDITS, Said("where the feed dates them", "если лента их датирует")),),
)

STACK_EXCHANGE = Platform(
    id="stackexchange",
    name="Stack Exchange",
    tells=frozenset(
        {
            facts.CONTENTS,
            facts.AUTHORS,
            facts.REACTIONS,
            facts.JOINS,
            facts.SOLUTIONS,
            facts.CONTENT_TIMES,
            facts.REACTION_TIMES,
            facts.JOIN_TIMES,
        }
    ),
    notes=(
        Note(facts.CONTENTS, Said("history alone, from its dump", "только история, из выгрузки")),
        Note(facts.REACTION_TIMES, Said("their day", "день")),
    ),
)

PORTAL = Platform(
    id="portal",
    name="own portal",
    tells=frozenset(facts.FACTS),
    notes=(Note(facts.CONTENTS, Said("whatever it sends", "всё, что он присылает")),),
)
