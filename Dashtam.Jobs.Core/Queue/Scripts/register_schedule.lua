-- Says that a schedule exists in this version. A new or a changed one starts at Redis' now: nothing from before fires.
-- What a Redis has lost, or an old snapshot does not know yet, it is told by who has seen it: no instant fires twice, and
-- what has been missed since is caught up.
-- KEYS[1]  {q}:schedules   HASH  schedule -> version
-- KEYS[2]  {q}:fired       HASH  schedule -> last fired instant, Unix seconds; only grows
-- KEYS[3]  {q}:paused      HASH  schedule -> since, ms
-- ARGV[1]  schedule's id
-- ARGV[2]  its version, as the caller knows it
-- ARGV[3]  1: replace another version, at the caller's start | 0: only when there is none, or one older than what it has seen
-- ARGV[4]  last fired instant of this version that the caller has seen, Unix seconds; 0 none
-- ARGV[5]  since when it was paused then, ms; 0 it was not
-- ARGV[6]  the caller's clock, ms, when it has agreed with Redis' for long; else 0
-- Returns  {code, last fired instant, Redis' now, paused since, stored fired, stored pause}: 1 this version is stored
--          | 0 another one is | 2 the fired mark cannot be read | 3 what the caller has seen lies in Redis' future, and it is not
--          known whose clock is wrong; with 2 and 3 nothing was written. Times in Unix seconds; paused since in ms, 0 it is not,
--          -1 that cannot be read
-- include instant.lua
local schedules, fired, paused = KEYS[1], KEYS[2], KEYS[3]
local id, version, replace, seen, was_paused = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), ARGV[5]
local own = tonumber(ARGV[6])

local time = redis.call('TIME')
local now, now_ms = tonumber(time[1]), time[1] * 1000 + math.floor(time[2] / 1000)
local stored = redis.call('HGET', schedules, id)
local stored_fired, stored_pause = redis.call('HGET', fired, id) or '0', redis.call('HGET', paused, id)
local last, since = instant(stored_fired, 1), stored_pause and (instant(stored_pause, 1000) or -1) or 0
stored_pause = stored_pause or ''
if not last then
  return { 2, 0, now, since, stored_fired, stored_pause }
end
if seen > now + 1 then
  if math.abs(own - now_ms) > 1000 then
    return { 3, seen, now, since, stored_fired, stored_pause }
  end
  seen = 0 -- Redis' clock was ahead when the caller saw it
end
local forgotten = seen > last
if stored and stored ~= version and not replace and not forgotten then
  return { 0, last, now, since, stored_fired, stored_pause }
end
if stored == version and last > 0 and not forgotten then
  return { 1, last, now, since, stored_fired, stored_pause }
end

if (not stored or forgotten) and since == 0 and was_paused ~= '0' then
  since = math.min(tonumber(was_paused), now_ms)
  redis.call('HSET', paused, id, string.format('%.0f', since))
end
last = forgotten and seen or math.max(last, now)
redis.call('HSET', schedules, id, version)
redis.call('HSET', fired, id, string.format('%.0f', last))
return { 1, last, now, since, stored_fired, stored_pause }
