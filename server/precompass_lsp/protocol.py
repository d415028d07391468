"""What pygls leaves open of the protocol, filled in as LSP 3.17 wants it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator
from typing import Any

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import RPCMessage, RPCRequest

from precompass_lsp.client import read_client
from precompass_lsp.ready import Ready
from precompass_lsp.trace import Trace
from precompass_lsp.unicode_writer import UnicodeWriter
from precompass_lsp.uris import path_of

logger = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """The protocol of the server.

    Attributes:
        trace_to_client: what tells the client of what the server does, if it wants to be told.
        heard: set whenever the client sends a message; whoever waits for that clears it.

    Four things differ from pygls 2.1. Texts are kept by :mod:`precompass_lsp.documents`
    alone: pygls splits lines as ``str.splitlines`` does, at more characters than the LSP.
    Requests before ``initialize`` and after ``shutdown``, and those that cannot be
    understood, are answered with an error; pygls leaves them without an answer. Clients that
    get diagnostics pushed are not offered to pull them. What is sent is Unicode, whatever the
    bytes of a file's name.
    """

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        super().__init__(server, converter)
        self.trace_to_client = Trace(self._send_trace)
        self.heard = asyncio.Event()
        self._is_initialized = False
        self._begun: dict[int | str, tuple[str, float]] = {}
        for method in (
            types.TEXT_DOCUMENT_DID_OPEN,
            types.TEXT_DOCUMENT_DID_CHANGE,
            types.TEXT_DOCUMENT_DID_CLOSE,
        ):
            del self.fm.builtin_features[method]

    def set_writer(self, writer: Any, include_headers: bool = True) -> None:
        """Say where messages go."""
        super().set_writer(UnicodeWriter(writer), include_headers)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Answer ``initialize``."""
        self._is_initialized = True
        self.trace_to_client.wanted = params.trace or types.TraceValue.Off
        if params.root_uri is not None and path_of(params.root_uri) is None:
            params.root_uri = None  # pygls fails at what is no URI
        try:
            result = yield from super().lsp_initialize(params)
        except Exception:
            self._is_initialized = False
            raise
        client = read_client(params.capabilities, params.initialization_options)
        if not client.pulls_diagnostics:
            result.capabilities.diagnostic_provider = None
        return result

    @lsp_method(types.SET_TRACE)
    def lsp_set_trace(self, params: types.SetTraceParams) -> Generator[Any, Any, None]:
        """Note how much the client wants to be told of what the server does."""
        self.trace_to_client.wanted = params.value
        yield from super().lsp_set_trace(params)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Return the typed message that JSON holds; answer a request that is none.

        What a later LSP lets a client say in ``initialize`` is left out where it is not known.

        Raises:
            JsonRpcInvalidParams: whatever is wrong with it: the client made it.
        """
        try:
            if data.get("method") == types.INITIALIZE:
                return self._structure_initialize(data)
            if data.get("method") == types.SET_TRACE:
                data = self._with_known_trace(data)
            return self._structure(data)
        except Exception as error:  # of many kinds, as what the client sent
            wrong = JsonRpcInvalidParams()
            if "method" in data and isinstance(data.get("id"), int | str):
                self._send_response(data["id"], error=wrong.to_response_error())
            raise wrong from error

    def _with_known_trace(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return a ``$/setTrace``, which changes nothing if the server does not know the value."""
        params = data.get("params")
        value = params.get("value") if isinstance(params, dict) else None
        if isinstance(value, str) and value not in {one.value for one in types.TraceValue}:
            return {**data, "params": {"value": self.trace_to_client.wanted}}
        return data

    def _structure_initialize(self, data: dict[str, Any]) -> Any:
        try:
            return self._converter.structure(data, types.InitializeRequest)
        except Exception:  # of many kinds, as what the client sent
            from precompass_lsp.unknown_values import without_unknown_values  # seldom needed

            said = data.get("params")
            if not isinstance(said, dict) or not isinstance(said.get("capabilities"), dict | None):
                raise
            params = without_unknown_values(said, types.InitializeParams)
            return super().structure_message({**data, "params": params})

    def _structure(self, data: dict[str, Any]) -> Any:
        """Return the typed message, without what a later LSP lets a client say."""
        known = types.METHOD_TO_TYPES.get(str(data.get("method")))
        if known is None or known[2] is None or "jsonrpc" not in data or "error" in data:
            return super().structure_message(data)
        try:
            return self._converter.structure(data, known[0])
        except Exception:  # of many kinds, as what the client sent
            from precompass_lsp.unknown_values import with_known_words  # seldom needed

            params = with_known_words(data.get("params"), known[2])
            return super().structure_message({**data, "params": params})

    def handle_message(self, message: RPCMessage) -> None:
        """Give a message to its handler, if this is the time for it (LSP 3.17, "Lifecycle").

        JSON that is no message, such as a batch, which the LSP does not have, is let be.
        """
        self.heard.set()
        if not _is_message(message):
            logger.warning("The client has sent JSON that is no message of the LSP.")
            return
        if isinstance(message, types.ExecuteCommandRequest) and message.params.arguments is None:
            message.params.arguments = []  # pygls would call the command without counting them
        method = getattr(message, "method", None)
        refusal: types.ResponseError | None = None
        if self._shutdown:
            refusal = types.ResponseError(
                types.ErrorCodes.InvalidRequest.value, "The server is shutting down."
            )
        elif not self._is_initialized and method != types.INITIALIZE:
            refusal = types.ResponseError(
                types.ErrorCodes.ServerNotInitialized.value, "The server is not initialized."
            )
        elif self._is_initialized and method == types.INITIALIZE:
            refusal = types.ResponseError(
                types.ErrorCodes.InvalidRequest.value, "The server is initialized already."
            )
        if isinstance(message, RPCRequest):
            self._begun[message.id] = _named(message), time.perf_counter()
        if refusal is None or method == types.EXIT:
            super().handle_message(message)
        elif isinstance(message, RPCRequest):
            self._send_response(message.id, error=refusal)

    def _handle_response(
        self, msg_id: Any, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        """Take the answer to a question of the server.

        pygls keeps what it does for the client under the same ids as what it asks the client.
        """
        future: object = self._request_futures.get(msg_id)
        if isinstance(future, asyncio.Task):
            logger.warning("The client has answered %r, which the server did not ask.", msg_id)
            return
        super()._handle_response(msg_id, result, error)

    def _send_response(
        self, msg_id: int | str, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        if error is None and isinstance(result, Ready):
            self._result_types.pop(msg_id, None)
            self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "result": result.content})
        else:
            super()._send_response(msg_id, result, error)
        name, begun = self._begun.pop(msg_id, ("", 0.0))
        if name:
            failed = f" failed ({error.message})" if error is not None else ""
            self.trace_to_client.done(name + failed, time.perf_counter() - begun)

    def _send_trace(self, params: types.LogTraceParams) -> None:
        self.notify(types.LOG_TRACE, params)


def _is_message(message: object) -> bool:
    """Tell whether something is a message, and the ids in it are ids."""
    ids = (getattr(message, "id", None), getattr(getattr(message, "params", None), "id", None))
    return hasattr(message, "jsonrpc") and all(isinstance(one, int | str | None) for one in ids)


def _named(request: RPCRequest) -> str:
    """Return the method of a request, and the name of the file that it is about."""
    document = getattr(getattr(request, "params", None), "text_document", None)
    path = path_of(getattr(document, "uri", ""))
    return f"{request.method} {path.name}" if path is not None else request.method
