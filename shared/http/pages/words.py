"""The words of the frame and of sign-in."""

from __future__ import annotations

from shared.said import Said

WORDS: dict[str, Said] = {
    "skip": Said("To the content", "К содержанию"),
    "language": Said("Language", "Язык"),
    "sign_in": Said("Sign in", "Войти"),
    "sign_in_title": Said("Sign in", "Вход"),
    "sign_out": Said("Sign out", "Выйти"),
    "sign_out_everywhere": Said("Sign out everywhere", "Выйти на всех устройствах"),
    "signed_out": Said("You are signed out", "Вы вышли"),
    "signed_out_long": Said("Your session is over on this device.", "Сеанс на этом устройстве завершён."),
    "again": Said("Sign in again", "Войти снова"),
    "account": Said("Your account", "Ваша учётная запись"),
    "brand": Said("Brand", "Бренд"),
    "name": Said("Name", "Имя"),
    "role": Said("Role", "Роль"),
    "communities": Said("Communities", "Сообщества"),
    "communities_all": Said("All of the brand", "Все сообщества бренда"),
    "password": Said("Password", "Пароль"),
    "password_new": Said("New password", "Новый пароль"),
    "password_again": Said("The same once more", "Ещё раз"),
    "password_hint": Said(
        "12 to 256 characters. A few words that you remember are better than signs that you do not.",
        "От 12 до 256 символов. Несколько слов, которые вы помните, лучше знаков, которые вы забудете.",
    ),
    "password_set": Said("Set the password", "Сохранить пароль"),
    "invitation": Said("Set your password", "Задайте пароль"),
    "invitation_long": Said("You were invited as", "Вас пригласили как"),
    "forgotten": Said(
        "No password yet, or forgotten? Ask an owner of the brand for an invitation.",
        "Нет пароля или забыли его? Попросите приглашение у владельца бренда.",
    ),
    "wrong": Said("The brand, the name or the password is wrong.", "Бренд, имя или пароль указаны неверно."),
    "too_soon": Said("Too many failures. Try again in {} s.", "Слишком много неудачных попыток. Повторите через {} с."),
    "unlike": Said("The two passwords are not the same.", "Пароли не совпадают."),
    "uninvited": Said(
        "This invitation was used or replaced, or is older than a day. Ask for another.",
        "Приглашение уже использовано, заменено или старше суток. Попросите новое.",
    ),
    "problem": Said("That did not work", "Не получилось"),
    "home": Said("To the start", "В начало"),
}

ROLES: dict[str, Said] = {
    "owner": Said("Owner", "Владелец"),
    "community_manager": Said("Community manager", "Комьюнити-менеджер"),
    "moderator": Said("Moderator", "Модератор"),
    "analyst": Said("Analyst", "Аналитик"),
}

LANGUAGES: dict[str, str] = {"en": "English", "ru": "Русский"}
"""Each language in its own."""
