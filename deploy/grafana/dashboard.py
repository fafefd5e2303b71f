"""The dashboard of an installation, as code: `python -m deploy.grafana.dashboard` writes its JSON.

Panels stand two a row, in the order of the questions of somebody who was woken: is it late, does it
lose or divert, does it work at all, what do callers see.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "dashboards" / "veche.json"
DATASOURCE = {"type": "prometheus", "uid": "prometheus"}
WIDTH, HEIGHT, PER_ROW = 12, 8, 2
GROUP = '{group=~"$group"}'

Json = dict[str, object]


@dataclass(frozen=True)
class Panel:
    """One graph: its question, its query, what a line of it is called, the unit, and where it turns red."""

    title: str
    description: str
    query: str
    legend: str
    unit: str = "short"
    red_from: float | None = None


PANELS = (
    Panel(
        "How far behind is each stage",
        "Age of the newest folded record while more wait; the worst partition. An alert tells of more than a minute.",
        f"max by (group) (veche_fold_lag_seconds{GROUP})",
        "{{group}}",
        "s",
        red_from=60,
    ),
    Panel(
        "How fresh are results",
        "Time from a record's arrival to its folding, for the newest record.",
        f"max by (group) (veche_fold_freshness_seconds{GROUP})",
        "{{group}}",
        "s",
    ),
    Panel(
        "Records folded a second",
        "Records that changed state. Zero with no lag is a quiet community, zero with lag is a stopped stage.",
        'sum by (group) (rate(veche_fold_records_total{group=~"$group", outcome="folded"}[$__rate_interval]))',
        "{{group}}",
        "cps",
    ),
    Panel(
        "Records that were not folded",
        "Delivered twice, known already, or read too early: normal around a restart. Dead is not.",
        'sum by (group, outcome) (rate(veche_fold_records_total{group=~"$group", outcome!="folded"}[$__rate_interval]))',
        "{{group}} {{outcome}}",
        "cps",
    ),
    Panel(
        "Dead letters in the last hour",
        "Put aside with their reason, in the topic GROUP.dlq; replay them when the cause is mended.",
        f"sum by (group) (increase(veche_fold_dead_letters_total{GROUP}[1h]))",
        "{{group}}",
        red_from=1,
    ),
    Panel(
        "Time of a batch, 95 %",
        "One transaction and its publishing. A store that slows down shows here first.",
        f"histogram_quantile(0.95, sum by (group, le) (rate(veche_fold_batch_seconds_bucket{GROUP}[$__rate_interval])))",
        "{{group}}",
        "s",
    ),
    Panel(
        "Partitions without an owner",
        "Nobody folds them; they are some for a moment while ownership moves.",
        f"max by (group) (veche_fold_partitions{GROUP}) - sum by (group) (veche_fold_owned_partitions{GROUP})",
        "{{group}}",
        red_from=1,
    ),
    Panel(
        "Partitions that stand still",
        "Halted because going on would be wrong; /health/ready and the log name the reason.",
        f"sum by (group) (veche_fold_halted_partitions{GROUP})",
        "{{group}}",
        red_from=1,
    ),
    Panel(
        "Owners that were fenced",
        "A former owner tried to write and was refused: the fence at work. Many mean that ownership flaps.",
        f"sum by (group) (increase(veche_fold_fenced_total{GROUP}[5m]))",
        "{{group}}",
    ),
    Panel(
        "Outputs published again",
        "Left in the outbox by an owner that ended in the middle of a batch.",
        f"sum by (group) (increase(veche_fold_outbox_republished_total{GROUP}[5m]))",
        "{{group}}",
    ),
    Panel(
        "Acts on platforms a second",
        "By platform and outcome: done, or why not. Forbidden means that a bot lacks a right.",
        "sum by (platform, outcome) (rate(veche_delivery_acts_total[$__rate_interval]))",
        "{{platform}} {{outcome}}",
        "cps",
    ),
    Panel(
        "Time of an act, 95 %",
        "From when the bus had it to when the platform had done it, by class.",
        "histogram_quantile(0.95, sum by (platform, priority, le) "
        "(rate(veche_delivery_act_seconds_bucket[$__rate_interval])))",
        "{{platform}} {{priority}}",
        "s",
        red_from=60,
    ),
    Panel(
        "Wait for a turn, 95 %",
        "How long requests wait because a platform allows only so many: the limit at work.",
        "histogram_quantile(0.95, sum by (platform, le) (rate(veche_delivery_wait_seconds_bucket[$__rate_interval])))",
        "{{platform}}",
        "s",
    ),
    Panel(
        "Platforms that asked for a pause",
        "Answers of 429 and its like in five minutes. Limits are kept, so many mean that somebody else uses the bot.",
        "sum by (platform) (increase(veche_delivery_throttled_total[5m]))",
        "{{platform}}",
    ),
    Panel(
        "Notices and events sent",
        "Tries by mail and webhook in five minutes. One that failed is made again; `veche delivery endpoints` names where.",
        "sum by (what, outcome) (increase(veche_delivery_sent_total[5m]))",
        "{{what}} {{outcome}}",
    ),
    Panel(
        "Requests a second",
        "By service and status. 503 of ingest means that the broker does not acknowledge.",
        "sum by (service, status) (rate(veche_http_requests_total[$__rate_interval]))",
        "{{service}} {{status}}",
        "reqps",
    ),
    Panel(
        "Time of a request, 95 %",
        "The slowest route of each service; ingest's edge answers as soon as the broker has the record.",
        "max by (service) (histogram_quantile(0.95, sum by (service, route, le) "
        "(rate(veche_http_seconds_bucket[$__rate_interval]))))",
        "{{service}}",
        "s",
    ),
)


def dashboard() -> Json:
    """Return the dashboard as Grafana imports it."""
    return {
        "uid": "veche",
        "title": "Veche",
        "description": "Whether communities are served, stage by stage. Written by deploy/grafana/dashboard.py.",
        "schemaVersion": 39,
        "editable": False,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "tags": ["veche"],
        "templating": {"list": [_group_variable()]},
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }


def _group_variable() -> Json:
    query = "label_values(veche_fold_owned_partitions, group)"
    return {
        "name": "group",
        "label": "Stage",
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": "groups"},
        "definition": query,
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _panel(number: int, panel: Panel) -> Json:
    row, column = divmod(number, PER_ROW)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "targets": [{"refId": "A", "datasource": DATASOURCE, "expr": panel.query, "legendFormat": panel.legend}],
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": {"tooltip": {"mode": "multi", "sort": "desc"}, "legend": {"placement": "bottom"}},
    }


def _field(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.red_from is not None:
        steps.append({"color": "red", "value": panel.red_from})
    style = {"fillOpacity": 8, "thresholdsStyle": {"mode": "line" if panel.red_from else "off"}}
    return {"unit": panel.unit, "min": 0, "custom": style, "thresholds": {"mode": "absolute", "steps": steps}}


def as_text() -> str:
    """Return the dashboard's file."""
    return json.dumps(dashboard(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text())
    sys.stdout.write(f"{FILE} is written\n")
