"""RQ as a peer of the bench: one process a verb. README.md says which configuration and why."""

import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.dirname(HERE))
from options import dispatch, kwargs_of, numbers, paced, show, timed, warm_up  # noqa: E402

STARTED = time.time()
QUEUE = "bench"
BULK = 1000
KEPT_FOR_SECONDS = 24 * 60 * 60
STOPS = (signal.SIGTERM, signal.SIGINT)


def connect(options):
    from redis import Redis
    from rq import Queue

    connection = Redis.from_url(options.redis)
    connection.ping()
    return Queue(QUEUE, connection=connection)


def worker(options):
    """As many workers as there may be jobs at once: a worker of RQ runs one. Ends when all have ended."""
    os.environ.update(BENCH_RECORD=options.record, BENCH_SLEEP_MS=str(options.sleep_ms))
    import bench_job  # noqa: F401: what a worker has loaded, the process that it forks for a job need not load
    import rq.worker  # noqa: F401: once for all

    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # until it is known whom to pass it on to, a signal waits
    workers = [start(options, with_scheduler=i == 0) for i in range(options.concurrency)]

    def pass_on(*_):
        for pid in workers:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass

    for stop in STOPS:
        signal.signal(stop, pass_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers]
    sys.exit(max(codes))


def start(options, with_scheduler):
    pid = os.fork()
    if pid:
        return pid
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    from rq import Worker

    queue = connect(options)
    Worker([queue], connection=queue.connection).work(logging_level="WARNING", with_scheduler=with_scheduler)
    sys.exit(0)


class Producer:
    """One connection, made before any clock starts."""

    def __init__(self, options):
        sys.path.insert(0, HERE)
        from rq import Retry

        self._options = options
        self._queue = connect(options)
        self._how = {"result_ttl": KEPT_FOR_SECONDS, "retry": Retry(max=3)}

    def enqueue(self, n):
        self._queue.enqueue("bench_job.bench", kwargs=kwargs_of(n, self._options), **self._how)

    def enqueue_at(self, n, due):
        self._queue.enqueue_at(due, "bench_job.bench", kwargs=kwargs_of(n, self._options), **self._how)

    def enqueue_one_by_one(self, some):
        for n in some:
            self.enqueue(n)

    def enqueue_in_bulk(self, all_of_them):
        for at in range(0, len(all_of_them), BULK):
            self._queue.enqueue_many([self._data(n) for n in all_of_them[at:at + BULK]])

    def _data(self, n):
        return self._queue.prepare_data("bench_job.bench", kwargs=kwargs_of(n, self._options), **self._how)


def enqueue_bulk(options):
    warm_and_timed(options, Producer(options).enqueue_in_bulk)


def enqueue_each(options):
    warm_and_timed(options, Producer(options).enqueue_one_by_one)


def warm_and_timed(options, enqueue):
    enqueue(warm_up(options))
    timed(options, lambda: enqueue(numbers(options)))


def enqueue_rate(options):
    paced(options, Producer(options).enqueue)


def schedule_at(options):
    from datetime import datetime, timezone

    due = int(STARTED + options.in_ms / 1000)  # RQ knows whole seconds only
    producer = Producer(options)
    for n in numbers(options):
        producer.enqueue_at(n, datetime.fromtimestamp(due, timezone.utc))
    show(jobs=options.count, due_unix_ms=due * 1000, enqueued_unix_ms=int(time.time() * 1000))


dispatch("rq", {
    "worker": worker, "enqueue": enqueue_bulk, "enqueue-bulk": enqueue_bulk, "enqueue-each": enqueue_each,
    "enqueue-rate": enqueue_rate, "schedule-at": schedule_at,
})
