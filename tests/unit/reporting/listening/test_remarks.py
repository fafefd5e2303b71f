"""What contents say is counted where they were written, whatever is heard of first; edits and deletions change it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures import figure_of
from services.reporting.figures.figure import Sums
from services.reporting.listening.tone import version
from services.reporting.rules.ideas import Decide
from shared.errors import Unprocessable
from shared.events import Actor
from shared.events.actions import ActionReply
from tests.builders import (
    AT,
    CONTENT,
    MEMBER,
    PLACE,
    content_created,
    content_deleted,
    content_edited,
    content_measured,
    content_restored,
    reaction_added,
    reaction_removed,
)
from tests.unit.reporting.folding import record
from tests.unit.reporting.listening.remarks import FOLD, contents, counts, hours, taken

IDEA = "Было бы здорово добавить в приложение тёмную тему"
WRITTEN = content_created(text="Клей акме отличный, спасибо!")
LATER = AT + timedelta(hours=5)


def decided(status: str = "planned", id_: str = "c1", **fields: Any) -> Decide:  # noqa: ANN401 - of any field
    told = {"brand": "acme", "community": PLACE, "content": CONTENT, "at": LATER, "by": "anna"} | fields
    return Decide(id=id_, status=status, **told)  # type: ignore[arg-type]


def test_a_content_counts_by_its_tone_its_kind_and_whom_it_names() -> None:
    states, _ = taken([WRITTEN])

    assert counts(states) == {
        "tone_positive": 1,
        "feedback_praise": 1,
        "named:brand/acme:positive": 1,
        "named:product/glue:positive": 1,
        "named_own": 1,
    }
    (state,) = contents(states)
    assert state.model == f"lexicon/{version()}"
    assert "отличный" not in str(FOLD.encode(state))


def test_what_is_excluded_is_not_named() -> None:
    states, _ = taken([content_created(text="Обойным клеем доволен")])

    assert not any(name.startswith("named") for name in counts(states))


def test_an_edit_replaces_what_was_said_in_the_hour_of_writing() -> None:
    edited = content_edited(text="Клей ужасный, верните деньги", time=LATER, edition=2)

    states, _ = taken([WRITTEN, edited])

    assert counts(states) == {
        "tone_negative": 1,
        "feedback_complaint": 1,
        "named:product/glue:negative": 1,
        "named_own": 1,
    }
    (hour,) = hours(states)
    assert FOLD.encode(hour)["at"] == AT.replace(minute=0)


def test_a_deleted_content_does_not_count_until_it_is_back() -> None:
    gone, back = content_deleted(time=LATER), content_restored(time=LATER + timedelta(hours=1))

    assert counts(taken([WRITTEN, gone])[0]) == {}
    assert counts(taken([WRITTEN, gone, back])[0]) == counts(taken([WRITTEN])[0])


def test_history_counts_as_the_present_does() -> None:
    assert counts(taken([content_created(text="отлично", imported=True)])[0])["tone_positive"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"actor": Actor(id=MEMBER, bot=True)},
        {"actor": Actor(id=MEMBER, role="staff")},
        {"actor": Actor(id=MEMBER, role="community")},
        {"command": "rules"},
        {"asks": True},
        {"content_id": None},
    ],
)
def test_bots_staff_and_commands_are_not_listened_to(fields: dict[str, Any]) -> None:
    assert taken([content_created(text="отлично", **fields)])[0] == {}


def test_in_watched_places_the_place_itself_is_listened_to() -> None:
    speaks = content_created(text="Акме хуже всех", purpose="watched", actor=Actor(id=PLACE, role="community"))

    assert counts(taken([speaks])[0])["named:brand/acme:negative"] == 1


TOLD = [
    content_created(text=IDEA),
    content_edited(text="Клей ужасный", time=LATER, edition=2),
    content_edited(text=f"{IDEA} и клей", time=LATER + timedelta(minutes=1), edition=3),
    content_deleted(time=LATER),
    content_restored(time=LATER + timedelta(minutes=3)),
    reaction_added(actor="telegram:5"),
    reaction_added(actor="telegram:6"),
    reaction_removed(actor="telegram:5"),
    reaction_added(actor=None, count=3, emoji="🔥", time=LATER),
    reaction_added(actor=None, count=2, emoji="🔥", time=AT),
    content_measured(reactions=None, views=9),
]


@given(st.permutations(TOLD))
def test_the_order_in_which_it_is_heard_of_does_not_matter(told: list[Any]) -> None:
    states, _ = taken(told)

    assert states == taken(TOLD)[0]
    (state,) = contents(states)
    assert counts(states) == {"tone_positive": 1, "feedback_idea": 1, "named:product/glue:positive": 1, "named_own": 1}
    assert (state.feedback, state.all_votes, state.is_idea) == ("idea", 4, True)


def test_an_idea_stands_in_the_register_with_its_author() -> None:
    (state,) = contents(taken([content_created(text=IDEA)])[0])

    assert (state.is_idea, state.status, state.author) == (True, "new", MEMBER)
    assert contents(taken([content_created(text=IDEA, purpose="watched")])[0])[0].is_idea is False


def test_staff_decide_and_the_author_is_told_once_in_their_language() -> None:
    states, outputs = taken([content_created(text=IDEA), decided()])

    (state,) = contents(states)
    assert (state.status, state.decided) == ("planned", (LATER.timestamp(), "c1", "planned", "anna"))
    (output,) = outputs
    assert isinstance(output.event, ActionReply)
    assert (output.event.data.content_id, output.event.data.text) == (CONTENT, "Спасибо за идею, мы это сделаем.")
    assert taken([content_created(text=IDEA), decided(note="Уже в работе!")])[1][0].event.data.text == "Уже в работе!"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "told",
    [
        [content_created(text=IDEA, imported=True), decided()],
        [content_created(text=IDEA), content_deleted(time=LATER), decided()],
        [content_created(text=IDEA), decided("new")],
        [content_created(text=IDEA, purpose="partner"), decided()],
        [decided()],
    ],
)
def test_nobody_is_told_of_history_of_what_is_gone_and_of_nothing(told: list[Any]) -> None:
    assert taken(told)[1] == []


def test_a_content_that_was_not_sorted_as_an_idea_is_put_into_the_register_by_staff() -> None:
    states, outputs = taken([content_created(text="Тёмная тема"), decided("done")])

    assert contents(states)[0].is_idea
    assert len(outputs) == 1


def test_the_last_decision_counts() -> None:
    later = decided("declined", "c2", at=LATER + timedelta(hours=1))

    states, _ = taken([content_created(text=IDEA), later, decided("planned", "c1")])

    assert contents(states)[0].status == "declined"


def test_a_command_that_is_none_is_a_dead_letter() -> None:
    with pytest.raises(Unprocessable):
        FOLD.read(record(WRITTEN)._replace(topic="reporting.ideas.v1", value=b"{}"))


def test_figures_of_queries_and_the_share_of_voice() -> None:
    texts = ["акме отлично", "акме ужасно", "клей", "болткорп отлично", "кофе"]
    said = [content_created(text=text, content_id=f"{PLACE}:{n}") for n, text in enumerate(texts)]
    sums = Sums(counts=counts(taken(said)[0]))

    found = {name: figure_of(name) for name in ("mentions:acme", "tone:acme", "mentions:bolt", "share_of_voice", "tone_net")}

    assert {name: one and one.compute(sums) for name, one in found.items()} == {
        "mentions:acme": 2,
        "tone:acme": 0,
        "mentions:bolt": 1,
        "share_of_voice": 0.75,
        "tone_net": 20,
    }
