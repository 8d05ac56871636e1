-- Says that a schedule exists in this version. A new or a changed one starts at Redis' now: nothing from before fires.
-- KEYS[1]  {q}:schedules   HASH  schedule -> version
-- KEYS[2]  {q}:fired       HASH  schedule -> last fired instant, Unix seconds; only grows
-- ARGV[1]  schedule's id
-- ARGV[2]  its version
-- Returns  {last fired instant, Redis' now}, both Unix seconds
local schedules, fired = KEYS[1], KEYS[2]
local id, version = ARGV[1], ARGV[2]

local now = tonumber(redis.call('TIME')[1])
local last = tonumber(redis.call('HGET', fired, id) or '0')
if redis.call('HGET', schedules, id) == version and last > 0 then
  return { last, now }
end

redis.call('HSET', schedules, id, version)
last = math.max(last, now)
redis.call('HSET', fired, id, string.format('%.0f', last))
return { last, now }
