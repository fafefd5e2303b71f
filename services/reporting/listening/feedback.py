"""What kind of feedback a text is: an idea, a complaint, a question, praise, or none. Pure.

The first of these that it is counts: an idea may ask and complain too, a complaint often comes as a question.
"""

from __future__ import annotations

import re
from typing import Literal

from services.reporting.listening.tone import Score, score

Feedback = Literal["praise", "complaint", "question", "idea"]
FEEDBACK: tuple[Feedback, ...] = ("praise", "complaint", "question", "idea")

READ_CHARS_MAX = 4_000

PRAISE_MIN, COMPLAINT_MAX = 0.45, -0.3
"""The tone from which on the point of a text is praise or blame: beyond a mere leaning of it."""

ASKED_AT_END_CHARS = 160
"""A question mark this near to the end asks whoever reads; one before it is often answered by the text itself."""

_IDEA = re.compile(
    r"\b(?:предлага(?:ю|ем)|предложени[ея]\s*:|иде[яи]\s*:|есть (?:идея|предложение)|вот бы"
    r"|хорошо бы|неплохо бы|почему бы (?:не|вам)"
    r"|было бы (?:\w+ )?(?:здорово|хорошо|круто|классно|неплохо|удобно|супер|полезно|интересно|логично)"
    r"|хотелось бы (?:видеть|увидеть|иметь|чтобы|добав\w+|больше|возможност\w+)"
    r"|(?:добавьте|сделайте|введите|внедрите|верните|прикрутите)(?: ,?пожалуйста)? (?!деньги)\w+"
    r"|может(?:е|,)? (?:быть,? )?(?:стоит|добав\w+|сделать|ввести)"
    r"|не хватает (?:возможности|функци\w+|кнопк\w+|раздел\w+|фильтр\w+)"
    r"|(?:i|we) (?:would )?suggest|suggestion\s*:|idea\s*:"
    r"|feature request|please add|you should add|how about (?:adding|a|making)"
    r"|(?:it )?would be (?:\w+ )?(?:great|nice|good|cool|awesome|helpful|useful|handy)"
    r"|(?:i )?wish (?:there was|there were|you)"
    r"|(?:can|could) you (?:please )?add|why not (?:add|make|let))\b"
)
_CALLS = re.compile(
    r"\b(?:поделитесь|делитесь|расскажите|напишите|пишите|жд[её]м ваш\w*)\b[^.!?]{0,80}"
    r"\b(?:в комментари|в коммент|в чате|ответ|истори|опыт|мнени)"
    r"|\b(?:пройдите|примите участие в)\b[^.!?]{0,30}\bопрос"
    r"|\b(?:подскажите|кто[- ]нибудь знает|кто знает|помогите|does anyone|can anyone|anybody know|how (?:do|can) i)\b"
)
_ASKED = re.compile(r"\?(?![\w/&=])")


def kind_of(text: str, tone: Score | None = None) -> Feedback | None:
    """Return which kind of feedback a text is, None where it is none; `tone` is the text's, where it is known already."""
    told = text[:READ_CHARS_MAX].lower()
    if _IDEA.search(told):
        return "idea"
    value = (tone or score(text)).value
    if value <= COMPLAINT_MAX:
        return "complaint"
    if _CALLS.search(told) or _ASKED.search(told, max(0, len(told) - ASKED_AT_END_CHARS)):
        return "question"
    return "praise" if value >= PRAISE_MIN else None
