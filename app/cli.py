"""The command line: picks the front end or the command, and turns errors into words and exit codes."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Final

from app.domain.errors import AppError
from app.locale import match_language, set_language, system_language
from app.locale.texts import say
from app.options import Options, parse

_FINE: Final = 0
_FAILED: Final = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code: 0 fine, 1 failed, 2 wrong use."""
    set_language(system_language())
    _speak_every_script()
    options = parse(sys.argv[1:] if arguments is None else arguments)
    if options.language is not None:
        set_language(match_language(options.language) or "en")
    try:
        return _run(options)
    except AppError as error:
        print(say(error.text), file=sys.stderr)
        return _FAILED
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        return _FINE
    except KeyboardInterrupt:
        return _FAILED


def _speak_every_script() -> None:
    """Names of torrents and clients come in every script: write UTF-8, and to a console what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _run(options: Options) -> int:
    if options.demo_server_only:
        return _serve_demo(options)
    if options.command == "export":
        from app.commands import export

        return export(options)
    if options.command == "check":
        from app.commands import check

        return check(options)
    if options.command == "simulate":
        from app.commands import simulate

        return simulate(options)
    with importing():
        from app import bootstrap

    return bootstrap.headless(options) if options.headless else bootstrap.desktop(options)


@contextmanager
def importing() -> Iterator[None]:
    """Import without what only costs time and memory here.

    Importing leaves 0.3 MB of garbage; looking for that meanwhile takes 60 to 100 ms, and once afterwards 40. And
    aiohttp loads aiodns (50 ms, 9 MB) for a resolver that no session of ours uses (app/adapters/http.py).
    """
    sys.modules["aiodns"] = None  # type: ignore[assignment] # as the reference says, to make an import fail
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        del sys.modules["aiodns"]


def _serve_demo(options: Options) -> int:
    from app.demo.process import serve

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(options.demo_peers, options.demo_torrents, options.api_port or 0))
    return _FINE
