-- Lets a paused schedule fire again, from Redis' now on: what passed while it was paused is not caught up.
-- KEYS[1]  {q}:schedules   HASH  schedule -> version
-- KEYS[2]  {q}:paused      HASH  schedule -> since, ms
-- KEYS[3]  {q}:fired       HASH  schedule -> last fired instant, Unix seconds; only grows
-- ARGV[1]  schedule's id
-- Returns  1 it fires again | 2 it was not paused | 0 there is no such schedule
-- include instant.lua
local schedules, paused, fired = KEYS[1], KEYS[2], KEYS[3]
local id = ARGV[1]

if redis.call('HEXISTS', schedules, id) == 0 then
  return 0
end
if redis.call('HDEL', paused, id) == 0 then
  return 2
end

local now = tonumber(redis.call('TIME')[1])
local last = instant(redis.call('HGET', fired, id) or '0', 1)
if last then -- what cannot be read is left to fsck
  redis.call('HSET', fired, id, string.format('%.0f', math.max(now, last)))
end
return 1
