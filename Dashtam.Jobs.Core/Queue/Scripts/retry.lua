-- Takes a job that failed out of the processing list and makes its next attempt due later, in one step.
-- KEYS[1]  {q}:processing:{worker}  LIST    what the caller holds
-- KEYS[2]  {q}:workers              ZSET    worker -> last heartbeat, ms
-- KEYS[3]  {q}:suspects             HASH    SHA-1 of an envelope -> how often recovery moved it
-- KEYS[4]  {q}:stats:jobs           HASH    counters
-- KEYS[5]  {q}:delayed              ZSET    {seq}|{envelope} -> due, ms
-- KEYS[6]  {q}:seq                  STRING  counter
-- ARGV[1]  worker
-- ARGV[2]  envelope, byte for byte as fetched
-- ARGV[3]  counter's name
-- ARGV[4]  envelope of the next attempt
-- ARGV[5]  delay, ms
-- ARGV[6]  channel that wakes waiting workers
-- ARGV[7]  the exit's row of ExitTable
-- Returns  1 moved | 2 was so before | 0 fenced, nothing was written
-- include now_ms.lua
-- include gone.lua
-- include leave.lua
-- include wrong_type.lua
local processing, workers, suspects, stats, delayed, sequence = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local worker, envelope, counter, next_envelope = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local delay, channel, fates = tonumber(ARGV[5]), ARGV[6], ARGV[7]

local wrong = wrong_type(delayed, 'zset', sequence, 'number')
if wrong then
  return wrong
end
local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
if redis.call('LREM', processing, 1, envelope) == 0 then
  return gone(workers, worker)
end

local due = now_ms() + delay
redis.call('ZADD', delayed, due, redis.call('INCR', sequence) .. '|' .. next_envelope)
leave(fates, suspects, envelope, next_envelope)
redis.pcall('HINCRBY', stats, counter, 1)
if not first or due < tonumber(first) then
  redis.call('PUBLISH', channel, delay)
end
return 1
