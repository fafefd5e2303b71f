from __future__ import annotations

from opentelemetry.sdk.trace import TracerProvider

from shared.telemetry.traces import carried_on, parse, traceparent


def test_a_request_outside_the_sample_gives_its_records_an_id_that_is_not_sampled() -> None:
    ((name, value),) = carried_on()

    context = parse(value)

    assert name == "traceparent"
    assert context is not None
    assert not context.trace_flags.sampled
    assert carried_on() != ((name, value),)


def test_a_traced_request_gives_its_records_its_own_span() -> None:
    tracer = TracerProvider().get_tracer("test")

    with tracer.start_as_current_span("request") as span:
        ((_, value),) = carried_on()

    assert value == traceparent(span.get_span_context())
