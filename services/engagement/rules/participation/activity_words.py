"""What members are told of activities, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

from shared.said import Said

WHAT = Said("{form}, {when}", "{form}, {when}")
FORMS: Mapping[str, Said] = {
    "webinar": Said("Webinar", "Вебинар"),
    "meetup": Said("Meet-up", "Встреча"),
    "stream": Said("Stream", "Трансляция"),
    "offline": Said("Event", "Мероприятие"),
}
REGISTERED = Said("You are registered.", "Вы записаны.")
WAITS = Said(
    "All places are taken. You wait; before you: {before}.", "Все места заняты. Вы в листе ожидания, перед вами: {before}."
)
PROMOTED = Said("{title}: a place is free, you are registered.", "{title}: место освободилось, вы записаны.")
LEFT = Said("You are not registered any more.", "Вы больше не записаны.")
NOT_IN = Said("You are not registered.", "Вы не записаны.")
PLACES = Said("Registered: {n} of {of}.", "Записано: {n} из {of}.")
COME = Said("Registered: {n}.", "Записано: {n}.")
PLACE, LINK = Said("Place: {place}", "Место: {place}"), Said("Link: {link}", "Ссылка: {link}")
ATTENDED = Said("You were there: it counts.", "Вы были: участие засчитано.")
REMIND = Said("{title} begins at {when}.", "{title}: начало {when}.")
MOVED = Said("{title} was moved. It begins at {when}.", "{title}: время изменилось. Начало {when}.")
CANCELLED = Said("{title} is cancelled.", "{title}: отмена.")
AGAIN = Said("{title} takes place after all, at {when}.", "{title} всё-таки состоится: {when}.")
OVER = Said("It is over.", "Уже закончилось.")
FULL = Said("All places are taken; waiting for one: {n}.", "Все места заняты, в листе ожидания: {n}.")
WAIT = Said("Wait for a place", "В лист ожидания")
FULL_UP = Said("All places are taken, and no more can wait.", "Все места заняты, лист ожидания полон.")
JOIN, LEAVE = Said("Take part", "Участвовать"), Said("I will not come", "Не приду")
CHECK_IN, CODE = Said("I am here", "Я здесь"), Said("The code that is told there", "Код, который назовут на месте")
HOW_TO_CHECK_IN = Said("There, write /checkin {name} and the code.", "На месте напишите /отметиться {name} и код.")
