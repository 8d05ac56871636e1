-- Makes a job due later, unless this task id was enqueued lately.
-- KEYS[1]  {q}:delayed         ZSET    {seq}|{envelope} -> due, ms
-- KEYS[2]  {q}:once:id:{id}    STRING  this id was enqueued
-- KEYS[3]  {q}:seq             STRING  counter
-- ARGV[1]  envelope
-- ARGV[2]  lifetime of the once-key, seconds
-- ARGV[3]  delay, ms
-- ARGV[4]  channel that wakes waiting workers
-- Returns  1 enqueued | 0 was enqueued before
-- include now_ms.lua
local delayed, once, sequence = KEYS[1], KEYS[2], KEYS[3]
local envelope, ttl, delay, channel = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
if not redis.call('SET', once, '1', 'NX', 'EX', ttl) then
  return 0
end

local due = now_ms() + delay
redis.call('ZADD', delayed, due, redis.call('INCR', sequence) .. '|' .. envelope)
if not first or due < tonumber(first) then
  redis.call('PUBLISH', channel, delay)
end
return 1
