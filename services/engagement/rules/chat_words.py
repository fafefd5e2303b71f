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
WRITTEN = Said(
    "It is on your page; I'll write its address to you directly.", "Это на вашей странице; адрес пришлю вам лично."
)
PAGE = Said("Your page, for you alone: {link}", "Ваша страница, только для вас: {link}")
NO_INVITES = Said("There are no invitations here.", "Приглашений здесь нет.")
HELP = Said(
    "/me: where you stand, and your page. /tasks: what there is to do. /top, /orders: on your page. "
    "/contests, /quiz, /poll, /events: what to take part in. /join, /leave, /checkin: with the name of one. "
    "/shop, /buy: what points buy. /invite: bring friends.",
    "/я: ваш уровень и ваша страница. /задания: что можно сделать. /топ, /заказы: на вашей странице. "
    "/конкурсы, /викторина, /опрос, /события: где участвовать. /участвовать, /выйти, /отметиться: с названием. "
    "/магазин, /купить: на что потратить баллы. /пригласить: позвать друзей.",
)
HELP_HERE = Said(
    "/rank: your points. /rules: the rules. In answer to a message, /report: to complain about it. "
    "/appeal: to ask for another look at a decision about you.",
    "/ранг: ваши баллы. /правила: правила. Ответом на сообщение, /жалоба: пожаловаться на него. "
    "/апелляция: попросить пересмотреть решение о вас.",
)
"""What is heard in communities alone."""
