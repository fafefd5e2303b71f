"""`veche engagement verify-draw`: whether a draw was fair, for anybody. Needs the proof's file and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from services.engagement.rules.draws import Proof, Verdict, pseudonym, verified
from services.engagement.rules.draws.chains import QUICKNET, begins_s
from services.engagement.rules.draws.fields import ENTRANTS_MAX
from shared.cli.client import fail
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.said import Language, Said

FILE_BYTES_MAX = 100 * ENTRANTS_MAX
"""More than any proof has; what is longer is not read."""
CODE_CHARS = 64

DRAW = Said("The draw {contest} of {brand}: {summary}.", "Розыгрыш {contest}, бренд {brand}: {summary}.")
FILE = Said("The draw: {summary}.", "Розыгрыш: {summary}.")
YES, NO = Said("yes", "да "), Said("no ", "нет")
COLUMNS = Said("place entrant weight", "место участник вес")
WINNER, ALTERNATE = Said("winner {n}", "победитель {n}"), Said("alternate {n}", "запасной {n}")
NOBODY = Said("Nobody took part.", "Никто не участвовал.")
COMPARE = Said(
    "Commitment {hash}; round {round} of {time}. Did you see this commitment before that time? Give what you saw "
    "as --commitment. If nobody saw it, the whole file may have been made up afterwards.",
    "Обязательство {hash}; раунд {round}, {time}. Вы видели это обязательство до этого времени? Укажите его "
    "как --commitment. Если его не видел никто, весь файл могли составить задним числом.",
)
FOUND = Said("{member} is in the list: {name}, weight {weight}.", "{member} есть в списке: {name}, вес {weight}.")
MISSING = Said("{member} with this code is not in the list.", "{member} с таким кодом в списке нет.")


class Search(NamedTuple):
    """What looking for a member in the list gave."""

    is_found: bool
    said: Said
    facts: dict[str, Any]


def verify_draw(
    file: Annotated[Path, typer.Argument(help="The proof, as it was published.")],
    commitment: Annotated[str | None, typer.Option(help="The hash that was announced before the draw.")] = None,
    member: Annotated[str | None, typer.Option(help="Look for yourself: your id, say telegram:12345. Needs --code.")] = None,
    code: Annotated[str | None, typer.Option(help="The 64 digits that you were told when you entered.")] = None,
    lang: Annotated[Language, typer.Option(help="The language of what is said.")] = Language.EN,
    output: Output = Shape.TABLE,
) -> None:
    """Check the proof of a draw, offline. Exit code 0 where it holds (and lists the member), 1 where not."""
    if (member is None) != (code is None):
        fail("give both, --member and --code, or neither")
    verdict = verified(_read(file), commitment)
    search = _search(verdict.proof, member, code) if verdict.proof and member and code else None
    if output is Shape.JSON:
        print_json(_told(verdict, search, lang))
    else:
        _print(verdict, search, lang, is_compared=commitment is not None)
    raise typer.Exit(0 if verdict.holds and (search is None or search.is_found) else 1)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            fail(f"{file} is longer than any proof; give the file that was published after the draw")
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}; give the path of the proof, the file that was published after the draw")


def _search(proof: Proof, member: str, code: str) -> Search:
    digits = code.strip().lower()
    if len(digits) != CODE_CHARS or not set(digits) <= set("0123456789abcdef"):
        fail(f"a code is {CODE_CHARS} digits, 0 to 9 and a to f; yours has {len(digits)} characters")
    name = pseudonym(proof.commitment.contest, member, bytes.fromhex(digits))
    weight = next((entrant.weight for entrant in proof.entrants if entrant.pseudonym == name), None)
    facts = {"member": printable(member), "name": name, "weight": weight}
    return Search(weight is not None, FOUND if weight is not None else MISSING, facts)


def _print(verdict: Verdict, search: Search | None, lang: Language, *, is_compared: bool) -> None:
    for line in _lines(verdict, lang):
        typer.echo(line)
    if verdict.proof is not None and verdict.holds:
        print_table(COLUMNS.by(lang).split(), _places(verdict.proof, lang), NOBODY.by(lang))
        if not is_compared:
            typer.echo(_compare(verdict.proof, lang))
    if search is not None:
        typer.echo(search.said.by(lang).format(**search.facts))


def _lines(verdict: Verdict, lang: Language) -> Iterator[str]:
    for check in verdict.checks:
        yield f"{(YES if check.wrong is None else NO).by(lang)}  {check.what.by(lang)}"
        if check.wrong is not None:
            yield f"     {printable(check.wrong.by(lang))}"
    summary = verdict.summary.by(lang)
    if verdict.proof is None:
        yield FILE.by(lang).format(summary=summary)
        return
    named = verdict.proof.commitment
    yield DRAW.by(lang).format(contest=printable(named.contest), brand=printable(named.brand), summary=summary)


def _places(proof: Proof, lang: Language) -> Iterator[tuple[str, str, int]]:
    weights = {entrant.pseudonym: entrant.weight for entrant in proof.entrants}
    for said, names in ((WINNER, proof.winners), (ALTERNATE, proof.alternates)):
        for number, name in enumerate(names, 1):
            yield said.by(lang).format(n=number), name, weights[name]


def _compare(proof: Proof, lang: Language) -> str:
    round_ = proof.commitment.round
    time = datetime.fromtimestamp(begins_s(QUICKNET, round_), UTC).isoformat(sep=" ").replace("+00:00", " UTC")
    return COMPARE.by(lang).format(hash=proof.commitment_hash, round=round_, time=time)


def _told(verdict: Verdict, search: Search | None, lang: Language) -> dict[str, Any]:
    checks = [{"checked": check.what.by(lang), "wrong": check.wrong and check.wrong.by(lang)} for check in verdict.checks]
    told: dict[str, Any] = {"holds": verdict.holds, "checks": checks}
    if verdict.proof is not None and verdict.holds:
        proof = verdict.proof
        told |= {"commitment": proof.commitment_hash, "winners": proof.winners, "alternates": proof.alternates}
    return told | ({"listed": search.is_found} if search else {})
