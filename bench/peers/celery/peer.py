"""Celery as a peer of the bench: one process a verb. README.md says which configuration and why."""

import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.dirname(HERE))
from options import dispatch, kwargs_of, numbers, paced, show, timed, warm_up  # noqa: E402

STARTED = time.time()


def celery(*arguments):
    return [sys.executable, "-m", "celery", "--app", "bench_app", "--workdir", HERE, *arguments]


def worker_command(options):
    return celery("worker", "--pool", "prefork", "--concurrency", str(options.concurrency), "--loglevel", "WARNING")


def worker(options):
    os.environ.update(BENCH_REDIS=options.redis, BENCH_RESULTS="1", BENCH_RECORD=options.record,
                      BENCH_SLEEP_MS=str(options.sleep_ms))
    os.execv(sys.executable, worker_command(options))


def schedule_every(options):
    """A beat and a worker for it, as two processes: the documentation advises against a beat inside a worker."""
    os.environ.update(BENCH_REDIS=options.redis, BENCH_RESULTS="1", BENCH_LAGS=options.record,
                      BENCH_SCHEDULES=str(options.schedules))
    with tempfile.TemporaryDirectory() as state:
        beat = celery("beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", os.path.join(state, "beat"))
        # Until the handler knows whom to pass it on to, a signal waits.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])
        running = [subprocess.Popen(command, preexec_fn=unblock) for command in (worker_command(options), beat)]

        def pass_on(*_):
            for process in running:
                process.terminate()

        signal.signal(signal.SIGTERM, pass_on)
        signal.signal(signal.SIGINT, pass_on)
        unblock()
        codes = [process.wait() for process in running]
    sys.exit(max(codes))


def unblock():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM, signal.SIGINT])


class Producer:
    """One connection, made before any clock starts."""

    def __init__(self, options):
        os.environ["BENCH_REDIS"] = options.redis
        sys.path.insert(0, HERE)
        import bench_app

        self._options = options
        self._task = bench_app.bench
        self._producer = bench_app.app.amqp.producer_pool.acquire(block=True)
        self._producer.connection.ensure_connection(max_retries=1)

    def enqueue(self, n, **how):
        self._task.apply_async(kwargs=kwargs_of(n, self._options), producer=self._producer, **how)

    def enqueue_all(self, **how):
        for n in numbers(self._options):
            self.enqueue(n, **how)


def enqueue(options):
    timed(options, Producer(options).enqueue_all)


def enqueue_each(options):
    producer = Producer(options)
    for n in warm_up(options):
        producer.enqueue(n)
    timed(options, producer.enqueue_all)


def enqueue_rate(options):
    paced(options, Producer(options).enqueue)


def schedule_at(options):
    from datetime import datetime, timezone

    due = STARTED + options.in_ms / 1000
    producer = Producer(options)
    producer.enqueue_all(eta=datetime.fromtimestamp(due, timezone.utc))
    show(jobs=options.count, due_unix_ms=int(due * 1000), enqueued_unix_ms=int(time.time() * 1000))


dispatch("celery", {
    "worker": worker, "enqueue": enqueue, "enqueue-each": enqueue_each, "enqueue-rate": enqueue_rate,
    "schedule-at": schedule_at, "schedule-every": schedule_every,
})
