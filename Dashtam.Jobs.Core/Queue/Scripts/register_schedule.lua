-- Says that a schedule exists in this version. A new or a changed one starts at Redis' now: nothing from before fires.
-- KEYS[1]  {q}:schedules   HASH  schedule -> version
-- KEYS[2]  {q}:fired       HASH  schedule -> last fired instant, Unix seconds; only grows
-- ARGV[1]  schedule's id
-- ARGV[2]  its version, as the caller knows it
-- ARGV[3]  1: replace another version, at the caller's start | 0: only when there is none, for instance after a loss of data
-- Returns  {1 this version is stored | 0 another one is, last fired instant, Redis' now}, times in Unix seconds
local schedules, fired = KEYS[1], KEYS[2]
local id, version, replace = ARGV[1], ARGV[2], ARGV[3] == '1'

local now = tonumber(redis.call('TIME')[1])
local stored = redis.call('HGET', schedules, id)
local last = tonumber(redis.call('HGET', fired, id) or '0')
if stored == version and last > 0 then
  return { 1, last, now }
end
if stored and stored ~= version and not replace then
  return { 0, last, now }
end

last = math.max(last, now)
redis.call('HSET', schedules, id, version)
redis.call('HSET', fired, id, string.format('%.0f', last))
return { 1, last, now }
