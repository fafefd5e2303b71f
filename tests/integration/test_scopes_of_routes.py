"""Every route of every service asks for a scope, but those that are open to all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.__main__ import is_installed
from services.engagement.web.members import PATHS as PAGES
from services.moderation.web.routes import PATHS as MEMBERS
from services.reporting.api.shares import PATHS as SHARED
from shared.directory import Scope
from shared.http.auth import OPEN_PATHS
from shared.http.signin import PATHS
from shared.settings import Settings
from tests.integration.edge import NOWHERE

SERVICES = ("ingest", "moderation", "engagement", "reporting", "delivery")
DOCS = frozenset({"/docs", "/docs/oauth2-redirect", "/openapi.json"})


def needed(dependant: Dependant) -> Iterator[Scope]:
    """Yield the scopes that a route asks for."""
    for dependency in dependant.dependencies:
        scope = getattr(dependency.call, "scope", None)
        if isinstance(scope, Scope):
            yield scope
        yield from needed(dependency)


def every(routes: Iterable[Any]) -> Iterator[Any]:
    """Yield the routes, also those of included routers."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from every(included.routes)


OPEN = OPEN_PATHS | DOCS | PATHS | MEMBERS | PAGES | SHARED
"""Routes that anybody may use."""


@pytest.mark.parametrize("name", [name for name in SERVICES if is_installed(f"services.{name}.app")])
async def test_every_route_asks_for_a_scope(name: str) -> None:
    app = import_module(f"services.{name}.app")
    made = app.create_app(Settings(kafka=NOWHERE, mongo="mongodb://127.0.0.1:1/"))
    try:
        routes = [route for route in every(made.api.routes) if getattr(route, "path", None) not in OPEN]
        naked = [route for route in routes if not isinstance(route, APIRoute) or not list(needed(route.dependant))]
        straight = set(made.api.state.straight)
    finally:
        for stop in made.stopping:
            await stop()
        await made.client.close()

    assert routes
    assert not naked, "routes that anybody may use"
    assert straight <= {"/v1/hooks/"}, "what stands past FastAPI's routing checks the platform's own secret"
