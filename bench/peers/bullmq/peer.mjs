// BullMQ as a peer of the bench: one process a verb. README.md says which configuration and why.
import { Queue, Worker } from 'bullmq';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

const QUEUE = 'bench';
const JOB = 'bench';
const BULK = 1000;
const KEPT_FOR_SECONDS = 24 * 60 * 60;
const NO_EQUAL = 64;
const STARTED_UNIX_MS = Date.now();

const monotonic = () => process.hrtime.bigint();

function options(args) {
  const text = { type: 'string' };
  const { values } = parseArgs({
    args,
    options: {
      redis: text, concurrency: text, record: text, 'sleep-ms': text, count: text, first: text, 'payload-bytes': text,
      rate: text, enqueued: text, 'in-ms': text, schedules: text, seconds: text,
    },
  });
  return { ...values, number: (name, otherwise = 0) => Number(values[name] ?? otherwise) };
}

const dataOf = (n, bytes) => (bytes > 0 ? { n, payload: 'x'.repeat(bytes) } : { n });

const numbers = (first, count) => Array.from({ length: count }, (_, i) => first + i);

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function producer(opts) {
  const queue = new Queue(QUEUE, { connection: { url: opts.redis } });
  queue.on('error', (error) => console.error(error));
  await queue.waitUntilReady();
  return queue;
}

async function addAll(queue, jobs) {
  for (let at = 0; at < jobs.length; at += BULK) {
    await queue.addBulk(jobs.slice(at, at + BULK));
  }
}

/** Made by the chunk: a million payloads need not be in memory at once. */
async function addBulk(queue, first, count, bytes) {
  for (let at = 0; at < count; at += BULK) {
    const some = numbers(first + at, Math.min(BULK, count - at));
    await queue.addBulk(some.map((n) => ({ name: JOB, data: dataOf(n, bytes) })));
  }
}

async function addEach(queue, first, count, bytes) {
  for (let n = first; n < first + count; n++) {
    await queue.add(JOB, dataOf(n, bytes));
  }
}

/** All before the first one warm up. */
async function timed(opts, add) {
  const queue = await producer(opts);
  const bytes = opts.number('payload-bytes');
  const count = opts.number('count');
  const first = opts.number('first');
  await add(queue, 0, first, bytes);
  const started = monotonic();
  await add(queue, first, count, bytes);
  print({ jobs: count, ns: Number(monotonic() - started) });
  await queue.close();
}

/** Runs the jobs of the queue until SIGTERM; what is running then is finished. */
async function work(opts, concurrency) {
  const record = opts.runs ? openSync(opts.runs, constants.O_RDWR | constants.O_CREAT) : -1;
  const sleepMs = opts.number('sleep-ms');
  const worker = new Worker(QUEUE, async (job) => {
    if (job.data.lags !== undefined) {
      recordLag(job);
      return;
    }
    const times = Buffer.allocUnsafe(16);
    times.writeBigInt64LE(monotonic(), 0);
    if (sleepMs > 0) {
      writeSync(record, times, 0, 8, job.data.n * 16); // it may not live to its end
      await sleep(sleepMs);
    }
    times.writeBigInt64LE(monotonic(), 8);
    writeSync(record, times, 0, 16, job.data.n * 16);
  }, {
    concurrency,
    connection: { url: opts.redis, maxRetriesPerRequest: null },
    removeOnComplete: { age: KEPT_FOR_SECONDS },
    removeOnFail: { age: KEPT_FOR_SECONDS },
  });
  worker.on('error', (error) => console.error(error));
  const stop = async () => {
    await worker.close();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await worker.waitUntilReady();
}

const lagFiles = new Map();

/** The due time of a scheduled job is the instant that the scheduler chose for it. */
function recordLag(job) {
  const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
  if (!lagFiles.has(job.data.lags)) {
    lagFiles.set(job.data.lags, openSync(job.data.lags, 'a'));
  }
  const lag = Buffer.allocUnsafe(8);
  lag.writeBigInt64LE(now - BigInt(job.opts.prevMillis) * 1_000_000n);
  writeSync(lagFiles.get(job.data.lags), lag);
}

const verbs = {
  async worker(opts) {
    await work({ ...opts, runs: opts.record }, opts.number('concurrency', 10));
  },

  async enqueue(opts) {
    await timed(opts, addBulk);
  },

  async 'enqueue-each'(opts) {
    await timed(opts, addEach);
  },

  async 'enqueue-bulk'(opts) {
    await timed(opts, addBulk);
  },

  async 'enqueue-rate'(opts) {
    const queue = await producer(opts);
    const file = openSync(opts.enqueued, constants.O_RDWR | constants.O_CREAT);
    const bytes = opts.number('payload-bytes');
    const count = opts.number('count');
    const first = opts.number('first');
    const started = monotonic();
    for (let i = 0; i < count; i++) {
      const ahead = (i / opts.number('rate')) * 1e3 - Number(monotonic() - started) / 1e6;
      if (ahead > 0) {
        await sleep(ahead);
      }
      const now = Buffer.allocUnsafe(8);
      now.writeBigInt64LE(monotonic());
      writeSync(file, now, 0, 8, (first + i) * 8);
      await queue.add(JOB, dataOf(first + i, bytes));
    }
    print({ jobs: count, ns: Number(monotonic() - started) });
    closeSync(file);
    await queue.close();
  },

  async 'schedule-at'(opts) {
    const queue = await producer(opts);
    const delay = opts.number('in-ms');
    const count = opts.number('count');
    const jobOptions = { timestamp: STARTED_UNIX_MS, delay }; // a job is due at timestamp + delay: the same for all
    await addAll(queue, numbers(opts.number('first'), count).map((n) => (
      { name: JOB, data: { n }, opts: jobOptions })));
    print({ jobs: count, due_unix_ms: STARTED_UNIX_MS + delay, enqueued_unix_ms: Date.now() });
    await queue.close();
  },

  /** BullMQ has no process of its own for schedules: each run of a schedule adds the next one, so this is a worker. */
  async 'schedule-every'(opts) {
    const queue = await producer(opts);
    await work(opts, opts.number('concurrency', 10));
    for (let s = 0; s < opts.number('schedules'); s++) {
      await queue.upsertJobScheduler(
        `every-second-${s}`, { pattern: '* * * * * *' }, { name: JOB, data: { s, lags: opts.record } });
    }
    await queue.close();
  },
};

const [verb, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb ?? '')) {
  console.error(`bullmq: no equal of ${verb}`);
  process.exit(NO_EQUAL);
}
await verbs[verb](options(rest));
