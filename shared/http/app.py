"""The FastAPI app of every service: problem documents, health, metrics, one span and one timing a request."""

from __future__ import annotations

import random
import time

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Tracer
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.directory import Directory
from shared.http import problems
from shared.http.brands import Brands
from shared.telemetry.traces import parse, unsampled

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


def create(service: str, directory: Directory, tracer: Tracer, registry: CollectorRegistry, ratio: float) -> FastAPI:
    """Return the app that a service hangs its own routes on; `state.missing` must say what is not ready.

    `ratio` is the share of requests that are traced.
    """
    app = FastAPI(title=f"Veche {service}", version="1", docs_url="/docs", redoc_url=None)
    app.state.directory = directory
    app.state.brands = Brands(directory)
    app.state.straight = {}
    problems.install(app)
    _health(app, registry)
    app.add_middleware(Observed, service=service, tracer=tracer, registry=registry, ratio=ratio)
    return app


def _health(app: FastAPI, registry: CollectorRegistry) -> None:
    @app.get("/health/live", include_in_schema=False)
    async def live() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/health/ready", include_in_schema=False)
    async def is_ready() -> JSONResponse:
        missing = list(app.state.missing())
        return JSONResponse({"ready": not missing, "missing": missing}, 503 if missing else 200)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4; charset=utf-8")


class Observed:
    """Counts and times each request by its route, and opens a span for the share that is traced."""

    def __init__(self, app: ASGIApp, service: str, tracer: Tracer, registry: CollectorRegistry, ratio: float) -> None:
        self._app, self._service, self._tracer, self._ratio = app, service, tracer, ratio
        self._requests = Counter("veche_http_requests", "Requests.", ["service", "route", "status"], registry=registry)
        self._seconds = Histogram(
            "veche_http_seconds", "Time of a request.", ["service", "route"], buckets=SECONDS, registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = _parent(scope)
        app = self._straight(scope)
        try:
            if (parent is not None and parent.trace_flags.sampled) or random.random() < self._ratio:  # noqa: S311 - a sample
                await self._traced(app, scope, receive, noting, parent)
            else:
                with trace.use_span(NonRecordingSpan(parent or unsampled())):
                    await app(scope, receive, noting)
        finally:
            route = route_of(scope)
            self._requests.labels(self._service, route, str(status)).inc()
            self._seconds.labels(self._service, route).observe(time.perf_counter() - began)

    def _straight(self, scope: Scope) -> ASGIApp:
        """Return what handles the request: an app that stands for itself, past FastAPI's routing, or FastAPI."""
        straight: dict[str, ASGIApp] = scope["app"].state.straight
        for prefix, app in straight.items():
            if scope["path"].startswith(prefix):
                scope["veche.route"] = prefix
                return app
        return self._app

    async def _traced(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, parent: SpanContext | None) -> None:
        context = trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None
        with self._tracer.start_as_current_span(f"{scope['method']} {self._service}", context, SpanKind.SERVER) as span:
            await app(scope, receive, send)
            span.update_name(f"{scope['method']} {route_of(scope)}")
            span.set_attribute("http.route", route_of(scope))


def _parent(scope: Scope) -> SpanContext | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return parse(value)
    return None


def route_of(scope: Scope) -> str:
    """Return the route's pattern: a bounded set, where paths are not."""
    route = scope.get("route")
    return str(scope.get("veche.route") or (route.path if route is not None else "unknown"))
