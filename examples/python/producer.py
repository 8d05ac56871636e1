"""Enqueues a job of Dashtam.Jobs with TaskIQ's own API, and waits for its result."""

import asyncio
import os

from taskiq_redis import ListQueueBroker, RedisAsyncResultBackend

url = os.environ["REDIS_URL"]
queue = os.environ.get("JOBS_QUEUE_NAME", "dashtam:jobs")
broker = ListQueueBroker(url, queue_name=queue).with_result_backend(RedisAsyncResultBackend(url))


@broker.task(task_name="run_canary")
async def run_canary(echo: str) -> None:
    """Runs in a worker of Dashtam.Jobs; here only its name and its arguments count."""


async def main() -> None:
    await broker.startup()
    task = await run_canary.kiq(echo="hello from Python")
    result = await task.wait_result(timeout=30)
    print(result.return_value["echo"])
    await broker.shutdown()


asyncio.run(main())
