"""The `veche` command."""

import typer

from deploy.native import cli as stack

app = typer.Typer(no_args_is_help=True)
app.add_typer(stack.app, name="stack")


@app.callback()
def veche() -> None:
    """Run and operate the services of Veche."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
