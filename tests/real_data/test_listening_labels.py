from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.real_data.listening_labels import KINDS, TONES, labelled_posts

POSTS_MIN = 300
CHANNELS = 6


def test_posts_of_all_channels_are_labelled_once_each(real_data: Path) -> None:
    posts = labelled_posts(real_data)

    assert len(posts) >= POSTS_MIN
    assert len({(one.channel, one.post) for one in posts}) == len(posts)
    assert len({one.channel for one in posts}) == CHANNELS
    assert {one.tone for one in posts} == set(TONES)
    assert {one.kind for one in posts} <= set(KINDS)


def test_both_halves_hold_every_tone(real_data: Path) -> None:
    halves = Counter((one.is_tuned_on, one.tone) for one in labelled_posts(real_data))

    assert min(halves[half, tone] for half in (True, False) for tone in TONES) >= 15
