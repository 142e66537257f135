"""The REST server: listens, guards, routes, answers; serves only when the core has loaded the ban list."""

from __future__ import annotations

import errno
import logging
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from typing_extensions import override

from app.api.access import COOKIE, Access
from app.api.answer import Answer, encode, server_name
from app.api.call import MAX_BODY, Call
from app.api.client import from_own_page, host_names, is_loopback, names_us, takes_gzip
from app.api.errors import answer_to, crash, refusal
from app.api.language import wanted_language
from app.api.router import Router
from app.api.routes import ROUTES
from app.domain.errors import AppError
from app.domain.reason import Param, Text
from app.locale import _, current_language, set_language
from app.services.core import Core
from app.settings.secret import Secret

log = logging.getLogger(__name__)

_JSON: Final = "application/json"
_COMPRESSED_FROM: Final = 1_500
"""Bytes, as in PBH."""
_SHUTDOWN_SECONDS: Final = 2.0
_KEEP_ALIVE_SECONDS: Final = 75.0
_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - a wish that settings may hold
_TAKEN: Final = (errno.EADDRINUSE, 10013, 10048)  # and what Windows says


class CannotListen(AppError):
    """The address is none of this machine, or the port is not for us."""


class PortInUse(CannotListen):
    """Another program listens there."""


class ApiServer:
    """Serves while its `async with` block runs; raises CannotListen on entering."""

    def __init__(self, core: Core, *, host: str, port: int, token: Secret | None = None) -> None:
        """`port` 0 asks for a free one; `token` counts instead of the one in config.yml."""
        self._core, self._host, self.port = core, host, port
        self._access = Access(core, token)
        self._router = Router(ROUTES)
        self._own_names = host_names(host)
        self._guards_names = is_loopback(host)
        self._default_language = current_language()
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """Where it answers on this machine, without a slash at the end."""
        host = "127.0.0.1" if self._host in (*_EVERYWHERE, "localhost") else self._host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    async def __aenter__(self) -> Self:
        # Nothing that aiohttp's Application adds is needed, and each layer costs every request.
        server = web.Server(
            self._handle,
            request_factory=_make_request,
            access_log=None,
            logger=_wire_log,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
        )
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._bind_host(), self.port).start()
        except OSError as error:
            await runner.cleanup()
            raise self._cannot_listen(error) from None
        self._runner = runner
        self.port = runner.addresses[0][1]
        self._core.blocklists.open(self._core.settings, self.url)
        log.info("REST server listens on %s", self.url)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._core.blocklists.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _bind_host(self) -> str | None:
        if self._host == "localhost":
            return "127.0.0.1"
        if self._host == "::":
            # Both families. A free port is free in one of them only.
            return None if self.port else _EVERYWHERE[0]
        return self._host

    def _cannot_listen(self, error: OSError) -> CannotListen:
        place: dict[str, Param] = {"host": self._host, "port": self.port}
        if error.errno in _TAKEN:
            return PortInUse(Text("port-in-use", place))
        reason = error.strerror or str(error)
        return CannotListen(Text("cannot-listen", {**place, "reason": reason}))

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        header = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
        set_language(wanted_language(header, self._default_language))
        try:
            answer = await self._answer(request)
        except AppError as error:
            answer = answer_to(error)
        except ConnectionError:
            raise
        except Exception as error:  # a bug in one route must not take the server down
            log.exception("%s %s crashed", request.method, request.rel_url.raw_path)
            if request.writer.output_size:
                raise ConnectionResetError from error  # half an answer is out: break it off
            answer = crash()
        response = self._encoded(request, answer) if isinstance(answer, Answer) else answer
        if not response.prepared:
            response.headers[hdrs.SERVER] = server_name(self._core.version)
        return response

    async def _answer(self, request: web.BaseRequest) -> Answer | web.StreamResponse:
        if request.method == hdrs.METH_OPTIONS:
            return web.Response()
        if not self._is_trusted(request):
            log.warning("refused a request in the name of a foreign page")
            return refusal(403, _("This page may not use the server."))
        found = self._router.find(request.method, request.rel_url.raw_path)
        if found is None:
            text = _("There is no {method} {path}.")
            return refusal(405, text.format(method=request.method, path=request.rel_url.path))
        route, params = found
        refused = self._access.refuse(request, route.role)
        if refused is not None:
            return refused
        return await route.handler(
            Call(core=self._core, access=self._access, request=request, params=params)
        )

    def _is_trusted(self, request: web.BaseRequest) -> bool:
        prefix = self._core.settings.config.server.prefix
        if self._guards_names and not names_us(request, self._own_names | host_names(prefix)):
            return False
        return from_own_page(request, prefix)

    def _encoded(self, request: web.BaseRequest, answer: Answer) -> web.Response:
        body = encode(answer)
        response = web.Response(
            body=body, status=answer.status, headers=answer.headers, content_type=_JSON
        )
        if answer.session is not None:
            response.set_cookie(COOKIE, answer.session, path="/", httponly=True, samesite="Lax")
        if len(body) >= _COMPRESSED_FROM and takes_gzip(request):
            response.enable_compression(web.ContentCoding.gzip)
        return response


def _make_request(
    message: Any,  # noqa: ANN401 - aiohttp's own types, passed through
    payload: Any,  # noqa: ANN401
    protocol: Any,  # noqa: ANN401
    writer: Any,  # noqa: ANN401
    task: Any,  # noqa: ANN401
) -> web.BaseRequest:
    loop = task.get_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)


_NOT_OURS: Final = (HttpProcessingError, web.RequestPayloadError, ConnectionError)


class _Noise(logging.Filter):
    """Drops what broken clients and port scanners cause: it is no error of ours."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, _NOT_OURS)


_wire_log: Final = logging.getLogger(f"{__name__}.wire")
_wire_log.addFilter(_Noise())
