"""What members are told in chats, in English and Russian."""

from __future__ import annotations

from shared.said import Said

NOT_UNDERSTOOD = Said("I did not understand that answer.", "Не понял ответ.")
NO_THING = Said("There is nothing of that name now.", "Сейчас такого нет.")
NOTHING = Said("There is nothing now.", "Сейчас ничего нет.")
LEVEL = Said("Your level: {level}.", "Ваш уровень: {level}.")
NEXT = Said("{points} more points to {level}.", "До уровня «{level}» не хватает баллов: {points}.")
STREAK = Said("Days without a gap: {days}.", "Дней подряд: {days}.")
VIP = Said("You have VIP status.", "У вас статус VIP.")
TASK = Said("{task}: {steps}", "{task}: {steps}")
STEP = Said("{what} {has} of {of}", "{what} {has} из {of}")
NO_TASKS = Said("There are no open tasks.", "Открытых заданий нет.")
POINTS, KARMA = Said("points", "баллы"), Said("karma", "карма")
DAYS = Said("days without a gap", "дней подряд")
INVITE = Said(
    "Pass this on to your friends: {code}\nFriends who came and stayed: {friends}.",
    "Передайте друзьям: {code}\nДрузей, которые пришли и остались: {friends}.",
)
WRITTEN = Said("It is on your page; I write its address to you directly.", "Это на вашей странице; адрес пришлю вам лично.")
PAGE = Said("Your page, for you alone: {link}", "Ваша страница, только для вас: {link}")
HELP = Said(
    "/me, /rank: where you stand. /tasks: what there is to do. /contests, /quiz, /poll, /events: what to take part in. "
    "/shop: what points buy. /rules: the rules.",
    "/я, /ранг: ваш уровень и баллы. /задания: что можно сделать. /конкурсы, /викторина, /опрос, /события: где участвовать. "
    "/магазин: на что потратить баллы. /правила: правила.",
)
