"""A storage of each kind, empty: a folder, and a bucket of moto's server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer

from tunewright_trainer.stores import Store, open_store


@contextmanager
def empty_store(kind: str, folder: Path) -> Iterator[Store]:
    if kind == "folder":
        folder.mkdir()
        yield open_store(str(folder))
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        os.environ |= {
            "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        # Of what this process has put into an earlier one's.
        urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST"))
        boto3.client("s3").create_bucket(Bucket="machines")
        yield open_store("s3://machines/team")
    finally:
        server.stop()
