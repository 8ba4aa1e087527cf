"""``cupola schema``: the JSON Schema of a scenario file, so that editors complete and check it."""

import json
import sys
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Accepted for uniformity: the output is JSON in any case")]


def command(as_json: AsJson = False) -> None:
    """Print the JSON Schema of a scenario file.

    Save it, then begin a scenario with: # yaml-language-server: $schema=cupola.schema.json
    """
    from cupola.scenario.user import json_schema

    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
