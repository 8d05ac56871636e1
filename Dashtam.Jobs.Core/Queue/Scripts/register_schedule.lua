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
-- Returns  {1 this version is stored | 0 another one is, last fired instant, Redis' now, paused since or 0}; times in Unix
--          seconds, the last in ms
local schedules, fired, paused = KEYS[1], KEYS[2], KEYS[3]
local id, version, replace, seen, was_paused = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), ARGV[5]

local now = tonumber(redis.call('TIME')[1])
local stored = redis.call('HGET', schedules, id)
local last = tonumber(redis.call('HGET', fired, id) or '0')
local since = tonumber(redis.call('HGET', paused, id) or '0')
local forgotten = seen > last
if stored and stored ~= version and not replace and not forgotten then
  return { 0, last, now, since }
end
if stored == version and last > 0 and not forgotten then
  return { 1, last, now, since }
end

if (not stored or forgotten) and since == 0 and was_paused ~= '0' then
  since = tonumber(was_paused)
  redis.call('HSET', paused, id, was_paused)
end
last = forgotten and seen or math.max(last, now)
redis.call('HSET', schedules, id, version)
redis.call('HSET', fired, id, string.format('%.0f', last))
return { 1, last, now, since }
