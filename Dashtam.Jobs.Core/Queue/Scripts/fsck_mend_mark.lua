-- Sets a schedule's mark that cannot be read, or lies in Redis' future, to Redis' now, unless it has changed since.
-- KEYS[1]  {q}:fired or {q}:paused  HASH    schedule -> instant
-- KEYS[2]  {q}:skewed               STRING  a scheduler's clock is off from Redis'
-- ARGV[1]  the schedule's id
-- ARGV[2]  the mark as it was
-- ARGV[3]  what an instant counts per second: 1 or 1000
-- ARGV[4]  1: it lies in the future, and stays while a clock is in doubt
-- Returns  1 mended | 0 not
-- include now_ms.lua
local marks, skewed = KEYS[1], KEYS[2]
local id, old, per_second, ahead = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'

if redis.call('HGET', marks, id) ~= old or (ahead and redis.call('EXISTS', skewed) == 1) then
  return 0
end
redis.call('HSET', marks, id, string.format('%.0f', math.floor(now_ms() * per_second / 1000)))
return 1
