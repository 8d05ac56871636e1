-- Names the workers whose lease has run out, by Redis' clock, and, to one caller at a time, those that departed: they hold
-- something only when a reply was lost at their end, and there may be many.
-- A time in Redis' future, from a clock that was ahead once, is set to now: a worker that lives renews it, and the lease of one
-- that does not begins to run.
-- Goes on when Redis is full: its first write, a ZREM of nothing, needs no memory.
-- KEYS[1]  {q}:workers         ZSET    worker -> last heartbeat, ms
-- KEYS[2]  {q}:departed        ZSET    worker -> since, ms
-- KEYS[3]  {q}:departed:claim  STRING  somebody looks at the departed
-- ARGV[1]  lease, ms
-- ARGV[2]  how long others leave the departed to the caller, ms
-- Returns  {now, {stale worker, ...}, {departed worker, since, ...}}
-- include now_ms.lua
local workers, departed, claim = KEYS[1], KEYS[2], KEYS[3]
local lease, claimed = tonumber(ARGV[1]), ARGV[2]

local now, gone = now_ms(), {}
redis.call('ZREM', departed, '')
for _, times in ipairs({ workers, departed }) do
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', times, now + lease, '+inf', 'LIMIT', 0, 100)) do
    redis.call('ZADD', times, now, worker)
  end
end
if redis.call('SET', claim, '1', 'NX', 'PX', claimed) then
  gone = redis.call('ZRANGE', departed, 0, -1, 'WITHSCORES')
end
return { now, redis.call('ZRANGEBYSCORE', workers, '-inf', now - lease), gone }
