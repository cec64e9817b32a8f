"""Logs, metrics and the trace context of a process.

A log line is an event name and fields; the trace it belongs to is added. Spans are exported when
OTEL_EXPORTER_OTLP_ENDPOINT is set and the extra `traces` is installed; without it they only carry
the W3C trace context through calls and events."""

import logging
import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

from nexus.settings import Settings

__all__ = ["SpanKind", "configure", "log", "span", "traceparent"]

log = structlog.get_logger("nexus")

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
CALL_SECONDS = Histogram(
    "nexus_call_seconds", "Time to answer a call", ["service", "method", "outcome"], buckets=_BUCKETS
)
EVENTS_HANDLED = Counter(
    "nexus_events_handled_total", "Events by what became of them", ["handler", "outcome"]
)
EVENT_LAG = Histogram(
    "nexus_event_lag_seconds", "From what happened to its handling", ["handler"], buckets=_BUCKETS
)
EVENTS_RELAYED = Counter("nexus_events_relayed_total", "Events taken from outboxes", ["service"])
EVENTS_PARKED = Gauge("nexus_events_parked", "Events that wait for a person", ["service"])

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("nexus")


def configure(process: str, settings: Settings) -> None:
    """Set up logs and traces of this process, once, at its start. Logs go to standard error."""
    _configure_logs(
        settings.log_level or ("warning" if process == "embedded" else "info"), settings.log_format
    )
    structlog.contextvars.bind_contextvars(process=process)
    _configure_traces(process)


def _configure_logs(least: str, form: str) -> None:
    level = logging.getLevelNamesMapping()[least.upper()]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        _add_trace,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer))
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # we say ourselves what a lost connection means


def _add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
    return event


def _configure_traces(process: str) -> None:
    exporting = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    provider = TracerProvider(
        sampler=ParentBased(ALWAYS_ON if exporting else ALWAYS_OFF),
        resource=Resource.create({"service.name": f"nexus-{process}"}),
    )
    if exporting:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, parent: str | None = None) -> Iterator[None]:
    """A span named `name`, the current one inside the block; `parent` is a traceparent from outside."""
    context = _propagator.extract({"traceparent": parent}) if parent else None
    with _tracer.start_as_current_span(name, context=context, kind=kind):
        yield


def traceparent() -> str | None:
    """The current trace context as a W3C `traceparent` header, or None outside of any span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")
