"""The arguments and options of ``auditor probe`` that are no settings of a run."""

from pathlib import Path
from typing import Annotated

import typer

from auditor.model.endpoint import Service

Host = Annotated[str, typer.Argument(metavar="HOST[:PORT]", help="Host name or address of a mail server.")]
Domain = Annotated[str, typer.Option("--domain", metavar="D", help="Probe every exchange of this domain.")]
KnownAs = Annotated[
    Service | None, typer.Option("--service", help="What the port is for, where it is not the port's own service.")
]
Transcript = Annotated[
    Path | None,
    typer.Option("--transcript", metavar="FILE", help="Write what is shown to this file too; never over another."),
]
Interactive = Annotated[
    bool, typer.Option("--interactive", help="Type the commands yourself, in clear text and inside TLS.")
]
Count = Annotated[
    int,
    typer.Option("--count", metavar="N", min=1, max=100, help="So many conversations, and how long each step takes."),
]
Interval = Annotated[float, typer.Option("--interval", metavar="S", min=0.0, help="Seconds between them.")]
Recipient = Annotated[
    str, typer.Option("--send-test", metavar="TO", help="Send one real message to this address; every step is shown.")
]
Sender = Annotated[
    str, typer.Option("--from", metavar="ADDRESS", help="Its sender; postmaster at this host's name if left out.")
]
Sure = Annotated[bool, typer.Option("--sure", help="Send it without being asked.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything observed as JSON.")]
