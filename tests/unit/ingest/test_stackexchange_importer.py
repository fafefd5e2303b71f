from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors.html import page
from services.ingest.importers import IMPORTERS, stackexchange
from services.ingest.importers.importer import Broken, Where
from services.ingest.importers.stackexchange import ROWS_AHEAD_MAX
from services.ingest.importers.stackexchange.markup import mentions, tags
from shared.errors import Unprocessable
from shared.events import Envelope, decode, encode
from shared.events.community import Content, ContentCreated, MemberJoined, ReactionAdded, SolutionAccepted
from tests.builders import content_created

DUMP = IMPORTERS["stackexchange"]
WHERE = Where(brand="acme", recordedtime=datetime(2026, 1, 1, tzinfo=UTC))
Row = dict[str, object]


def at(second: int, day: int = 1) -> str:
    return f"2020-01-{day:02}T10:{second // 60:02}:{second % 60:02}.500"


def question(number: int, **fields: object) -> Row:
    base = {
        "Id": number,
        "PostTypeId": 1,
        "CreationDate": at(number),
        "OwnerUserId": 7,
        "Title": "Why?",
        "Body": "<p>Because</p>",
    }
    return base | {"Tags": "<glue><cold-start>"} | fields


def answer(number: int, parent: int, **fields: object) -> Row:
    return {"Id": number, "PostTypeId": 2, "ParentId": parent, "CreationDate": at(number), "Body": "<p>So</p>"} | fields


def vote(number: int, post: int, kind: int, day: int = 1) -> Row:
    return {"Id": number, "PostId": post, "VoteTypeId": kind, "CreationDate": f"2020-01-{day:02}T00:00:00.000"}


def table(rows: list[Row]) -> str:
    lines = ("<row " + " ".join(f"{key}={quoteattr(str(value))}" for key, value in row.items()) + " />" for row in rows)
    return '\ufeff<?xml version="1.0" encoding="utf-8"?>\n<rows>\n' + "\n".join(lines) + "\n</rows>"


def dump(folder: Path, **tables: list[Row] | str) -> Path:
    path = folder / "stackexchange_glue"
    path.mkdir()
    for name in ("Users", "Posts", "Comments", "Votes"):
        rows = tables.get(name.lower(), [])
        (path / f"{name}.xml").write_text(rows if isinstance(rows, str) else table(rows), encoding="utf-8")
    return path


def read(path: Path) -> list[Envelope | Broken]:
    events = list(DUMP.read(path, WHERE))
    assert all(decode(encode(event)) == event for event in events if isinstance(event, Envelope))
    return events


def contents(path: Path) -> list[Content]:
    return [event.data for event in read(path) if isinstance(event, ContentCreated)]


def test_a_question_says_title_text_and_tags(tmp_path: Path) -> None:
    users: list[Row] = [{"Id": 7, "CreationDate": at(0), "DisplayName": "Анна"}]
    joined, asked = read(dump(tmp_path, users=users, posts=[question(1)]))

    assert isinstance(joined, MemberJoined)
    assert (joined.data.member, joined.data.name) == ("stackexchange:glue:7", "Анна")
    assert isinstance(asked, ContentCreated)
    assert (asked.data.kind, asked.data.text, asked.data.tags) == ("question", "Why?\n\nBecause", ("glue", "cold-start"))
    assert asked.data.actor is not None
    assert asked.data.actor.name == "Анна"
    assert asked.time == datetime(2020, 1, 1, 10, 0, 1, 500_000, tzinfo=UTC)


def test_answers_and_comments_know_their_question(tmp_path: Path) -> None:
    comment: Row = {"Id": 5, "PostId": 2, "CreationDate": at(9), "Text": "@anna see https://a.example.", "UserId": 8}
    asked, answered, commented = contents(dump(tmp_path, posts=[question(1), answer(2, 1)], comments=[comment]))

    assert (answered.kind, answered.question, answered.parent) == ("answer", asked.content_id, asked.content_id)
    assert (commented.kind, commented.parent, commented.thread) == ("comment", answered.content_id, asked.content_id)
    assert commented.mentions == ("@anna",)
    assert commented.content_id != answered.content_id


def test_votes_stand_at_the_end_of_their_day_and_keep_their_time(tmp_path: Path) -> None:
    votes = [vote(1, 1, 2), vote(2, 2, 3), vote(3, 2, 1), vote(4, 1, 5), vote(5, 99, 2), vote(6, 1, 2, day=2)]
    posts = [question(1), answer(2, 1), question(3, CreationDate=at(0, day=2))]
    *_, up, down, accepted, next_day, last = read(dump(tmp_path, posts=posts, votes=votes))

    assert isinstance(up, ReactionAdded)
    assert isinstance(down, ReactionAdded)
    assert (up.data.value, down.data.value, up.data.actor) == (1, -1, None)
    assert up.time == datetime(2020, 1, 1, tzinfo=UTC)
    assert isinstance(accepted, SolutionAccepted)
    assert (accepted.data.content_id, accepted.data.question) == ("stackexchange:glue:2", "stackexchange:glue:1")
    assert isinstance(next_day, ContentCreated)
    assert isinstance(last, ReactionAdded)


def test_wikis_of_tags_are_no_content(tmp_path: Path) -> None:
    assert read(dump(tmp_path, posts=[question(1, PostTypeId=4), question(2, PostTypeId=5)], votes=[vote(1, 1, 2)])) == []


def test_the_sites_own_account_is_a_bot_that_never_joined(tmp_path: Path) -> None:
    users: list[Row] = [{"Id": -1, "CreationDate": at(0), "DisplayName": "Community"}]
    (event,) = read(dump(tmp_path, users=users, posts=[question(1, OwnerUserId=-1)]))

    assert isinstance(event, ContentCreated)
    assert event.data.actor is not None
    assert event.data.actor.bot


def test_content_of_a_deleted_account_has_no_author(tmp_path: Path) -> None:
    (told,) = contents(dump(tmp_path, posts=[answer(2, 1)]))

    assert told.actor is None


def test_rows_out_of_order_are_sorted(tmp_path: Path) -> None:
    posts = [question(number, CreationDate=at(100 - number)) for number in range(1, 50)]

    times = [event.time for event in read(dump(tmp_path, posts=posts)) if isinstance(event, Envelope)]

    assert times == sorted(times)


def in_place(items: list[Envelope | Broken]) -> bool:
    """Whether everything that touches a content stands behind it."""
    told = set()
    for event in items:
        assert isinstance(event, Envelope)
        content: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
        if isinstance(event, ContentCreated):
            told.add(content.content_id)
        needed = {content.content_id, getattr(content, "question", None), getattr(content, "parent", None)}
        if not needed - {None} <= told:
            return False
    return True


def test_a_post_from_far_beyond_the_look_ahead_stands_in_its_place_before_what_touches_it(tmp_path: Path) -> None:
    posts = [question(number, CreationDate=at(0, day=20)) for number in range(1, ROWS_AHEAD_MAX + 10)]
    migrated = [question(90_000, CreationDate=at(5)), answer(90_001, 90_000, CreationDate=at(9))]
    late: Row = {"Id": 1, "PostId": 90_001, "CreationDate": at(30), "Text": "Thanks"}
    votes = [vote(1, 90_000, 2), vote(2, 90_001, 1), vote(3, 1, 2, day=20)]

    items = read(dump(tmp_path, posts=[*posts, *migrated], comments=[late], votes=votes))

    asked, answered, commented, up, accepted, *rest = items
    assert [type(item) for item in (up, accepted)] == [ReactionAdded, SolutionAccepted]
    kinds = [item.data.kind for item in (asked, answered, commented) if isinstance(item, ContentCreated)]
    assert kinds == ["question", "answer", "comment"]
    assert len(rest) == len(posts) + 1
    assert in_place(items)


def test_an_answer_stands_behind_its_question_however_far_the_question_is(tmp_path: Path) -> None:
    between = [question(number, CreationDate=at(0, day=20)) for number in range(2, ROWS_AHEAD_MAX + 10)]
    posts = [answer(1, 90_000, CreationDate=at(1)), *between, question(90_000, CreationDate=at(5))]

    assert in_place(read(dump(tmp_path, posts=posts, votes=[vote(1, 1, 1)])))


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 12), max_size=4), st.integers(0, 6))
def test_whatever_the_order_of_posts_each_stands_before_what_touches_it(
    order: list[int], broken: list[int], reach: int
) -> None:
    made = [(question if n < 4 else partial(answer, parent=1 + n % 3))(n, CreationDate=at(60 - n % 5)) for n in order]
    for number in broken:
        made.insert(number, question(99, CreationDate="soon"))
    votes = [vote(n, n, 2) for n in order]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stackexchange, "ROWS_AHEAD_MAX", reach)
        items = read(dump(Path(folder), posts=made, votes=votes))

    assert len(items) == len(made) + len(votes)
    assert in_place([item for item in items if isinstance(item, Envelope)])


def test_an_export_in_no_order_at_all_is_refused_before_its_first_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stackexchange, "ROWS_AHEAD_MAX", 2)
    monkeypatch.setattr(stackexchange, "STRAGGLERS_MAX", 10)
    backwards = [question(number) for number in range(40, 0, -1)]

    with pytest.raises(Unprocessable, match="stand far from their places"):
        read(dump(tmp_path, posts=backwards))


def test_an_answer_that_is_older_than_its_question_stands_behind_it(tmp_path: Path) -> None:
    posts = [answer(1, 2, CreationDate=at(1)), question(2, CreationDate=at(50))]

    assert [told.kind for told in contents(dump(tmp_path, posts=posts))] == ["question", "answer"]


@pytest.mark.parametrize(
    "broken",
    [
        {"Id": "x"},
        {"CreationDate": "soon"},
        {"CreationDate": "0001-01-01T00:00:00"},
        {"CreationDate": "9999-12-31T00:00:00"},
        {"Id": 2**70},
    ],
)
def test_a_broken_row_is_told_and_the_others_read(tmp_path: Path, broken: Row) -> None:
    path = dump(tmp_path, posts=[question(1), question(2) | broken, question(3)])

    items = read(path)

    assert [(item.file, item.at) for item in items if isinstance(item, Broken)] == [("Posts.xml", 1)]
    assert len(items) == 3
    assert DUMP.count(path) == 3


def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    whole = table([question(1), question(2)])

    items = read(dump(tmp_path, posts=whole[: whole.rindex("Title")]))

    assert [type(item) for item in items] == [ContentCreated, Broken]


def test_entities_that_explode_are_not_followed(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aa">]><rows><row Id="1" Body="&a;" /></rows>'

    (item,) = read(dump(tmp_path, posts=bomb))

    assert isinstance(item, Broken)


def test_what_is_no_dump_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match=r"Users\.xml"):
        read(tmp_path)


def test_importing_again_gives_the_same(tmp_path: Path) -> None:
    path = dump(tmp_path, posts=[question(1)], votes=[vote(1, 1, 2)])

    assert read(path) == read(path)


def test_html_becomes_text_links_and_images() -> None:
    html = (
        '<p>See <a href="https://a.example/?a=1&amp;b=2">this</a>\n and</p>\n\n'
        '<pre><code>if x:\n    y &lt; 1\n</code></pre><img src="i.png">'
    )

    assert page(html).text == "See this and\nif x:\n    y < 1"
    assert page(html).links == ("https://a.example/?a=1&b=2",)
    assert page(html).media is not None


@pytest.mark.parametrize(
    "html", ["<" * 10_000, "<!--" * 1000, "&" * 10_000, "<pre>" * 1000, "</pre>" * 3 + "a", " " * 100_000]
)
def test_hostile_html_takes_no_time(html: str) -> None:
    assert len(page(html).text) <= 100_000


@pytest.mark.parametrize("joined", ["<c++><q#>", "|c++|q#|"])
def test_tags_are_read_in_old_and_new_dumps(joined: str) -> None:
    assert tags(joined) == ("c++", "q#")


def test_an_address_mentions_nobody() -> None:
    assert mentions("mail me: a@b.example, @anna.") == ("@anna",)


@given(st.text(alphabet="<>/=\"'&;#apreimgcodhs! -\n|", max_size=80))
def test_any_html_fits_the_contract(html: str) -> None:
    text, links, media = page(html)

    event = content_created(text=text or None, links=links, media=media, tags=tags(html), mentions=mentions(html))

    assert decode(encode(event)) == event
