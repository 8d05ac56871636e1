-- Makes a parked job ready again: a worker that knows its name has come.
-- KEYS[1]  {q}:parked  ZSET  {seq}|{envelope} -> since, ms
-- KEYS[2]  q           LIST  ready envelopes
-- ARGV[1]  the parked member, byte for byte
-- Returns  1 moved | 0 somebody else did
-- include wrong_type.lua
local parked, ready = KEYS[1], KEYS[2]
local member = ARGV[1]

local wrong = wrong_type(ready, 'list')
if wrong then
  return wrong
end
if redis.call('ZREM', parked, member) == 0 then
  return 0
end

redis.call('RPUSH', ready, string.sub(member, (string.find(member, '|', 1, true) or 0) + 1))
return 1
