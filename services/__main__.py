"""The `veche` command: mounts the command lines of what is installed."""

import sys
from importlib import import_module
from importlib.util import find_spec

import typer
from pydantic import ValidationError

from shared.settings import Settings

# An image holds one service and no stack; a checkout holds all of them.
COMMANDS = {
    "keys": "shared.cli.keys",
    "staff": "shared.cli.staff",
    "topics": "shared.cli.topics",
    "dlq": "shared.cli.dlq",
    "partitions": "shared.cli.partitions",
    "stack": "deploy.native.cli",
    "ingest": "services.ingest.cli",
    "moderation": "services.moderation.cli",
    "engagement": "services.engagement.cli",
    "reporting": "services.reporting.cli",
    "delivery": "services.delivery.cli",
}

# What people ask for by name, without knowing which service it comes from.
TOP = {"report": "services.reporting.cli"}

# Their commands stand at the top: `veche apply`, `veche trace`.
PLAIN = ("shared.cli.documents", "shared.cli.trace")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def veche() -> None:
    """Run and operate the services of Veche."""


def is_installed(module: str) -> bool:
    """Answer whether a module is there, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it is missing
        return False


for name, module in COMMANDS.items():
    if is_installed(module):
        app.add_typer(import_module(module).app, name=name)

for name, module in TOP.items():
    if is_installed(module):
        app.command(name)(getattr(import_module(module), name))

for module in PLAIN:
    app.add_typer(import_module(module).app)


def main() -> None:
    """Run the command line. A setting that is none is told by its variable, never by its value."""
    try:
        app()
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        for problem in error.errors(include_input=False, include_url=False):
            print(f"VECHE_{'.'.join(map(str, problem['loc'])).upper()}: {problem['msg']}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


if __name__ == "__main__":
    main()
