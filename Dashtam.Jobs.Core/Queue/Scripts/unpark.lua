-- Makes a parked job ready again: a worker that knows its name has come.
-- KEYS[1]  {q}:parked        ZSET    {seq}|{envelope} -> since, ms
-- KEYS[2]  q                 LIST    ready envelopes
-- KEYS[3]  {q}:parked:bytes  STRING  bytes of parked jobs
-- ARGV[1]  the parked member, byte for byte
-- Returns  1 moved | 0 somebody else did
-- include count_parked.lua
-- include wrong_type.lua
local parked, ready, parked_bytes = KEYS[1], KEYS[2], KEYS[3]
local member = ARGV[1]

local wrong = wrong_type(ready, 'list')
if wrong then
  return wrong
end
if redis.call('ZREM', parked, member) == 0 then
  return 0
end

local envelope = string.sub(member, (string.find(member, '|', 1, true) or 0) + 1)
redis.call('RPUSH', ready, envelope)
count_parked(parked_bytes, parked, -#envelope)
return 1
