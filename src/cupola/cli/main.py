"""The ``cupola`` command. Command modules are light: each brings what it needs when called, so that help is instant."""

from typing import Annotated

import typer

from cupola import __version__
from cupola.cli import catalog, cite, explain, rerun, run, schema, validate

app = typer.Typer(
    name="cupola",
    help="Simulate layered homeland missile defense from open sources: what is stopped, what leaks, and how sure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed while running, 2 bad input.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cupola {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave")
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


app.command("run")(run.command)
app.command("rerun")(rerun.command)
app.command("explain")(explain.command)
app.command("validate")(validate.command)
app.command("cite")(cite.command)
app.command("schema")(schema.command)
app.add_typer(catalog.app, name="catalog")


def main() -> None:
    """Run the command line."""
    app()
