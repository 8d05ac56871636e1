-- Enqueues a schedule's job for one cron instant, unless some scheduler has done so: all of them fire, one gets through.
-- KEYS[1]  q               LIST  ready envelopes
-- KEYS[2]  {q}:fired       HASH  schedule -> last fired instant, Unix seconds; only grows
-- KEYS[3]  {q}:schedules   HASH  schedule -> version
-- ARGV[1]  schedule's id
-- ARGV[2]  its version, as the caller knows it
-- ARGV[3]  cron instant, Unix seconds, never "now"
-- ARGV[4]  envelope
-- Returns  {code, ms until the instant}: 1 enqueued | 0 this instant or a later one has fired
--          | -1 another version is stored | -2 more than 1 s in Redis' future
-- include now_ms.lua
-- include wrong_type.lua
local ready, fired, schedules = KEYS[1], KEYS[2], KEYS[3]
local id, version, instant, envelope = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local wrong = wrong_type(ready)
if wrong then
  return wrong
end
local stored = redis.call('HGET', schedules, id)
if stored and stored ~= version then
  return { -1, 0 }
end
local ahead = instant * 1000 - now_ms()
if ahead > 1000 then
  return { -2, ahead }
end
local last = redis.call('HGET', fired, id)
if last and instant <= tonumber(last) then
  return { 0, 0 }
end

redis.call('HSET', schedules, id, version) -- unknown after a loss of data, or before the registration at the very first start
redis.call('HSET', fired, id, ARGV[3])
redis.call('LPUSH', ready, envelope)
return { 1, 0 }
