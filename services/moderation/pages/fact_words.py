"""What the facts of findings are called, and what some of their values say: on pages, for whoever writes no conditions."""

from __future__ import annotations

from collections.abc import Mapping

from services.moderation.pages.names import SEVERITIES
from shared.said import Said

OF_CONDITIONS: Mapping[str, Said] = {
    "text.length": Said("characters", "знаков"),
    "text.words": Said("words of the text", "слов в тексте"),
    "text.capitals": Said("share of capitals", "доля заглавных букв"),
    "text.emoji": Said("emoji", "эмодзи"),
    "text.disguised": Said("disguised words", "замаскированных слов"),
    "text.language": Said("language", "язык"),
    "content.kind": Said("kind of content", "вид записи"),
    "content.format": Said("format", "формат"),
    "content.edited": Said("is an edit", "это правка"),
    "content.reply": Said("is an answer", "это ответ"),
    "content.channel": Said("room", "канал"),
    "content.mentions": Said("people mentioned", "упомянуто людей"),
    "content.media": Said("types of attachments", "типы вложений"),
    "content.media_bytes": Said("bytes of attachments", "байтов во вложениях"),
    "links.count": Said("links", "ссылок"),
    "links.hosts": Said("sites of links", "сайты в ссылках"),
    "links.risky": Said("risky links", "подозрительных ссылок"),
    "links.denied": Said("denied sites", "запрещённых сайтов"),
    "links.lookalike": Said("looks like the site", "похоже на сайт"),
    "links.invites": Said("invites", "приглашений"),
    "links.shortened": Said("shortened links", "коротких ссылок"),
    "words": Said("terms found, by list", "найдено слов по спискам"),
    "signs": Said("signs of spam", "признаки спама"),
    "signs.score": Said("sum of the signs", "сумма признаков"),
    "scores": Said("scores of classifiers", "оценки классификаторов"),
    "author.messages": Said("messages of the author before", "сообщений автора до этого"),
    "author.joined_minutes": Said("minutes since the author joined", "минут со вступления автора"),
    "author.last_minute": Said("messages of the author in the minute before", "сообщений автора за минуту до этого"),
    "author.last_hour": Said("messages of the author in the hour before", "сообщений автора за час до этого"),
    "author.same_text": Said("the same text in the hour before", "тот же текст за час до этого"),
    "author.labels": Said("marks of the author", "отметки автора"),
    "community.messages": Said("messages here in the hour before", "сообщений здесь за час до этого"),
    "community.joins": Said("joined in the five minutes before", "вступило за пять минут до этого"),
    "community.raid_minutes": Said("minutes since the last raid", "минут с последнего налёта"),
    "community.copies": Said("others with nearly the same text", "других с почти тем же текстом"),
}
"""By the names that conditions ask for."""

OF_RULES: Mapping[str, Said] = {
    "advertises": Said("advertises", "это реклама"),
    "bytes": Said("bytes", "байтов"),
    "complaints": Said("complaints", "жалоб"),
    "denied": Said("denied sites", "запрещённые сайты"),
    "emoji": Said("emoji", "эмодзи"),
    "hashes": Said("known by hash", "известно по хешу"),
    "heated": Said("in anger", "из них резких"),
    "hosts": Said("sites", "сайты"),
    "invites": Said("invites", "приглашения"),
    "joins": Said("joined", "вступило"),
    "label": Said("label", "метка"),
    "language": Said("language", "язык"),
    "lists": Said("lists", "списки"),
    "looks_like": Said("look like", "похожи на"),
    "lookalikes": Said("look-alikes", "похожие сайты"),
    "members": Said("members", "участников"),
    "mentions": Said("people mentioned", "упомянуто людей"),
    "messages": Said("messages", "сообщений"),
    "minutes": Said("minutes", "минут"),
    "model": Said("classifier", "классификатор"),
    "newness": Said("new because", "почему новичок"),
    "score": Said("score", "оценка"),
    "seconds": Said("seconds", "секунд"),
    "severity": Said("severity", "серьёзность"),
    "share": Said("share of capitals", "доля заглавных букв"),
    "shortened": Said("shortened links", "короткие ссылки"),
    "signs": Said("signs of spam", "признаки спама"),
    "threshold": Said("threshold", "порог"),
    "times": Said("times", "раз"),
    "turns": Said("answers", "ответов друг другу"),
    "types": Said("types", "типы"),
    "version": Said("version", "версия"),
    "weight": Said("weight", "вес"),
    "with": Said("with", "с кем"),
}
"""By the names that built-in rules give them."""

FACTS: Mapping[str, Said] = {**OF_RULES, **OF_CONDITIONS}

VALUES: Mapping[str, Said] = {
    **SEVERITIES,
    "true": Said("yes", "да"),
    "false": Said("no", "нет"),
    "joined": Said("joined a moment ago", "только что вступил"),
    "first message": Said("never seen before", "раньше не встречался"),
}
"""Values that are words of ours."""
