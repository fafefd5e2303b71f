"""Prometheus's own tool on our rules, our configuration and the dashboard's queries."""

import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.grafana.dashboard import PANELS
from deploy.native.parts.prometheus import DEPLOYED


def promtool(*arguments: str | Path) -> str:
    done = subprocess.run(["promtool", *arguments], check=False, capture_output=True, text=True)  # noqa: S607
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("file", sorted((DEPLOYED / "tests").glob("*.yml")), ids=lambda file: file.stem)
def test_alerts_fire_when_they_should(file: Path) -> None:
    assert "SUCCESS" in promtool("test", "rules", file)


def test_every_alert_is_tested() -> None:
    rules = yaml.safe_load((DEPLOYED / "rules" / "veche.yml").read_text())["groups"][0]["rules"]
    tests = yaml.safe_load((DEPLOYED / "tests" / "veche.yml").read_text())["tests"]

    fired = {test["alertname"] for group in tests for test in group["alert_rule_test"] if test.get("exp_alerts")}

    assert fired == {rule["alert"] for rule in rules}


def test_prometheus_takes_the_configuration() -> None:
    assert "is valid" in promtool("check", "config", DEPLOYED / "prometheus.yml")


def test_prometheus_takes_the_queries_of_the_dashboard(tmp_path: Path) -> None:
    queries = [panel.query.replace("$__rate_interval", "1m").replace("$group", ".*") for panel in PANELS]
    rules = [{"record": f"panel_{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))

    assert f"{len(PANELS)} rules found" in promtool("check", "rules", tmp_path / "rules.yml")
