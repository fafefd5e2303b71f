"""Contests: who is in, who wins, and who takes the place of whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import msgspec
import pytest
from msgspec.structs import replace

from services.engagement.rules.draws.chains import QUICKNET, begins_s
from services.engagement.rules.draws.entrants import code_of, pseudonym
from services.engagement.rules.draws.fields import LEAD_S
from services.engagement.rules.draws.proofs import encoded
from services.engagement.rules.draws.secrets import secrets_of
from services.engagement.rules.draws.verdicts import verified
from services.engagement.rules.participation.commands import Counted, Define, Who
from services.engagement.rules.participation.contest_draws import proof_of
from services.engagement.rules.participation.contest_run import Part, members_of, places
from services.engagement.rules.participation.contests import CATCH_UP, ENTRANTS_MAX, SETTLE, Contests
from services.engagement.rules.participation.doings import Drawn, Fulfil, Join, Judged, Leave, Look, Passed
from shared.documents.contests import Contest
from shared.errors import Misplaced
from shared.events.engagement import ContestClosed, ContestDisqualified, ContestDrawn, ContestEntered, ContestReinstated
from shared.fold.limits import STATE_BYTES_MAX
from tests.unit.engagement.draws.rounds import SIGNATURES
from tests.unit.engagement.participation.stage import AT, KEY, KNOWN, WORDS, Stage

ROUND = 657_413
CLOSES = datetime.fromtimestamp(begins_s(QUICKNET, ROUND) - LEAD_S, UTC)
"""So long before a real round that this one decides."""

HOUR = timedelta(hours=1)
BOT = "telegram:-100"


def contest(at: datetime = AT, until: datetime | None = None, **spec: Any) -> Stage:  # noqa: ANN401
    enter = {"enter": {"by": "hashtag", "tag": "spring"}}
    rewards = {"rules": [{"id": "wins", "for": "contest", "points": 300}]}
    return Stage("Contest", rewards, at, until=(until or at + HOUR).isoformat(), **(enter | spec))


def drawn_contest(**spec: Any) -> Stage:  # noqa: ANN401
    return contest(CLOSES - HOUR, CLOSES - SETTLE, win="draw", **spec)


def winners(stage: Stage) -> list[str]:
    return places(_spec(stage), stage.inner)


def _spec(stage: Stage) -> Any:  # noqa: ANN401
    assert stage.state is not None
    return msgspec.convert(stage.state.spec, Contests.spec)


async def test_a_draw_is_committed_to_and_its_proof_holds() -> None:
    stage = drawn_contest(winners=2, alternates=1, community=BOT)
    for number in range(20):
        stage.has(f"telegram:{number}", entries=1)

    await stage.late(HOUR)
    (closed,) = [event for event in stage.told if isinstance(event, ContestClosed)]
    assert (closed.data.round, closed.data.entrants, stage.inner.order) == (ROUND, 20, None)
    assert closed.data.commitment in stage.acts[-1].data.text
    assert stage.staff(Drawn(round=ROUND, signature=SIGNATURES[ROUND].hex())) == "done"

    (drawn,) = [event for event in stage.told if isinstance(event, ContestDrawn)]
    proof = proof_of(stage.inner, KEY)
    assert proof is not None
    assert verified(encoded(proof), closed.data.commitment).holds
    salt = secrets_of(KEY, "acme", "spring").salt
    names = [pseudonym("spring", member, code_of(salt, member)) for member in drawn.data.winners]
    assert tuple(names) == proof.winners
    assert [stage.points(member) for member in drawn.data.winners] == [300, 300]


async def test_no_other_signature_decides() -> None:
    stage = drawn_contest()
    stage.has("telegram:1", entries=1)
    await stage.late(HOUR)

    assert stage.staff(Drawn(round=ROUND, signature=SIGNATURES[1000].hex())) == "no_signature"
    assert stage.staff(Drawn(round=1000, signature=SIGNATURES[1000].hex())) == "no_draw"
    assert stage.inner.order is None


async def test_a_list_that_is_closed_late_waits_for_a_later_round() -> None:
    stage = drawn_contest()
    stage.has("telegram:1", entries=1)
    timer = stage.timers.pop("thing/acme/contest/spring/close")
    stage.clock.at = CLOSES + timedelta(days=1)
    await stage.fold.prepare()

    stage.timers["late"] = timer
    await stage.late(timedelta())
    assert stage.inner.listed is None, "what was entered while the service was away is read first"
    stage.has("telegram:2", entries=1)
    await stage.late(CATCH_UP)
    assert set(members_of(stage.inner)) == {"telegram:1", "telegram:2"}

    assert stage.inner.commitment.round > ROUND + 86_400 / QUICKNET.period_s - 10


async def test_whose_entry_is_removed_makes_room_and_comes_back() -> None:
    stage = contest(win="votes", winners=1, alternates=1)
    stage.has("telegram:1", entries=1, score=5)
    stage.has("telegram:2", entries=1, score=3)
    await stage.late(HOUR + SETTLE)
    assert winners(stage) == ["telegram:1"]

    stage.has("telegram:1", entries=0, score=0)
    assert (winners(stage), stage.points("telegram:1"), stage.points("telegram:2")) == (["telegram:2"], 0, 300)

    stage.has("telegram:1", entries=1, score=5)
    assert (winners(stage), stage.points("telegram:1"), stage.points("telegram:2")) == (["telegram:1"], 300, 0)
    kinds = [type(event) for event in stage.told if getattr(event.data, "member", None) == "telegram:1"]
    assert [kind for kind in kinds if kind in {ContestEntered, ContestDisqualified, ContestReinstated}] == [
        ContestEntered,
        ContestDisqualified,
        ContestReinstated,
    ]


async def test_who_has_the_prize_keeps_the_place() -> None:
    stage = contest(win="votes", winners=1, alternates=1)
    stage.has("telegram:1", entries=1, score=5)
    stage.has("telegram:2", entries=1, score=3)
    assert stage.staff(Fulfil(order="telegram:1")) == "undecided"
    assert stage.staff(Passed(member="telegram:1", note="early")) == "undecided"
    await stage.late(HOUR + SETTLE)

    assert stage.staff(Fulfil(order="telegram:2")) == "no_winner"
    assert stage.staff(Fulfil(order="telegram:1", note="sent by post")) == "done"
    stage.has("telegram:1", entries=0)

    assert winners(stage) == ["telegram:1"]
    assert stage.staff(Passed(member="telegram:1", note="nobody there")) == "fulfilled"


async def test_staff_pass_over_a_winner() -> None:
    stage = contest(win="votes", winners=1, alternates=2)
    for member, score in (("telegram:1", 5), ("telegram:2", 3), ("telegram:3", 1)):
        stage.has(member, entries=1, score=score)
    await stage.late(HOUR + SETTLE)

    assert stage.staff(Passed(member="telegram:1", note="does not answer")) == "done"

    assert winners(stage) == ["telegram:2"]
    assert stage.points("telegram:1") == 0


async def test_equal_scores_stand_by_who_came_first() -> None:
    stage = contest(win="votes", winners=3)
    for member in ("telegram:9", "telegram:1", "telegram:5"):
        stage.has(member, entries=1, score=2)
    await stage.late(HOUR + SETTLE)

    assert winners(stage) == ["telegram:9", "telegram:1", "telegram:5"]


@pytest.mark.parametrize(
    ("eligible", "who"),
    [
        ({}, Who(sanctioned=True)),
        ({"vip": True}, Who()),
        ({"level": "expert"}, Who(level=2)),
        ({"since_days": 30}, Who(since=AT.toordinal() - 29)),
        ({"since_days": 30}, Who()),
    ],
)
async def test_who_may_not_win_is_not_in_the_closed_list(eligible: dict[str, Any], who: Who) -> None:
    stage = contest(win="votes", eligible=eligible, winners=2)
    stage.has("telegram:1", entries=1, who=who)
    stage.has("telegram:2", entries=1, who=Who(level=3, since=AT.toordinal() - 30, vip=True))
    await stage.late(HOUR + SETTLE)

    assert winners(stage) == ["telegram:2"]


async def test_entries_weigh_up_to_the_limit_and_nobody_enters_after_the_close() -> None:
    stage = contest(win="draw", per_member=3)
    stage.has("telegram:1", entries=7)
    stage.has("telegram:2", entries=2)
    await stage.late(HOUR + SETTLE)
    stage.has("telegram:3", entries=1)

    assert members_of(stage.inner) == {"telegram:1": 3, "telegram:2": 2}


async def test_what_was_told_before_counts_no_more() -> None:
    stage = contest()
    stage.has("telegram:1", entries=1)
    late = stage.about("counted:again")
    stage.do(Counted(**late, member="telegram:1", n=1, entries=9, score=9, who=KNOWN))

    assert stage.inner.parts["telegram:1"].entries == 1


async def test_jurors_scores_decide_after_their_time() -> None:
    stage = contest(win="jury", judged_until=(AT + 2 * HOUR).isoformat(), enter={"by": "form"})
    for member in ("telegram:1", "telegram:2"):
        assert stage.member(member, Join(text="my poem")) == "done"
    assert stage.staff(Judged(member="telegram:1", score=10), by="vera") == "done"
    await stage.late(HOUR + SETTLE)
    assert stage.staff(Judged(member="telegram:1", score=4), by="oleg") == "done"
    assert stage.staff(Judged(member="telegram:2", score=8), by="oleg") == "done"
    assert stage.staff(Judged(member="telegram:7", score=8), by="oleg") == "no_entrant"
    assert stage.inner.order is None
    await stage.late(HOUR)

    assert winners(stage) == ["telegram:2"]
    assert stage.staff(Judged(member="telegram:1", score=99)) == "over"


async def test_a_form_is_taken_back() -> None:
    stage = contest(enter={"by": "form"})
    assert stage.member("telegram:1", Leave()) == "not_answered"
    stage.member("telegram:1", Join(text="me"))
    assert stage.member("telegram:1", Leave()) == "done"
    await stage.late(HOUR + SETTLE)

    assert stage.inner.listed == {}


async def test_the_document_changes_nothing_after_the_close() -> None:
    stage = contest(win="votes", winners=1)
    stage.has("telegram:1", entries=1)
    await stage.late(HOUR + SETTLE)

    stage.define(enter={"by": "form"}, until=(AT + 9 * HOUR).isoformat(), winners=5)

    assert _spec(stage).winners == 1


async def test_who_is_sanctioned_after_the_entry_is_not_in_the_list() -> None:
    stage = contest(win="votes", winners=2)
    stage.has("telegram:1", entries=1)
    stage.has("telegram:2", entries=1)
    stage.has("telegram:1", entries=1, who=Who(sanctioned=True))
    await stage.late(HOUR + SETTLE)

    assert winners(stage) == ["telegram:2"]


async def test_what_a_member_earns_changes_no_entry_by_form() -> None:
    stage = contest(enter={"by": "form"}, win="jury")
    stage.member("telegram:1", Join(text="my poem"))
    stage.has("telegram:1", entries=0, score=9)
    stage.has("telegram:2", entries=0, score=9)
    await stage.late(HOUR + SETTLE)

    assert list(members_of(stage.inner)) == ["telegram:1"]


async def test_an_end_that_was_moved_ends_nothing_before_it() -> None:
    stage = contest(win="votes")
    stage.has("telegram:1", entries=1)
    stale = stage.timers["thing/acme/contest/spring/close"]
    stage.define(enter={"by": "hashtag", "tag": "spring"}, win="votes", until=(AT + 3 * HOUR).isoformat())
    stage.timers["stale"] = stale
    await stage.late(HOUR + SETTLE)
    assert stage.inner.listed is None

    await stage.late(2 * HOUR)
    assert winners(stage) == ["telegram:1"]


async def test_a_draw_that_is_committed_to_is_drawn_though_the_document_is_deleted() -> None:
    stage = drawn_contest()
    stage.has("telegram:1", entries=1)
    await stage.late(HOUR)
    stage.do(Define(**stage.about("define:gone"), version=9, spec=None))

    assert stage.member("telegram:2", Look()) == "unknown" or stage.inner.listed is not None
    assert stage.staff(Drawn(round=ROUND, signature=SIGNATURES[ROUND].hex())) == "done"
    assert winners(stage) == ["telegram:1"]


async def test_a_contest_that_is_deleted_before_its_end_is_none() -> None:
    stage = contest(win="votes")
    stage.has("telegram:1", entries=1)
    stage.do(Define(**stage.about("define:gone"), version=9, spec=None))
    stage.has("telegram:2", entries=1)
    await stage.late(HOUR + SETTLE)

    assert (stage.inner.listed, set(stage.inner.parts)) == (None, {"telegram:1"})


async def test_a_closed_contest_of_as_many_as_there_may_be_can_be_stored() -> None:
    parts = {
        f"discord:{10**18 + number}": Part(number, 1, 1_000, 3, (5, AT.toordinal(), 0, 0)) for number in range(ENTRANTS_MAX)
    }
    stage = contest(win="draw", winners=1_000, alternates=1_000)
    assert stage.state is not None
    stage.state = replace(stage.state, state=replace(stage.inner, parts=parts))
    await stage.late(HOUR + SETTLE)

    assert stage.state is not None
    assert len(stage.inner.listed) == ENTRANTS_MAX
    assert len(bson.encode(dict(stage.fold.encode(stage.state)))) < STATE_BYTES_MAX * 0.9


@pytest.mark.parametrize("win", ["votes", "points"])
def test_who_enters_by_form_wins_by_chance_or_by_jurors(win: str) -> None:
    spec = {"title": WORDS, "enter": {"by": "form"}, "win": win, "until": AT.isoformat()}
    with pytest.raises(Misplaced):
        Contests().check(msgspec.convert(spec, Contest))
