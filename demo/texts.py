"""What members of the simulated communities say: our own texts, with slots to fill. A slot is `{name}`."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Voice:
    """All that is said in one language."""

    chatter: Sequence[str]
    questions: Sequence[str]
    answers: Sequence[str]
    shared_links: Sequence[str]
    campaign: Sequence[str]
    war: Sequence[str]
    spam: Sequence[str]
    slots: Mapping[str, Sequence[str]]
    first_names: Sequence[str]
    last_names: Sequence[str]

    def say(self, chance: random.Random, kind: str) -> str:
        """Return one text of a kind, its slots filled."""
        text = chance.choice(getattr(self, kind))
        while _SLOT.search(text):
            text = _SLOT.sub(lambda slot: self._fill(chance, slot[1]), text)
        return str(text)

    def _fill(self, chance: random.Random, slot: str) -> str:
        if slot == "n":
            return str(chance.randrange(2, 40))
        if slot == "money":
            return str(chance.randrange(3, 60) * 100)
        return chance.choice(self.slots[slot])


ENGLISH = Voice(
    chatter=(
        "Just brewed the {beans} with my {gear}, {taste} and {taste}. {joy}",
        "Is it only me or did the {beans} get better this month?",
        "{joy} My second bag of {beans} is already half empty",
        "I grind {n} clicks for the {gear}, anything finer turns bitter",
        "The new label on the {beans} looks great on my shelf",
        "Cold outside, so it's {drink} all day here in {town}",
        "My neighbour came over for {drink} and left with a bag of {beans}",
        "Water at {n} degrees below boiling makes the {beans} {taste}",
        "Anyone going to the tasting in {town} on {day}?",
        "Good morning from {town}! {drink} first, then everything else",
        "I finally descaled the {gear} and wow, what a difference",
        "Not a fan of the {beans} as {drink}, too {taste} for me",
        "{day} is delivery day, can't wait for the {beans}",
        "Thanks to whoever recommended the {gear} here, best {n} minutes of my morning",
        "My cat knocked over the {gear} again. No {drink} today",
    ),
    questions=(
        "What ratio do you use for the {beans} in a {gear}?",
        "How long do you let the {beans} rest after roasting?",
        "Does anyone know if the shop in {town} is open on {day}?",
        "Is the {beans} fine for {drink} or better as filter?",
        "Which grinder would you pair with a {gear} for about {money} dollars?",
        "My order says packed since {day}, is that normal?",
    ),
    answers=(
        "I use one to sixteen and never looked back",
        "About {n} days, then it opens up",
        "Yes, they are open until six on {day}",
        "Try it a bit coarser, that fixed it for me",
        "Write to support, they answered me within {n} hours",
        "For {drink} I would take something darker",
    ),
    shared_links=(
        "Good read about {gear} recipes: https://brewjournal.example.org/recipes/{n}",
        "The photos from the tasting in {town} are here https://photos.example.net/a/{n}",
        "Found a manual for the {gear}: https://manuals.example.com/{n}.pdf",
    ),
    campaign=(
        "#MyMorningCup {beans}, {gear}, {taste}. {joy}",
        "My entry: {drink} in {town}, {n} minutes of peace #MyMorningCup",
        "#MyMorningCup is a great idea! Mine is {drink} with {beans}",
    ),
    war=(
        "You have no idea what you're talking about, {insult}",
        "Says the one who drowns everything in syrup. Typical {insult}",
        "Go back to your instant coffee, {insult}",
        "Nobody asked you. Every thread you touch turns to garbage, {insult}",
        "Shut up already, {insult}, people here try to talk",
    ),
    spam=(
        "Earn {money} USD a {period} from home, no experience needed! Write me in DM {contact}",
        "Passive income with crypto: {money}$ in {n} days guaranteed. Join {contact}",
        "🎁 FREE {coin} giveaway! Send 0.1 and get 0.2 back, only today {link}",
        "Online casino with {n}00% welcome bonus, instant payouts {link}",
        "Hot girls near you want to chat tonight 🔥 {link}",
        "We are hiring {n} people for remote work, {money} USD weekly, payment every day. Details {contact}",
        "Your account will be blocked! Confirm your wallet here {link}",
        "I made {money}$ on trading signals last {period}, my mentor teaches for free {contact}",
        "Cheap followers and likes for your channel, {n} USD per thousand {contact}",
        "Claim your {coin} airdrop before it ends 👉 {link}",
    ),
    slots={
        "beans": ("Sidamo", "Huila", "Cerrado", "Yirgacheffe", "Santa Ana", "house blend", "decaf"),
        "gear": ("V60", "moka pot", "AeroPress", "French press", "espresso machine", "hand grinder"),
        "taste": ("bright", "chocolatey", "fruity", "nutty", "floral", "smooth", "sour", "juicy"),
        "drink": ("flat white", "filter coffee", "cold brew", "espresso", "cappuccino"),
        "joy": ("Love it!", "So good.", "Pure joy.", "Ten out of ten.", "Not bad at all.", "Highly recommended."),
        "town": ("Leeds", "Porto", "Gdansk", "Bergen", "Ghent", "Austin"),
        "day": ("Monday", "Wednesday", "Friday", "Saturday"),
        "period": ("day", "week", "month"),
        "coin": ("BTC", "ETH", "USDT", "TON"),
        "insult": ("you idiot", "you clown", "moron", "you absolute loser", "you stupid troll"),
        "contact": ("@easy_income_desk", "@maria_signals", "@hr_remote_job", "t.me/+profitclub", "@vip_trader_pro"),
        "link": (
            "https://bit.ly/3bonus",
            "http://free-coin-drop.example/claim",
            "https://lucky-spin.example/?r=77",
            "t.me/joinchat/AAAAfree",
            "https://wallet-check.example/login",
        ),
    },
    first_names=(
        "Alice",
        "Ben",
        "Carla",
        "Derek",
        "Elena",
        "Finn",
        "Grace",
        "Hugo",
        "Ines",
        "Jonas",
        "Kate",
        "Liam",
        "Mona",
    ),
    last_names=("Moor", "Field", "Novak", "Silva", "Brandt", "Quinn", "Hale", "Dunn", "Price", "Vance"),
)

RUSSIAN = Voice(
    chatter=(
        "Сварил сегодня {beans} в {gear}, вкус {taste}. {joy}",
        "Мне кажется или {beans} в этом месяце стал лучше?",
        "{joy} Вторая пачка {beans} уже заканчивается",
        "Мелю на {n} щелчков, мельче начинает горчить",
        "На улице холодно, так что весь день только {drink}",
        "Соседка зашла на {drink} и унесла с собой пачку {beans}",
        "Кто идёт на дегустацию в городе {town} в {day}?",
        "Доброе утро из города {town}! Сначала {drink}, потом всё остальное",
        "Наконец-то почистил {gear}, совсем другое дело",
        "{beans} для меня слишком {taste}, но жене нравится",
        "В {day} привезут заказ, жду {beans}",
        "Спасибо, что посоветовали {gear}, утро стало лучше",
        "Кот опять уронил {gear}. Сегодня без кофе",
        "Новая упаковка красивая, стоит на самом видном месте",
        "Обжарка от прошлой недели, аромат на всю кухню",
    ),
    questions=(
        "Какие пропорции берёте для {beans}, если варить в {gear}?",
        "Сколько дней даёте зерну отдохнуть после обжарки?",
        "Кто знает, магазин в городе {town} работает в {day}?",
        "{beans} пойдёт под {drink} или лучше фильтр?",
        "Какую кофемолку взять до {money} рублей?",
        "Заказ собран ещё в {day}, это нормально?",
    ),
    answers=(
        "Один к шестнадцати, и больше ничего не трогаю",
        "Дней {n}, потом раскрывается",
        "Да, в {day} они до шести",
        "Попробуйте помол крупнее, мне помогло",
        "Напишите в поддержку, мне ответили за {n} часа",
        "Под {drink} я бы взял потемнее",
    ),
    shared_links=(
        "Хорошая статья про рецепты: https://brewjournal.example.org/ru/{n}",
        "Фото с дегустации тут https://photos.example.net/r/{n}",
        "Нашёл инструкцию к {gear}: https://manuals.example.com/ru/{n}.pdf",
    ),
    campaign=(
        "#МойУтреннийКофе {beans}, {gear}, {taste}. {joy}",
        "Участвую: {drink}, город {town}, {n} минут тишины #МойУтреннийКофе",
        "#МойУтреннийКофе отличная идея! У меня {drink} и {beans}",
    ),
    war=(
        "Ты вообще не понимаешь, о чём говоришь, {insult}",
        "Кто бы говорил, сам сиропом всё заливаешь, {insult}",
        "Иди пей растворимый, {insult}",
        "Тебя никто не спрашивал, вечно всё портишь, {insult}",
        "Да замолчи уже, {insult}, дай людям поговорить",
    ),
    spam=(
        "Заработок от {money} рублей в {period} на дому, без опыта! Пишите в личку {contact}",
        "Пассивный доход на криптовалюте: {money}$ за {n} дней, гарантия. Вступай {contact}",
        "🎁 Раздача {coin}! Отправь 0.1 и получи 0.2 обратно, только сегодня {link}",
        "Онлайн казино, бонус {n}00% за регистрацию, вывод сразу {link}",
        "Девушки рядом с тобой хотят познакомиться сегодня 🔥 {link}",
        "Набираем {n} человек на удалённую работу, {money}$ в неделю, выплаты каждый день. Подробности {contact}",
        "Ваш аккаунт будет заблокирован! Подтвердите кошелёк {link}",
        "Заработала {money}$ на сигналах за {period}, наставник учит бесплатно {contact}",
        "Накрутка подписчиков и лайков, {n}$ за тысячу {contact}",
        "Забери свой {coin} airdrop, пока не закончился 👉 {link}",
    ),
    slots={
        "beans": ("Сидамо", "Уила", "Серрадо", "Иргачеффе", "фирменная смесь", "декаф"),
        "gear": ("воронке", "мока", "аэропрессе", "френч-прессе", "джезве"),
        "taste": ("яркий", "шоколадный", "ягодный", "ореховый", "цветочный", "мягкий", "кислый"),
        "drink": ("флэт уайт", "фильтр", "колд брю", "эспрессо", "капучино"),
        "joy": ("Очень вкусно!", "Просто радость.", "Десять из десяти.", "Неплохо.", "Всем советую."),
        "town": ("Казань", "Тверь", "Пермь", "Томск", "Псков"),
        "day": ("понедельник", "среду", "пятницу", "субботу"),
        "period": ("день", "неделю", "месяц"),
        "coin": ("BTC", "ETH", "USDT", "TON"),
        "insult": ("идиот", "клоун", "придурок", "дебил", "тупица"),
        "contact": ("@legkiy_dohod", "@marina_signal", "@rabota_udalenno_hr", "t.me/+dohodklub", "@vip_treyder"),
        "link": (
            "https://bit.ly/3bonus",
            "http://razdacha-coin.example/claim",
            "https://vulkan-spin.example/?r=77",
            "t.me/joinchat/AAAAdengi",
            "https://koshelek-check.example/login",
        ),
    },
    first_names=("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Инна", "Кирилл", "Лидия", "Марк"),
    last_names=("Орлова", "Белов", "Зимина", "Громов", "Лесная", "Соколов", "Рябова", "Котов", "Мирная", "Быков"),
)
