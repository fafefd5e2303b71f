"""The `veche` command."""

import typer

app = typer.Typer(no_args_is_help=True)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
