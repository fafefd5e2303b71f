"""The real scorer and ledger over states in memory, under both policies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from services.engagement.handlers.ledger import Ledger, Told
from services.engagement.handlers.scorer import Heard, Scorer
from services.engagement.handlers.standing import Standing
from services.engagement.rules import scoring
from services.engagement.rules.accounts import Account
from services.engagement.rules.balances import Held
from services.engagement.rules.causes import Cause
from services.engagement.rules.contents import Content, given
from services.engagement.rules.rewards import Rewards, due
from services.engagement.rules.standing.members import Member
from services.engagement.simulating.comparing import Balance
from services.engagement.simulating.memory import Memory, Side
from services.engagement.simulating.tallying import Tally
from shared.bus.record import Record
from shared.documents.rewards import For
from shared.events.engagement import Participated
from shared.fold.definition import Document, Item
from shared.policy import PolicyBook
from shared.topics import GRANTS


def kind_of(event: Participated) -> For:
    """Return what a part that counted is of: the kind that begins its thing's name, or `invite`."""
    kind: For = event.data.thing.partition("/")[0]  # type: ignore[assignment] # `Played` names each
    return kind


_accounts = msgspec.msgpack.Decoder(Account)


class Course:
    """What became of the records so far. It is told when counting begins; until then both sides are one."""

    def __init__(self, rewards: Sequence[PolicyBook[Rewards]], standings: Sequence[Standing] | None = None) -> None:
        """Each of both sides; with standings levels, tasks and badges earn what the rewards policies have for them."""
        live, candidate = (Scorer(one) for one in rewards)
        self._rewards = rewards
        self._scorers, self._ledger, self._standings = (live, candidate), Ledger(), standings
        self._members: Memory[Member] | None = None if standings is None else Memory(standings[Side.LIVE])
        self._contents: Memory[Content] = Memory(live)
        self._accounts: Memory[Held] = Memory(self._ledger)
        self.tallies = (Tally(), Tally())

    def read(self, record: Record) -> Sequence[Item[Heard]]:
        """Return what a record tells the scorer. Raises Unprocessable where it is a dead letter."""
        return self._scorers[Side.LIVE].read(record)

    def warm(self, items: Sequence[Item[Heard]]) -> None:
        """Fold what is not counted, by the live policies for both sides."""
        for item in items:
            self._fold(Side.LIVE, item, for_both=True)

    def count(self, items: Sequence[Item[Heard]]) -> bool:
        """Fold what is counted, by each side's policies; return whether it is a dead letter under neither."""
        went = [self._fold(side, item, for_both=False) for item in items for side in Side]
        return all(went)

    def _fold(self, side: Side, item: Item[Heard], *, for_both: bool) -> bool:
        """Fold what a record tells as the loop does: what raises changes nothing. Return whether it did not raise."""
        before = self._contents.state(side, item.key)
        try:
            step = self._scorers[side].evolve(before, item.event)
        except Exception:  # noqa: BLE001 - in the loop, too, it is this record's dead letter
            return False
        if step.state is not None and step.state is not before:
            self._contents.put(side, item.key, step.state, for_both=for_both)
        for output in step.outputs:
            if output.topic == GRANTS.name:
                self._post(side, output.event, for_both=for_both)
        return True

    def played(self, event: Participated, *, for_both: bool) -> None:
        """Give what the policies have for a part that counted: a poll, a quiz, an activity, an invitation."""
        cause = Cause(kind_of(event), event, {"member": event.data.member}, amount=event.data.score)
        for side in (Side.LIVE,) if for_both else Side:
            for grant in due(self._rewards[side].at(event.brand, None, event.recordedtime), cause):
                self._post(side, scoring.told(given(grant), event), for_both=for_both)

    def _post(self, side: Side, grant: Any, *, for_both: bool) -> None:  # noqa: ANN401 - the topic holds grants alone
        key = f"{grant.brand}/{grant.data.member}"
        step = self._ledger.evolve(self._accounts.state(side, key), Told(grant, None))
        assert step.state is not None, "an account is kept for good"
        self._accounts.put(side, key, step.state, for_both=for_both)
        posted: Any = step.outputs[0].event
        if not for_both:
            self.tallies[side].add(posted)
        self._stand(side, key, posted, for_both=for_both)

    def _stand(self, side: Side, key: str, posted: Any, *, for_both: bool) -> None:  # noqa: ANN401 - as above
        """Take in what was posted where members stand, and post what they earn by it."""
        if self._standings is None or self._members is None:
            return
        before = self._members.state(side, key)
        step = self._standings[side].evolve(before, posted)
        if step.state is not None and step.state is not before:
            self._members.put(side, key, step.state, for_both=for_both)
        for output in step.outputs:
            if output.topic == GRANTS.name:
                self._post(side, output.event, for_both=for_both)

    def balances(self) -> Iterator[Balance]:
        """Yield what each account holds now."""
        for live, candidate in self._accounts.documents():
            one = live or candidate
            assert one is not None, "of each key there is a state"
            yield Balance(one["member"], _balance(live), _balance(candidate), _karma(live), _karma(candidate))


def _balance(account: Document | None) -> int:
    return 0 if account is None else account["balance"]


def _karma(account: Document | None) -> int:
    return 0 if account is None else _accounts.decode(account["account"]).karma
