"""A gRPC client that knows nothing of the server but what the server says of itself by reflection.

    client = Client("127.0.0.1:8443", token=lambda: Path("token").read_text())
    client.services()                                                  # ["jalon.directory.v1.DirectoryService", …]
    client.call("jalon.directory.v1.DirectoryService/ListPeople", {"page": {"size": 10}})

Requests and replies are plain dicts with the names of the .proto files: integers are int, bytes are bytes, enums are
their names, times are RFC 3339 text. A field that was not set reads as its default; a message that was not set is absent.
A refusal is a CallFailed that carries what google.rpc error details say.
"""

from __future__ import annotations

import base64
import collections
from typing import Any, Callable, Iterable

import grpc
from google.protobuf import descriptor, descriptor_pb2, descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection_pb2

# The two names of one protocol: servers of today have the first, older ones only the second.
REFLECTION = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")
LARGEST_MESSAGE = 64 * 1024 * 1024


class CallFailed(Exception):
    """What the server answered instead of a reply."""

    def __init__(self, method: str, error: grpc.RpcError):
        self.code: str = error.code().name
        self.message: str = error.details() or ""
        self.violations: list[tuple[str, str]] = []
        self.reason = ""
        self.metadata: dict[str, str] = {}
        self._read_details(dict(error.trailing_metadata() or ()).get("grpc-status-details-bin"))
        super().__init__(f"{method}: {self.code}: {self.message} {self.reason} {self.violations or ''}".rstrip())

    def _read_details(self, encoded: bytes | None) -> None:
        for detail in status_pb2.Status.FromString(encoded or b"").details:
            if detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                bad = error_details_pb2.BadRequest.FromString(detail.value)
                self.violations += [(found.field, found.description) for found in bad.field_violations]
            elif detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                info = error_details_pb2.ErrorInfo.FromString(detail.value)
                self.reason, self.metadata = info.reason, dict(info.metadata)


class Client:
    """One connection. `token` is a bearer token, or a function that gives one (tokens are short-lived)."""

    def __init__(self, address: str, token: str | Callable[[], str] | None = None, deadline: float = 30.0):
        self._channel = grpc.insecure_channel(address, options=[
            ("grpc.max_receive_message_length", LARGEST_MESSAGE),
            ("grpc.max_send_message_length", LARGEST_MESSAGE),
            # The machine may name a proxy, which has no business with a server on it.
            ("grpc.enable_http_proxy", 0),
        ])
        self._token = token
        self._deadline = deadline
        self._pool = descriptor_pool.DescriptorPool()
        self._known_files: set[str] = set()
        self._reflection: str | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()

    def services(self) -> list[str]:
        """The names of all services, sorted."""
        answer = self._ask(list_services="")
        return sorted(service.name for service in answer.list_services_response.service)

    def methods(self, service: str) -> list[str]:
        """The names of a service's methods, in the order of its file."""
        return [method.name for method in self._service(service).methods]

    def call(self, method: str, request: dict[str, Any] | None = None, token: str | None = None,
             metadata: Iterable[tuple[str, str]] = ()) -> Any:
        """Calls "package.Service/Method". A streaming reply comes as a list. `token` takes the place of the client's."""
        service, _, name = method.partition("/")
        found = self._service(service).methods_by_name.get(name)
        if found is None:
            raise LookupError(f"{service} has no method {name}; it has {', '.join(self.methods(service))}")
        message = message_factory.GetMessageClass(found.input_type)()
        json_format.ParseDict(_for_json(request or {}), message, descriptor_pool=self._pool)
        invoke = self._channel.unary_stream if found.server_streaming else self._channel.unary_unary
        stub = invoke(f"/{method}", type(message).SerializeToString,
                      message_factory.GetMessageClass(found.output_type).FromString)
        try:
            reply = stub(message, timeout=self._deadline, metadata=[*self._credentials(token), *metadata])
            return [to_dict(part) for part in reply] if found.server_streaming else to_dict(reply)
        except grpc.RpcError as error:
            raise CallFailed(method, error) from None

    def each(self, method: str, request: dict[str, Any], items: str, size: int = 500) -> Iterable[dict[str, Any]]:
        """All items of a paged list, page after page."""
        token = ""
        while True:
            reply = self.call(method, {**request, "page": {"size": size, "token": token}})
            yield from reply[items]
            token = reply.get("page", {}).get("next_token", "")
            if not token:
                return

    def _credentials(self, token: str | None) -> list[tuple[str, str]]:
        token = self._token if token is None else token
        token = token() if callable(token) else token
        return [("authorization", f"Bearer {token.strip()}")] if token else []

    def _service(self, name: str) -> descriptor.ServiceDescriptor:
        try:
            return self._pool.FindServiceByName(name)
        except KeyError:
            self._learn(self._ask(file_containing_symbol=name))
            return self._pool.FindServiceByName(name)

    def _learn(self, answer: reflection_pb2.ServerReflectionResponse) -> None:
        """Adds the files of an answer, those that they import first."""
        for encoded in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(encoded)
            if file.name in self._known_files:
                continue
            for imported in file.dependency:
                if imported not in self._known_files:
                    self._learn(self._ask(file_by_filename=imported))
            self._pool.Add(file)
            self._known_files.add(file.name)

    def _ask(self, **question: str) -> reflection_pb2.ServerReflectionResponse:
        """One question to the reflection service, under the name that this server knows it by."""
        names = [self._reflection] if self._reflection else REFLECTION
        for name in names:
            stub = self._channel.stream_stream(f"/{name}/ServerReflectionInfo",
                                               reflection_pb2.ServerReflectionRequest.SerializeToString,
                                               reflection_pb2.ServerReflectionResponse.FromString)
            asked = iter([reflection_pb2.ServerReflectionRequest(**question)])
            try:
                answer = next(iter(stub(asked, timeout=self._deadline, metadata=self._credentials(None))))
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.UNIMPLEMENTED and name != names[-1]:
                    continue
                raise CallFailed(name, error) from None
            if answer.HasField("error_response"):
                raise LookupError(f"{question}: {answer.error_response.error_message}")
            self._reflection = name
            return answer
        raise AssertionError("every name was tried")


class Clients:
    """Servers that have some of the services each, as one client: reflection says who has which."""

    def __init__(self, addresses: Iterable[str], **settings: Any):
        self._clients = [Client(address, **settings) for address in addresses]
        self._homes: dict[str, Client] = {}

    def __enter__(self) -> Clients:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.close()

    def services(self) -> list[str]:
        for client in self._clients:
            self._homes.update((service, client) for service in client.services())
        return sorted(self._homes)

    def call(self, method: str, *arguments: Any, **settings: Any) -> Any:
        return self._home(method).call(method, *arguments, **settings)

    def each(self, method: str, *arguments: Any, **settings: Any) -> Iterable[dict[str, Any]]:
        return self._home(method).each(method, *arguments, **settings)

    def _home(self, method: str) -> Client:
        service = method.partition("/")[0]
        if service not in self._homes:
            self.services()
        return self._homes[service]


def to_dict(message: Any) -> Any:
    """A message as plain values. Unlike the JSON mapping, integers stay int and bytes stay bytes."""
    if hasattr(message, "ToJsonString"):  # times and durations
        return message.ToJsonString()
    return {field.name: _field_value(field, getattr(message, field.name)) for field in message.DESCRIPTOR.fields
            if not field.has_presence or message.HasField(field.name)}


def _field_value(field: descriptor.FieldDescriptor, value: Any) -> Any:
    if field.message_type and field.message_type.GetOptions().map_entry:
        of = field.message_type.fields_by_name["value"]
        return {key: _single_value(of, value[key]) for key in value}
    if isinstance(value, collections.abc.Sequence) and not isinstance(value, (str, bytes)):
        return [_single_value(field, item) for item in value]
    return _single_value(field, value)


def _single_value(field: descriptor.FieldDescriptor, value: Any) -> Any:
    if field.message_type:
        return to_dict(value)
    if field.enum_type:
        # A number that the server's own description does not name stays a number.
        named = field.enum_type.values_by_number.get(value)
        return named.name if named else value
    return value


def _for_json(value: Any) -> Any:
    """The JSON mapping writes bytes in base 64; all else that a caller gives it takes as it is."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {key: _for_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_for_json(item) for item in value]
    return value
