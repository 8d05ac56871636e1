-- Stops a schedule from firing, from the reply on and from every scheduler. It is remembered until it is resumed.
-- KEYS[1]  {q}:schedules   HASH  schedule -> version
-- KEYS[2]  {q}:paused      HASH  schedule -> since, ms
-- ARGV[1]  schedule's id
-- Returns  since when it is paused, ms | 0 there is no such schedule | -1 it is paused, since when cannot be read
-- include now_ms.lua
-- include instant.lua
local schedules, paused = KEYS[1], KEYS[2]
local id = ARGV[1]

if redis.call('HEXISTS', schedules, id) == 0 then
  return 0
end
redis.call('HSETNX', paused, id, string.format('%.0f', now_ms()))
return instant(redis.call('HGET', paused, id), 1000) or -1
