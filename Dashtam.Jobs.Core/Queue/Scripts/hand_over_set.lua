-- Moves delayed or parked jobs, which only this service reads, to where any worker takes them: what was due, or parked, first is
-- taken first.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:workers                 ZSET  worker -> last heartbeat, ms
-- KEYS[2]  {q}:delayed or {q}:parked   ZSET  {seq}|{envelope} -> time, ms
-- KEYS[3]  q                           LIST  ready envelopes
-- ARGV[1]  lease, ms
-- ARGV[2]  envelopes moved at most
-- ARGV[3]  bytes after which no further envelope is moved
-- Returns  {envelopes moved} | {-1, worker, ...} these workers are alive, nothing was written
-- include now_ms.lua
-- include wrong_type.lua
-- include living_workers.lua
local workers, set, ready = KEYS[1], KEYS[2], KEYS[3]
local lease, most, most_bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local wrong = wrong_type(workers, 'zset', set, 'zset', ready, 'list')
if wrong then
  return wrong
end
local alive = living_workers(workers, lease)
if alive then
  return alive
end

local moved, bytes = 0, 0
while moved < most and bytes < most_bytes do
  local member = redis.call('ZRANGE', set, -1, -1)[1] -- the latest first: the earliest ends up where it is taken first
  if not member then
    break
  end
  redis.call('ZREM', set, member)
  redis.call('RPUSH', ready, string.sub(member, (string.find(member, '|', 1, true) or 0) + 1))
  moved, bytes = moved + 1, bytes + #member
end
return { moved }
