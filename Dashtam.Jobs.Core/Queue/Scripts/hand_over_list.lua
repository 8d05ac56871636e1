-- Moves jobs out of a list that only this service reads to where any worker takes them, the oldest to be taken first. The worker
-- whose list it was is fenced in the same step, should it turn out to have only slept.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:workers                              ZSET  worker -> last heartbeat, ms
-- KEYS[2]  {q}:departed                             ZSET  worker -> since, ms
-- KEYS[3]  {q}:processing:{worker} or {q}:isolated  LIST  envelopes, the newest at its head
-- KEYS[4]  q                                        LIST  ready envelopes
-- KEYS[5]  {q}:suspects                             HASH  SHA-1 of an envelope -> how often recovery moved it
-- ARGV[1]  the worker that held them; empty: they are in {q}:isolated
-- ARGV[2]  lease, ms
-- ARGV[3]  envelopes moved at most
-- ARGV[4]  bytes after which no further envelope is moved
-- Returns  {envelopes moved} | {-1, worker, ...} these workers are alive, nothing was written
-- include now_ms.lua
-- include wrong_type.lua
-- include living_workers.lua
local workers, departed, list, ready, suspects = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local worker, lease, most, most_bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local wrong = wrong_type(workers, 'zset', departed, 'zset', list, 'list', ready, 'list')
if wrong then
  return wrong
end
local alive = living_workers(workers, lease)
if alive then
  return alive
end

if redis.call('ZREM', workers, worker) == 1 then
  redis.call('ZADD', departed, now_ms(), worker)
end
local moved, bytes = 0, 0
while moved < most and bytes < most_bytes do
  local envelope = redis.call('LPOP', list) -- newest first: the oldest ends up where it is taken first
  if not envelope then
    break
  end
  redis.call('RPUSH', ready, envelope)
  redis.pcall('HDEL', suspects, redis.sha1hex(envelope))
  moved, bytes = moved + 1, bytes + #envelope
end
return { moved }
