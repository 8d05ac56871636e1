-- Moves delayed or parked jobs, which only this service reads, to where any worker takes them: what was due, or parked, first is
-- taken first. In the same step forgets how often recovery moved each of them, and counts off the bytes of parked jobs: a command that
-- is killed leaves both right.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:workers                 ZSET    worker -> last heartbeat, ms
-- KEYS[2]  {q}:delayed or {q}:parked   ZSET    {seq}|{envelope} -> time, ms
-- KEYS[3]  q                           LIST    ready envelopes
-- KEYS[4]  {q}:suspects                HASH    SHA-1 of an envelope -> how often recovery moved it
-- KEYS[5]  {q}:parked:bytes            STRING  bytes of parked jobs; absent for delayed jobs
-- ARGV[1]  lease, ms
-- ARGV[2]  envelopes moved at most
-- ARGV[3]  bytes after which no further envelope is moved
-- Returns  {envelopes moved} | {-1, worker, ...} these workers are alive, nothing was written
-- include count_parked.lua
-- include now_ms.lua
-- include wrong_type.lua
-- include living_workers.lua
local workers, set, ready, suspects, parked_bytes = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local lease, most, most_bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local wrong = wrong_type(workers, 'zset', set, 'zset', ready, 'list')
if wrong then
  return wrong
end
local alive = living_workers(workers, lease)
if alive then
  return alive
end

local moved, bytes, freed = 0, 0, 0
while moved < most and bytes < most_bytes do
  local member = redis.call('ZRANGE', set, -1, -1)[1] -- the latest first: the earliest ends up where it is taken first
  if not member then
    break
  end
  redis.call('ZREM', set, member)
  local envelope = string.sub(member, (string.find(member, '|', 1, true) or 0) + 1)
  redis.call('RPUSH', ready, envelope)
  redis.pcall('HDEL', suspects, redis.sha1hex(envelope))
  moved, bytes, freed = moved + 1, bytes + #member, freed + #envelope
end
if parked_bytes and moved > 0 then
  count_parked(parked_bytes, set, -freed)
end
return { moved }
