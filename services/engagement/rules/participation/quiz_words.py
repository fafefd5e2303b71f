"""What members are told in quizzes, in English and Russian."""

from __future__ import annotations

from shared.said import Said

WHAT = Said("Questions: {n}. {time}", "Вопросов: {n}. {time}")
TIMED = Said("The time for a question starts when you are asked it.", "Время на вопрос идёт с момента, когда его задали.")
UNTIMED = Said("Take the time that you need.", "Время не ограничено.")
ATTEMPTS = Said("Attempts: {n}, the best one counts.", "Попыток: {n}, засчитывается лучшая.")
QUESTION = Said("Question {n} of {of}. {ask}", "Вопрос {n} из {of}. {ask}")
OPTION = Said("{n}. {option}", "{n}. {option}")
SECONDS = Said("You have {n} s.", "На ответ {n} с.")
SEVERAL = Said(
    "Several are right. Write /quiz {name} {question} and their numbers, such as 1 3.",
    "Верно несколько. Напишите /викторина {name} {question} и их номера, например 1 3.",
)
NUMBERS = Said("The numbers of the right ones, such as 1 3", "Номера верных вариантов, например 1 3")
BEGIN, NEXT, AGAIN = Said("Begin", "Начать"), Said("Next question", "Следующий вопрос"), Said("Once more", "Ещё раз")
RESULT = Said("My result", "Мой результат")
ANSWER, UNKNOWN = Said("Answer", "Ответить"), Said("I do not know", "Не знаю")
RIGHT = Said("Right: +{points}.", "Верно: +{points}.")
WRONG, LATE = Said("Wrong.", "Неверно."), Said("The time is over.", "Время вышло.")
RIGHT_WERE = Said("Right: {options}.", "Верно: {options}.")
FINISHED = Said("That was all. You have {score} points.", "Это всё. Ваш счёт: {score}.")
BEST = Said("Your best result: {score} points.", "Ваш лучший результат: {score}.")
OVER = Said("The quiz is over.", "Викторина закончилась.")
CLOSED = Said(
    "{title}: it is over. {n} took part, the best has {score} points.",
    "{title}: викторина закончилась. Участников — {n}, лучший счёт: {score}.",
)
CLOSED_EMPTY = Said("{title}: it is over.", "{title}: викторина закончилась.")
