-- Stores a job's result, counts it and acknowledges the job, unless recovery has already given it to another worker.
-- KEYS[1]  {q}:processing:{worker}  LIST    what the caller holds
-- KEYS[2]  {q}:workers              ZSET    worker -> last heartbeat, ms
-- KEYS[3]  {q}:suspects             HASH    SHA-1 of an envelope -> how often recovery moved it
-- KEYS[4]  {q}:stats:jobs           HASH    counters
-- KEYS[5]  taskiq:result:{id}       STRING  where the result goes
-- KEYS[6]  {id}                     STRING  where it also goes; may be absent, or KEYS[5] again
-- KEYS[7]  {q}:once:run:{schedule}  STRING  task id of its schedule's last run; absent unless an overlap policy watches it
-- ARGV[1]  worker
-- ARGV[2]  envelope, byte for byte as fetched
-- ARGV[3]  counter's name
-- ARGV[4]  result, JSON
-- ARGV[5]  lifetime of the result, seconds
-- ARGV[6]  task id; used with KEYS[7]
-- Returns  1 stored and acknowledged | 2 was so before | 0 fenced, nothing was written
-- include gone.lua
-- include release_run.lua
-- include store_result.lua
local processing, workers, suspects, stats, result, bare = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local worker, envelope, counter, json, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local run, task_id = KEYS[7], ARGV[6]

if redis.call('LREM', processing, 1, envelope) == 0 then
  return gone(workers, worker)
end

store_result(result, bare, json, ttl)
release_run(run, task_id)
redis.call('HDEL', suspects, redis.sha1hex(envelope))
redis.call('HINCRBY', stats, counter, 1)
return 1
