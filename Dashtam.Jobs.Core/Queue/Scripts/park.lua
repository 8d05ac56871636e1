-- Puts a job aside whose name this worker does not know, for a newer worker that does.
-- KEYS[1]  {q}:processing:{worker}  LIST    what the caller holds
-- KEYS[2]  {q}:workers              ZSET    worker -> last heartbeat, ms
-- KEYS[3]  {q}:suspects             HASH    SHA-1 of an envelope -> how often recovery moved it
-- KEYS[4]  {q}:stats:jobs           HASH    counters
-- KEYS[5]  {q}:parked               ZSET    {seq}|{envelope} -> since, ms
-- KEYS[6]  {q}:seq                  STRING  counter
-- KEYS[7]  {q}:parked:bytes         STRING  bytes of parked jobs
-- ARGV[1]  worker
-- ARGV[2]  envelope, byte for byte as fetched
-- ARGV[3]  counter's name
-- ARGV[4]  parked jobs kept at most
-- ARGV[5]  bytes of parked jobs kept at most
-- ARGV[6]  the exit's row of ExitTable
-- Returns  1 moved | 2 was so before | 3 the place is full, nothing was written | 0 fenced, nothing was written
-- include count_parked.lua
-- include now_ms.lua
-- include gone.lua
-- include leave.lua
-- include wrong_type.lua
local processing, workers, suspects, stats, parked, sequence = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local worker, envelope, counter, most, most_bytes = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local parked_bytes, fates = KEYS[7], ARGV[6]

local wrong = wrong_type(parked, 'zset', sequence, 'number')
if wrong then
  return wrong
end
local jobs, held = redis.call('ZCARD', parked), redis.pcall('GET', parked_bytes)
held = jobs > 0 and type(held) == 'string' and tonumber(held) or 0 -- what is no number bounds nothing
if jobs >= most or held + #envelope > most_bytes then
  return 3
end
if redis.call('LREM', processing, 1, envelope) == 0 then
  return gone(workers, worker)
end

redis.call('ZADD', parked, now_ms(), redis.call('INCR', sequence) .. '|' .. envelope)
count_parked(parked_bytes, parked, #envelope)
leave(fates, suspects, envelope)
redis.pcall('HINCRBY', stats, counter, 1)
return 1
