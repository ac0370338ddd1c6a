"""Serves a Milvus Lite database over gRPC.

usage: server.py DATA_DIRECTORY PORT

The stock command line answers keep-alive pings of ten seconds with "too many pings", shares a port silently with a
second server, listens on all addresses and ignores signals. This one listens on 127.0.0.1 only, fails when the port is
taken, allows the pings of the Node client and closes the database on SIGTERM and SIGINT.
"""

import os
import signal
import sys
import threading
from concurrent import futures

import grpc
from milvus_lite.adapter.grpc.servicer import MilvusServicer
from milvus_lite.db import MilvusLite
from pymilvus.grpc_gen import milvus_pb2_grpc

MESSAGE_LIMIT = 256 * 1024 * 1024
STOP_GRACE_SECONDS = 5


def main() -> None:
    data_directory, port = sys.argv[1], int(sys.argv[2])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    database = MilvusLite(data_directory)
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=10),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_LIMIT),
            ("grpc.max_send_message_length", MESSAGE_LIMIT),
            ("grpc.so_reuseport", 0),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 1000),
            ("grpc.http2.max_ping_strikes", 0),
        ],
    )
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(MilvusServicer(database), server)
    try:
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError:
        bound = 0
    if bound == 0:
        database.close()
        sys.exit(f"cannot listen on 127.0.0.1:{port}")
    server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    stop.wait()
    server.stop(grace=STOP_GRACE_SECONDS).wait()
    database.close()
    # Threads of the libraries may outlive the database; there is nothing left for them to finish.
    os._exit(0)


main()
