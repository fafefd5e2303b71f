from __future__ import annotations

import pytest

from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Kind
from tests.unit.delivery.platforms.asking import errand

FOREIGN = {
    "telegram": ("telegram:-1001", "telegram:-1002:5"),
    "vk": ("vk:1", "vk:2:comment-2_7"),
    "discord": ("discord:1", "discord:2:3:4"),
    "discourse": ("discourse:forum.example", "discourse:other.example:12/3"),
    "slack": ("slack:T1", "slack:T2:C1:1700000000.000100"),
}


@pytest.mark.parametrize("kind", ["delete", "hide", "restore", "reply", "pin"])
@pytest.mark.parametrize("platform", FOREIGN)
def test_a_content_of_another_community_is_left_alone(platform: str, kind: Kind) -> None:
    community, content = FOREIGN[platform]

    refusal = PLATFORMS[platform].refusal(errand(kind, community, content_id=content, text="hi"))

    assert refusal is not None
    assert refusal.code == "unsupported"
