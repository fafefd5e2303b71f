"""The FastAPI app of every service: problem documents, health, metrics, one span and one timing a request."""

from __future__ import annotations

import time

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanKind, Tracer
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.directory import Directory
from shared.http import problems
from shared.telemetry.traces import parse

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


def create(service: str, directory: Directory, tracer: Tracer, registry: CollectorRegistry) -> FastAPI:
    """Return the app that a service hangs its own routes on; `state.missing` must say what is not ready."""
    app = FastAPI(title=f"Veche {service}", version="1", docs_url="/docs", redoc_url=None)
    app.state.directory = directory
    problems.install(app)
    _health(app, registry)
    app.add_middleware(Observed, service=service, tracer=tracer, registry=registry)
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
    """Counts and times each request by its route, and opens its span where the sampler says so."""

    def __init__(self, app: ASGIApp, service: str, tracer: Tracer, registry: CollectorRegistry) -> None:
        self._app, self._service, self._tracer = app, service, tracer
        self._requests = Counter("veche_http_requests", "Requests.", ["service", "route", "status"], registry=registry)
        self._seconds = Histogram(
            "veche_http_seconds", "Time of a request.", ["service", "route"], buckets=SECONDS, registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = [500]

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        headers = dict(scope["headers"])
        parent = parse(headers.get(b"traceparent"))
        context = trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None
        with self._tracer.start_as_current_span(f"{scope['method']} {self._service}", context, SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, noting)
            finally:
                route = getattr(scope.get("route"), "path", "unknown")
                if span.is_recording():
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attributes({"http.route": route, "http.response.status_code": status[0]})
                self._requests.labels(self._service, route, str(status[0])).inc()
                self._seconds.labels(self._service, route).observe(time.perf_counter() - began)
