"""A member plays a quiz and registers for a webinar on their own page, and is checked in there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from shared.clock import SystemClock
from tests.integration.services import eventually
from tests.journey.looks import flaws
from tests.journey.test_a_member_s_own_page import ANNA, Seat, asked, seat, words
from tests.parts import StackFactory

HOUR = timedelta(hours=1)
OPTIONS = [words("In March", "В марте"), words("In <i>May</i>", "В мае"), words("In June", "В июне")]
QUIZ: Mapping[str, Any] = {
    "title": words("Spring quiz", "Весенняя викторина"),
    "points": 10,
    "questions": [
        {
            "ask": words("When is the equinox?", "Когда равноденствие?"),
            "options": OPTIONS,
            "right": [1],
            "seconds": 600,
            "explanation": words("Day and night are as long.", "День равен ночи."),
        },
        {"ask": words("Which months are of spring?", "Какие месяцы весенние?"), "options": OPTIONS, "right": [1, 2]},
        {"ask": words("When is it warm?", "Когда тепло?"), "options": OPTIONS, "right": [3]},
    ],
}
REWARDS = {"rules": [{"id": "quizzes", "for": "quiz", "each": 1, "points": 1}]}


@pytest.mark.timeout(200)
async def test_a_quiz_is_played_and_a_webinar_joined(own_stack: StackFactory) -> None:
    async with seat(own_stack) as found:
        now = SystemClock().now()
        window = {"starts": (now + HOUR / 2).isoformat(), "ends": (now + 2 * HOUR).isoformat()}
        webinar = {"title": words("Gardens", "Сады"), "form": "webinar", "link": "https://acme.example/live", **window}
        for kind, name, spec in (
            ("RewardsPolicy", "default", REWARDS),
            ("Quiz", "spring", QUIZ),
            ("Activity", "gardens", webinar),
        ):
            document = {"apiVersion": "veche/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
            answer = await found.api.put("/v1/documents", json=document)
            assert answer.is_success, answer.text
        await eventually(lambda: found.api.get("/v1/things"), lambda told: len(told.json()) == 2)
        page = await found.visitor("en-GB")
        await page.goto(await asked(found))

        await the_quiz_is_played(page)
        await eventually(lambda: found.api.get(f"/v1/members/{ANNA}"), lambda told: told.json()["balance"] == 20)
        await the_webinar_is_joined(page, found)
        assert found.complaints == []


async def the_quiz_is_played(page: Page) -> None:
    quiz = page.locator("article", has_text="Spring quiz")
    await expect(quiz).to_contain_text("Questions: 3")
    await quiz.get_by_role("button", name="Begin").click()
    await expect(quiz).to_contain_text("Question 1 of 3. When is the equinox?")
    await expect(quiz).not_to_contain_text("Day and night")
    assert await flaws(page) == {}
    await quiz.get_by_role("button", name="1. In March").click()
    await expect(quiz).to_contain_text("Right: +10.")
    await expect(quiz).to_contain_text("Day and night are as long.")
    await expect(quiz).to_contain_text("Question 2 of 3. Which months are of spring?")
    await quiz.get_by_label("The numbers of the right ones").fill("1, 3")
    await quiz.get_by_role("button", name="Answer").click()
    await expect(quiz).to_contain_text("Right: In March; In <i>May</i>.")
    assert await flaws(page) == {}
    await quiz.get_by_role("button", name="3. In June").click()
    await expect(quiz).to_contain_text("Your best result: 20 points.")
    await expect(quiz.get_by_role("button")).to_have_count(0)


async def the_webinar_is_joined(page: Page, found: Seat) -> None:
    webinar = page.locator("article", has_text="Gardens")
    await expect(webinar).not_to_contain_text("acme.example")
    await webinar.get_by_role("button", name="Take part").click()
    await expect(webinar).to_contain_text("You are registered.")
    await expect(webinar).to_contain_text("https://acme.example/live")
    await webinar.get_by_label("The code that is told there").fill("ABCDEF")
    await webinar.get_by_role("button", name="I am here").click()
    await expect(page.get_by_role("alert")).to_have_text("Here the team checks you in.")
    assert await flaws(page) == {}

    attended = {"does": {"do": "attended", "member": ANNA}}
    assert (await found.api.post("/v1/things/activity/gardens/orders", json=attended)).status_code == 201
    await page.reload()
    await expect(webinar).to_contain_text("You were there: it counts.")
