"""Posts of public channels with the tone and the kind that an annotator gave them; their texts stay where the data lies."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

LABELS = Path(__file__).parent / "listening_labels.csv"
TONES = ("negative", "neutral", "positive")
KINDS = ("complaint", "idea", "none", "praise", "question")


class Post(NamedTuple):
    """A labelled post."""

    channel: str
    post: int
    text: str
    tone: str
    kind: str

    @property
    def is_tuned_on(self) -> bool:
        """Say in which half it is: that which weights are chosen on, or that which is reported."""
        return hashlib.sha256(f"{self.channel}/{self.post}".encode()).digest()[0] % 2 == 0


def labelled_posts(real_data: Path) -> Sequence[Post]:
    """Return all of them, in the order of the file. Raises KeyError where a post is not there."""
    texts = _texts(real_data / "exports" / "telegram_channels_ru")
    with LABELS.open(encoding="utf-8", newline="") as lines:
        rows = [(row["channel"], int(row["post"]), row["tone"], row["kind"]) for row in csv.DictReader(lines)]
    return [Post(channel, post, texts[channel, post], tone, kind) for channel, post, tone, kind in rows]


def _texts(folder: Path) -> Mapping[tuple[str, int], str]:
    files = {path.name.partition("_")[0]: json.loads(path.read_bytes()) for path in folder.glob("*_messages.json")}
    return {(channel, one["message_id"]): one["text"] or "" for channel, posts in files.items() for one in posts}
