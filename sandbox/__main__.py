"""`python -m sandbox`: start the server."""

import argparse
import contextlib
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import uvicorn

from sandbox.app import make_app
from sandbox.fault_kinds import listing
from sandbox.fault_wire import TrackedProtocol
from sandbox.faults import Fault, UnknownFault, read_fault
from sandbox.known import BadKnown, Known, read_known
from sandbox.world import Options, World


def _speed(text: str) -> float:
    speed = 0.0 if text == "max" else float(text)
    if speed < 0:
        raise argparse.ArgumentTypeError("must be 0, max or a positive number")
    return speed


def _fault(text: str) -> Fault:
    try:
        return read_fault(text)
    except UnknownFault as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _known(text: str) -> Known:
    try:
        return read_known(Path(text))
    except (BadKnown, OSError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser("sandbox", description="A local stand-in for OpenAI's Batch API.")
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8001, help="0 takes a free one")
    add("--state", type=Path, help="folder that survives a restart (default: a temporary one)")
    add("--speed", type=_speed, default=1.0, help="divides every simulated delay; 0 or `max` for none")
    add("--seed", type=int, default=0, help="other answers to the same requests")
    add("--fault", type=_fault, action="append", default=[], metavar="NAME[~SHARE][=VALUE][@MATCH][*COUNT]")
    add("--list-faults", action="store_true", help="print every fault and leave")
    add("--models", default="", help="comma-separated: the only models that exist")
    add("--models-as-of", type=date.fromisoformat, default=date(2026, 11, 20), help="day on which shutdowns are judged")
    add("--requests-per-minute", type=int, help="enforced for each key and model")
    add("--tokens-per-minute", type=int)
    add("--latency", type=float, default=0.0, help="seconds for each direct answer, not compressed")
    add("--latency-most", type=float, default=0.0, help="with --latency: at most so many, by chance")
    add("--webhook-url")
    add("--webhook-secret", default=Options.webhook_secret, help="whsec_ and base64")
    add("--known", type=_known, default=Known(), metavar="FILE", help="values for answers, see sandbox/known.py")
    add("--quiet", action="store_true", help="no line for each call")
    return parser


@contextlib.contextmanager
def _state(folder: Path | None) -> Iterator[Path]:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    else:
        with tempfile.TemporaryDirectory(prefix="sandbox-", ignore_cleanup_errors=True) as temporary:
            yield Path(temporary)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, else asyncio does not switch Nagle's algorithm off and every answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(2048)
    return listener


def serve(args: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT; the exit status."""
    try:
        listener = _listen(args.host, args.port)
    except OSError as error:
        sys.stderr.write(f"sandbox: cannot listen on {args.host}:{args.port}: {error.strerror}.")
        sys.stderr.write(" Choose another port with --port.\n")
        return 1
    sys.setswitchinterval(0.001)
    # uvicorn raises the signal again after its shutdown: ours lets the state folder be cleared.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    models = tuple(name for name in args.models.split(",") if name)
    with _state(args.state) as folder, listener:
        options = Options(
            folder,
            args.speed,
            args.seed,
            args.fault,
            models,
            args.models_as_of,
            args.requests_per_minute,
            args.tokens_per_minute,
            args.latency,
            args.latency_most,
            args.webhook_url,
            args.webhook_secret,
            args.known,
        )
        config = uvicorn.Config(
            make_app(World(options)),
            http=TrackedProtocol,
            ws="none",
            access_log=not args.quiet,
            log_level="warning" if args.quiet else "info",
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
        )
        port = listener.getsockname()[1]
        sys.stdout.write(f"sandbox listening on http://{args.host}:{port}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    return 0


def main(argv: list[str] | None = None) -> int:
    """Read the command line and serve."""
    args = make_parser().parse_args(argv)
    if args.list_faults:
        sys.stdout.write(listing() + "\n")
        return 0
    return serve(args)


if __name__ == "__main__":
    sys.exit(main())
