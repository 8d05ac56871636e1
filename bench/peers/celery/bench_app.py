"""The Celery application of the bench; loaded by the worker, the beat and the producers. README.md says why so."""

import os
import struct
import time

from celery import Celery, signals
from celery.schedules import schedule

SLEEP = int(os.environ.get("BENCH_SLEEP_MS", "0")) / 1000
RECORD = os.open(os.environ["BENCH_RECORD"], os.O_RDWR | os.O_CREAT, 0o644) if "BENCH_RECORD" in os.environ else -1
LAGS = os.environ.get("BENCH_LAGS", "")

app = Celery("bench_app", broker=os.environ["BENCH_REDIS"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    broker_connection_retry_on_startup=True,
)
if "BENCH_RESULTS" in os.environ:
    app.conf.result_backend = os.environ["BENCH_REDIS"]


@app.task(name="bench")
def bench(n, payload=None):
    started = time.monotonic_ns()
    if SLEEP:
        os.pwrite(RECORD, struct.pack("<q", started), n * 16)  # it may not live to its end
        time.sleep(SLEEP)
    os.pwrite(RECORD, struct.pack("<qq", started, time.monotonic_ns()), n * 16)


@app.task(name="every_second", bind=True)
def every_second(self, s, lags):
    now = time.time_ns()
    file = os.open(lags, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.write(file, struct.pack("<q", now - self.request.due * 1_000_000_000))
    os.close(file)


@signals.before_task_publish.connect(sender="every_second")
def tell_due_second(headers=None, **_):
    """Beat tells nobody when a run was due. It sends no earlier than that, so it is the second that has begun."""
    headers["due"] = time.time_ns() // 1_000_000_000


def schedules_of_every_second(count):
    # relative: due at the whole second, not a second after the last run.
    every = schedule(1.0, relative=True)
    return {
        f"every-second-{s}": {"task": "every_second", "schedule": every, "kwargs": {"s": s, "lags": LAGS}}
        for s in range(count)
    }


app.conf.beat_schedule = schedules_of_every_second(int(os.environ.get("BENCH_SCHEDULES", "0")))
