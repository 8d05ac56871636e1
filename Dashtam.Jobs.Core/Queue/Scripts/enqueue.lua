-- Makes a job ready, unless this task id was enqueued lately: so an enqueue whose reply was lost can be tried again.
-- KEYS[1]  q                   LIST    ready envelopes
-- KEYS[2]  {q}:once:id:{id}    STRING  this id was enqueued
-- ARGV[1]  envelope
-- ARGV[2]  lifetime of the once-key, seconds
-- Returns  1 enqueued | 0 was enqueued before
-- include wrong_type.lua
local ready, once = KEYS[1], KEYS[2]
local envelope, ttl = ARGV[1], ARGV[2]

local wrong = wrong_type(ready)
if wrong then
  return wrong
end

if not redis.call('SET', once, '1', 'NX', 'EX', ttl) then
  return 0
end

redis.call('LPUSH', ready, envelope)
return 1
