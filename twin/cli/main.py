"""The commands put together, and errors turned into text and exit codes."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from twin.cli import (
    agreeing,
    calibrating,
    equipping,
    exchanging,
    measuring,
    running,
    serving,
    showing,
    verifying,
)
from twin.errors import TwinError

app = typer.Typer(
    name="flins",
    help="Digital twin of the Flins Refactory: run, view and serve scenarios.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("demo")(running.demo)
app.command("run")(running.run)
app.command("view")(showing.view)
app.command("render")(showing.render)
app.command("serve")(serving.serve)
app.command("replay")(serving.replay)
app.command("schema")(measuring.schema)
app.command("calibrate")(calibrating.calibrate)
app.command("agree")(agreeing.agree)
app.command("verify")(verifying.verify)
app.command("equipment")(equipping.equipment)
app.command("bench")(measuring.bench)
app.add_typer(exchanging.app, name="tables")


def _print_version(wanted: bool) -> None:
    if wanted:
        from twin import __version__

        typer.echo(f"flins-twin {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print it."
        ),
    ] = False,
    verbose: Annotated[bool, typer.Option(help="Log what happens.")] = False,
) -> None:
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )


def main() -> None:
    """Run the command line; exit 2 on bad input, 3 if a part is missing."""
    try:
        code = app(standalone_mode=False)
    except TwinError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except typer.TyperException as error:  # typer carries a click of its own
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "flins"
        found = error.format_message().replace("Value error, ", "").rstrip(".")
        _complain(f"{found}; see {command} --help")
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        _complain("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        where = error.filename or "file system"
        _complain(f"{where}: {error.strerror or error}; check the path and its rights")
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(text: str) -> None:
    typer.echo(f"flins: {' '.join(text.splitlines())}", err=True)
