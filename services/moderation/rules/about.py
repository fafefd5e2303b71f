"""What each built-in rule looks for, and why it only flags where it does: for whoever reads a finding. English, Russian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.moderation.rules.classifiers import RULE as CLASSIFIER
from shared.said import Said

ABOUT: Mapping[str, Said] = {
    "words": Said("Words of the lists, or of the policy.", "Слова из списков или из политики."),
    "phrases": Said(
        "Signs of spam: from the threshold on the rule acts, just below it a moderator looks.",
        "Признаки спама: от порога правило действует, чуть ниже порога смотрит модератор.",
    ),
    "flood": Said("More messages at a time than the policy lets one member write.", "Сообщений подряд больше, чем можно."),
    "repeats": Said(
        "The same text again: where it advertises, the rule acts, else a moderator looks.",
        "Тот же текст ещё раз: если это реклама, правило действует, если нет, смотрит модератор.",
    ),
    "newcomer-links": Said(
        "A link of somebody who has only just come. Of one who was only never seen before, an ordinary link is looked at by "
        "a moderator.",
        "Ссылка того, кто только что вступил. Если участник просто не встречался раньше, обычную ссылку смотрит модератор.",
    ),
    "copies": Said("Nearly the same text by several members.", "Почти один и тот же текст у нескольких участников."),
    "conflicts": Said(
        "Two members answer one another again and again, in anger.", "Двое сердито отвечают друг другу раз за разом."
    ),
    "raids": Said("Many members joined within minutes.", "За несколько минут вступило много участников."),
    "join-requests": Said(
        "A name with words of the lists or signs of spam.", "Имя со словами из списков или с признаками спама."
    ),
    "language": Said("None of the community's languages, for certain.", "Точно не язык этого сообщества."),
    "domains": Said(
        "A site that the policy denies, one that looks like a site of the brand, an invite or a shortened link.",
        "Сайт, запрещённый политикой, похожий на сайт бренда, приглашение или короткая ссылка.",
    ),
    "mentions": Said("More people are mentioned than the policy allows.", "Упомянуто больше людей, чем можно."),
    "capitals": Said("Most letters are capitals, those of links too.", "Почти всё заглавными буквами, считая и ссылки."),
    "emoji": Said("More emoji than the policy allows.", "Эмодзи больше, чем можно."),
    "attachments": Said(
        "An attachment of a type, hash or size that the policy does not want.",
        "Вложение того типа, хеша или размера, который политика не допускает.",
    ),
    "first-posts": Said(
        "The first messages of a member: a moderator looks at them.", "Первые сообщения участника: их смотрит модератор."
    ),
    "complaints": Said(
        "Complaints, each weighed by how often its reporter was right.",
        "Жалобы; вес каждой зависит от того, как часто её автор был прав.",
    ),
}
"""By the rule's name. A brand's own rules have their descriptions."""

OF_A_MODEL = Said("A classifier of the brand finds it likely enough.", "Классификатор бренда считает это вероятным.")


def about(finding: Mapping[str, Any]) -> Said | None:
    """Return what a rule looks for; None of a brand's own that has no description."""
    if finding.get("description"):
        return Said(finding["description"], finding["description"])
    return OF_A_MODEL if finding["rule"].startswith(CLASSIFIER) else ABOUT.get(finding["rule"])
