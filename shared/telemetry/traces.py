"""Traces. A record's trace goes on in what follows from it, by the W3C `traceparent` header.

Only sampled records get spans; of the others the header is handed on. Exporting happens in a thread of its own
with a bounded queue: with the collector down spans are dropped, and nothing slows or fails.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import msgspec
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags

from shared.bus.record import Headers, Record, header
from shared.settings import Settings

TRACEPARENT = "traceparent"
QUEUE_SPANS = 8_192
"""Spans that wait for the collector; more are dropped, not waited for."""
EXPORT_S = 5
"""A collector that does not answer for so long loses the spans."""
SPANS_A_BATCH = 200
"""Spans that one batch of a fold makes at most: a bulk of sampled records must not slow it."""

logging.getLogger("opentelemetry").setLevel(logging.ERROR)


def provider(settings: Settings, service: str) -> TracerProvider:
    """Return the tracer provider of a service, exporting as OTEL_TRACES_EXPORTER says (otlp, zipkin_json, none)."""
    made = TracerProvider(
        resource=Resource.create({"service.name": f"veche-{service}"}),
        sampler=ParentBased(ALWAYS_ON),  # the edge draws the sample: HTTP requests, by `trace_ratio`
    )
    exporter = _exporter(settings)
    if exporter is not None:
        made.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=QUEUE_SPANS, schedule_delay_millis=500))
    return made


def _exporter(settings: Settings) -> SpanExporter | None:
    match settings.traces_exporter:
        case "otlp":
            return OTLPSpanExporter(f"{settings.otlp_endpoint}/v1/traces", timeout=EXPORT_S)
        case "zipkin" | "zipkin_json":
            return ZipkinExporter(endpoint=settings.zipkin_endpoint, timeout=EXPORT_S)
        case _:
            return None


def parse(traceparent: bytes | str | None) -> SpanContext | None:
    """Return the context of a `traceparent`, or None for one that is absent or wrong."""
    if traceparent is None:
        return None
    try:
        text = traceparent.decode("ascii") if isinstance(traceparent, bytes) else traceparent
        _, trace_id, span_id, flags = text.split("-")
        context = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    except ValueError:
        return None
    return context if context.is_valid else None


def traceparent(context: SpanContext) -> bytes:
    """Return the header for what follows from a span."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}".encode()


def carried_on() -> Headers:
    """Return the trace header of the request in hand, for the records that follow from it.

    A request that is not in the sample gets an id too, marked as not sampled: every decision and entry names its trace.
    """
    context = trace.get_current_span().get_span_context()
    return ((TRACEPARENT, traceparent(context if context.is_valid else unsampled())),)


def unsampled() -> SpanContext:
    """Return a new context that is not in the sample: an id for what belongs together, without spans."""
    return SpanContext(_ids.generate_trace_id(), _ids.generate_span_id(), is_remote=False)


_ids = RandomIdGenerator()


def trace_of(record: Record) -> str | None:
    """Return the trace id of a record, as 32 hexadecimal digits."""
    raw = header(record, TRACEPARENT)
    return None if raw is None else trace_id(raw)


def trace_id(traceparent: bytes | str | None) -> str | None:
    """Return the trace id of a `traceparent`, as 32 hexadecimal digits; None for one that is absent or wrong."""
    context = parse(traceparent)
    return None if context is None else f"{context.trace_id:032x}"


class _Named(msgspec.Struct):
    id: str
    type: str = ""


_named = msgspec.json.Decoder(_Named)


def event_named(value: bytes | None) -> Mapping[str, str]:
    """Return the attributes by which a span is found: the event's id and type, where there are any."""
    try:
        found = _named.decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {"veche.event_id": found.id, "veche.event_type": found.type}


class RecordSpans:
    """The spans of the records that a group folds."""

    def __init__(self, tracer: trace.Tracer, group: str) -> None:
        self._tracer, self._group = tracer, group

    def begin(self) -> BatchSpans:
        """Return the spans of one more batch: none yet. Those of a batch that does not come to its end are dropped."""
        return BatchSpans(self._tracer, self._group)


class BatchSpans:
    """The spans of the records of one batch."""

    def __init__(self, tracer: trace.Tracer, group: str) -> None:
        self._tracer, self._group = tracer, group
        self._spans: list[Span] = []

    def carry(self, record: Record) -> Headers:
        """Return the trace header for what follows from the record; a sampled record gets a span."""
        raw = header(record, TRACEPARENT)
        if raw is None:
            return ()
        parent = parse(raw)
        if parent is None or not parent.trace_flags.sampled or len(self._spans) >= SPANS_A_BATCH:
            return ((TRACEPARENT, raw),)
        span = self._tracer.start_span(
            f"{self._group} fold",
            context=trace.set_span_in_context(NonRecordingSpan(parent)),
            kind=SpanKind.CONSUMER,
            attributes={
                "messaging.system": "kafka",
                "messaging.destination.name": record.topic,
                "messaging.consumer.group.name": self._group,
                "messaging.kafka.offset": record.offset,
                **event_named(record.value),
            },
        )
        self._spans.append(span)
        return ((TRACEPARENT, traceparent(span.get_span_context())),)

    def end(self) -> None:
        """The batch is written and published: its spans are over."""
        for span in self._spans:
            span.end()
        self._spans.clear()
