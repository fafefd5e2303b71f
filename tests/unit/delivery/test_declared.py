"""Documents of routes and subscriptions: what is taken, and what is told of one that is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import ValidationError, convert

from services.delivery.rules.declared import check_notify, check_subscription, minutes
from shared.documents import KINDS
from shared.documents.outward import Notify, Subscription, TopicName
from shared.documents.reading import Invalid, read
from shared.errors import Misplaced
from shared.topics import PUBLIC

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
HOOK = {"url": "https://hooks.example/x", "secrets": [{"env": "ACME_HOOK"}]}
CHAT = {"community": "telegram:-1"}


def notify(*routes: dict[str, Any]) -> Notify:
    return convert({"routes": [{"id": f"r{place}"} | route for place, route in enumerate(routes)]}, Notify)


def subscription(**fields: object) -> Subscription:
    return convert(HOOK | {"topics": ["community.events.v1"]} | fields, Subscription)


def checked(spec: object, **how: bool) -> None:
    if isinstance(spec, Notify):
        check_notify(spec, private=False, **how)
    else:
        assert isinstance(spec, Subscription)
        check_subscription(spec, private=False)


def wrong(spec: Notify | Subscription, **how: bool) -> list[str]:
    with pytest.raises(Misplaced) as found:
        checked(spec, **how)
    return [f"{one.at}: {one}" for one in found.value.all]


def test_every_public_topic_can_be_subscribed_to_and_no_other() -> None:
    assert set(get_args(TopicName)) == {topic.name for topic in PUBLIC}


def test_the_samples_say_nothing_wrong() -> None:
    for file in ("notify", "subscription"):
        (source,) = read((SAMPLES / f"{file}.yaml").read_text(encoding="utf-8"), file)
        checked(convert(source.document.spec, KINDS[source.document.kind].spec))


def test_all_that_is_wrong_with_routes_is_told_with_its_place() -> None:
    told = wrong(
        notify(
            {},
            {"id": "r0", "chat": CHAT, "webhook": HOOK | {"url": "http://hooks.example/"}},
            {"email": {"to": ["a@b.example"]}, "quiet": {"from": "22:00", "to": "22:00", "timezone": "Mars/Base"}},
        ),
        has_mail=False,
    )

    assert [one.partition(": ")[0] for one in told] == [
        "$.spec.routes[0]",
        "$.spec.routes[1].id",
        "$.spec.routes[1].webhook",
        "$.spec.routes[1].webhook.url",
        "$.spec.routes[2].email",
        "$.spec.routes[2].quiet.to",
        "$.spec.routes[2].quiet.timezone",
    ]
    assert "one of chat, email, webhook; it has none" in told[0]
    assert "VECHE_SMTP" in told[4]


def test_all_that_is_wrong_with_a_subscription_is_told_and_what_was_meant() -> None:
    told = wrong(
        subscription(url="http://hooks.example", types=["community.content.creatde"], topics=["community.events.v1"] * 2)
    )

    assert [one.partition(": ")[0] for one in told] == ["$.spec.url", "$.spec.topics", "$.spec.types[0]"]
    assert "community.content.created" in told[2]


def test_a_time_of_day_without_quotes_is_what_yaml_makes_of_it() -> None:
    text = (SAMPLES / "notify.yaml").read_text(encoding="utf-8")

    quoted, bare = (read(one, "notify.yaml")[0].document.spec for one in (text, text.replace('"22:00"', "22:00")))

    assert [minutes(convert(one, Notify).routes[1].quiet.from_) for one in (quoted, bare)] == [22 * 60] * 2  # type: ignore[union-attr]


def test_plain_http_is_for_networks_of_ones_own() -> None:
    check_subscription(subscription(url="http://10.0.0.1:8080/hook"), private=True)
    check_notify(notify({"webhook": HOOK | {"url": "http://10.0.0.1/"}}), private=True)


NEVER = ["https://169.254.169.254/x", "https://[fe80::1]/", "https://[fd00:ec2::254]/", "https://100.100.100.200/"]
OWN = ["https://127.0.0.1/", "https://127.1:8443/", "https://2130706433/", "https://0x7f000001/", "https://localhost/x"]
OWN += ["https://10.0.0.1/", "https://192.168.1.1/", "https://[::1]/", "https://[fd12::1]:80/", "https://LOCALHOST"]


@pytest.mark.parametrize("url", [*NEVER, *OWN])
def test_an_address_written_in_numbers_is_refused_where_delivery_would_not_ask_it(url: str) -> None:
    (of_subscription,) = wrong(subscription(url=url))
    (of_route,) = wrong(notify({"webhook": HOOK | {"url": url}}))

    assert of_subscription.startswith("$.spec.url: its address leads into the own network")
    assert of_route.startswith("$.spec.routes[0].webhook.url: its address leads into the own network")
    assert ("VECHE_PRIVATE_WEBHOOKS" in of_route) is (url in OWN)


@pytest.mark.parametrize("url", [*NEVER, *OWN])
def test_where_the_own_network_is_allowed_addresses_of_the_link_and_of_clouds_are_not(url: str) -> None:
    if url in OWN:
        check_subscription(subscription(url=url), private=True)
    else:
        with pytest.raises(Misplaced, match="a cloud's own service"):
            check_subscription(subscription(url=url), private=True)


@pytest.mark.parametrize(
    "url", ["https://93.184.216.34/", "https://[2606:2800:220:1::1]/", "https://1.2.3.4.example/", "https://a"]
)
def test_addresses_of_the_internet_and_names_are_taken(url: str) -> None:
    check_subscription(subscription(url=url), private=False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "https://user:pass@a.example/",
        "https://user@a.example",
        "https://",
        "https:///x",
        "//a.example",
        "https://a.example/ x",
        "https://a.example/#x",
        "https://a.example\\@b.example/",
        "https://a.example\n",
    ],
)
def test_an_address_that_is_none_is_refused_by_its_shape(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        subscription(url=url)


@pytest.mark.parametrize(
    "to", ["a", "a@", "@b.example", "a b@c.example", "a@b.example\nBcc: x@y.example", "A <a@b.example>", "a@b,c@d"]
)
def test_a_mail_address_that_is_none_is_refused_by_its_shape(to: str) -> None:
    with pytest.raises(ValidationError, match="to"):
        notify({"email": {"to": [to]}})


@pytest.mark.parametrize(
    ("before", "after", "where", "meant"),
    [
        ('from: "22:00"', 'from: "22.00"', "20:15", "00:00 to 23:59"),
        ('from: "22:00"', "from: 25:00", "20:15", "<= 1439"),
        ("severity: medium", "severity: mild", "16:17", "known are critical"),
        ("occasions: [incident", "occasions: [incidnet", "15:19", "`incident`"),
        ("      chat:\n", "      chats:\n", "11:7", "`chat`"),
        ("group_s: 300", "group_s: -1", "13:16", ">= 0"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_was_meant(before: str, after: str, where: str, meant: str) -> None:
    text = (SAMPLES / "notify.yaml").read_text(encoding="utf-8")
    assert before in text

    with pytest.raises(Invalid) as refused:
        read(text.replace(before, after), "notify.yaml")

    assert f"notify.yaml:{where}: " in str(refused.value)
    assert meant in str(refused.value)
