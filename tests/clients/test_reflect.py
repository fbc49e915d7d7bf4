"""The reflection client, against a server of another make: grpcio's own."""

import unittest
from concurrent import futures

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection

from reflect import CallFailed, Client

ECHO = "test.echo.v1.EchoService"
Field = descriptor_pb2.FieldDescriptorProto


def echo_pool() -> descriptor_pool.DescriptorPool:
    """Two files, one imports the other, with a field of each sort that our own files have."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    shared = descriptor_pb2.FileDescriptorProto(name="test/shared.proto", package="test.shared.v1", syntax="proto3")
    part = shared.message_type.add(name="Part")
    part.field.add(name="label", number=1, type=Field.TYPE_STRING, label=Field.LABEL_OPTIONAL)
    pool.Add(shared)

    file = descriptor_pb2.FileDescriptorProto(name="test/echo.proto", package="test.echo.v1", syntax="proto3",
                                              dependency=["test/shared.proto", "google/protobuf/timestamp.proto"])
    mood = file.enum_type.add(name="Mood")
    mood.value.add(name="MOOD_UNSPECIFIED", number=0)
    mood.value.add(name="MOOD_GOOD", number=1)
    thing = file.message_type.add(name="Thing")
    entry = thing.nested_type.add(name="CountsEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=Field.TYPE_STRING, label=Field.LABEL_OPTIONAL)
    entry.field.add(name="value", number=2, type=Field.TYPE_INT64, label=Field.LABEL_OPTIONAL)

    def field(name, kind, type_name=None, label=Field.LABEL_OPTIONAL):
        thing.field.add(name=name, number=len(thing.field) + 1, type=kind, type_name=type_name, label=label)

    field("version", Field.TYPE_INT64)
    field("content", Field.TYPE_BYTES)
    field("mood", Field.TYPE_ENUM, ".test.echo.v1.Mood")
    field("part", Field.TYPE_MESSAGE, ".test.shared.v1.Part")
    field("parts", Field.TYPE_MESSAGE, ".test.shared.v1.Part", Field.LABEL_REPEATED)
    field("counts", Field.TYPE_MESSAGE, ".test.echo.v1.Thing.CountsEntry", Field.LABEL_REPEATED)
    field("at", Field.TYPE_MESSAGE, ".google.protobuf.Timestamp")
    service = file.service.add(name="EchoService")
    for name, streams in (("Echo", False), ("Repeat", True), ("Refuse", False)):
        service.method.add(name=name, input_type=".test.echo.v1.Thing", output_type=".test.echo.v1.Thing",
                           server_streaming=streams)
    pool.Add(file)
    return pool


def refuse(_request, context):
    bad = error_details_pb2.BadRequest(
        field_violations=[error_details_pb2.BadRequest.FieldViolation(field="mood", description="must be good")])
    info = error_details_pb2.ErrorInfo(reason="BAD_MOOD", metadata={"mood": "bad"})
    details = [any_pb2.Any(), any_pb2.Any()]
    details[0].Pack(bad)
    details[1].Pack(info)
    status = status_pb2.Status(code=3, message="No.", details=details)
    context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, "No.")


class ReflectionClient(unittest.TestCase):
    def setUp(self):
        pool = echo_pool()
        thing = message_factory.GetMessageClass(pool.FindMessageTypeByName("test.echo.v1.Thing"))
        self.seen = seen = []

        def echo(request, context):
            seen.append(dict(context.invocation_metadata()))
            return request

        def method(kind, function):
            return kind(function, thing.FromString, thing.SerializeToString)

        self.server = grpc.server(futures.ThreadPoolExecutor(2))
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(ECHO, {
            "Echo": method(grpc.unary_unary_rpc_method_handler, echo),
            "Repeat": method(grpc.unary_stream_rpc_method_handler, lambda request, _: iter([request, request])),
            "Refuse": method(grpc.unary_unary_rpc_method_handler, refuse),
        })])
        reflection.enable_server_reflection([ECHO], self.server, pool=pool)
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        self.client = Client(f"127.0.0.1:{port}", token=lambda: "first\n", deadline=5)

    def tearDown(self):
        self.client.close()
        self.server.stop(None).wait()

    def test_lists_services_and_methods(self):
        self.assertIn(ECHO, self.client.services())
        self.assertEqual(self.client.methods(ECHO), ["Echo", "Repeat", "Refuse"])

    def test_every_sort_of_field_comes_back_as_it_was_given(self):
        thing = {"version": 2**53 + 1, "content": b"\x00\xff;", "mood": "MOOD_GOOD", "part": {"label": "é"},
                 "parts": [{"label": "a"}, {"label": ""}], "counts": {"x": -1}, "at": "2026-11-25T08:00:00Z"}
        self.assertEqual(self.client.call(f"{ECHO}/Echo", thing), thing)

    def test_what_was_not_set_reads_as_its_default_and_an_absent_message_is_absent(self):
        self.assertEqual(self.client.call(f"{ECHO}/Echo"), {
            "version": 0, "content": b"", "mood": "MOOD_UNSPECIFIED", "parts": [], "counts": {}})

    def test_a_stream_comes_as_a_list(self):
        self.assertEqual([thing["version"] for thing in self.client.call(f"{ECHO}/Repeat", {"version": 7})], [7, 7])

    def test_the_token_goes_with_every_call_and_can_be_another(self):
        self.client.call(f"{ECHO}/Echo")
        self.client.call(f"{ECHO}/Echo", token="second")
        self.assertEqual([call["authorization"] for call in self.seen], ["Bearer first", "Bearer second"])

    def test_a_refusal_carries_its_details(self):
        with self.assertRaises(CallFailed) as refused:
            self.client.call(f"{ECHO}/Refuse")
        self.assertEqual(refused.exception.code, "INVALID_ARGUMENT")
        self.assertEqual(refused.exception.violations, [("mood", "must be good")])
        self.assertEqual((refused.exception.reason, refused.exception.metadata), ("BAD_MOOD", {"mood": "bad"}))

    def test_an_unknown_service_method_or_field_is_named(self):
        for method, request, name in ((f"{ECHO}/Gone", {}, "Gone"), ("test.Nothing/Echo", {}, "Nothing"),
                                      (f"{ECHO}/Echo", {"colour": 1}, "colour")):
            with self.subTest(method=method), self.assertRaisesRegex(Exception, name):
                self.client.call(method, request)


if __name__ == "__main__":
    unittest.main()
