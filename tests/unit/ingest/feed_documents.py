"""Feeds made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.feed_documents` writes the golden file anew; read the difference before committing it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.feed import ADDRESS
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file

GOLDEN = Path(__file__).parent / "golden" / "feed.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://blog.example/rss.xml"


def rss(*items: str) -> str:
    joined = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Блог</title>{joined}</channel></rss>'


def atom(entry: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Блог</title><entry>{entry}</entry></feed>'


DATED = "<pubDate>Sun, 01 Mar 2026 10:00:00 +0300</pubDate>"
PUBLISHED = "<published>2026-03-01T07:00:00Z</published>"

CASES: dict[str, str] = {
    "rss_newest_first": rss(
        f"<guid>2</guid><title>Вторая</title>{DATED}",
        "<guid>1</guid><title>Первая</title><pubDate>Sat, 28 Feb 2026 10:00:00 GMT</pubDate>",
    ),
    "rss_of_all_kinds_of_fields": rss(
        "<guid isPermaLink='false'>a-1</guid><link>https://blog.example/1</link><title>Хлеб &amp;amp; соль</title>"
        f"{DATED}<category>Новости</category><category>НОВОСТИ</category><author>anna@example.org (Анна)</author>"
        "<description>&lt;p&gt;Один&lt;/p&gt;&lt;p&gt;&lt;a href='https://c.example'&gt;два&lt;/a&gt;&lt;/p&gt;</description>"
        "<enclosure url='https://blog.example/1.mp3' type='audio/mpeg' length='1200'/>"
    ),
    "rss_without_a_date": rss("<guid>3</guid><title>Когда-то</title>"),
    "rss_without_an_id": rss(f"<title>Без имени</title>{DATED}"),
    "rss_of_nothing": rss("<description>ни о чём</description>"),
    "rss_empty": rss(),
    "atom": atom(f"<id>tag:1</id><title>Новость</title>{PUBLISHED}<updated>2026-03-01T07:00:30Z</updated>"),
    "atom_changed": atom(f"<id>tag:1</id><title>Новость!</title>{PUBLISHED}<updated>2026-03-01T09:00:00Z</updated>"),
    "atom_whole": atom(
        f"<id>tag:2</id><link href='https://blog.example/2'/>{PUBLISHED}<summary>кратко</summary>"
        "<content type='html'>&lt;p&gt;целиком&lt;img src='x'/&gt;&lt;/p&gt;</content>"
    ),
    "broken_in_the_middle": rss(f"<guid>1</guid><title>Целая</title>{DATED}")[:-20],
}


def decode(body: bytes, **stamp: Any) -> Decoded:  # noqa: ANN401 - fields of a payload
    fields: dict[str, Any] = {"brand": "acme", "connection": "watched", "recordedtime": RECORDED, "headers": {ADDRESS: URL}}
    return CONNECTORS["feed"].decode(Payload(body=body, **(fields | stamp)))


def told(name: str, **stamp: Any) -> Decoded:  # noqa: ANN401 - fields of a payload
    return decode(CASES[name].encode(), **stamp)


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: told(name) for name in CASES})
