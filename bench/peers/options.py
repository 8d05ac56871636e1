"""The command line and the pacing that the peers in Python share."""

import argparse
import json
import os
import struct
import sys
import time

NO_EQUAL = 64


def parse(arguments):
    parser = argparse.ArgumentParser()
    for name in ("redis", "record", "enqueued"):
        parser.add_argument(f"--{name}", default="")
    for name, default in (("concurrency", 10), ("sleep-ms", 0), ("count", 0), ("first", 0), ("payload-bytes", 0),
                          ("in-ms", 0), ("schedules", 0), ("seconds", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--rate", type=float, default=1.0)
    return parser.parse_args(arguments)


def numbers(options):
    return range(options.first, options.first + options.count)


def kwargs_of(n, options):
    return {"n": n, "payload": "x" * options.payload_bytes} if options.payload_bytes else {"n": n}


def show(**line):
    print(json.dumps(line, separators=(",", ":")), flush=True)


def warm_up(options):
    return range(options.first)


def timed(options, enqueue_all):
    started = time.monotonic_ns()
    enqueue_all()
    show(jobs=options.count, ns=time.monotonic_ns() - started)


def paced(options, enqueue):
    """One at a time, at so many a second; the instant before each is recorded."""
    file = os.open(options.enqueued, os.O_RDWR | os.O_CREAT, 0o644)

    def enqueue_all():
        started = time.monotonic()
        for i, n in enumerate(numbers(options)):
            ahead = i / options.rate - (time.monotonic() - started)
            if ahead > 0:
                time.sleep(ahead)
            os.pwrite(file, struct.pack("<q", time.monotonic_ns()), n * 8)
            enqueue(n)

    timed(options, enqueue_all)
    os.close(file)


def dispatch(peer, verbs):
    verb, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if verb not in verbs:
        print(f"{peer}: no equal of {verb}", file=sys.stderr)
        sys.exit(NO_EQUAL)
    verbs[verb](parse(arguments))
