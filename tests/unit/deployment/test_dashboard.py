"""The dashboard shows metrics that exist, and is the one that the code describes."""

import json

import pytest
import yaml
from fastapi import FastAPI
from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry, Metric

from deploy.grafana.dashboard import DATASOURCE, FILE, HEIGHT, PANELS, WIDTH, Panel, as_text
from deploy.native.parts.prometheus import DEPLOYED
from services.delivery.carrying.figures import Figures
from services.delivery.notices import counted
from services.engagement.app.shelves import failed
from services.engagement.store.shown_part import Figures as BoardFigures
from services.ingest import app as ingest
from services.moderation import app as moderation
from services.reporting import app as reporting
from shared.http.app import Observed
from shared.telemetry.metrics import FoldMetrics
from tests.unit.deployment.queries import metrics_in

GRAFANA = FILE.parents[1]
RULES = yaml.safe_load((DEPLOYED / "rules" / "veche.yml").read_text())["groups"][0]["rules"]

BY_PROMETHEUS = {"up"}


def told() -> set[str]:
    """Ask the code itself for the names of what it tells."""
    registry = CollectorRegistry()
    FoldMetrics(registry)
    Observed(FastAPI(), "any", NoOpTracer(), registry, 0.0)
    return {name for family in registry.collect() for name in names_of(family)}


def told_by_one() -> set[str]:
    """Ask services for the names of what each alone tells."""
    registry = CollectorRegistry()
    ingest.refused(registry)
    ingest.skipped(registry)
    moderation.failed(registry)
    failed(registry)
    BoardFigures(registry)
    Figures(registry, ["telegram"])
    counted(registry)
    reporting.counted(registry)
    return {name for family in registry.collect() for name in names_of(family)}


def names_of(family: Metric) -> list[str]:
    suffix = {"counter": "_total", "histogram": "_bucket"}.get(family.type, "")
    return [family.name + suffix]


def test_the_committed_dashboard_is_the_one_that_the_code_writes() -> None:
    assert FILE.read_text() == as_text()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_a_panel_asks_for_metrics_that_services_tell(panel: Panel) -> None:
    asked = metrics_in(panel.query)

    assert asked
    assert asked <= told() | told_by_one()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_metrics_that_services_tell(rule: dict[str, str]) -> None:
    assert metrics_in(rule["expr"]) <= told() | told_by_one() | BY_PROMETHEUS


def test_everything_that_services_tell_is_shown() -> None:
    shown = {name for panel in PANELS for name in metrics_in(panel.query)}

    assert told() <= shown


def test_panels_do_not_cover_each_other() -> None:
    places = [panel["gridPos"] for panel in json.loads(FILE.read_text())["panels"]]

    assert len({(place["x"], place["y"]) for place in places}) == len(PANELS)
    assert all(place["x"] % WIDTH == 0 and place["y"] % HEIGHT == 0 for place in places)


def test_the_dashboard_s_source_is_provisioned() -> None:
    provisioned = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "veche.yaml").read_text())

    assert DATASOURCE["uid"] in [source["uid"] for source in provisioned["datasources"]]
