"""The post-mortem of an incident as one page of HTML that needs nothing but itself, made of what the API tells of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.reporting.pages.alone import style, templates
from services.reporting.pages.incident_words import BY_RULES, DID, ROLES, SEVERITIES, SIGNALS, WORDS
from services.reporting.rules.crises.crisis import BY_RULES as OURSELVES
from shared.said import Language, Said
from shared.times import SHORT, clock

Told = Mapping[str, Any]


class Line(NamedTuple):
    """One line of the time line."""

    at: str
    by: str
    did: str
    what: str


def post_mortem(told: Told, language: Language) -> str:
    """Return the page. Everything in it is escaped but our own style."""
    page = templates().get_template("post-mortem.html.j2")
    words = {name: said.by(language) for name, said in WORDS.items()}
    look = style("figures.css", "report.css", "post-mortem.css")
    return page.render(language=language.value, words=words, style=look, **parts(told, language))


def parts(told: Told, language: Language) -> dict[str, Any]:
    """Return what the template of an incident's parts shows."""
    return {
        "incident": told,
        "place": told["community"] or WORDS["whole_brand"].by(language),
        "severity": SEVERITIES[told["severity"]].by(language),
        "facts": list(_facts(told, language)),
        "signals": [(SIGNALS[name].by(language), one) for name, one in told["evidence"].items()],
        "lines": [_line(line, language) for line in told["time_line"]],
        "steps": list(_steps(told, language)),
        "statements": list(_statements(told, language)),
        "decided": list(_decided(told, language)),
        "slow": [_slow(one, language) for one in told.get("slow_mode", ())],
        "clock": clock,
    }


def _facts(told: Told, language: Language) -> Iterator[tuple[str, str]]:
    opened, acknowledged, closed = told["opened"], told["acknowledged"], told["closed"]
    nobody = WORDS["nobody"].by(language)
    yield WORDS["opened"].by(language), clock(opened)
    yield WORDS["closed"].by(language), WORDS["still_open"].by(language) if closed is None else clock(closed["at"])
    yield WORDS["severity"].by(language), SEVERITIES[told["severity"]].by(language)
    yield (
        WORDS["to_acknowledge"].by(language),
        nobody if acknowledged is None else _between(opened, acknowledged["at"], language),
    )
    if closed is not None:
        yield WORDS["to_close"].by(language), _between(opened, closed["at"], language)
    yield WORDS["alarming"].by(language), _between(opened, told["last_alarm"], language)
    yield WORDS["acknowledged"].by(language), nobody if acknowledged is None else acknowledged["by"]
    yield WORDS["assigned"].by(language), told["assigned"] or nobody


def _between(since: str, until: str, language: Language) -> str:
    """Return how long that is, in hours and minutes."""
    minutes = max(0, (datetime.fromisoformat(until) - datetime.fromisoformat(since)) // timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    hour, minute = (Said(*SHORT[unit]).by(language) for unit in ("h", "m"))
    return f"{hours} {hour} {rest} {minute}" if hours else f"{rest} {minute}"


def _line(line: Told, language: Language) -> Line:
    by = BY_RULES.by(language) if line["by"] == OURSELVES else line["by"]
    what = {name: _said(name, value, language) for name, value in line.get("what", {}).items()}
    return Line(clock(line["at"]), by, DID[line["did"]].by(language), "; ".join(what.values()))


def _said(name: str, value: str, language: Language) -> str:
    """Return a detail of a line in words."""
    match name:
        case "signals":
            return ", ".join(SIGNALS[one].by(language) for one in value.split(", "))
        case "severity":
            return f"{WORDS['severity'].by(language).lower()}: {SEVERITIES[value].by(language)}"
        case "people" | "ratio":
            return f"{WORDS[name].by(language).lower()}: {value}"
        case "until":
            return clock(value)
        case "reason" if value == "quiet":
            return WORDS["by_quiet"].by(language)
        case _:
            return value


def _steps(told: Told, language: Language) -> Iterator[tuple[str, str, str]]:
    for step in told["steps"]:
        done = step.get("done")
        state = WORDS["not_done"].by(language) if done is None else f"{done['by']}, {clock(done['at'])}"
        yield step[language.value], ROLES[step["role"]].by(language), state


def _statements(told: Told, language: Language) -> Iterator[tuple[str, str]]:
    for draft in told["statements"]:
        approved = draft.get("approved")
        signed = "" if approved is None else f"{approved['by']}, {clock(approved['at'])}"
        state = WORDS["not_approved"].by(language) if approved is None else f"{WORDS['approved_by'].by(language)}: {signed}"
        yield draft[language.value], state


def _decided(told: Told, language: Language) -> Iterator[str]:
    """Yield what people wrote: their notes, and why it was closed."""
    for line in told["time_line"]:
        text = line.get("what", {}).get("text" if line["did"] in {"noted", "finished"} else "reason")
        if text and line["by"] != OURSELVES:
            yield f"{line['by']}: {text}"
    closed = told["closed"]
    if closed is not None and closed["by"] == OURSELVES:
        yield f"{BY_RULES.by(language)}: {WORDS['by_quiet'].by(language)}"


def _slow(one: Told, language: Language) -> str:
    until = clock(one.get("ended") or one["until"])
    return WORDS["paused"].by(language).format(pause_s=one["pause_s"], until=until)
