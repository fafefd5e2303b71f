"""What a page's author uses: `page` makes the answer, `form` reads what was sent, `needs` of auth.py says who may.

A page's template extends `layout.html.j2` and fills `title` and `main`. It finds `principal` and `csrf` (None where nobody
is signed in), `language`, `words`, `say` (a `Said` in the page's language) and `asset` (where a file of `pages/` is served).
Each form that changes something holds `<input type="hidden" name="csrf" value="{{ csrf }}">`; scripts send the same as
`X-CSRF-Token`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from shared.directory import Principal
from shared.http.origin import beside, is_secure
from shared.http.pages.headers import guard
from shared.http.pages.languages import CHOSEN_S, COOKIE, known, language_of
from shared.http.pages.look import Look
from shared.http.pages.words import LANGUAGES, WORDS
from shared.said import Language, Said
from shared.staff.sessions import Session

NO_WORDS: Mapping[str, Said] = {}


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    words: Mapping[str, Said] = NO_WORDS,
    **values: Any,  # noqa: ANN401 - what the template shows
) -> HTMLResponse:
    """Return a page in the reader's language, with the headers of every page; `words` join those of the frame."""
    look: Look = request.app.state.look
    language = language_here(request)
    session: Session | None = getattr(request.state, "session", None)
    said = {name: text.by(language) for name, text in (WORDS | dict(words)).items()}
    text = look.templates.get_template(template).render(
        language=language.value,
        languages=[(tag, name, _other(request, tag)) for tag, name in LANGUAGES.items()],
        words=said,
        say=lambda text: text.by(language),
        asset=look.addresses.__getitem__,
        principal=principal_here(request),
        beside=lambda path: beside(request, path),
        csrf=None if session is None else session.csrf,
        **values,
    )
    response = HTMLResponse(text, status, headers={"Content-Language": language.value})
    _keep_language(request, response)
    guard(response, is_secure=is_secure(request))
    return response


def elsewhere(request: Request, path: str) -> Response:
    """Return the answer that leads to another page of ours, as after a form that was sent."""
    return guard(RedirectResponse(path, 303), is_secure=is_secure(request))


def language_here(request: Request) -> Language:
    """Return the language in which whoever asks reads."""
    accepted = request.headers.get("accept-language", "")
    return language_of(request.query_params.get("lang"), request.cookies.get(COOKIE), accepted)


def principal_here(request: Request) -> Principal | None:
    """Return who asks, where the route has found out: through `needs`, or because they are signed in."""
    found: Principal | None = getattr(request.state, "principal", None)
    return found


def _other(request: Request, tag: str) -> str:
    """Return the address of the same page in another language, without its path: that holds for an invitation, too."""
    return f"?{request.url.include_query_params(lang=tag).query}"


def _keep_language(request: Request, response: Response) -> None:
    chosen = request.query_params.get("lang")
    if chosen is not None and known(chosen):
        secure = is_secure(request)
        response.set_cookie(COOKIE, chosen, CHOSEN_S, path="/", secure=secure, httponly=True, samesite="lax")
