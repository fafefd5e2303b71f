"""Words of the rules of conduct, and of appeals."""

from __future__ import annotations

from shared.said import Said

CONDUCT: dict[str, Said] = {
    "rules": Said("Rules of conduct", "Правила поведения"),
    "nowhere": Said("There are no rules at this address.", "По этому адресу правил нет."),
    "rules_long": Said(
        "Besides people, programs look at what is written. This is what they look for, and what follows.",
        "Сообщения смотрят не только люди, но и программы. Вот что они ищут и что из этого следует.",
    ),
    "not_welcome": Said("What is not welcome", "Чему здесь не место"),
    "nothing": Said("Nothing is looked for by programs.", "Программы здесь ничего не ищут."),
    "add_up": Said("How it adds up", "Как это складывается"),
    "strike": Said(
        "Each message that was taken away, and each warning, counts points by how bad it was:",
        "Каждое снятое сообщение и каждое предупреждение приносит баллы, смотря по серьёзности:",
    ),
    "fade": Said(
        "They fade: a point counts half after {}.", "Со временем баллы гаснут: через {} балл считается за половину."
    ),
    "everywhere": Said("Points of all our communities add up.", "Баллы всех наших сообществ складываются."),
    "points": Said("points", "баллов"),
    "from": Said("From", "От"),
    "no_steps": Said("What was taken away does not add up to more.", "Снятые сообщения здесь ни к чему не складываются."),
    "mistaken": Said("If we were wrong", "Если мы ошиблись"),
    "ask": Said(
        "You can ask for another look for {within} after a decision: by the link in the message that you get, or by "
        "the command /appeal. Somebody who did not make the decision looks, and you have an answer within {answer}.",
        "Попросить о пересмотре можно ещё {within} после решения: по ссылке из сообщения, которое вы получите, или "
        "командой /апелляция. Смотрит тот, кто не принимал это решение; срок ответа: {answer}.",
    ),
    "ask_not": Said("Decisions are not looked at again here.", "Решения здесь не пересматриваются."),
}

APPEAL: dict[str, Said] = {
    "appeal": Said("A decision about you", "Решение о вас"),
    "decided_at": Said("Decided", "Принято"),
    "ask_again": Said("Ask for another look", "Попросить о пересмотре"),
    "ask_long": Said(
        "Somebody who did not make this decision looks at it once more. You can ask once.",
        "Решение ещё раз посмотрит тот, кто его не принимал. Попросить можно один раз.",
    ),
    "your_words": Said("Your words, if you like", "Ваши слова, если хотите"),
    "chars": Said("At most 2,000 characters.", "Не больше 2000 знаков."),
    "send": Said("Ask", "Попросить"),
    "waits": Said("You have asked for another look. You have an answer by", "Вы попросили о пересмотре. Ответ будет до"),
    "upheld": Said("We looked again: the decision was taken back.", "Мы посмотрели ещё раз: решение отменено."),
    "rejected": Said("We looked again: the decision stands.", "Мы посмотрели ещё раз: решение остаётся в силе."),
    "on_its_way": Said(
        "Your words are on their way. Load this page again in a minute.",
        "Ваше обращение принято. Обновите страницу через минуту.",
    ),
    "too_long": Said("Your words are longer than 2,000 characters.", "Ваш текст длиннее 2000 знаков."),
    "no_author": Said("Nobody's message is concerned, so nobody can ask.", "Решение не касается чьего-либо сообщения."),
    "conduct": Said("Rules of conduct", "Правила поведения"),
}
