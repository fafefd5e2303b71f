"""What members achieve comes and goes with what it was achieved by; friends count who stayed; commands are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.commands import Prefer, Say, Tell
from services.engagement.rules.participation.commands import ReplyTo
from services.engagement.rules.standing.invites import code_of, inviter_of
from services.ingest.rules.given import ENGAGEMENT
from shared.events import encode
from shared.events.actions import ActionMessage
from shared.topics import SANCTIONS
from tests.builders import PLACE, sanction_applied, sanction_lifted
from tests.unit.engagement.standing.members import ANNA, BORIS, Row

WORDS = {"en": "Spring", "ru": "Весна"}
STANDING = {
    "tasks": [{"id": "write", "name": WORDS, "steps": [{"rule": "content", "times": 2, "name": WORDS}]}],
    "badges": [{"id": "writer", "name": WORDS, "needs": [{"task": "write"}]}],
    "invites": {"rules": ["content"], "active": 2, "days": 5, "most": 1, "link": "https://t.me/bot?start={code}"},
}
REWARDS = {
    "rules": [
        {"id": "tasks", "for": "task", "points": 50},
        {"id": "friends", "for": "invite", "points": 100},
        {"id": "levels", "for": "level", "points": 5, "when": 'level == "member"'},
    ]
}


def row() -> Row:
    poll = {"title": WORDS, "options": [WORDS, WORDS]}
    return Row(STANDING, REWARDS, poll={"best": poll})


def names(found: Row) -> list[str]:
    kinds = {"Task": "task", "Badge": "badge", "Level": "level"}
    return [f"{type(event).__name__} {getattr(event.data, kinds[type(event.data).__name__])}" for event in found.told]


def test_a_task_comes_and_goes_and_comes_again_with_what_it_is_worth() -> None:
    found = row()
    found.earns(ANNA)
    found.earns(ANNA)
    assert (names(found), found.points(ANNA)) == (["BadgeAwarded writer", "TaskCompleted write"], 50)

    found.loses(ANNA)
    assert (names(found)[2:], found.points(ANNA)) == (["BadgeRevoked writer", "TaskReopened write"], 0)

    found.earns(ANNA)
    assert (sorted(names(found)[4:]), found.points(ANNA)) == (["BadgeAwarded writer", "TaskCompleted write"], 50)
    assert len({event.id for event in (*found.told, *found.grants)}) == len(found.told) + len(found.grants)


def test_every_level_that_is_passed_is_told() -> None:
    found = row()
    found.earns(ANNA, 600, "gift")
    assert names(found) == ["LevelReached member", "LevelReached regular"]

    found.loses(ANNA, 599, "gift")
    assert names(found)[2:] == ["LevelLost member", "LevelLost regular"]
    assert found.points(ANNA) == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 300)), max_size=25))
def test_whatever_comes_and_goes_what_is_held_follows_from_what_is_there(moves: Sequence[tuple[bool, int]]) -> None:
    found, there = row(), list[int]()
    for comes, points in moves:
        if comes:
            found.earns(ANNA, points)
            there.append(points)
        elif there:
            found.loses(ANNA, there.pop())
    has = {"Task": len(there) >= 2, "Badge": len(there) >= 2}
    for kind, holds in has.items():
        last = [type(event).__name__ for event in found.told if type(event.data).__name__ == kind]
        assert bool(len(last) % 2) is holds
    levels = {name.split()[1] for name in names(found) if name.startswith("LevelReached")}
    held = {
        level for level in levels if names(found).count(f"LevelReached {level}") > names(found).count(f"LevelLost {level}")
    }
    wanted = {"member": 100, "regular": 500, "expert": 2_000}
    assert held == {level for level, least in wanted.items() if sum(there) >= least}
    assert found.points(ANNA) == 50 * has["Task"] + 5 * ("member" in held)


def came(found: Row, friend: str, by: str) -> None:
    found.says(friend, "start", code_of(by))


def stays(found: Row, friend: str) -> None:
    """Be active on two days, the second a week later."""
    found.earns(friend)
    found.later(days=7)
    found.earns(friend)


def test_a_friend_counts_who_is_new_and_stays() -> None:
    found = row()
    came(found, BORIS, ANNA)
    found.earns(BORIS)
    found.later(days=4)
    found.earns(BORIS)
    assert found.points(ANNA) == 0

    found.later(days=1)
    found.earns(BORIS)
    found.earns(BORIS)
    assert found.points(ANNA) == 100
    assert "stayed: 1" in found.says(ANNA, "invite")


def test_who_was_there_before_is_nobody_s_friend() -> None:
    found = row()
    found.earns(BORIS)
    found.later(days=1)
    came(found, BORIS, ANNA)
    stays(found, BORIS)

    assert found.points(ANNA) == 0


def test_nobody_invites_themselves_and_the_first_inviter_counts() -> None:
    found = row()
    came(found, ANNA, ANNA)
    came(found, BORIS, ANNA)
    came(found, BORIS, "telegram:9")
    stays(found, BORIS)

    assert (found.points(ANNA), found.points("telegram:9")) == (100, 0)


def test_two_do_not_invite_each_other_and_friends_have_a_limit() -> None:
    found = row()
    came(found, BORIS, ANNA)
    came(found, ANNA, BORIS)
    stays(found, BORIS)
    stays(found, ANNA)
    assert (found.points(ANNA, "friends"), found.points(BORIS, "friends")) == (0, 0)

    came(found, "telegram:3", ANNA)
    came(found, "telegram:4", ANNA)
    stays(found, "telegram:3")
    stays(found, "telegram:4")
    assert found.points(ANNA, "friends") == 100  # one friend counts, as the document says


@given(st.from_regex(r"\A[a-z]{1,10}:[^\x00-\x1f\x7f]{1,30}\Z").filter(str.isprintable))
def test_a_code_names_its_member(member: str) -> None:
    assert inviter_of(f"https://t.me/bot?start={code_of(member)}&x=1") == member


@pytest.mark.parametrize("text", ["", "ref_", "ref_????", "ref_AAAA", "ref_" + "A" * 5, "hello"])
def test_what_is_no_code_names_nobody(text: str) -> None:
    assert inviter_of(text) is None


def test_what_a_member_says_reaches_the_thing_with_what_is_known_of_them() -> None:
    found = row()
    found.earns(ANNA, 150)
    assert found.says(ANNA, "poll", "best 2") == ""

    (taken,) = found.passed
    assert taken["thing"] == "poll/best"
    assert taken["does"] == {"do": "vote", "options": [1]}
    assert (taken["who"]["level"], taken["who"]["since"]) == (1, found.at.toordinal())


@pytest.mark.parametrize(
    ("command", "text", "language", "answer"),
    [
        ("poll", "", "en", "Spring"),
        ("poll", "none 1", "en", "There is nothing of that name now."),
        ("poll", "best x", "en", "I did not understand that answer."),
        ("contests", "", "ru", "Сейчас ничего нет."),
        ("tasks", "", "ru", "Весна: Весна 1 из 2"),
        ("me", "", "en", "Your level: Newcomer."),
        ("me", "", "ru", "Ваш уровень: Новичок."),
        ("start", "", "en", "/me: where you stand"),
        ("start", "poll_best", "en", ""),
        ("top", "", "en", "It is on your page"),
        ("poll", "best " + "1 " * 21, "en", ""),
        ("poll", "best " + " ".join(map(str, range(1, 25))), "en", "I did not understand that answer."),
    ],
)
def test_what_a_member_is_answered(command: str, text: str, language: str, answer: str) -> None:
    found = row()
    found.earns(ANNA)

    assert found.says(ANNA, command, text, language=language).startswith(answer)


@pytest.mark.parametrize("press", [None, "p1"])
def test_the_address_of_a_page_is_told_to_the_member_alone(press: str | None) -> None:
    found = row()
    said = found.says(ANNA, "me", press=press)
    link = "https://x.example/me/acme/telegram%3A1/"

    assert [link in text for text in (said, *found.privately)] == ([True] if press else [False, True])


def test_a_contest_hears_of_a_sanction_and_of_a_level_after_the_entry() -> None:
    found = row()
    found.earns(ANNA, 0, "contest:spring")
    about = {"member": ANNA, "recordedtime": found.at, "time": found.at}
    found.hears(SANCTIONS.name, encode(sanction_applied(**about, until=None)))
    found.earns(ANNA, 150)

    told = [
        (one["n"], one["entries"], one["who"].get("sanctioned", False), one["who"].get("level", 0)) for one in found.passed
    ]
    assert told == [(1, 1, False, 0), (2, 1, True, 0), (3, 1, True, 1)]


def test_who_entered_by_form_is_told_of_as_well() -> None:
    poem = {"title": WORDS, "enter": {"by": "form"}, "until": "2099-01-01T00:00:00Z"}
    found = Row(STANDING, REWARDS, contest={"poem": poem})
    found.says(ANNA, "join", "poem Snow melts")
    about = {"member": ANNA, "recordedtime": found.at, "time": found.at}
    found.hears(SANCTIONS.name, encode(sanction_applied(**about, until=None)))

    joined, told = found.passed
    assert joined["does"] == {"do": "join", "text": "Snow melts"}
    assert (told["n"], told["who"]["sanctioned"]) == (2, True)


def test_a_late_record_of_one_contest_leaves_the_others_alone() -> None:
    found = row()
    found.earns(ANNA, 0, "contest:b")
    found.earns(ANNA, 0, "contest:b")
    found.earns(ANNA, 0, "contest:a")
    found.loses(ANNA, 0, "contest:b")

    assert [(one["thing"], one["n"], one["entries"]) for one in found.passed] == [
        ("contest/b", 1, 1),
        ("contest/b", 2, 2),
        ("contest/a", 1, 1),
        ("contest/b", 3, 1),
    ]


def test_a_sanction_is_known_as_long_as_it_lasts() -> None:
    found = row()
    about = {"member": ANNA, "recordedtime": found.at, "time": found.at}
    found.hears(SANCTIONS.name, encode(sanction_applied(**about, until=None)))
    found.says(ANNA, "poll", "best 1")
    found.hears(SANCTIONS.name, encode(sanction_lifted(**about)))
    found.says(ANNA, "poll", "best 1")

    assert [taken["who"].get("sanctioned", False) for taken in found.passed] == [True, False]


def test_who_wants_quiet_is_not_written_to() -> None:
    found = row()
    about: dict[str, Any] = {"brand": "acme", "member": ANNA, "at": found.at}
    tell = Tell(
        id="t", **about, community=PLACE, source="x", text="You won!", deadline=found.at + timedelta(days=1), cause="c"
    )
    for quiet in (False, True, False):
        found.asks(Prefer(id="p", **about, quiet=quiet))
        found.asks(tell)

    assert [act.data.text for act in found.acts] == ["You won!", "You won!"]


def alone(found: Row, name: str, language: str = "en") -> list[str]:
    """Return what a member is told who writes to the bot alone."""
    reply = ReplyTo(community=PLACE, source="telegram/bot-1", language=language)
    found.asks(Say(id=f"alone {name} {language}", brand="acme", member=ANNA, at=found.at, name=name, reply=reply))
    acts, found.acts = found.acts, []
    assert all(isinstance(act, ActionMessage) for act in acts)
    return [act.data.text for act in acts]


@pytest.mark.parametrize(("language", "elsewhere"), [("en", ("/rank", "/rules", "/report")), ("ru", ("/ранг", "/жалоба"))])
def test_help_names_what_is_heard_where_it_is_asked(language: str, elsewhere: Sequence[str]) -> None:
    found = row()
    (private,), here = alone(found, "help", language), found.says(ANNA, "help", language=language)

    assert all((one in here, one in private) == (True, False) for one in elsewhere)
    heard = {
        word for word, name in ENGAGEMENT.items() if name not in {"start", "help"} and word.isascii() == (language == "en")
    }
    assert [word for word in sorted(heard) if f"/{word}" not in private] == []


def test_who_is_alone_with_the_bot_gets_one_answer() -> None:
    found = row()

    (me,), (top,) = alone(found, "me"), alone(found, "top")

    assert me.startswith("Your level: Newcomer.")
    assert "/me/acme/" in me
    assert top.startswith("Your page, for you alone: ")


def test_where_nobody_is_invited_the_bot_says_so() -> None:
    assert Row({}, REWARDS).says(ANNA, "invite") == "There are no invitations here."
