-- Renews a worker's lease, unless recovery has ended it: then the worker must go on under a new name.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:workers              ZSET  worker -> last heartbeat, ms
-- KEYS[2]  {q}:worker:{worker}      HASH  what the worker says of itself
-- KEYS[3]  {q}:processing:{worker}  LIST  what it holds
-- KEYS[4]  {q}:parked               ZSET  {seq}|{envelope} -> since, ms
-- KEYS[5]  {q}:stats:jobs           HASH  counters
-- ARGV[1]  worker
-- ARGV[2]  lifetime of the hash, seconds
-- ARGV[3]  running jobs
-- ARGV[4]  task id of the run whose time is up first; empty: nothing runs
-- ARGV[5]  how long it has run, ms
-- ARGV[6]  how long it may, ms
-- ARGV[7…] fields and values of the hash, written when it has expired in an outage that the lease outlived
-- Returns  {1, envelopes in the processing list, parked jobs, dead letters dropped so far, ms since the last heartbeat,
--          Redis' now, ms} | {0, 0, 0, 0, 0, 0} the lease has ended
-- include now_ms.lua
local workers, about, processing, parked, stats = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local worker, ttl, running, oldest, age, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]

local last = redis.call('ZSCORE', workers, worker)
if redis.call('ZREM', workers, worker) == 0 then
  return { 0, 0, 0, 0, 0, 0 }
end

local now = now_ms()
redis.call('ZADD', workers, now, worker)
if #ARGV > 7 and redis.call('EXISTS', about) == 0 then
  redis.call('HSET', about, unpack(ARGV, 7))
end
redis.call('HSET', about, 'running', running)
if oldest == '' then
  redis.call('HDEL', about, 'oldest_task_id', 'oldest_started_ms', 'oldest_limit_ms')
else
  redis.call('HSET', about, 'oldest_task_id', oldest, 'oldest_started_ms', now - age, 'oldest_limit_ms', limit)
end
redis.call('EXPIRE', about, ttl)
local function number(reply) -- of a key of another type there is none: that must not cost the worker its lease
  return type(reply) == 'number' and reply or 0
end
local dropped = redis.pcall('HGET', stats, 'dead:dropped')
dropped = type(dropped) == 'string' and #dropped <= 15 and string.find(dropped, '^[1-9]%d*$') and tonumber(dropped) or 0
return {
  1, number(redis.pcall('LLEN', processing)), number(redis.pcall('ZCARD', parked)),
  dropped, math.max(0, math.min(now, now - (tonumber(last) or now))), now,
}
